"""Which pairs are judged, and as what, where match distances are measured."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="pip install -r requirements-training.txt")

from search.retrieval import nearest_sql
from search.vision.analysis import DetectedGarment
from training.encoder import calibrate_match_strength as words


def garment(product, *, labelled="top", detected="top", colours=("red",), angle=0.0, room=None, split="val"):
    """One whose vector is `angle` radians from the first axis."""
    vector = np.array([np.cos(angle), np.sin(angle)], np.float32)
    photo = words.LabelledPhoto(Path(product), product, room or product, labelled, split, product)
    return words.LabelledGarment(photo, DetectedGarment(None, detected, 1.0, (0, 0, 1, 1), [], colours, vector))


ASKED = garment("asked")


@pytest.mark.parametrize(
    ("other", "right"),
    [
        (garment("other", angle=1), [True]),
        (garment("other", angle=1, colours=("blue",)), [False]),
        (garment("other", angle=1, colours=("blue", "red")), [True]),
        (garment("other", angle=1, labelled="outerwear"), []),  # no search among tops shows it
        (garment("other", angle=0.1, labelled="outerwear"), [False]),  # but as a near duplicate
        (garment("other", angle=0.1, labelled="outerwear", detected="dress"), []),
        (garment("other", angle=1, detected="dress"), [True]),  # its category holds the type
        (garment("other", angle=0.1, room="asked"), []),
        (garment("asked", angle=0.1, room="asked"), [True]),
    ],
)
def test_matches_are_those_of_a_search(other, right):
    trained_with = replace(other, photo=replace(other.photo, split="train"))  # it is found and does not ask
    assert [pair.is_right for pair in words.judged_pairs([ASKED, trained_with])] == right


def test_photos_that_were_trained_with_do_not_ask():
    assert words.judged_pairs([garment("asked", split="train"), garment("other", split="train")]) == []


def test_a_near_duplicate_is_what_a_search_takes_for_one():
    assert words.NEAR_DUPLICATE_DISTANCE == nearest_sql.NEAR_DUPLICATE_DISTANCE
