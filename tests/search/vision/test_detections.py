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
