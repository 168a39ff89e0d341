import io
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.signals import post_init
from django.urls import reverse

from catalogue import admin_deletion
from catalogue.models import Category, Product, ProductImage
from tests.factories import make_category, make_image, make_images, make_product, make_products, picture_bytes

pytestmark = pytest.mark.django_db

PRODUCTS = "/admin/catalogue/product/"
IMAGES = "/admin/catalogue/productimage/"


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("admin"))
    return client


def photo(name="a.jpg.1", **keywords):
    return SimpleUploadedFile(name, picture_bytes(format="JPEG", **keywords))


def product_form(product=None, *, images=(), new=(), **changes):
    """The change form of a product as a browser sends it, with its images and new ones."""
    product = product or Product(sku="N1", name="New", category=make_category())
    data = {
        "name": product.name, "sku": product.sku, "category": product.category_id, "brand": product.brand,
        "price": product.price or "", "currency": product.currency, "url": product.url, "attributes": "{}",
        "description": "", "is_active": "on",
        "images-TOTAL_FORMS": len(images) + len(new), "images-INITIAL_FORMS": len(images),
    }  # fmt: skip
    for number, image in enumerate(images):
        data |= {f"images-{number}-id": image.pk, f"images-{number}-product": product.pk}
        data |= {f"images-{number}-position": image.position}
    for number, file in enumerate(new, start=len(images)):
        data |= {f"images-{number}-file": file, f"images-{number}-position": 0}
    return data | changes


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_of_products_takes_as_many_queries_for_many(admin, number, django_assert_max_num_queries):
    for _ in range(number):
        product = make_product(price=199_000)
        make_image(product)
        make_image(product)
    with django_assert_max_num_queries(7):  # session, user, filter's categories, how many, the rows, their images
        html = admin.get(PRODUCTS).content.decode()
    assert html.count('loading="lazy"') == number
    assert "Rp\u00a0199,000" in html


@pytest.mark.parametrize("path", ["category", "productimage"])
def test_the_other_lists_too(admin, path, django_assert_max_num_queries):
    for number in range(10):
        make_image(make_product(category=make_category(name=f"Category {number}")))
    with django_assert_max_num_queries(5):
        assert admin.get(f"/admin/catalogue/{path}/").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["product/add/", "product/{product}/change/", "product/{product}/delete/", "product/{product}/history/"]
    + ["category/add/", "category/{category}/change/", "productimage/add/", "productimage/{image}/change/"]
    + ["product/import/", "product/export/", "product/?q=gaun&is_active__exact=1&photos=no", "product/?o=-6", ""],
)
def test_every_page_opens(admin, path):
    image = make_image()
    path = path.format(product=image.product_id, category=image.product.category_id, image=image.pk)
    answer = admin.get(f"/admin/catalogue/{path}")
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_search_finds_an_sku_or_words(admin):
    make_product(sku="AB-1", name="Gaun merah")
    make_product(sku="AB-2", name="Rok AB-1")
    make_product(sku="AB-3", name="Kemeja")

    def found(term):
        return [product.sku for product in admin.get(PRODUCTS, {"q": term}).context["cl"].queryset]

    assert found("AB-1") == ["AB-1"]
    assert found("merah gaun") == ["AB-1"]
    assert found("nothing") == []
    assert found("\x00") == ["AB-3", "AB-2", "AB-1"]


def test_filters_by_photos(admin):
    make_image(make_product(sku="with"))
    make_product(sku="without")
    found = {
        value: [product.sku for product in admin.get(PRODUCTS, {"photos": value}).context["cl"].queryset]
        for value in ("yes", "no")
    }
    assert found == {"yes": ["with"], "no": ["without"]}


def test_products_are_shown_and_hidden_in_bulk(admin):
    products = [make_product(is_active=n > 0) for n in range(3)]
    before = products[1].updated_at
    data = {"action": "hide", "_selected_action": [product.pk for product in products]}
    answer = admin.post(PRODUCTS, data, follow=True)
    assert "2 products were changed." in answer.content.decode()
    assert not Product.objects.visible().exists()
    assert Product.objects.get(pk=products[1].pk).updated_at > before
    admin.post(PRODUCTS, data | {"action": "show"})
    assert Product.objects.visible().count() == 3


