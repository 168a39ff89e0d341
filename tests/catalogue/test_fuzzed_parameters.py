"""Odd values in every parameter and every part of an address: an answer that says so, never a fault of the server.

`FUZZ_REQUESTS=50 FUZZ_SEED=7 pytest tests/catalogue/test_fuzzed_parameters.py` tries others than every run does.
"""

import os
import random

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.http import urlencode

from catalogue.admin_forms import StorableJSONField
from catalogue.admin_resources import AttributesWidget
from tests.factories import make_category, make_image, make_product
from tests.routes import Route, addresses_of, routes

pytestmark = pytest.mark.django_db

SEED = int(os.environ.get("FUZZ_SEED", 20_261))
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", 4))  # to each address
VALUES = [
    "", " ", "0", "-1", "1", "5", "24", "999999999", "9" * 18, "9" * 40, "1e5", "1E+1000000", "NaN", "Infinity",
    "-0", "0x1",
    "5~1E+1000000", "5~\0", "5~", "~", "5~Gaun", "1~199000", "٣", "\0", "a\0b", "x" * 300, "x" * 5000, "red",
    "dress", "Senja",
    "gaun", "price", "-price", "name", "newest", "true", "null", "[]", "{}", "[1", "../../etc/passwd", "%", "%s",
    "%00", "'",
    '"', "\\", "' OR 1=1 --", "<script>", "🧥", "\ud800".encode("utf-8", "surrogatepass"), "a.p.c.",
    "-", "- -", '"', '""', "a&b",
    "<->", "!", "(", ":*", "dress under", "under 9e9", "between 5 and", "199.000", "Rp 199.000", "1.299.000,5",
    "a/b/c", "a" * 130,
    "0.5,0,0.2,1", "0,0,1,1", "nan,0,1,1", "\u202e", "İ", "ﬃ", "json", "api", "xml",
]  # fmt: skip
NAMES = [
    "q", "after", "ordering", "category", "garment_type", "brand", "colour", "price_min", "price_max", "limit",
    "offset", "page",
    "p", "o", "all", "e", "colours", "is_active__exact", "category__id__exact", "has_photo", "created_at__gte",
    "sku", "attributes",
    "document", "price__gte", "garment", "whole", "x0", "y0", "x1", "y1", "query", "box", "scene", "format",
    "lang", "language",
    "next", "_popup", "_to_field", "forgotten", "nonsense", "product__sku", "app_label", "model_name",
    "field_name", "term",
]  # fmt: skip
PARTS = {  # values of the parts of addresses: one that exists first, then others
    "slug": ["dress", "no", "a-b"], "name": ["Senja", "no", "a/b", "\0"], "size": ["card", "no"],
    "section": ["products", "no"], "path": ["products/no.webp", "../x", "a", "\0"], "query": ["A" * 22, "no", "\0"],
    "image": ["1", "999", "9" * 30], "pk": ["1", "9" * 18, "9" * 30], "object_id": ["1", "no", "9" * 30, "\0", "_5F"],
    "id": ["1", "no", "9" * 30, "\0"], "content_type_id": ["1", "no", "9" * 30], "url": ["no", "x" * 300],
    "app_label": ["catalogue", "no"],
}  # fmt: skip
ENDS_THE_SESSION = {"admin:logout", "admin:password_change"}


def all_addresses():
    """Addresses of every URL pattern there is. A pattern with a part that PARTS does not name is an error here."""
    return {route: addresses_of(route, PARTS) for route in routes() if route.name not in ENDS_THE_SESSION}


@pytest.fixture
def shop():
    product = make_product(name="Gaun batik", category=make_category(), colours=["red"], pk=1)
    make_image(product)
    User.objects.create_superuser("admin", password="admin")


