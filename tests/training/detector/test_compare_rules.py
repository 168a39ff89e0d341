"""What comes first in a photo, and what is left of its detections, by each rule that is compared."""

import numpy as np
import pytest

pytest.importorskip("pycocotools", reason="pip install -r requirements-training.txt")

from search.vision.detections import Detections
from search.vision.detector import PostprocessConfig
from training.detector.compare_rules import SELECTIONS, VARIANTS, preselected, selection_scores, served_by
from training.detector.evaluate_detector import chosen_rules

CONFIG = chosen_rules(PostprocessConfig((0.5,), 0.5, 1.0, 30, 0.5))


def found(*garments):
    """Detections of (type, score, box) in a photo of 100 x 100, best first; masks fill their boxes."""
    types, scores, boxes = zip(*garments, strict=True)
    masks = np.zeros((len(boxes), 100, 100), bool)
    for mask, (x0, y0, x1, y1) in zip(masks, boxes, strict=True):
        mask[y0:y1, x0:x1] = True
    return Detections(np.float32(boxes), np.float32(scores), types, types, masks, (100, 100))


SHOE, SHORTS = ("footwear", 0.9, (0, 90, 10, 100)), ("shorts", 0.7, (20, 30, 80, 80))


@pytest.mark.parametrize(
    ("power", "centre", "first"), [(0.0, 0.0, "footwear"), (0.5, 0.0, "shorts"), (0.0, 4.0, "shorts")]
)
def test_size_and_place_change_what_comes_first(power, centre, first):
    for area in ("box", "mask"):
        assert preselected(found(SHOE, SHORTS), area, power, centre) == first
    assert preselected(Detections.none((100, 100)), "box", power, centre) == "nothing"


def test_selections_are_counted_over_photos():
    images = [{"id": 1, "garment_type": "shorts"}, {"id": 2, "garment_type": "footwear"}]
    scores = selection_scores({1: found(SHOE, SHORTS), 2: found(SHOE)}, images)
    assert len(scores) == len(SELECTIONS)
    assert (scores["box ** 0.0, centre 0.0"], scores["box ** 0.5, centre 0.0"]) == (0.5, 1.0)


def test_every_variant_shows_something_and_the_chosen_one_no_more_than_the_first_release():
    seen = {1: found(("dress", 0.9, (20, 10, 80, 90)), ("skirt", 0.8, (20, 50, 80, 90)), ("bag", 0.2, (0, 0, 10, 10)))}
    left = {name: served_by(seen, variant(CONFIG), 0.45)[1].labels for name, variant in VARIANTS.items()}
    assert left["as chosen"] == ("dress",)
    assert left["parts of a dress stay"] == left["NMS by boxes at 0.9, nested 0.9 alone"] == ("dress", "skirt")
    assert all(left.values())
