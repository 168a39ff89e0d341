import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from access.tokens import create_token
from catalogue.models import Category, Product
from tests.factories import make_category, make_image, make_product, make_staff, picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    return APIClient()


@pytest.fixture
def staff():
    client = APIClient()
    user = make_staff("product", "productimage", "category")
    client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user)}")
    return client


def upload(client, product, content, name="a.jpg"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    url = f"/api/v1/products/{product.pk}/images/"
    return client.post(url, {"file": SimpleUploadedFile(name, content)}, format="multipart")


def test_a_list_shows_cards(api):
    product = make_product(sku="A1", name="Gaun", brand="Senja", price="199000", url="https://shop.example/1")
    image = make_image(product)
    make_product(is_active=False)
    answer = api.get("/api/v1/products/").json()
    assert answer == {
        "count": 1, "next": None, "previous": None, "closest": [],
        "results": [
            {
                "id": product.pk, "sku": "A1", "name": "Gaun", "brand": "Senja", "category": "dress",
                "price": "199000.00", "currency": "IDR", "url": "https://shop.example/1",
                "image": f"http://testserver/media/{image.file.name}", "colours": [],
                "page": product.get_absolute_url(),
            }
        ],
    }  # fmt: skip


def test_a_product_shows_everything(api):
    product = make_product(attributes={"colour": "Navy"}, description="Katun", colours=["blue"])
    first, second = make_image(product, position=0), make_image(product, position=1)
    answer = api.get(f"/api/v1/products/{product.pk}/").json()
    assert [image["id"] for image in answer["images"]] == [first.pk, second.pk]
    assert answer["images"][0] == {
        "id": first.pk, "url": f"http://testserver/media/{first.file.name}", "width": 48, "height": 64, "position": 0,
    }  # fmt: skip
    assert (answer["attributes"], answer["colours"], answer["description"]) == ({"colour": "Navy"}, ["blue"], "Katun")


@pytest.mark.parametrize("number", [2, 20])
def test_the_number_of_queries_does_not_follow_the_number_of_products(api, number, django_assert_num_queries):
    for _ in range(number):
        product = make_product()
        make_image(product)
        make_image(product)
    with django_assert_num_queries(4):  # how many, which ids, these rows, their images
        assert len(api.get("/api/v1/products/").json()["results"]) == number
    with django_assert_num_queries(2):
        api.get(f"/api/v1/products/{product.pk}/")


@pytest.mark.parametrize("path", ["categories", "brands"])
def test_lists_of_categories_and_brands_take_two_queries(api, path, django_assert_num_queries):
    for number in range(5):
        make_product(category=make_category(name=f"Category {number}"), brand=f"Brand {number}")
    with django_assert_num_queries(2):
        assert api.get(f"/api/v1/{path}/").json()["count"] == 5


def test_pages_follow_each_other_without_gap(api):
    ids = [make_product(price=100).pk for _ in range(7)]
    found, url = [], "/api/v1/products/?limit=3&ordering=price"
    while url:
        answer = api.get(url).json()
        assert answer["count"] == 7
        found += [product["id"] for product in answer["results"]]
        url = answer["next"]
    assert found == ids


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=ten", "limit"), ("limit=-1", "limit"),
        ("offset=-1", "offset"), ("offset=1e3", "offset"), ("category=nothing", "category"),
        ("price_min=cheap", "price_min"),
        ("colour=mauve", "colour"), ("ordering=random", "ordering"), ("q=%00", "q"),
        ("price_min=2&price_max=1", "price_min"), ("price_max=199.000", "price_max"),
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_400_and_named(api, query, field):
    answer = api.get(f"/api/v1/products/?{query}")
    assert answer.status_code == 400
    assert answer.json()[field]


def test_filters_and_order_are_those_of_the_shop(api):
    make_product(name="Gaun A", price=300, brand="Ombak")
    make_product(name="Gaun B", price=200, brand="Ombak")
    make_product(name="Rok C", price=100, brand="Senja", category=make_category(name="Rok"))
    answer = api.get("/api/v1/products/?q=gaun&brand=Ombak&category=dress&category=rok&ordering=price").json()
    assert [product["name"] for product in answer["results"]] == ["Gaun B", "Gaun A"]


def test_where_no_product_holds_all_words_the_closest_are_answered(api):
    make_product(name="Linen dress", price=10)
    make_product(name="Silk skirt", price=90)
    answer = api.get("/api/v1/products/?q=silk+linen").json()
    assert (answer["count"], answer["results"]) == (0, [])
    assert sorted(each["name"] for each in answer["closest"]) == ["Linen dress", "Silk skirt"]
    narrowed = api.get("/api/v1/products/?q=silk+linen&price_max=50").json()
    assert [each["name"] for each in narrowed["closest"]] == ["Linen dress"]
    for query in ["q=silk", "q=zeppelin", "colour=green", ""]:
        assert api.get(f"/api/v1/products/?{query}").json()["closest"] == [], query


def test_an_offset_beyond_the_end_is_an_empty_page(api):
    make_product()
    assert api.get("/api/v1/products/?offset=5000000").json()["results"] == []


@pytest.mark.parametrize("path", ["products/999/", "products/abc/", "products/99999999999999999999/", "categories/no/"])
def test_what_is_not_there_is_404(api, path):
    assert api.get(f"/api/v1/{path}").status_code == 404


def test_hidden_products_are_there_for_staff_alone(api, staff):
    product = make_product(is_active=False)
    assert api.get(f"/api/v1/products/{product.pk}/").status_code == 404
    assert staff.get(f"/api/v1/products/{product.pk}/").status_code == 200
    assert (api.get("/api/v1/products/").json()["count"], staff.get("/api/v1/products/").json()["count"]) == (0, 1)


def test_categories_and_brands_count_what_is_shown(api):
    rok = make_category(name="Rok", garment_types=["skirt"], position=1)
    make_product(category=rok, brand="Ombak")
    make_product(category=rok, brand="Ombak")
    make_product(category=rok, brand="Senja", is_active=False)
    make_product(category=rok, brand="")
    assert api.get("/api/v1/categories/").json()["results"] == [
        {
            "id": rok.pk, "name": "Rok", "name_en": "", "name_id": "", "slug": "rok", "garment_types": ["skirt"],
            "position": 1, "product_count": 3, "page": "/c/rok/",
        }
    ]  # fmt: skip
    assert api.get("/api/v1/brands/").json()["results"] == [{"name": "Ombak", "product_count": 2}]
    assert api.get("/api/v1/brands/?q=omb").json()["count"] == 1
    assert api.get("/api/v1/brands/?q=x%00").json()["count"] == 0


WRITES = [
    ("post", "products/", {"sku": "N1", "name": "New", "category": "dress"}),
    ("patch", "products/{product}/", {"name": "Changed"}),
    ("delete", "products/{product}/", None),
    ("post", "products/{product}/images/", None),
    ("put", "products/{product}/images/order/", {"images": []}),
    ("delete", "products/{product}/images/{image}/", None),
    ("post", "categories/", {"name": "New"}),
    ("patch", "categories/dress/", {"name": "Gaun"}),
    ("delete", "categories/dress/", None),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_only_staff_write(api, method, path, body):
    image = make_image()
    path = path.format(product=image.product_id, image=image.pk)
    assert getattr(api, method)(f"/api/v1/{path}", body).status_code == 401
    api.force_authenticate(User.objects.create_user("customer"))
    assert getattr(api, method)(f"/api/v1/{path}", body).status_code == 403


def test_a_product_is_made_changed_and_deleted(staff):
    make_category()
    body = {"sku": "N1", "name": "New", "category": "dress", "price": "199000", "attributes": {"colour": "Navy"}}
    answer = staff.post("/api/v1/products/", body)
    assert answer.status_code == 201, answer.json()
    path = f"/api/v1/products/{answer.json()['id']}/"
    assert staff.patch(path, {"is_active": False, "price": None}).json()["price"] is None
    product = Product.objects.get()
    assert (product.sku, product.is_active, product.attributes) == ("N1", False, {"colour": "Navy"})
    assert staff.delete(path).status_code == 204
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sku": "taken"}, "sku"), ({"sku": ""}, "sku"), ({"name": ""}, "name"), ({"category": "none"}, "category"),
        ({"price": "-1"}, "price"), ({"price": "free"}, "price"), ({"currency": "rupiah"}, "currency"),
        ({"currency": "idr"}, "currency"), ({"url": "nowhere"}, "url"), ({"attributes": ["a"]}, "attributes"),
        ({"currency": "ZZZ"}, "currency"), ({"colour": "red"}, "colour"),
        ({"attributes": {"a": "\x00"}}, "attributes"), ({"name": "a\x00"}, "name"), ({"name": "x" * 301}, "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_stored_is_400_and_named(staff, change, field):
    make_product(sku="taken")
    answer = staff.post("/api/v1/products/", {"sku": "N1", "name": "New", "category": "dress", **change})
    assert answer.status_code == 400
    assert answer.json()[field]


def test_photos_are_added_ordered_and_removed(staff, media, django_capture_on_commit_callbacks):
    product = make_product()
    first = upload(staff, product, picture_bytes(format="JPEG"))
    assert first.status_code == 201, first.json()
    second = upload(staff, product, picture_bytes(format="WEBP"), name="photo.exe")
    assert upload(staff, product, picture_bytes(format="JPEG")).json()["id"] == first.json()["id"]
    order = [second.json()["id"], first.json()["id"]]
    answer = staff.put(f"/api/v1/products/{product.pk}/images/order/", {"images": order})
    assert [image["id"] for image in answer.json()] == order
    assert staff.put(f"/api/v1/products/{product.pk}/images/order/", {"images": order[:1]}).status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        assert staff.delete(f"/api/v1/products/{product.pk}/images/{order[0]}/").status_code == 204
    assert [path.suffix for path in media.rglob("*") if path.is_file()] == [".jpg"]


def test_what_is_no_photo_is_400(staff, settings):
    answer = upload(staff, make_product(), b"not a photo")
    assert answer.status_code == 400
    assert "Accepted is a JPEG" in answer.json()["file"][0]
    settings.PHOTO_MAX_BYTES = 10
    assert "at most" in upload(staff, make_product(), picture_bytes()).json()["file"][0]


def test_a_category_is_made_changed_and_deleted_when_empty(staff):
    answer = staff.post("/api/v1/categories/", {"name": "Jaket & Coat", "garment_types": ["outerwear"]})
    assert (answer.status_code, answer.json()["slug"], answer.json()["product_count"]) == (201, "jaket-coat", 0)
    assert staff.post("/api/v1/categories/", {"name": "Jaket & Coat"}).status_code == 400
    assert staff.patch("/api/v1/categories/jaket-coat/", {"garment_types": ["hat"]}).status_code == 400
    assert staff.patch("/api/v1/categories/jaket-coat/", {"name": "Jaket"}).json()["name"] == "Jaket"
    product = make_product(category=Category.objects.get())
    answer = staff.delete("/api/v1/categories/jaket-coat/")
    assert (answer.status_code, answer.json()["detail"]) == (409, "Jaket holds 1 products. Move or delete them first.")
    product.delete()
    assert staff.delete("/api/v1/categories/jaket-coat/").status_code == 204


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("products/", {"sku": "N1", "name": "New", "category": "dress", "colour": "red"}),
        ("categories/", {"name": "New", "colour": "red"}),
    ],
)
def test_a_field_that_does_not_exist_is_400_and_named(staff, path, body):
    make_category()
    answer = staff.post(f"/api/v1/{path}", body)
    assert answer.status_code == 400
    assert "There is no such field. These can be written: " in answer.json()["colour"][0]
    assert not Product.objects.exists()


def test_what_was_read_can_be_written_back(staff):
    path = f"/api/v1/products/{make_product().pk}/"
    assert staff.put(path, staff.get(path).json()).status_code == 200


def test_a_currency_that_does_not_exist_is_400(staff):
    make_category()
    body = {"sku": "API6", "name": "X", "category": "dress", "price": "100", "currency": "ZZZ"}
    answer = staff.post("/api/v1/products/", body)
    assert (answer.status_code, list(answer.json())) == (400, ["currency"])
    assert "IDR" in answer.json()["currency"][0]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "products"),
        ("patch", "products/1"),
        ("put", "products/1"),
        ("delete", "products/1"),
        ("post", "search/photo"),
    ],
)
def test_a_write_without_the_last_slash_is_sent_again_to_the_right_address(staff, method, path):
    make_product(pk=1)
    answer = getattr(staff, method)(f"/api/v1/{path}?limit=3", {"sku": "N1"})
    assert (answer.status_code, answer["Location"]) == (308, f"/api/v1/{path}/?limit=3")
    assert f"/api/v1/{path}/?limit=3" in answer.json()["detail"]
    assert Product.objects.get().sku != "N1"


def test_a_page_is_sent_again_too(client):
    answer = client.post("/search?q=rok")
    assert (answer.status_code, answer["Location"]) == (308, "/search/?q=rok")
    assert b"Send POST there" in answer.content


def test_other_addresses_without_the_last_slash_are_as_before(staff):
    assert staff.get("/api/v1/products").status_code == 301
    assert staff.post("/api/v1/nothing", {}).status_code == 404
