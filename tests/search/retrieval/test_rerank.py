"""Where a category holds many kinds, products seen as the kind come first on the pages; the API goes by distance."""

import re

import numpy as np
import pytest

from catalogue.models import Category, Product
from search.models import GarmentEmbedding
from search.retrieval.rerank import prefer_matching_type
from search.services import related_products, search_query
from tests.search.photos import cache_photo
from tests.search.vectors import make_embedded_catalogue, make_encoder

pytestmark = pytest.mark.django_db


@pytest.fixture
def encoder():
    return make_encoder()


@pytest.fixture
def query(encoder):
    """A photo of a dress before a category of 150 products of any kind, every third of which was seen as a dress."""
    vectors, _ = make_embedded_catalogue(encoder, products=150, images=1)
    Category.objects.update(garment_types=["dress", "top", "skirt"])
    return cache_photo(encoder, vectors + np.float32(0.3), garment_types=["dress"])


def results_of(query, **page):
    return search_query(query=query, limit=96, **page).garments[0].results


def numbers(results):
    return [int(result.product.name.split()[1]) for result in results]


def seen_as_dress(numbers):
    return [number % 3 == 0 for number in numbers]


def test_what_was_seen_as_the_kind_comes_first_each_part_in_its_order(encoder, query):
    results = results_of(query)
    ordered = prefer_matching_type(results, garment_type="dress", encoder=encoder.pk)
    assert sorted(numbers(ordered)) == sorted(numbers(results))
    dresses = sum(seen_as_dress(numbers(results)))
    for part in (ordered[:dresses], ordered[dresses:]):
        assert [result.distance for result in part] == sorted(result.distance for result in part)
    assert seen_as_dress(numbers(ordered)) == [True] * dresses + [False] * (len(results) - dresses)


@pytest.mark.parametrize(
    "prepare, reason",
    [
        (lambda: Category.objects.update(garment_types=["dress"]), "a category of one kind says what its products are"),
        (lambda: GarmentEmbedding.objects.update(garment_type="dress"), "all were seen as dresses"),
        (lambda: GarmentEmbedding.objects.update(garment_type="hat"), "none was seen as a dress"),
    ],
)
def test_otherwise_the_order_is_the_distances(encoder, query, prepare, reason):
    prepare()
    results = results_of(query)
    assert numbers(prefer_matching_type(results, garment_type="dress", encoder=encoder.pk)) == numbers(results), reason


def test_without_a_kind_nothing_is_moved(encoder, query):
    results = results_of(query)
    assert prefer_matching_type(results, garment_type=None, encoder=encoder.pk) == results


def test_what_is_almost_the_same_keeps_its_place(encoder, query):
    """A product whose photo was misread is found first by that photo."""
    tops = GarmentEmbedding.objects.filter(garment_type="top")
    same = cache_photo(encoder, [np.array(tops.first().vector, np.float32)] * 2, garment_types=["dress"])
    results = results_of(same)
    assert results[0].distance < 0.01 and not seen_as_dress(numbers(results))[0]
    assert prefer_matching_type(results, garment_type="dress", encoder=encoder.pk)[0] == results[0]


def test_the_pages_are_one_list_with_every_product_once(client, query):
    shown, link = [], f"?query={query}"
    while link:
        page = client.get(f"/photo/{link}").content.decode()
        found = [int(number) for number in re.findall(r'<span class="name">Product (\d+)</span>', page)]
        assert 0 < len(found) <= 24
        shown += found
        following = re.search(r'rel="next" href="([^"]+)"', page)
        link = following and following[1].replace("&amp;", "&")
    assert sorted(shown) == list(range(150))
    kinds = seen_as_dress(shown)
    for block in (kinds[:96], kinds[96:]):
        assert block == sorted(block, reverse=True)


def test_a_page_begins_where_a_page_can(client, query):
    assert client.get(f"/photo/?query={query}&offset=90").context["page"].next_query.endswith("offset=96")


def test_the_api_answers_by_distance(client, query):
    answer = client.post("/api/v1/search/photo/", {"query": query, "limit": 96}).json()
    distances = [result["distance"] for result in answer["garments"][0]["results"]]
    assert distances == sorted(distances)


def test_similar_products_of_the_kind_come_first_on_the_product_page(query):
    similar, _ = related_products(Product.objects.get(name="Product 0"), limit=12)
    assert all(seen_as_dress(numbers(similar)))
