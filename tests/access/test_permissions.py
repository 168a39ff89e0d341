"""A member of the staff without a permission changes nothing, by whatever address: every one that there is is tried."""

import io
import itertools

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import get_resolver
from rest_framework.schemas.generators import EndpointEnumerator
from rest_framework.test import APIClient

from access.tokens import create_token
from catalogue.models import Category, Product, ProductImage
from tests.factories import make_category, make_image, make_product, make_staff, picture_bytes
from tests.routes import addresses_of, routes

pytestmark = pytest.mark.django_db
OPEN_TO_ALL = {"admin:index", "admin:login", "admin:logout", "admin:password_change", "admin:password_change_done",
               "admin:jsi18n"}  # fmt: skip
SEARCH = {"/api/v1/search/photo/", "/api/v1/search/photo/{query}/"}  # writes nothing


def everything():
    """All rows of all models but those that a request itself leaves."""
    passing = {Session, LogEntry}
    models = [model for model in apps.get_models() if model not in passing]
    return {model: sorted(map(repr, model._base_manager.values())) for model in models}


@pytest.fixture
def shop(media):
    product = make_product(sku="A1", category=make_category())
    make_image(product)
    make_product(sku="hidden", is_active=False)
    return product


def bare_client(client):
    client.force_login(make_staff())
    return client


def table(**cells):
    row = {"sku": "A1", "name": "Overwritten", "category": "dress", **cells}
    file = io.BytesIO(f"{','.join(row)}\n{','.join(row.values())}\n".encode())
    file.name = "products.csv"
    return file


def admin_routes():
    return [each for each in routes() if each.route.startswith("admin/") and each.name not in OPEN_TO_ALL]


def test_every_page_of_the_admin_is_closed_to_bare_staff(client, shop):
    client = bare_client(client)
    before = everything()
    parts = {"object_id": [shop.pk], "id": [1], "app_label": ["catalogue"], "url": ["no"], "content_type_id": [1]}
    tried = 0
    for route, method in itertools.product(admin_routes(), ("get", "post")):
        for address in addresses_of(route, parts):
            forms = [{}, {"post": "yes", "name": "Overwritten", "sku": "A1", "import_file": table(), "format": "0",
                          "resource": "0", "user": 1, "words": "a, b", "slug": "new", "position": 1}]  # fmt: skip
            for form in forms if method == "post" else forms[:1]:
                answer = getattr(client, method)(address, form)
                tried += 1
                assert answer.status_code in (403, 404, 405) or is_sent_away(answer), (
                    method,
                    address,
                    answer.status_code,
                )
    assert tried > 100
    assert everything() == before


def is_sent_away(answer):
    """To the admin's front page, as it does with what it does not know, or to where somebody may read."""
    return answer.status_code in (301, 302) and not answer.has_header("Content-Disposition")


def actions():
    """Every action of every list of the admin."""
    for model, model_admin in admin.site._registry.items():
        names = {"delete_selected"} | {name if isinstance(name, str) else name.__name__ for name in model_admin.actions}
        yield from ((model, name) for name in sorted(names))


@pytest.mark.parametrize(
    ("model", "name"), [pytest.param(*each, id=f"{each[0].__name__}-{each[1]}") for each in actions()]
)
@pytest.mark.parametrize("may", ["nothing", "view"])
def test_no_action_of_the_admin_is_run_without_its_permission(client, shop, model, name, may):
    user = make_staff("product", "productimage", "category", "synonymgroup", "publicattribute",
                      actions=[] if may == "nothing" else ["view"])  # fmt: skip
    client.force_login(user)
    before = everything()
    rows = list(model._base_manager.values_list("pk", flat=True))
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    client.post(path, {"action": name, "_selected_action": rows, "post": "yes", "select_across": "1"})
    assert everything() == before


@pytest.mark.parametrize("missing", ["add", "change"])
def test_an_import_needs_both_of_its_permissions(client, shop, missing):
    client.force_login(make_staff("product", actions=[each for each in ("add", "change", "view") if each != missing]))
    before = everything()
    for path in ("import/", "process_import/"):
        answer = client.post(f"/admin/catalogue/product/{path}", {"format": "0", "import_file": table()})
        assert answer.status_code == 403, path
    assert everything() == before
    assert b"import/" not in client.get("/admin/catalogue/product/").content


def test_an_export_needs_the_permission_to_view(client, shop):
    form = {"format": "0", "resource": "0", "productresource_sku": "on"}
    client.force_login(make_staff("category"))
    assert client.post("/admin/catalogue/product/export/", form).status_code == 403
    client.force_login(make_staff("product", actions=["view"], name="viewer"))
    assert b"A1" in client.post("/admin/catalogue/product/export/", form).getvalue()


