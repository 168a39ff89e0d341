"""What listeners are told, by each way in which the catalogue is edited: services, admin, API."""

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from catalogue import derived_data, services
from catalogue.models import Product, ProductImage
from tests.catalogue.importer.sources import run, write_csv
from tests.factories import make_category, make_image, make_product, picture_bytes

pytestmark = pytest.mark.django_db


class Recorder:
    """A listener that notes what it is told."""

    def __init__(self):
        self.told = []

    def images_changed(self, images):
        self.told.append(("images", sorted(images.values_list("pk", flat=True))))

    def products_moved(self, products):
        self.told.append(("moved", sorted(products.values_list("pk", flat=True))))

    def garment_types_changed(self, category):
        self.told.append(("types", category.garment_types))


@pytest.fixture
def images(media):
    product = make_product()
    return [make_image(product), make_image(product)]


@pytest.fixture
def recorder(images, monkeypatch):
    listener = Recorder()
    monkeypatch.setattr(derived_data, "_listeners", [listener])
    return listener


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("admin"))
    return client


@pytest.fixture
def api():
    client = APIClient()
    client.force_authenticate(User.objects.create_superuser("staff"))
    return client


def files_in(media):
    return [path for path in media.rglob("*.*") if path.is_file()]


def test_registering_twice_is_registering_once(recorder):
    derived_data.register(recorder)
    make_image()
    assert len(recorder.told) == 1


def test_every_photo_of_a_product_may_have_another_place_when_one_is_deleted(images, recorder):
    services.delete_images(images=ProductImage.objects.filter(pk=images[0].pk))
    assert recorder.told == [("images", [images[1].pk])]


def test_a_product_that_stays_in_its_category_is_no_news(images, recorder):
    product = images[0].product
    product.name = "Renamed"
    services.save_product(product=product)
    services.save_product(product=Product(sku="new", name="New", category=product.category))
    assert recorder.told == []


def test_a_category_whose_types_stay_is_no_news(images, recorder):
    category = images[0].product.category
    category.name, category.position = "Renamed", 7
    services.save_category(category=category)
    assert recorder.told == []


def test_admin_moves_a_product(admin, images, recorder):
    product, shoes = images[0].product, make_category(name="Shoes", garment_types=["footwear"])
    answer = admin.post(
        f"/admin/catalogue/product/{product.pk}/change/",
        {
            "sku": product.sku, "name": product.name, "category": shoes.pk, "currency": "IDR", "attributes": "{}",
            "images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0,
        },
    )  # fmt: skip
    assert answer.status_code == 302
    assert recorder.told == [("moved", [product.pk])]


def test_admin_changes_a_categorys_types(admin, images, recorder):
    category = images[0].product.category
    data = {"name": category.name, "slug": category.slug, "garment_types": ["top"], "position": 0}
    assert admin.post(f"/admin/catalogue/category/{category.pk}/change/", data).status_code == 302
    assert recorder.told == [("types", ["top"])]


@pytest.mark.parametrize("model", ["product", "productimage"])
@pytest.mark.parametrize("how", ["one", "bulk"])
def test_admin_deletes_rows_with_their_files(
    admin, images, recorder, media, model, how, django_capture_on_commit_callbacks
):
    rows = Product.objects.all() if model == "product" else ProductImage.objects.filter(pk=images[0].pk)
    with django_capture_on_commit_callbacks(execute=True):
        if how == "one":
            admin.post(f"/admin/catalogue/{model}/{rows.get().pk}/delete/", {"post": "yes"})
        else:
            data = {"action": "delete_selected", "_selected_action": [rows.get().pk], "post": "yes"}
            admin.post(f"/admin/catalogue/{model}/", data)
    assert not rows.all().exists()
    assert len(files_in(media)) == (0 if model == "product" else 1)


def test_api_moves_a_product(api, images, recorder):
    product, shoes = images[0].product, make_category(name="Shoes", garment_types=["footwear"])
    answer = api.patch(f"/api/v1/products/{product.pk}/", {"category": shoes.slug}, format="json")
    assert (answer.status_code, recorder.told) == (200, [("moved", [product.pk])])


def test_an_import_tells_of_the_products_that_it_moves(images, recorder, tmp_path):
    product = images[0].product
    other = make_product(category=product.category)
    rows = [["sku", "category"], [product.sku, "Shoes"], [other.sku, other.category.name], ["new", "Shoes"]]
    path = write_csv(tmp_path / "data.csv", rows)
    run(path, "--dry-run")
    assert recorder.told == []
    run(path)
    assert recorder.told == [("moved", [product.pk])]


def test_api_changes_a_categorys_types(api, images, recorder):
    slug = images[0].product.category.slug
    answer = api.patch(f"/api/v1/categories/{slug}/", {"garment_types": ["top"]}, format="json")
    assert (answer.status_code, recorder.told) == (200, [("types", ["top"])])


def test_api_adds_and_deletes(api, images, recorder, media, django_capture_on_commit_callbacks):
    product = images[0].product
    with django_capture_on_commit_callbacks(execute=True):
        services.add_image(product=product, file=picture_bytes(colour=(9, 200, 9)))
        api.delete(f"/api/v1/products/{product.pk}/images/{images[0].pk}/")
        assert [what for what, _ in recorder.told] == ["images", "images"]
        assert api.delete(f"/api/v1/products/{product.pk}/").status_code == 204
    assert files_in(media) == []
