import numpy as np
import pytest

from search.vision.nms import batched_nms, box_iou, nms

UNIT = [0, 0, 10, 10]


def boxes(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(UNIT, 1.0, id="the same"),
        pytest.param([5, 0, 15, 10], 1 / 3, id="half shifted"),
        pytest.param([10, 0, 20, 10], 0.0, id="touching"),
        pytest.param([30, 30, 40, 40], 0.0, id="apart"),
        pytest.param([2, 2, 2, 8], 0.0, id="no width"),
        pytest.param([8, 8, 2, 2], 0.0, id="inside out"),
    ],
)
def test_overlap(other, expected):
    assert box_iou(boxes(UNIT), boxes(other))[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rows", "scores", "kept"),
    [
        pytest.param([], [], [], id="empty"),
        pytest.param([UNIT], [0.1], [0], id="one"),
        pytest.param([UNIT, [1, 0, 10, 10], [50, 50, 60, 60]], [0.5, 0.9, 0.7], [1, 2], id="better one stays"),
        pytest.param([UNIT, UNIT], [0.5, 0.5], [0], id="a tie keeps the first"),
        pytest.param([UNIT, [5, 0, 15, 10], [10, 0, 20, 10]], [0.9, 0.8, 0.7], [0, 1, 2], id="below the threshold"),
        pytest.param(
            [[0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 5]], [0.9, 0.8, 0.7], [0, 2], id="gone ones cannot push"
        ),
    ],
)
def test_nms(rows, scores, kept):
    assert nms(boxes(*rows), np.array(scores, np.float32), 0.5).tolist() == kept


def test_groups_leave_each_other_alone():
    kept = batched_nms(boxes(UNIT, UNIT, UNIT), np.array([0.2, 0.9, 0.5]), np.array([7, 3, 7]), 0.5)
    assert kept.tolist() == [1, 2]


@pytest.mark.torch
def test_random_boxes_are_kept_as_torchvision_keeps_them():
    ops = pytest.importorskip("torchvision.ops")
    import torch

    rng = np.random.default_rng(0)
    for count in (2, 50, 300):
        low = rng.uniform(0, 80, (count, 2))
        cloud = np.concatenate([low, low + rng.uniform(1, 60, (count, 2))], 1).astype(np.float32)
        scores = rng.permutation(count).astype(np.float32) / count
        groups = rng.integers(0, 4, count)
        theirs = ops.nms(torch.from_numpy(cloud), torch.from_numpy(scores), 0.6).tolist()
        assert nms(cloud, scores, 0.6).tolist() == theirs
        theirs = ops.batched_nms(*map(torch.from_numpy, (cloud, scores, groups)), 0.6).tolist()
        assert batched_nms(cloud, scores, groups, 0.6).tolist() == theirs
