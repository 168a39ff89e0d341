"""A box drawn on a photo: which detection fills it, and what is taken where none does."""

import numpy as np
import pytest

from search.vision.detections import Detections
from search.vision.drawn_box import analyse_box

BAG = (40, 30, 80, 90)


class FixedDetector:
    """Sees garments at fixed places of the photo it was made for, told by their colours in the pixels it is given."""

    def __init__(self, garments):
        self.garments = garments  # {label: colour}

    def detect(self, photo):
        masks = {label: (photo == colour).all(axis=2) for label, colour in self.garments.items()}
        masks = {label: mask for label, mask in masks.items() if mask.any()}
        boxes = [[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1] for ys, xs in map(np.nonzero, masks.values())]
        return Detections(
            boxes=np.array(boxes, np.float32).reshape(-1, 4),
            scores=np.full(len(masks), 0.8, np.float32),
            labels=tuple(masks),
            garment_types=tuple(masks),
            masks=np.stack([*masks.values()]) if masks else np.zeros((0, *photo.shape[:2]), bool),
            size=photo.shape[1::-1],
        )


class MeanColour:
    """An encoder whose vector is the mean colour of what it is given; notes the crops."""

    def encode(self, crops):
        self.crops = list(crops)
        means = [crop.pixels[crop.mask if crop.mask is not None else ...].reshape(-1, 3).mean(axis=0) for crop in crops]
        return np.array(means, np.float32)


def street(places):
    """A grey photo (100 high, 120 wide) with rectangles: {(x0, y0, x1, y1): colour}."""
    photo = np.full((100, 120, 3), 128, np.uint8)
    for (x0, y0, x1, y1), colour in places.items():
        photo[y0:y1, x0:x1] = colour
    return photo


def relative(box):
    return tuple(np.divide(box, (120, 100, 120, 100)).tolist())


RED, BLUE = (200, 0, 0), (0, 0, 200)
PHOTO = street({BAG: RED, (0, 60, 30, 100): BLUE})
DETECTOR = FixedDetector({"bag": RED, "trousers": BLUE})


@pytest.mark.parametrize(
    ("box", "garment_type", "reason"),
    [
        (BAG, "bag", "round the bag"),
        ((36, 26, 84, 94), "bag", "a little wide"),
        ((44, 36, 76, 84), "bag", "a little tight"),
        ((20, 30, 80, 90), "bag", "with some trousers in it: the bag fills most"),
        ((20, 10, 110, 100), "bag", "loosely round the bag, with a part of the trousers"),
        ((0, 20, 80, 100), "bag", "two garments: the one in the middle"),
        ((0, 45, 45, 100), "trousers", "a part of the bag is no bag"),
        ((0, 0, 30, 100), "trousers", "half of it is empty"),
        ((90, 0, 120, 30), None, "where nothing is"),
        ((50, 50, 51, 51), None, "a pixel"),
    ],
)
def test_the_garment_that_fills_the_box_is_taken(box, garment_type, reason):
    found = analyse_box(PHOTO, relative(box), detector=DETECTOR, encoder=MeanColour())
    assert found.garment_type == found.label == garment_type, reason
    assert found.box == relative(box)


def test_vector_and_colours_are_the_garments_and_not_the_boxes():
    found = analyse_box(PHOTO, relative((20, 30, 80, 90)), detector=DETECTOR, encoder=MeanColour())
    np.testing.assert_allclose(found.vector, RED)
    assert found.colours == ("red",)
    assert found.score == pytest.approx(0.8)


def test_the_outline_lies_where_the_garment_is_in_the_photo():
    found = analyse_box(PHOTO, relative(BAG), detector=DETECTOR, encoder=MeanColour())
    points = np.concatenate(found.polygons) * (120, 100)
    np.testing.assert_allclose(points.min(axis=0), BAG[:2], atol=1)
    np.testing.assert_allclose(points.max(axis=0), BAG[2:], atol=1)


def test_without_a_garment_the_background_of_the_box_is_masked():
    photo = street({(45, 35, 75, 65): (250, 240, 20)})
    encoder = MeanColour()
    found = analyse_box(photo, relative((30, 20, 90, 80)), detector=DETECTOR, encoder=encoder)
    assert found.garment_type is None
    assert encoder.crops[0].mask is not None
    assert found.colours == ("yellow",)
