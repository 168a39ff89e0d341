import numpy as np
import pytest

from search.vision.mask_pasting import paste_masks
from search.vision.resize import resize_and_pad

INPUT_SIZES = [(256, 384), (384, 256), (320, 320)]


@pytest.mark.parametrize(
    ("photo", "input_size"),
    [
        pytest.param((600, 400), (256, 384), id="upright"),
        pytest.param((400, 600), (384, 256), id="lying"),
        pytest.param((500, 500), (320, 320), id="square"),
        pytest.param((8, 8), (320, 320), id="tiny"),
        pytest.param((1, 1000), (384, 256), id="a line"),
        pytest.param((4000, 10), (256, 384), id="a thread"),
    ],
)
def test_a_photo_gets_the_input_size_that_shows_it_largest(photo, input_size):
    padded = resize_and_pad(np.full((*photo, 3), 200, np.uint8), INPUT_SIZES, (1, 2, 3))
    width, height = padded.size
    assert padded.pixels.shape == (input_size[1], input_size[0], 3)
    assert (padded.pixels[:height, :width] == 200).all()
    assert (padded.pixels[height:] == (1, 2, 3)).all()
    assert (padded.pixels[:, width:] == (1, 2, 3)).all()
    assert padded.scale == (width / photo[1], height / photo[0])


def test_a_full_mask_fills_its_box_and_nothing_else():
    mask = paste_masks(np.ones((1, 28, 28), np.float32), np.array([[10, 20, 30, 60]], np.float32), (100, 80))[0]
    assert mask[20:60, 10:30].mean() > 0.98
    assert mask.sum() == mask[20:60, 10:30].sum()


def test_half_a_mask_ends_half_way():
    half = np.zeros((1, 28, 28), np.float32)
    half[:, :, :14] = 1
    mask = paste_masks(half, np.array([[0, 0, 80, 40]], np.float32), (100, 40))[0]
    assert mask[5:35, 2:39].all()
    assert not mask[:, 41:].any()


@pytest.mark.parametrize(
    "box",
    [
        pytest.param([-20, -20, 15, 15], id="over the corner"),
        pytest.param([90, 70, 140, 130], id="over the other corner"),
        pytest.param([40, 40, 40.2, 40.3], id="less than a pixel"),
        pytest.param([200, 200, 300, 300], id="outside"),
        pytest.param([50, 50, 40, 40], id="inside out"),
    ],
)
def test_odd_boxes_are_pasted_as_far_as_they_go(box):
    mask = paste_masks(np.ones((1, 14, 14), np.float32), np.array([box], np.float32), (100, 80))
    assert mask.shape == (1, 80, 100)
    x0, y0, x1, y1 = np.clip(box, 0, [100, 80, 100, 80])
    assert mask.sum() <= max(0, x1 - x0 + 2) * max(0, y1 - y0 + 2)


def test_no_masks_are_no_masks():
    assert paste_masks(np.zeros((0, 28, 28), np.float32), np.zeros((0, 4), np.float32), (9, 7)).shape == (0, 7, 9)


@pytest.mark.torch
def test_masks_lie_where_mmdetection_pastes_them():
    from tests.training.mmdetection import mmdetection

    mmdetection()
    import torch
    from mmdet.models.roi_heads.mask_heads.fcn_mask_head import _do_paste_mask

    rng = np.random.default_rng(3)
    soft = rng.random((5, 7, 7)).astype(np.float32)
    low = rng.uniform(-5, 60, (5, 2))
    boxes = np.concatenate([low, low + rng.uniform(3, 50, (5, 2))], 1).astype(np.float32)
    theirs, _ = _do_paste_mask(torch.from_numpy(soft)[:, None], torch.from_numpy(boxes), 80, 100, skip_empty=False)
    ours = paste_masks(soft, boxes, (100, 80))
    differ = (theirs.numpy() >= 0.5) != ours
    assert differ.mean() < 0.002  # OpenCV interpolates in 32nds of a pixel
