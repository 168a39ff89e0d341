"""The home page's example of a shop without the sample catalogue: its own photos."""

import pytest
from django.core.cache import cache

from catalogue.models import Product
from search.photo.catalogue_example import catalogue_example
from tests.factories import make_category, make_image, make_product
from tests.search.vectors import make_embedded_catalogue, make_encoder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()
    yield
    cache.clear()


def test_before_anything_is_embedded_there_is_none():
    make_image(make_product(), position=0)
    assert catalogue_example() is None
    make_encoder()
    cache.clear()
    assert catalogue_example() is None


def test_a_garment_of_the_catalogue_with_the_most_similar_products():
    make_embedded_catalogue(make_encoder(), products=30, images=1)
    example = catalogue_example()
    assert 0 < example.x < example.image.width
    assert 0 < example.y < example.image.height
    assert len(example.similar) == 4
    assert example.image.product not in example.similar


def test_what_is_hidden_later_is_not_shown():
    make_embedded_catalogue(make_encoder(), products=30, images=1)
    example = catalogue_example()
    Product.objects.filter(pk=example.similar[0].pk).update(is_active=False)
    assert example.similar[0] not in catalogue_example().similar
    Product.objects.filter(pk=example.image.product_id).update(is_active=False)
    assert catalogue_example() is None


def test_the_home_page_shows_the_example_else_photos_else_words_alone(client, settings):
    words = client.get("/").content.decode()
    assert 'class="hero is-alone"' in words
    product = make_product(category=make_category())
    make_image(product, position=0)
    photos = client.get("/").content.decode()
    assert 'class="hero-photos is-1"' in photos
    make_embedded_catalogue(make_encoder(), products=30, images=1)
    cache.clear()
    page = client.get("/").content.decode()
    assert 'class="example is-own"' in page
    assert 'name="product_image"' in page
    assert "hero-photos" not in page