def api_writes():
    """(path, method) of every write that the API offers."""
    found = EndpointEnumerator(patterns=get_resolver().url_patterns).get_api_endpoints()
    return [(path, method) for path, method, _view in found if method not in ("GET", "HEAD", "OPTIONS")]


@pytest.mark.parametrize(("path", "method"), [each for each in api_writes() if each[0] not in SEARCH])
@pytest.mark.parametrize("by", ["token", "session"])
@pytest.mark.parametrize("actions", [[], ["view"]])
def test_no_write_of_the_api_is_done_without_its_permission(shop, path, method, by, actions):
    user = make_staff("product", "productimage", "category", actions=actions)
    client = APIClient()
    if by == "token":
        client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user)}")
    else:
        client.force_login(user)
    before = everything()
    image = shop.images.get()
    address = path.format(id=shop.pk, pk=shop.pk, slug="dress", image=image.pk)
    body = {"sku": "A1", "name": "Overwritten", "category": "dress", "images": [image.pk]}
    assert getattr(client, method.lower())(address, body).status_code == 403
    assert everything() == before


def test_the_writes_of_the_api_are_known():
    methods = {(path, method) for path, method in api_writes() if path not in SEARCH}
    assert len(methods) == 11
    assert {path for path, _method in api_writes()} >= SEARCH


@pytest.mark.parametrize(
    ("model", "action", "method", "path", "body"),
    [
        ("product", "add", "post", "products/", {"sku": "N1", "name": "New", "category": "dress"}),
        ("product", "change", "patch", "products/{product}/", {"name": "Changed"}),
        ("product", "delete", "delete", "products/{product}/", {}),
        ("category", "add", "post", "categories/", {"name": "Topi"}),
        ("category", "change", "patch", "categories/dress/", {"name": "Changed"}),
        ("productimage", "change", "put", "products/{product}/images/order/", {"images": ["{image}"]}),
        ("productimage", "delete", "delete", "products/{product}/images/{image}/", {}),
    ],
)
def test_each_permission_opens_its_own_write(shop, model, action, method, path, body):
    known = {"product": shop.pk, "image": shop.images.get().pk}
    body = {"images": [known["image"]]} if "images" in body else body
    for number, (of_model, of_action) in enumerate(
        itertools.product(("category", "product", "productimage"), ("view", "add", "change", "delete"))
    ):
        if (of_model, of_action) == (model, action):
            continue
        client = APIClient()
        client.force_login(make_staff(of_model, actions=[of_action], name=f"other {number}"))
        assert getattr(client, method)(f"/api/v1/{path.format(**known)}", body).status_code == 403
    client = APIClient()
    client.force_login(make_staff(model, actions=[action]))
    assert getattr(client, method)(f"/api/v1/{path.format(**known)}", body).status_code in (200, 201, 204)


def test_a_photo_is_added_by_who_may_add_photos(shop):
    from django.core.files.uploadedfile import SimpleUploadedFile

    for actions, expected in ([["view", "change"], 403], [["add"], 201]):
        client = APIClient()
        client.force_login(make_staff("productimage", actions=actions, name="-".join(actions)))
        file = SimpleUploadedFile("a.png", picture_bytes(colour=(1, 2, 3)))
        answer = client.post(f"/api/v1/products/{shop.pk}/images/", {"file": file}, format="multipart")
        assert answer.status_code == expected


@pytest.mark.parametrize(("actions", "is_shown"), [([], False), (["view"], True), (["change"], True), (["add"], False)])
def test_hidden_products_are_there_for_who_may_view_them(client, shop, actions, is_shown):
    client.force_login(make_staff("product", actions=actions))
    hidden = Product.objects.get(sku="hidden")
    assert (client.get(f"/api/v1/products/{hidden.pk}/").status_code == 200) is is_shown
    assert (client.get("/api/v1/products/").json()["count"] == 2) is is_shown


def test_nobody_and_shoppers_write_nothing(shop):
    for user in (None, User.objects.create_user("shopper")):
        client = APIClient()
        if user:
            client.force_login(user)
        expected = 403 if user else 401
        assert client.post("/api/v1/products/", {"sku": "N1"}).status_code == expected
        assert client.delete(f"/api/v1/products/{shop.pk}/").status_code == expected
    assert (Product.objects.count(), Category.objects.count(), ProductImage.objects.count()) == (2, 1, 1)
