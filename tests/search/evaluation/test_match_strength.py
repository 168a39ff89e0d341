"""The precision of match words on a catalogue whose categories and colours are known."""

import pytest
from django.db.models.signals import post_init

from search.evaluation.match_strength import measure_match_strength
from search.models import GarmentEmbedding
from search.retrieval.calibration import SAME_PHOTO, calibrate, match_strength
from search.vision.cards import choose
from tests.search.vectors import make_embedded_catalogue, make_encoder

pytestmark = pytest.mark.django_db


def test_matches_are_right_where_category_and_main_colour_agree():
    encoder = make_encoder(calibration={"": [2.0, 2.0]})  # every match is strong
    _, products = make_embedded_catalogue(encoder, products=60, images=1)
    words = measure_match_strength(encoder, sample=20)
    assert words["strong"]["matches"] == 100  # five for each of twenty
    assert words["close"]["matches"] == words["weak"]["matches"] == 0
    for product in products:
        product.colours = ["green"]
        product.save()
    assert (
        measure_match_strength(encoder, sample=20)["strong"]["precision"] == 1.0
    )  # a type is looked for in its category
    assert 0.2 < words["strong"]["precision"] < 0.8  # half of the products are black


def test_only_the_garments_that_are_asked_with_are_read():
    encoder = make_encoder()
    make_embedded_catalogue(encoder, products=60, images=1)
    read = []
    post_init.connect(note := lambda instance, **_: read.append(instance), sender=GarmentEmbedding)
    try:
        measure_match_strength(encoder, sample=4)
    finally:
        post_init.disconnect(note, sender=GarmentEmbedding)
    assert len(read) == 4


def test_a_catalogue_without_garments_has_nothing_to_judge():
    encoder = make_encoder()
    make_embedded_catalogue(encoder, products=6, images=1)
    GarmentEmbedding.objects.update(ordinal=0)
    assert measure_match_strength(encoder, sample=20)["strong"]["matches"] == 0


def test_the_card_says_what_matches_are_called_and_the_same_photo_is_always_strong():
    encoder = make_encoder(choose("encoder").name)
    table = calibrate(encoder)
    of_card = choose("encoder").parameters["match_distances"]
    assert set(table) == set(of_card)
    assert all(close >= strong >= SAME_PHOTO for strong, close in table.values())
    assert match_strength(0.0, encoder, "top") == match_strength(0.01, encoder, "a type of its own") == "strong"
    assert match_strength(1.9, encoder, "top") == "weak"
