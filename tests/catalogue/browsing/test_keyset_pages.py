import pytest

from catalogue import querysets
from catalogue.browsing.filters import ORDERINGS
from catalogue.browsing.keyset_pages import page_of, read_cursor
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
    products = Product.objects.all()
    seen, after = [], ""
    for _ in range(len(shelf) + 1):
        page = page_of(products, ordering=ordering, after=after, size=size)
        assert page.is_first == (not after)
        seen += page.products
        after = page.next_after
        if not after:
            break
    assert seen == list(products.in_order(ordering))


@pytest.mark.parametrize("size", [1, 3, 4, 10, 11])
def test_pages_in_order_of_relevance_go_on_behind_what_is_ranked(shelf, size, monkeypatch):
    monkeypatch.setattr(querysets, "MAX_RANKED", 4)
    for place in (10, 8):
        Product.objects.filter(pk=shelf[place].pk).update(name="Name Name")
    products = Product.objects.visible().matching_text("name")
    seen, after = [], ""
    for _ in range(len(shelf)):
        page = page_of(products, ordering="", after=after, size=size)
        seen += page.products
        after = page.next_after
        if not after:
            break
    assert seen == [shelf[place] for place in (10, 8, 9, 7, 6, 5, 4, 3, 2, 1, 0)]


@pytest.mark.parametrize("after", ["x", "-1", "1e9", "9" * 40, "~", "5~cheap~", "5~NaN", "5~Infinity", "٣"])
@pytest.mark.parametrize("ordering", ["", "newest", "price", "-price"])
def test_what_is_no_cursor_is_refused(ordering, after):
    with pytest.raises(ValueError, match="is no p|beyond"):
        read_cursor(after, ordering)


def test_a_deep_page_reads_no_row_before_it(shelf, django_assert_num_queries):
    with django_assert_num_queries(2) as captured:
        page_of(Product.objects.all(), ordering="newest", after=str(shelf[5].pk), size=4)
    assert "OFFSET" not in captured[0]["sql"]
