"""One garment is one detection: nested masks, two types for one mask, parts of a dress."""

import numpy as np
import pytest

from search.vision.detections import Detections
from search.vision.duplicates import DuplicateRules, MaskOverlap

SIZE = (40, 30)
ALL_RULES = DuplicateRules(0.9, 0.7, 0.2, 0.7, 0.3)


def found(*garments):
    """Detections of (garment type, score, (x0, y0, x1, y1)), best first, each mask filling its box."""
    masks = np.zeros((len(garments), SIZE[1], SIZE[0]), bool)
    for mask, (_, _, (x0, y0, x1, y1)) in zip(masks, garments, strict=True):
        mask[y0:y1, x0:x1] = True
    kinds = tuple(kind for kind, _, _ in garments)
    scores = np.array([score for _, score, _ in garments], np.float32)
    boxes = np.array([box for _, _, box in garments], np.float32).reshape(-1, 4)
    return Detections(boxes, scores, kinds, kinds, masks, SIZE)


BOX, INNER = (10, 5, 30, 25), (12, 8, 24, 20)


@pytest.mark.parametrize(
    ("garments", "kept"),
    [
        pytest.param([("bag", 0.9, BOX), ("bag", 0.8, INNER)], [0], id="a part of a better one"),
        pytest.param([("bag", 0.9, INNER), ("bag", 0.8, BOX)], [0], id="what lies around a better one"),
        pytest.param([("bag", 0.9, BOX), ("top", 0.8, INNER)], [0, 1], id="of another type"),
        pytest.param([("trousers", 0.9, BOX), ("shorts", 0.8, INNER)], [0], id="another type on the same legs"),
        pytest.param([("bag", 0.9, BOX), ("bag", 0.8, (25, 5, 40, 25))], [0, 1], id="a neighbour that overlaps"),
        pytest.param([("bag", 0.9, BOX), ("bag", 0.8, INNER), ("bag", 0.7, (13, 9, 23, 19))], [0], id="part of a part"),
        pytest.param([("bag", 0.9, BOX), ("bag", 0.8, (0, 0, 0, 0))], [0, 1], id="without a pixel it is in nothing"),
        pytest.param([("bag", 0.9, BOX)], [0], id="one alone"),
        pytest.param([], [], id="none"),
    ],
)
def test_a_garment_seen_twice_is_one(garments, kept):
    detections = found(*garments)
    left = DuplicateRules(max_nested_share=0.9).distinct(detections)
    assert left.boxes.tolist() == detections.boxes[kept].tolist()
    assert len(left.labels) == len(left.masks) == len(kept)


@pytest.mark.parametrize(
    ("garments", "kept"),
    [
        pytest.param([("top", 0.9, BOX), ("outerwear", 0.8, BOX)], ["top"], id="as large: the better one"),
        pytest.param([("top", 0.9, (10, 5, 30, 22)), ("outerwear", 0.8, BOX)], ["outerwear"], id="larger, close"),
        pytest.param([("top", 0.9, (10, 5, 30, 22)), ("outerwear", 0.6, BOX)], ["top"], id="larger, far worse"),
        pytest.param([("outerwear", 0.9, BOX), ("top", 0.8, INNER)], ["outerwear", "top"], id="worn below a coat"),
        pytest.param(
            [("top", 0.9, (10, 5, 30, 15)), ("bag", 0.9, (10, 15, 30, 25)), ("outerwear", 0.8, BOX)],
            ["top", "bag", "outerwear"],
            id="over two that share nothing",
        ),
    ],
)
def test_one_mask_has_one_type(garments, kept):
    assert list(DuplicateRules(mask_iou_threshold=0.7, score_margin=0.2).distinct(found(*garments)).labels) == kept


@pytest.mark.parametrize("part", ["top", "skirt", "trousers", "shorts"])
def test_a_part_of_a_dress_is_no_other_garment(part):
    rules = DuplicateRules(max_part_share=0.7, part_margin=0.3)
    assert rules.distinct(found((part, 0.8, INNER), ("dress", 0.6, BOX))).labels == ("dress",)
    assert rules.distinct(found((part, 0.9, INNER), ("dress", 0.5, BOX))).labels == (part,)
    assert rules.distinct(found(("dress", 0.9, BOX), (part, 0.4, INNER))).labels == ("dress",)
    assert len(rules.distinct(found((part, 0.8, (20, 5, 38, 25)), ("dress", 0.6, BOX)))) == 2


