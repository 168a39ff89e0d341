import pytest

from catalogue.browsing.filters import ORDERINGS
from catalogue.browsing.keyset_pages import MAX_RANKED, page_of
from catalogue.models import Product
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf():
    """Equal prices, equal names and no prices at all: where page boundaries go wrong."""
    prices = [100, 200, 200, 200, None, 50, None, 200, 300, None, 100]
    return [make_product(price=price, name=f"Name {number % 4}") for number, price in enumerate(prices)]


@pytest.mark.parametrize("ordering", list(ORDERINGS))
@pytest.mark.parametrize("size", [1, 2, 3, 4, 11, 12])
def test_pages_are_slices_of_the_list(shelf, ordering, size):
    products = Product.objects.order_by(*ORDERINGS[ordering])
    seen, after = [], ""
    for _ in range(len(shelf) + 1):
        page = page_of(products, ordering=ordering, after=after, size=size)
        assert page.is_first == (not after)
        seen += page.products
        after = page.next_after
        if not after:
            break
    assert seen == list(products)


def test_a_ranked_list_is_cut_into_pages_too(shelf):
    products = Product.objects.order_by("-id")
    first = page_of(products, ordering="", size=4)
    second = page_of(products, ordering="", after=first.next_after, size=4)
    assert first.products + second.products == list(products[:8])


def test_a_ranked_list_ends_at_its_bound(shelf):
    page = page_of(Product.objects.order_by("-id"), ordering="", after=str(MAX_RANKED + 10_000), size=4)
    assert (page.products, page.next_after) == ([], "")


@pytest.mark.parametrize("after", ["x", "-1", "1e9", "9" * 40, "~", "5~cheap~", "5~NaN", "5~Infinity", "٣"])
@pytest.mark.parametrize("ordering", ["", *ORDERINGS])
def test_an_address_typed_by_hand_does_not_break_a_page(shelf, ordering, after):
    products = Product.objects.order_by(*ORDERINGS.get(ordering, ("-id",)))
    page_of(products, ordering=ordering, after=after, size=4)


def test_a_deep_page_reads_no_row_before_it(shelf, django_assert_num_queries):
    with django_assert_num_queries(1) as captured:
        page_of(Product.objects.order_by("-id"), ordering="newest", after=str(shelf[5].pk), size=4)
    assert "OFFSET" not in captured[0]["sql"]
