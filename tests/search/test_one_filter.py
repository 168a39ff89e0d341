"""The same filters find the same products on a list page, in the API, and with a photo on its page and in the API."""

import random

import pytest
from django.http import QueryDict

from tests.factories import make_category, make_images, make_products
from tests.search.photos import cache_photo
from tests.search.vectors import clustered_vectors, embed, make_encoder

pytestmark = pytest.mark.django_db

NUMBER, SAMPLES = 24, 16  # one page of products
KINDS = [("Dress", "dress", "Gaun"), ("Skirt", "skirt", "Rok"), ("Top", "top", "Kaos")]
VALUES = {
    "category": ["dress", "skirt", "top"],
    "garment_type": ["dress", "skirt", "bag"],
    "brand": ["Senja", "Ombak", "Kaya & Co"],
    "colour": ["red", "blue", "green"],
    "price_min": ["105000", "110000.50"],
    "price_max": ["112000", "118000"],
    "q": ["gaun", "linen -ombak", "biru", "kaos under 115000", "rok katun"],
}
SEVERAL = ("category", "brand", "colour")


@pytest.fixture
def query():
    """A photo's id, in a shop whose products differ in all that can be filtered by."""
    products = make_products(
        {
            "name": f"{KINDS[number % 3][2]} {('linen', 'katun')[number % 2]}",
            "category": make_category(name=KINDS[number % 3][0], garment_types=[KINDS[number % 3][1]]),
            "brand": VALUES["brand"][number // 2 % 3],
            "price": None if number == 5 else 100_000 + number * 1_000,
            "colours": [["red", "blue"], ["blue"], ["green"], []][number % 4],
            "is_active": number != 7,
        }
        for number in range(NUMBER)
    )
    encoder = make_encoder()
    vectors = clustered_vectors(NUMBER, encoder.dimensions)
    embed(make_images(products), vectors, encoder, [KINDS[number % 3][1] for number in range(NUMBER)])
    return cache_photo(encoder, vectors)


def parameters(chance):
    given = QueryDict(mutable=True)
    for name in chance.sample(sorted(VALUES), chance.randint(1, 3)):
        given.setlist(name, chance.sample(VALUES[name], chance.randint(1, 2) if name in SEVERAL else 1))
    return given


def test_the_same_filters_find_the_same_products_everywhere(client, query):
    chance, sizes = random.Random(9), set()
    for _ in range(SAMPLES):
        given = parameters(chance)
        page = client.get(f"/search/?{given.urlencode()}").context["listing"].page
        expected = {product.pk for product in page.products}
        photo = {"query": query, "whole": True, "limit": 100, **dict(given.lists())}
        (searched,) = [
            each for each in client.post("/api/v1/search/photo/", photo).json()["garments"] if each["searched"]
        ]
        shown = client.get(f"/photo/?{given.urlencode()}&query={query}&whole=1").context["page"]
        assert {result["product"]["id"] for result in searched["results"]} == expected, given
        assert {each.result.product.pk for each in shown.results} == expected, given
        assert searched["count"] == shown.current.count == len(expected), given
        listed = client.get(f"/api/v1/products/?{given.urlencode()}&limit=100").json()
        assert {product["id"] for product in listed["results"]} == expected, given
        sizes.add(len(expected))
    assert len(sizes) > 4
