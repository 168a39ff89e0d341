import pytest
from django.http import QueryDict

from catalogue.browsing.filters import ProductFilters
from catalogue.browsing.parameters import ListParameters
from catalogue.models import Product
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db


def found(query):
    parameters = ListParameters(data=QueryDict(query))
    assert parameters.is_valid(), parameters.errors
    products = Product.objects.visible().filtered(parameters.filters)
    ordering = parameters.validated_data.get("ordering")
    return [product.name for product in (products.in_order(ordering) if ordering else products)]


@pytest.fixture
def shop():
    dress, skirt = make_category(), make_category(name="Rok", garment_types=["skirt"])
    make_product(name="Gaun A", category=dress, brand="Senja", price=100, colours=["red", "white"])
    make_product(name="Rok B", category=skirt, brand="Ombak", price=300, colours=["black"])
    make_product(name="Gaun C", category=dress, brand="Kaya & Co", price=None)
    make_product(name="Gaun D", category=dress, brand="Senja", price=200, is_active=False)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Gaun C", "Rok B", "Gaun A"]),
        ("category=dress", ["Gaun C", "Gaun A"]),
        ("category=dress&category=rok", ["Gaun C", "Rok B", "Gaun A"]),
        ("garment_type=skirt", ["Rok B"]),
        ("brand=Kaya+%26+Co&brand=Ombak", ["Gaun C", "Rok B"]),
        ("brand=nobody", []),
        ("price_min=100&price_max=100", ["Gaun A"]),
        ("price_min=100.01", ["Rok B"]),
        ("colour=white&colour=black", ["Rok B", "Gaun A"]),
        ("q=gaun", ["Gaun C", "Gaun A"]),
        ("q=gaun&ordering=name", ["Gaun A", "Gaun C"]),
        ("ordering=price", ["Gaun A", "Rok B", "Gaun C"]),
        ("ordering=-price", ["Rok B", "Gaun A", "Gaun C"]),
        ("ordering=newest&brand=&q=&colour=&category=&price_min=+", ["Gaun C", "Rok B", "Gaun A"]),
        ("page=3&utm_source=mail", ["Gaun C", "Rok B", "Gaun A"]),
    ],
)
def test_each_filter_keeps_what_it_names(shop, query, expected):
    assert found(query) == expected


def test_a_filter_left_out_leaves_the_others(shop):
    filters = ProductFilters(category=(make_category(name="Rok"),), price_max=250)
    assert not Product.objects.visible().filtered(filters).exists()
    without = Product.objects.visible().filtered(filters.without("category"))
    assert [product.name for product in without] == ["Gaun A"]


def test_equal_prices_keep_one_order_over_pages():
    for _ in range(6):
        make_product(price=50)
    ordered = Product.objects.visible().in_order("price")
    pages = [product.pk for start in (0, 2, 4) for product in ordered[start : start + 2]]
    assert pages == sorted(pages)
