import pytest

from tests.search.vectors import make_embedded_catalogue, make_encoder

pytestmark = pytest.mark.django_db
MOST_QUERIES = 20


@pytest.fixture
def products():
    return make_embedded_catalogue(make_encoder(), products=90, images=1)[1]


def test_a_product_page_shows_what_looks_like_it(client, products):
    page = client.get(products[0].get_absolute_url()).content.decode()
    assert "Looks like this" in page
    assert page.count('class="card"') == 10
    assert f'hx-get="/p/{products[0].pk}/goes-with/"' in page


def test_what_goes_with_it_is_a_page_of_its_own(client, products):
    page = client.get(f"/p/{products[0].pk}/goes-with/").content.decode()
    assert f"Goes with {products[0].name}" in page


def test_queries_are_few(client, products, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(products[0].get_absolute_url())
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(f"/p/{products[0].pk}/goes-with/")


def test_without_vectors_the_page_is_whole(client):
    from tests.factories import make_product

    page = client.get(make_product().get_absolute_url()).content.decode()
    assert "Looks like this" not in page
    assert "Article number" in page
