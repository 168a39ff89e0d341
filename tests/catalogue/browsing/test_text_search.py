import pytest

from catalogue import querysets
from catalogue.browsing.text_search import text_query
from catalogue.models import Product
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed, readings",
    [
        ("batik", ["'batik'"]),  # the same in all three languages: looked up once
        ("dresses", ["'dresses'", "'dress'"]),
        ("batik -denim", ["'batik' & !'denim'"]),
        ('"batik denim"', ["'batik' <-> 'denim'"]),
        ("the", ["'the'"]),  # a stop word in English, and part of a name in another language
        ("", []),
        ("!!!", []),
    ],
)
def test_readings_that_differ_are_looked_for(typed, readings):
    assert text_query(typed).reading == " | ".join(f"({reading})" for reading in readings)


@pytest.mark.parametrize("typed", ["o'neill", "sku-9", "a\\b", "<->", "'", "rok & | !", "50%"])
def test_whatever_is_typed_is_a_query(typed):
    product = make_product(name=f"Garment {typed}", sku="SKU-9")
    found = Product.objects.matching_text(typed)
    assert set(found) <= {product}


def test_signs_within_a_word_are_found_as_they_were_written():
    product = make_product(name="O'Neill Surf Tee", sku="AB-12/7")
    for typed in ("o'neill", "AB-12/7", "ab-12/7 surf"):
        assert list(Product.objects.matching_text(typed)) == [product], typed


def test_the_best_match_comes_first():
    described = make_product(name="Plain", description="to wear with batik")
    named = make_product(name="Batik")
    newest = make_product(name="Also plain", description="batik")
    assert list(Product.objects.matching_text("batik").order_by_rank()) == [named, newest, described]


def test_of_a_frequent_word_the_newest_are_ranked(monkeypatch):
    monkeypatch.setattr(querysets, "MAX_RANKED", 3)
    products = [make_product(name=f"Batik {number}", description="batik" * number) for number in range(5)]
    found = list(Product.objects.visible().matching_text("batik").order_by_rank())
    assert sorted(each.pk for each in found) == [each.pk for each in products[2:]]
    assert all(each.rank > 0 for each in found)


def test_without_words_there_is_nothing_to_rank():
    products = [make_product() for _ in range(2)]
    assert list(Product.objects.order_by("pk").order_by_rank()) == products
