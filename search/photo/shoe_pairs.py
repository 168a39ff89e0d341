"""Which shoes in a photo are one pair: a shopper means the pair, where the detector sees shoe by shoe.

It gives a person's footwear as two shoes, as both in one box, or as all three. Two people side by side are told apart
by what their shoes look like: the mate is the most alike of those within reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from search.vision.analysis import Box, DetectedGarment

FOOTWEAR = "footwear"
# In sides of the larger shoe, a side being the root of its box's area.
STRIDE, RISE = 2.5, 1.0  # between the two boxes; between their middles, upwards: a foot may be lifted
MIN_SIZE = 0.5  # of the smaller side to the larger: the one behind looks smaller
ALIKE = 0.5  # cosine distance: one shoe from the side, the other from the front


def pairs_of(garments: Sequence[DetectedGarment], size: tuple[int, int]) -> dict[int, tuple[int, ...]]:
    """For each garment that is worn as one with others, by index, those others. size: (width, height) of the photo."""
    shoes = [index for index, garment in enumerate(garments) if garment.garment_type == FOOTWEAR]
    found: dict[int, tuple[int, ...]] = {}
    while shoes:
        pair = _pair_of(shoes, garments, size)
        shoes = [index for index in shoes if index not in pair]
        found |= {index: tuple(other for other in pair if other != index) for index in pair if len(pair) > 1}
    return found


def _pair_of(shoes: list[int], garments: Sequence[DetectedGarment], size: tuple[int, int]) -> list[int]:
    """The first of `shoes`, its mate, and all that overlaps either: the two in one box, or one of them twice."""
    boxes = {index: np.multiply(garments[index].box, size * 2) for index in shoes}
    first = shoes[0]
    over = [index for index in shoes if _gap(boxes[first], boxes[index]) == 0]
    if any(_gap(boxes[one], boxes[other]) > 0 for one, other in combinations(over, 2)):
        return over  # the first is both in one box already
    unlike = {
        index: 1 - float(garments[first].vector @ garments[index].vector)
        for index in shoes
        if index not in over and _could_be_mates(boxes[first], boxes[index])
    }
    mate = min(unlike, key=unlike.__getitem__, default=None)
    if mate is None or unlike[mate] > ALIKE:
        return over
    return [index for index in shoes if index in over or _gap(boxes[mate], boxes[index]) == 0]


def _could_be_mates(one: np.ndarray, other: np.ndarray) -> bool:
    smaller, larger = sorted((_side(one), _side(other)))
    rise = abs(one[1] + one[3] - other[1] - other[3]) / 2
    return smaller >= MIN_SIZE * larger and _gap(one, other) <= STRIDE * larger and rise <= RISE * larger


def _side(box: np.ndarray) -> float:
    return math.sqrt(max(0.0, (box[2] - box[0]) * (box[3] - box[1])))


def _gap(one: np.ndarray, other: np.ndarray) -> float:
    """The distance between two boxes in pixels, 0 where they touch."""
    apart = np.maximum(one[:2], other[:2]) - np.minimum(one[2:], other[2:])
    return float(np.hypot(*np.maximum(apart, 0)))


def enclosing_box(boxes: Sequence[Box]) -> Box:
    """The box round all of them."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
