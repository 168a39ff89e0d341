"""Garments by the person who wears them."""

import random

import pytest

from search.answer_types import GarmentAnswer
from search.photo.people import people_of


def garments(*found):
    return [
        GarmentAnswer(index, garment_type, garment_type, 0.9, box, [])
        for index, (garment_type, box) in enumerate(found)
    ]


def outfit(left, *, width=0.3):
    """A person of this width: a top over trousers, shoes, and a bag that hangs beside them."""
    return [
        ("top", (left, 0.1, left + 0.8 * width, 0.4)),
        ("trousers", (left + 0.1 * width, 0.4, left + 0.7 * width, 0.8)),
        ("footwear", (left + 0.1 * width, 0.8, left + 0.7 * width, 0.9)),
        ("bag", (left + 0.8 * width, 0.4, left + width, 0.6)),
    ]


def test_two_people_are_told_apart_from_left_to_right():
    right, left = outfit(0.55), outfit(0.1)
    assert people_of(garments(*right, *left)) == [[4, 5, 6, 7], [0, 1, 2, 3]]


@pytest.mark.parametrize(
    "found",
    [
        [],
        outfit(0.3),
        [("top", (0.1, 0.1, 0.4, 0.9)), ("top", (0.6, 0.1, 0.9, 0.9))],  # two garments laid side by side
        [("top", (0.0, 0.1, 0.4, 0.9)), ("trousers", (0.5, 0.1, 0.9, 0.9)), ("bag", (0.4, 0.1, 0.5, 0.3))],
        [("outerwear", (0.1, 0.1, 0.9, 0.6)), ("top", (0.3, 0.1, 0.6, 0.5)), ("skirt", (0.3, 0.5, 0.7, 0.8))],
        [("footwear", (0.1, 0.8, 0.2, 0.9)), ("bag", (0.5, 0.5, 0.7, 0.7)), ("headwear", (0.8, 0.0, 0.9, 0.1))],
    ],
    ids=["none", "one person", "two tops", "laid flat", "open coat", "no clothes"],
)
def test_what_is_not_several_people_is_one_list(found):
    assert people_of(garments(*found)) == [list(range(len(found)))]


def test_crowds_in_any_order():
    random_numbers = random.Random(7)
    for _ in range(200):
        number = random_numbers.randint(2, 5)
        width = 0.9 / number
        found = [(person, each) for person in range(number) for each in outfit(person / number, width=width)]
        random_numbers.shuffle(found)
        people = people_of(garments(*(each for _person, each in found)))
        assert [{found[index][0] for index in indices} for indices in people] == [{n} for n in range(number)]
        assert sorted(index for indices in people for index in indices) == list(range(len(found)))
