"""What a shopper corrects: garments that are none, garments of another type."""

import pytest
from django.http import QueryDict

from garments import GarmentType
from search.photo.corrections import CONFUSED_WITH, Corrections, types_offered
from search.photo.form import PhotoPageForm


def test_each_type_has_others_that_exist():
    assert set(CONFUSED_WITH) == set(GarmentType)
    for garment_type, others in CONFUSED_WITH.items():
        assert set(others) <= set(GarmentType) - {garment_type}
        assert others


def test_a_corrected_garment_is_offered_what_was_found():
    assert types_offered("dress", "dress") == ["top", "skirt", "jumpsuit"]
    assert types_offered("dress", "skirt") == ["dress", "top", "jumpsuit"]


def test_the_address_says_all_and_is_read_back():
    corrections = Corrections().hiding(3).hiding(1).retyping(0, "skirt", found="dress").retyping(2, "top", found="bag")
    assert corrections.parameters == {"hidden": "1,3", "retyped": "0.skirt,2.top"}
    assert PhotoPageForm(QueryDict("hidden=1,3&retyped=0.skirt,2.top")).corrections == corrections


def test_what_was_found_needs_no_correction_and_what_is_hidden_has_none():
    corrections = Corrections().retyping(0, "skirt", found="dress")
    assert corrections.retyping(0, "dress", found="dress") == Corrections()
    assert corrections.hiding(0).parameters == {"hidden": "0", "retyped": ""}


@pytest.mark.parametrize(
    "query", ["hidden=x", "hidden=1,,2", "hidden=-1", "hidden=9999", "retyped=1", "retyped=1.hat", "retyped=x.top"]
)
def test_what_makes_no_sense_is_named_and_left_out(query):
    form = PhotoPageForm(QueryDict(query))
    assert form.corrections == Corrections()
    assert len(form.problems) == 1
    assert form.problems[0].startswith(query.partition("=")[0])
