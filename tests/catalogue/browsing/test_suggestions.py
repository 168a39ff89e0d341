import pytest

from catalogue.browsing.suggestions import suggestions_for
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    blazer = make_category(name="Blazer", garment_types=["outerwear"])
    make_product(name="Blouse Batik", brand="Kaya & Co")
    make_product(name="Linen blazer", brand="Blanco", category=blazer)
    make_product(name="Hidden blouse", is_active=False)


@pytest.mark.parametrize(
    ("typed", "categories", "brands", "products"),
    [
        ("bl", ["Blazer"], ["Blanco"], ["Linen blazer", "Blouse Batik"]),
        ("blouse ba", [], [], ["Blouse Batik"]),
        ("Linen BLA", [], [], ["Linen blazer"]),
        ("b", [], [], []),
        ("", [], [], []),
        ("& | ! :* ' <->", [], [], []),
        ("blou's | x", [], [], []),
    ],
)
def test_suggestions_begin_with_what_was_typed(shop, typed, categories, brands, products):
    found = suggestions_for(typed)
    assert [each.label for each in found.categories] == categories
    assert [each.label for each in found.brands] == brands
    assert [product.name for product in found.products] == products


def test_the_part_of_the_page(client, shop):
    page = client.get("/search/suggestions/?q=blou").content.decode()
    assert "Blouse Batik" in page
    assert "<html" not in page


def test_few_queries(shop, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        suggestions_for("bl")