def test_a_product_is_made_with_its_photos(admin, media):
    data = product_form(new=[photo(), photo(colour=(0, 0, 9))], colours=["red"], attributes='{"colour": "Navy"}')
    answer = admin.post(f"{PRODUCTS}add/", data)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    product = Product.objects.get()
    assert (product.colours, product.attributes) == (["red"], {"colour": "Navy"})
    assert [image.position for image in product.images.all()] == [0, 1]
    image = product.images.first()
    assert (image.width, image.height, len(image.sha256)) == (48, 64, 64)
    assert image.file.name == f"products/{image.sha256[:2]}/{image.sha256[2:]}.jpg"


def test_photos_are_replaced_moved_and_removed(admin, media, django_capture_on_commit_callbacks):
    product = make_product()
    images = [make_image(product, position=n) for n in range(3)]
    names = [image.file.name for image in images]
    data = product_form(product, images=images) | {
        "images-0-file": photo(colour=(0, 0, 9)), "images-1-position": 7, "images-2-DELETE": "on",
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin.post(f"{PRODUCTS}{product.pk}/change/", data)
    assert answer.status_code == 302, [form.errors for form in answer.context["inline_admin_formsets"][0].formset.forms]
    first, second = product.images.all()
    assert (first.pk, second.pk, second.position) == (images[0].pk, images[1].pk, 7)
    stored = sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())
    assert stored == sorted([first.file.name, names[1]])
    assert first.file.name != names[0]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([SimpleUploadedFile("a.jpg", b"not a photo")], "not a picture"),
        ([photo(size=(4, 4))], "only 4 x 4"),
        ([photo(), photo()], "has this photo already"),
    ],
    ids=["text", "too small", "twice"],
)
def test_what_is_no_new_photo_is_explained(admin, media, files, words):
    for file in files:
        file.seek(0)
    answer = admin.post(f"{PRODUCTS}add/", product_form(new=files))
    assert words in answer.content.decode()
    assert not Product.objects.exists()
    assert not any(path.is_file() for path in media.rglob("*"))


def test_an_image_is_added_and_changed_on_its_own_page(admin, media):
    product = make_product()
    answer = admin.post(f"{IMAGES}add/", {"product": product.pk, "file": photo(), "position": 4})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    image = ProductImage.objects.get()
    assert (image.product, image.position) == (product, 4)
    again = admin.post(f"{IMAGES}add/", {"product": product.pk, "file": photo(), "position": 5})
    assert "has this photo already" in again.content.decode()
    admin.post(f"{IMAGES}{image.pk}/change/", {"file": photo(colour=(0, 0, 9)), "position": 2})
    changed = ProductImage.objects.get()
    assert changed.position == 2
    assert changed.sha256 != image.sha256
    admin.post(f"{IMAGES}{image.pk}/change/", {"position": 1})
    assert ProductImage.objects.get().sha256 == changed.sha256


@pytest.mark.parametrize(("field", "value"), [("attributes", "[1]"), ("price", "-1"), ("currency", "rp"), ("sku", "")])
def test_a_product_that_cannot_be_stored_is_explained(admin, field, value):
    answer = admin.post(f"{PRODUCTS}add/", product_form(**{field: value}))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors[field]


def test_colours_keep_their_order(admin):
    product = make_product(colours=["white", "black"])
    colours = ["black", "white", "red"]  # in the order of the boxes
    admin.post(f"{PRODUCTS}{product.pk}/change/", product_form(product, colours=colours))
    assert Product.objects.get().colours == ["white", "black", "red"]


def test_a_category_says_what_it_holds_and_how_many(admin):
    make_product(category=make_category(name="Rok", garment_types=["skirt"]))
    html = admin.get("/admin/catalogue/category/").content.decode()
    assert "skirt" in html
    assert "category__id__exact" in html
    data = {"name": "Topi", "slug": "topi", "garment_types": ["headwear", "accessory"], "position": 0}
    admin.post("/admin/catalogue/category/add/", data)
    assert Category.objects.get(slug="topi").garment_types == ["headwear", "accessory"]


