"""Two shoes of one person are one pair; those of two people are two; nothing but footwear is paired."""

import numpy as np
import pytest

from search.photo.shoe_pairs import enclosing_box, pairs_of
from tests.search.photos import seen

SNEAKER, BOOT = np.array([1.0, 0.0]), np.array([0.0, 1.0])
SIZE = (400, 600)
LEFT, RIGHT, BOTH = (0.40, 0.90, 0.50, 0.95), (0.55, 0.90, 0.65, 0.95), (0.40, 0.90, 0.65, 0.95)
AGAIN = (0.41, 0.89, 0.51, 0.95)  # the left one, seen twice
NEXT_LEFT, NEXT_RIGHT = (0.70, 0.90, 0.80, 0.95), (0.85, 0.90, 0.95, 0.95)  # of somebody beside


def groups(*shoes):
    """The indices that belong together, for (box, vector) of each shoe."""
    pairs = pairs_of([seen("footwear", vector, box=box) for box, vector in shoes], SIZE)
    return {tuple(sorted((index, *others))) for index, others in pairs.items()}


@pytest.mark.parametrize(
    "shoes, expected, reason",
    [
        ([], set(), "no shoe"),
        ([(LEFT, SNEAKER)], set(), "a shoe alone"),
        ([(LEFT, SNEAKER), (RIGHT, SNEAKER)], {(0, 1)}, "side by side"),
        ([(LEFT, SNEAKER), (RIGHT, BOOT)], set(), "two that look unlike"),
        ([(LEFT, SNEAKER), (RIGHT, SNEAKER), (BOTH, SNEAKER)], {(0, 1, 2)}, "each, and both in one box"),
        ([(BOTH, SNEAKER), (LEFT, SNEAKER), (RIGHT, SNEAKER)], {(0, 1, 2)}, "the box of both is surest"),
        ([(BOTH, SNEAKER), (LEFT, SNEAKER), (RIGHT, SNEAKER), (NEXT_LEFT, SNEAKER)], {(0, 1, 2)}, "nobody has three"),
        ([(LEFT, SNEAKER), (AGAIN, SNEAKER), (RIGHT, SNEAKER)], {(0, 1, 2)}, "one seen twice"),
        (
            [(LEFT, SNEAKER), (NEXT_LEFT, BOOT), (RIGHT, SNEAKER), (NEXT_RIGHT, BOOT)],
            {(0, 2), (1, 3)},
            "two people side by side",
        ),
        ([(LEFT, SNEAKER), ((0.40, 0.30, 0.50, 0.35), SNEAKER)], set(), "not at one height"),
        ([(LEFT, SNEAKER), ((0.90, 0.90, 1.00, 0.95), SNEAKER)], set(), "too far apart"),
        ([(LEFT, SNEAKER), ((0.55, 0.90, 0.58, 0.92), SNEAKER)], set(), "not of one size"),
        ([((0.4, 0.9, 0.4, 0.9), SNEAKER), (RIGHT, SNEAKER)], set(), "a box without area"),
    ],
)
def test_pairs(shoes, expected, reason):
    assert groups(*shoes) == expected, reason


def test_only_footwear_is_paired():
    assert pairs_of([seen("bag", SNEAKER, box=LEFT), seen("bag", SNEAKER, box=RIGHT)], SIZE) == {}


def test_box_round_holds_all():
    assert enclosing_box([LEFT, RIGHT]) == BOTH
