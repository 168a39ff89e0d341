import pytest

from catalogue.garment_kinds import are_of_one_kind

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "other", "garment_type", "expected"),
    [
        ("Striped T-Shirt", "Kaos Polos", "top", True),
        ("Striped T-Shirt", "Oxford Shirt", "top", False),
        ("Kemeja Putih", "Oxford Shirt", "top", True),
        ("Hoodie Navy", "Sweater Rajut", "top", False),
        ("Striped Top", "Oxford Shirt", "top", True),  # the one says no kind
        ("Ajeng 12", "Oxford Shirt", "top", True),
        ("Jeans Lurus", "Wide-Leg Trousers", "trousers", True),  # trousers are what both are
        ("Denim Jacket", "Wool Coat", "outerwear", False),
        ("Gaun Bunga", "Shirt Dress", "dress", True),
    ],
)
def test_names_say_whether_two_products_are_of_one_kind(name, other, garment_type, expected):
    assert are_of_one_kind(name, other, garment_type) is expected
