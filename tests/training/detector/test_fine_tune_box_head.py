"""Training of the box head alone on stored region features."""

# ruff: noqa: E402 - the imports below need what is skipped without
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pip install -r requirements-training.txt")
pytest.importorskip("mmdet", reason="pip install -r requirements-training.txt")

from training.detector.fine_tune_box_head import REGIONS, _assigned, _sampled, read_features, train

GARMENT, APART = [0, 0, 40, 40], [60, 60, 90, 90]


class SmallHead(torch.nn.Module):
    """A box head of two classes over features of three numbers, with MMDetection's attributes."""

    num_classes = 2

    class bbox_coder:
        @staticmethod
        def encode(boxes, targets):
            return (targets - boxes) / 10

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.scores, self.deltas = torch.nn.Linear(3, 3), torch.nn.Linear(3, 4)

    def forward(self, features):
        return self.scores(features), self.deltas(features)


def examples(count=600):
    rng = np.random.default_rng(0)
    labels = rng.integers(-1, 2, count)
    features = np.eye(3, dtype=np.float16)[labels] + rng.normal(0, 0.05, (count, 3)).astype(np.float16)
    boxes = np.tile(np.float32(GARMENT), (count, 1))
    return {"features": features, "labels": labels, "boxes": boxes, "targets": boxes + 1}


def test_regions_take_the_garment_that_they_overlap_most_and_the_rest_is_background():
    boxes = np.float32([[2, 0, 40, 40], [60, 60, 90, 75], [20, 20, 70, 70]])
    labels, targets = _assigned(boxes, np.float32([GARMENT, APART]), np.array([7, 3]))
    assert labels.tolist() == [7, 3, -1]
    assert targets.tolist() == [GARMENT, APART, boxes[2].tolist()]


def test_a_picture_without_garments_is_background_everywhere():
    labels, _ = _assigned(np.float32([GARMENT]), np.zeros((0, 4)), np.zeros(0, int))
    assert labels.tolist() == [-1]


def test_ignored_regions_are_never_sampled_and_garments_are_at_most_their_share():
    labels = np.array([-2] * 30 + [1] * 50 + [-1] * 50)
    kept = labels[_sampled(labels, np.random.default_rng(0))]
    assert len(kept) == REGIONS
    assert set(kept) == {-1, 1}
    assert (kept == 1).sum() == REGIONS * 2 // 5


def test_the_head_learns_types_and_boxes_and_goes_on_after_a_stop(tmp_path):
    np.savez(tmp_path / "0000.npz", **examples())
    data = read_features(tmp_path)
    torch.set_num_threads(1)
    head = SmallHead()
    train(head, data, epochs=220, lr=0.05, out=tmp_path)
    scores, _ = head(data["features"].float())
    labels = torch.where(data["labels"] < 0, 2, data["labels"])
    assert (scores.argmax(1) == labels).float().mean() > 0.99
    state = torch.load(tmp_path / "unfinished.pth", weights_only=True)
    assert state["step"] == 200
    again = SmallHead()
    train(again, data, epochs=220, lr=0.05, out=tmp_path)  # from step 200 on
    assert torch.allclose(again.scores.weight, head.scores.weight, atol=1e-6)
