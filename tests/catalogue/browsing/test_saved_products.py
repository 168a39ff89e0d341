"""Products that a browser remembers, by the ids in the address."""

import pytest
from django.test import RequestFactory

from catalogue.browsing.saved_products import MAX_SAVED, photo_page_before, saved_products
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def test_the_order_is_that_of_the_address_and_each_is_once():
    first, second = make_product(), make_product()
    saved = saved_products(f"{second.pk},{first.pk},{second.pk}")
    assert saved.products == [second, first]
    assert saved.missing == 0
    assert saved.query == f"?ids={second.pk},{first.pk}"


@pytest.mark.parametrize("text", ["", ",", "x", "-1", "1.5", "9" * 30, "\0", "٣"])
def test_what_is_no_id_is_left_out(text):
    assert saved_products(text).ids == []


def test_what_is_hidden_or_gone_is_missing():
    hidden = make_product(is_active=False)
    saved = saved_products(f"{hidden.pk},999999999999999999")
    assert (saved.products, saved.missing) == ([], 2)


def test_a_list_is_bounded():
    assert len(saved_products(",".join(map(str, range(1, 300)))).ids) == MAX_SAVED


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/photo/?query=abc&garment=1", "/photo/?query=abc&garment=1"),
        ("http://testserver/photo/", ""),
        ("http://testserver/c/dress/?query=abc", ""),
        ("https://elsewhere.example/photo/?query=abc", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_only_a_photos_page_of_this_shop_is_led_back_to(referer, back):
    headers = {"Referer": referer} if referer else {}
    assert photo_page_before(RequestFactory(headers=headers).get("/p/1/x/")) == back


@pytest.mark.parametrize("path", ["/favourites/", "/recently-viewed/"])
def test_the_pages_take_two_queries_for_the_products_however_many(client, path, django_assert_max_num_queries):
    ids = ",".join(str(make_product().pk) for _ in range(12))
    with django_assert_max_num_queries(6):
        page = client.get(f"{path}?ids={ids}").content.decode()
    assert page.count('class="card"') == 12