@pytest.mark.parametrize("who", ["shopper", "admin"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_parameter_of_any_address_is_a_fault_of_the_server(client, shop, who, method):
    rng = random.Random(f"{SEED} {who} {method}")
    if who == "admin":
        client.force_login(User.objects.get())
    client.raise_request_exception = False
    for route, addresses in all_addresses().items():
        if who == "admin" and not route.route.startswith("admin/"):
            continue
        for address in addresses if method == "get" else addresses[:1]:
            for number in range(REQUESTS if address == addresses[0] else 1):
                names = [rng.choice(NAMES) for _ in range(rng.randint(1, 4))] if number else []
                given = [(name, rng.choice(VALUES)) for name in names]
                response = ask(client, method, address, given)
                assert response.status_code < 500 or response.status_code == 503, (method, address, given)


def ask(client, method, address, given):
    if method == "get":
        return client.get(f"{address}?{urlencode(given)}" if given else address)
    return client.post(address, urlencode(given), content_type="application/x-www-form-urlencoded")


def test_every_address_is_tried():
    tried = all_addresses()
    assert {route for route in routes() if route.name not in ENDS_THE_SESSION} == set(tried)
    assert len(tried) > 80


def test_a_new_address_with_an_unknown_part_is_noticed():
    with pytest.raises(KeyError, match="unknown"):
        addresses_of(Route("new", "new/<int:unknown>/"), PARTS)


FILTERS = ["q", "after", "ordering", "category", "garment_type", "brand", "colour", "price_min", "price_max", "limit"]


@pytest.mark.parametrize("path", ["/search/suggestions/", "/api/v1/products/"])
def test_each_value_of_each_filter_is_an_answer(client, shop, path):
    client.raise_request_exception = False
    for number, value in enumerate(VALUES):
        for name in FILTERS if "api" in path else ["q"]:
            orders = {"ordering": random.Random(number).choice(["price", "name"])} if name == "after" else {}
            address = f"{path}?{urlencode({name: value, **orders})}"
            assert client.get(address).status_code in (200, 400), address


@pytest.mark.parametrize(("path", "third"), [("/search/", 0), ("/c/dress/", 1), ("/b/Senja/", 2)])
def test_each_value_of_each_filter_is_a_page(client, shop, path, third):
    """A page leaves out each value that makes no sense, so several are tried at once; the pages are one list."""
    client.raise_request_exception = False
    for number in range(len(VALUES)):
        given = {
            name: VALUES[(number + place * 7) % len(VALUES)]
            for place, name in enumerate(FILTERS)
            if place % 3 == (number + third) % 3
        }
        address = f"{path}?{urlencode(given)}"
        assert client.get(address).status_code in (200, 400), address


@pytest.mark.parametrize(
    "path", ["/b/%00/", "/c/%00/", "/thumbs/card/%00.webp", "/media/%00", "/p/1/%00/", "/photo/%00.webp"]
)
def test_a_null_character_in_an_address_is_not_found(client, shop, path):
    client.raise_request_exception = False
    assert client.get(path).status_code in (301, 404)


@pytest.mark.parametrize(
    ("path", "field"),
    [("catalogue/product", "category"), ("catalogue/productimage", "product"), ("access/apitoken", "user")],
)
def test_a_form_with_an_odd_key_is_shown_again(client, shop, path, field):
    client.force_login(User.objects.get())
    client.raise_request_exception = False
    for value in VALUES:
        assert ask(client, "post", f"/admin/{path}/add/", [(field, value)]).status_code in (200, 302), value


@pytest.mark.parametrize("query", ["_to_field=", "_to_field=x", "_to_field=document"])
def test_a_field_that_the_admin_cannot_go_by_is_400(client, shop, query):
    client.force_login(User.objects.get())
    client.raise_request_exception = False
    assert client.get(f"/admin/catalogue/product/1/change/?{query}").status_code == 400


@pytest.mark.parametrize("query", ["category=x", "created_at__gte=x", "is_active__exact=x"])
def test_a_filters_odd_value_is_400_in_an_export_too(client, shop, query):
    client.force_login(User.objects.get())
    client.raise_request_exception = False
    for method in (client.get, client.post):
        assert method(f"/admin/catalogue/product/export/?{query}").status_code == 400


@pytest.mark.parametrize("query", ["colours=x", "attributes=x", "document=x", "price=x", "id__in=x"])
def test_a_filter_that_the_admin_does_not_offer_is_400(client, shop, query):
    client.force_login(User.objects.get())
    client.raise_request_exception = False
    response = client.get(f"/admin/catalogue/product/?{query}")
    assert response.status_code in (302, 400)


ODD_JSON = [
    '"\\ud800"', '{"\\ud800": 1}', '{"a": "\\ud800"}',
    '{"a": "\\u0000"}', '{"a": 1e400}', '{"a": NaN}', '{"a": -Infinity}',
    '{"a":' * 3000 + "1" + "}" * 3000, f'{{"a": {"9" * 5000}}}', "[1]", "{", "\ufeff{}",
]  # fmt: skip


@pytest.mark.parametrize("field", ["attributes", "private_attributes"])
def test_json_that_cannot_be_stored_is_shown_again_in_the_admin(client, shop, field):
    client.force_login(User.objects.get())
    client.raise_request_exception = False
    response = client.post("/admin/catalogue/product/add/", {field: ODD_JSON[1]})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors[field]


@pytest.mark.parametrize("value", [each for each in ODD_JSON if each != "[1]"])
def test_json_that_cannot_be_stored_is_no_value_of_a_form(value):
    field = StorableJSONField()
    with pytest.raises(ValidationError):
        field.clean(value)
    assert field.prepare_value(field.bound_data(value, {})) == value


@pytest.mark.parametrize("field", ["attributes", "availability", "name", "extra"])
def test_json_that_cannot_be_stored_is_400_in_the_api(client, shop, field):
    client.force_login(User.objects.get())
    client.raise_request_exception = False
    for value in ODD_JSON:
        body = f'{{"sku": "N1", "{field}": {value}}}'
        response = client.patch("/api/v1/products/1/", body.encode(), content_type="application/json")
        assert response.status_code == 400, value[:40]


@pytest.mark.parametrize("cell", ODD_JSON[1:5])
def test_json_that_cannot_be_stored_is_one_refused_row_of_an_import(cell):
    with pytest.raises(ValueError, match="surrogate|Null|range|Out of"):
        AttributesWidget().clean(cell)
