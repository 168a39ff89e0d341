import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client

from catalogue.browsing import counts
from catalogue.browsing.facets import facets, facets_of
from catalogue.browsing.parameters import ProductFilterParameters
from catalogue.models import Product
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db


def facets_for(query):
    parameters = ProductFilterParameters(data=QueryDict(query))
    assert parameters.is_valid(), parameters.errors
    return facets_of(Product.objects.visible(), parameters.filters)


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
        "garment_type": [("dress", "dress", 2), ("skirt", "skirt", 1)],
        "brand": [("Ombak", "Ombak", 1), ("Senja", "Senja", 1)],
        "colour": [("red", "red", 2), ("black", "black", 1), ("white", "white", 1)],
        "price": (Decimal("100.00"), Decimal("250.50")),
        "count": 3,
        "is_estimate": False,
        "estimated": set(),
    }


@pytest.mark.parametrize("queryset", [Product.objects.none(), Product.objects.filter(brand="nobody")])
def test_nothing_found_has_no_facets(shop, queryset):
    found = facets(queryset)
    assert (found["category"], found["brand"], found["colour"], found["price"], found["count"]) == ([], [], [], None, 0)


def test_an_ordered_and_ranked_queryset_counts_alike(shop):
    queryset = Product.objects.visible().matching_text("dress").order_by("-rank").for_cards()
    assert facets(queryset)["count"] == 2


def test_a_facet_ignores_its_own_choice_only(shop):
    query = "category=dress&colour=white"
    found = facets_for(query)
    assert found["count"] == 1
    assert found["category"] == [("dress", "Dress", 1)]  # skirts in white: none
    assert found["colour"] == [("red", "red", 2), ("white", "white", 1)]


def test_a_garment_type_is_counted_in_every_category_that_holds_it(shop):
    anything = make_category(name="Plus Size", garment_types=[])
    make_product(category=anything)
    query = "garment_type=skirt"
    found = facets_for(query)
    assert [(each.value, each.count) for each in found["category"]] == [("plus-size", 1), ("rok", 1)]
    counted = {each.value: each.count for each in found["garment_type"]}
    assert (counted["dress"], counted["skirt"], counted["bag"]) == (3, 2, 1)


def test_price_bounds_ignore_the_chosen_price(shop):
    query = "price_max=120"
    assert facets_for(query)["price"] == (Decimal(100), Decimal("250.50"))


@pytest.fixture
def many(shop, monkeypatch):
    """1,503 visible products where 100 are as many as are counted, and every second row is in the sample."""
    monkeypatch.setattr(counts, "MAX_EXACT", 100)
    monkeypatch.setattr(counts, "SAMPLE_ROWS", 750)
    rok = make_category(name="Rok")
    Product.objects.bulk_create(
        Product(sku=f"many-{n}", name=f"Rok {n}", category=rok, brand="Ombak", colours=["blue"], price=n + 1)
        for n in range(1_500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalogue_product")


def test_beyond_the_limit_a_sample_stands_for_all(many, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        found = facets(Product.objects.visible())
    assert found["is_estimate"]
    assert found["count"] == pytest.approx(1_503, rel=0.25)
    assert found["category"][0].count == pytest.approx(1_501, rel=0.25)
    assert found["price"] == (Decimal(1), Decimal(1_500))
    with django_assert_max_num_queries(1):  # the categories' names
        assert facets(Product.objects.visible()) == found


def test_each_list_says_for_itself_whether_it_was_sampled(many):
    """The brand's own list ignores that a brand is chosen, and so is long where the others are short."""
    query = "brand=Senja"
    found = facets_for(query)
    assert (found["count"], found["is_estimate"], found["estimated"]) == (1, False, {"brand"})
    whole = facets_for("")
    assert whole["estimated"] == {"category", "garment_type", "brand", "colour"}
    page = Client().get("/search/?brand=Senja").content.decode()
    brands, *others = re.split(r"<fieldset", page.split("facet-brand", 1)[1])
    assert re.search(r'about</span><span aria-hidden="true">≈</span> [\d,]+', brands)
    assert "≈" not in "".join(others)


def test_a_short_list_of_many_products_is_exact(many):
    found = facets(Product.objects.visible().filter(brand="Senja"))
    assert (found["count"], found["is_estimate"]) == (1, False)


def test_where_the_planner_is_wrong_about_a_list_it_is_counted_after_all(many, monkeypatch):
    monkeypatch.setattr(counts, "_expected_long", list)  # it takes every list for long
    found = facets(Product.objects.visible().filter(brand="Senja"))
    assert (found["count"], found["is_estimate"]) == (1, False)


def test_what_takes_a_while_is_kept_and_what_does_not_is_fresh(shop, monkeypatch):
    assert facets(Product.objects.visible())["count"] == 3
    make_product()
    assert facets(Product.objects.visible())["count"] == 4
    monkeypatch.setattr(counts, "MAX_INSTANT", 3)
    assert facets(Product.objects.visible())["count"] == 4
    make_product()
    assert facets(Product.objects.visible())["count"] == 4


def test_of_several_threads_one_counts(monkeypatch):
    """Without a database: what is counted here is how often it is asked."""
    asked, kept = [], threading.Barrier(4)

    def count(lists):
        asked.extend(lists)
        time.sleep(0.05)
        return {each.key: counts.Counted({"count": {"": 5_000}}, is_estimate=False) for each in lists}

    monkeypatch.setattr(counts, "_count", count)

    def ask():
        kept.wait()
        return counts.counted([Product.objects.filter(brand="Senja")])[0].total

    with ThreadPoolExecutor(4) as threads:
        answers = [each.result() for each in [threads.submit(ask) for _ in range(4)]]
    assert (answers, len(asked)) == ([5_000] * 4, 1)


EVERYTHING = "q=rok&category=rok&brand=Ombak&colour=blue&price_min=1&price_max=5000"


def test_whatever_is_chosen_all_lists_are_counted_together(many, django_assert_max_num_queries):
    """Names, the words' reading and whether they occur, each category choice; statistics, plan and two counts."""
    query = EVERYTHING
    with django_assert_max_num_queries(12):
        found = facets_for(query)
    assert found["is_estimate"] and found["colour"][0].value == "blue"


def test_a_page_with_everything_chosen_stays_within_twenty_queries(client, many, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        assert client.get(f"/search/?{EVERYTHING}").status_code == 200


@pytest.mark.parametrize(("query", "queries"), [("garment_type=dress", 3), ("q=garment", 6)])
def test_the_number_of_queries_does_not_grow(shop, django_assert_num_queries, query, queries):
    """Counts, the table's size, categories' names; for words, their synonyms, how they are read and whether
    they occur."""
    for _ in range(20):
        make_product()
    with django_assert_num_queries(queries):
        facets_for(query)