def test_a_category_with_products_is_not_deleted(admin, monkeypatch):
    category = make_product().category
    address = f"/admin/catalogue/category/{category.pk}/delete/"
    assert "protected" in admin.post(address, {"post": "yes"}).content.decode()
    monkeypatch.setattr(admin_deletion, "MAX_NAMED", 2)
    make_products({"category": category} for _ in range(4))
    with loaded(Product) as products:
        page = admin.post(address, {"post": "yes"}).content.decode()
    assert "protected" in page and "3 other products" in page
    assert len(products) == 2
    assert Category.objects.exists()


@contextmanager
def loaded(model):
    """The rows of a model that are read inside the block."""
    rows = []
    post_init.connect(note := lambda instance, **_: rows.append(instance), sender=model)
    try:
        yield rows
    finally:
        post_init.disconnect(note, sender=model)


@pytest.mark.parametrize("model", [Product, ProductImage])
def test_no_more_is_deleted_at_once_than_a_page_can_list(admin, monkeypatch, model):
    make_images(make_products({} for _ in range(3)))
    monkeypatch.setattr(admin_deletion, "MAX_DELETED", 2)
    address = reverse(f"admin:catalogue_{model._meta.model_name}_changelist")
    chosen = {"action": "delete_selected", "select_across": "1", "_selected_action": [model.objects.first().pk]}
    with loaded(model) as rows:
        answer = admin.post(address, {**chosen, "post": "yes"})
    assert (answer.status_code, rows, model.objects.count()) == (302, [], 3)
    assert "At most 2 are deleted at once" in admin.get(address).content.decode()
    few = {**chosen, "select_across": "0"}
    assert "Are you sure" in admin.post(address, few).content.decode()
    admin.post(address, {**few, "post": "yes"})
    assert model.objects.count() == 2


def test_products_go_out_as_csv_and_come_back(admin):
    make_product(sku="A1", name="Gaun, merah", price="199000.50", attributes={"colour": "Navy"})
    make_product(sku="A2")
    names = ["sku", "name", "category", "brand", "description", "price", "currency", "url", "is_active", "attributes"]
    answer = admin.post(
        f"{PRODUCTS}export/", {"format": "0", "resource": "0", **{f"productresource_{name}": "on" for name in names}}
    )
    table = answer.getvalue().decode()
    assert table.splitlines()[0] == ",".join(names)
    assert '"Gaun, merah",dress,Senja' in table
    changed = table.replace("Gaun, merah", "Gaun, biru").replace("A2", "A3")
    file = io.BytesIO(changed.encode())
    file.name = "products.csv"
    preview = admin.post(f"{PRODUCTS}import/", {"format": "0", "import_file": file})
    form = preview.context["confirm_form"]
    admin.post(reverse("admin:catalogue_product_process_import"), form.initial)
    assert sorted(Product.objects.values_list("sku", "name")) == [
        ("A1", "Gaun, biru"), ("A2", Product.objects.get(sku="A2").name), ("A3", Product.objects.get(sku="A3").name),
    ]  # fmt: skip
    assert Product.objects.get(sku="A1").attributes == {"colour": "Navy"}


def test_the_products_box_of_an_image_looks_up_while_somebody_types(admin):
    product = make_product(sku="AB-1", name="Gaun")
    answer = admin.get(
        "/admin/autocomplete/",
        {"app_label": "catalogue", "model_name": "productimage", "field_name": "product", "term": "gaun"},
    )
    assert answer.json()["results"] == [{"id": str(product.pk), "text": "Gaun"}]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", ["Katalog", "Halaman teks", "Akses API"]),
        ("catalogue/product/", ["Impor", "Ekspor", "Sembunyikan dari toko"]),
        ("catalogue/product/add/", ["Warna:", "Ketersediaan:"]),
        ("catalogue/category/add/", ["Jenis pakaian:", "Nama Inggris:", "Nama Indonesia:"]),
        ("catalogue/product/import/", ["Berkas yang diimpor", "Kolom yang diimpor"]),
        ("catalogue/product/export/", ["Kolom yang diekspor", "Pilih semua"]),
    ],
)
def test_the_admin_speaks_indonesian(admin_client, path, words):
    page = admin_client.get(f"/admin/{path}", headers={"Accept-Language": "id"}).content.decode()
    assert [word for word in words if word not in page] == []
