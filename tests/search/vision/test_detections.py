"""One result type for every detector: it holds together, and its masks can be drawn and sent."""

import numpy as np
import pytest

from search.vision.detections import Detections


def make_detections(count=1, *, size=(40, 30), **overrides):
    width, height = size
    masks = np.zeros((count, height, width), bool)
    masks[:, 5:25, 10:30] = True
    values = {
        "boxes": np.tile(np.array([10, 5, 30, 25], np.float32), (count, 1)),
        "scores": np.linspace(0.9, 0.5, count).astype(np.float32),
        "labels": ("jeans",) * count,
        "garment_types": ("trousers",) * count,
        "masks": masks,
        "size": size,
        **overrides,
    }
    return Detections(**values)


@pytest.mark.parametrize(
    "field, value, words",
    [
        ("boxes", np.zeros((2, 4), np.float32), "boxes has shape"),
        ("masks", np.zeros((1, 40, 30), bool), "masks has shape"),  # height and width the wrong way round
        ("labels", ("a", "b"), "labels has shape"),
        ("garment_types", ("sock",), "Unknown garment types"),
    ],
)
def test_what_does_not_fit_is_refused(field, value, words):
    with pytest.raises(ValueError, match=words):
        make_detections(**{field: value})


def test_none_is_empty():
    nothing = Detections.none((40, 30))
    assert len(nothing) == 0
    assert nothing.masks.shape == (0, 30, 40)


def test_relative_box_is_in_0_to_1():
    assert make_detections().relative_box(0) == (0.25, pytest.approx(5 / 30), 0.75, pytest.approx(25 / 30))


def test_polygon_of_a_square_is_its_corners():
    (outline,) = make_detections().polygons(0)
    corners = {(round(x * 40), round(y * 30)) for x, y in outline}
    assert corners == {(10, 5), (29, 5), (29, 24), (10, 24)}


def test_every_large_part_has_an_outline_and_specks_have_none():
    masks = np.zeros((1, 30, 40), bool)
    masks[0, 5:25, 2:15] = masks[0, 5:25, 22:38] = True
    masks[0, 1, 1] = True
    assert len(make_detections(masks=masks).polygons(0)) == 2


def test_empty_mask_has_no_outline():
    assert make_detections(masks=np.zeros((1, 30, 40), bool)).polygons(0) == []


def boxes_and_masks(*squares):
    """Detections of these squares (x0, y0, x1, y1, garment type), best first."""
    masks = np.zeros((len(squares), 30, 40), bool)
    for mask, (x0, y0, x1, y1, _) in zip(masks, squares, strict=True):
        mask[y0:y1, x0:x1] = True
    boxes = np.array([square[:4] for square in squares], np.float32).reshape(-1, 4)
    return make_detections(
        len(squares), boxes=boxes, masks=masks, labels=("x",) * len(squares), garment_types=tuple(s[4] for s in squares)
    )


BAG = (10, 5, 30, 25, "bag")


@pytest.mark.parametrize(
    ("squares", "kept", "reason"),
    [
        ([BAG, (12, 8, 24, 20, "bag")], [0], "a part of a better one"),
        ([(12, 8, 24, 20, "bag"), BAG], [0], "what lies around a better one"),
        ([BAG, (12, 8, 24, 20, "top")], [0, 1], "of another type"),
        ([(10, 5, 30, 25, "trousers"), (12, 8, 24, 20, "shorts")], [0], "of another type on the same legs"),
        ([BAG, (25, 5, 40, 25, "bag")], [0, 1], "a neighbour that overlaps"),
        ([BAG, (12, 8, 24, 20, "bag"), (13, 9, 23, 19, "bag")], [0], "a part of a part"),
        ([BAG, (0, 0, 0, 0, "bag")], [0, 1], "one without a pixel is in nothing"),
        ([BAG], [0], "one alone"),
        ([], [], "none"),
    ],
)
def test_a_garment_seen_twice_is_one(squares, kept, reason):
    detections = boxes_and_masks(*squares)
    left = detections.remove_nested(0.9)
    assert left.boxes.tolist() == detections.boxes[kept].tolist(), reason
    assert len(left.labels) == len(left.masks) == len(kept)
    assert detections.remove_nested(1.0) is detections
