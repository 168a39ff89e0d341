from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict

from catalogue import facets as module
from catalogue.facets import facets, facets_of
from catalogue.filters import ProductFilter
from catalogue.models import Product
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    dress, skirt = make_category(), make_category(name="Rok", garment_types=["skirt"])
    make_product(category=dress, brand="Senja", price=100, colours=["red", "white"])
    make_product(category=dress, brand="Ombak", price="250.50", colours=["red"])
    make_product(category=skirt, brand="", price=None, colours=["black"])
    make_product(category=skirt, brand="Hidden", price=1, is_active=False)


def test_everything_is_counted(shop):
    assert facets(Product.objects.visible()) == {
        "category": [("dress", "Dress", 2), ("rok", "Rok", 1)],
        "brand": [("Ombak", "Ombak", 1), ("Senja", "Senja", 1)],
        "colour": [("red", "red", 2), ("black", "black", 1), ("white", "white", 1)],
        "price": (Decimal("100.00"), Decimal("250.50")),
        "count": 3,
        "is_estimate": False,
    }


@pytest.mark.parametrize("queryset", [Product.objects.none(), Product.objects.filter(brand="nobody")])
def test_nothing_found_has_no_facets(shop, queryset):
    found = facets(queryset)
    assert (found["category"], found["brand"], found["colour"], found["price"], found["count"]) == ([], [], [], None, 0)


def test_an_ordered_and_ranked_queryset_counts_alike(shop):
    queryset = Product.objects.visible().matching_text("dress").order_by("-rank").for_cards()
    assert facets(queryset)["count"] == 2


def test_a_facet_ignores_its_own_choice_only(shop):
    filterset = ProductFilter(QueryDict("category=dress&colour=white"), queryset=Product.objects.visible())
    found = facets_of(filterset)
    assert found["count"] == 1
    assert found["category"] == [("dress", "Dress", 1)]  # skirts in white: none
    assert found["colour"] == [("red", "red", 2), ("white", "white", 1)]


def test_price_bounds_ignore_the_chosen_price(shop):
    filterset = ProductFilter(QueryDict("price_max=120"), queryset=Product.objects.visible())
    assert facets_of(filterset)["price"] == (Decimal(100), Decimal("250.50"))


def test_beyond_the_limit_a_sample_stands_for_all(shop, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(module, "MAX_EXACT", 100)
    monkeypatch.setattr(module, "SAMPLE_ROWS", 2_000)
    rok = make_category(name="Rok")
    Product.objects.bulk_create(
        Product(sku=f"many-{n}", name=f"Rok {n}", category=rok, brand="Ombak", price=n + 1) for n in range(4_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalogue_product")
    with django_assert_max_num_queries(5):
        found = facets(Product.objects.visible())
    assert found["is_estimate"]
    assert found["count"] == pytest.approx(4_003, rel=0.25)
    assert found["category"][0].count == pytest.approx(4_001, rel=0.25)
    assert found["price"] == (Decimal(1), Decimal(4_000))
    with django_assert_max_num_queries(2):
        assert facets(Product.objects.visible()) == found


@pytest.mark.parametrize(("query", "queries"), [("garment_type=dress", 2), ("q=garment", 3)])
def test_the_number_of_queries_does_not_grow(shop, django_assert_num_queries, query, queries):
    """Counts and categories' names; for words, whether they occur or are mistyped."""
    for _ in range(20):
        make_product()
    filterset = ProductFilter(QueryDict(query), queryset=Product.objects.visible())
    with django_assert_num_queries(queries):
        facets_of(filterset)