@pytest.mark.parametrize("worn_over", ["outerwear", "bag", "footwear", "headwear"])
def test_what_lies_on_a_dress_is_a_garment_of_its_own(worn_over):
    assert len(ALL_RULES.distinct(found(("dress", 0.9, BOX), (worn_over, 0.4, INNER)))) == 2


@pytest.mark.parametrize(
    ("upper", "lower", "is_kept"),
    [
        (("top", (15, 1, 25, 6)), ("top", (10, 6, 30, 28)), False),  # a hat or a scarf
        (("top", (15, 1, 25, 6)), ("dress", (10, 6, 30, 28)), False),
        (("headwear", (15, 1, 25, 6)), ("top", (10, 6, 30, 28)), True),
        (("top", (15, 1, 25, 6)), ("skirt", (10, 6, 30, 28)), True),
        (("top", (11, 1, 29, 15)), ("dress", (10, 15, 30, 28)), True),  # a skirt that was taken for a dress
        (("top", (15, 1, 25, 8)), ("top", (10, 4, 30, 28)), True),  # within the neckline
        (("top", (31, 1, 38, 6)), ("top", (10, 6, 30, 28)), True),  # somebody else's
    ],
)
def test_a_small_top_above_the_clothes_is_none(upper, lower, is_kept):
    both = found((upper[0], 0.9, upper[1]), (lower[0], 0.6, lower[1]))
    assert len(DuplicateRules(max_part_share=0.99, min_share_above=0.25).distinct(both)) == 1 + is_kept


def test_a_bag_beside_other_garments_needs_a_better_score():
    rules, bag = DuplicateRules(max_part_share=0.99, min_carried_score=0.55), ("bag", 0.5, (31, 1, 38, 6))
    assert rules.distinct(found(("top", 0.9, BOX), bag)).labels == ("top",)
    assert rules.distinct(found(("top", 0.9, BOX), ("bag", 0.6, INNER))).labels == ("top", "bag")
    assert rules.distinct(found(("bag", 0.52, BOX), bag)).labels == ("bag", "bag")


def test_without_rules_everything_stays():
    twice = found(("dress", 0.9, BOX), ("dress", 0.8, BOX), ("skirt", 0.7, INNER))
    assert DuplicateRules().distinct(twice) is twice
    assert len(DuplicateRules(max_nested_share=0.9).distinct(twice)) == 2  # the skirt is of another type


def test_rules_never_invent_reorder_or_empty():
    rng = np.random.default_rng(0)
    kinds = ("top", "outerwear", "dress", "trousers", "skirt", "bag")
    for _ in range(60):
        corners = [(rng.integers(0, 20), rng.integers(0, 15)) for _ in range(6)]
        boxes = [(int(x), int(y), int(x + rng.integers(5, 20)), int(y + rng.integers(5, 15))) for x, y in corners]
        scores = sorted(rng.uniform(0.3, 1, 6), reverse=True)
        detections = found(*((str(rng.choice(kinds)), score, box) for score, box in zip(scores, boxes, strict=True)))
        left = ALL_RULES.distinct(detections)
        assert 1 <= len(left) <= 6
        assert set(left.scores.tolist()) <= set(detections.scores.tolist())
        assert (np.diff(left.scores) <= 0).all()
        assert ALL_RULES.distinct(left).labels == left.labels  # nothing more to remove


def test_overlap_is_measured_in_shares():
    overlap = MaskOverlap.of(found(("top", 0.9, (0, 0, 20, 30)), ("top", 0.8, (0, 0, 40, 30))).masks)
    assert overlap.iou()[0, 1] == pytest.approx(0.5)
    assert overlap.of_smaller()[0, 1] == pytest.approx(1.0)
    assert overlap.of_own()[1, 0] == pytest.approx(0.5)
