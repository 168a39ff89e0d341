"""A category's name in the page's language; in its own, marked with `lang`, where there is none."""

import pytest

from catalogue.models import Category
from tests.catalogue.importer.sources import run, write_csv
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db
HEADER = ["sku", "name", "price", "category", "Kategori (Inggris)", "Category Indonesian"]


@pytest.mark.parametrize(
    ("names", "catalogue_language", "language", "shown"),
    [
        ({"name_en": "Tops", "name_id": "Atasan"}, "", "en", "Tops"),
        ({"name_en": "Tops", "name_id": "Atasan"}, "", "id", "Atasan"),
        ({"name_en": "Tops"}, "", "id", "Atasan"),  # what language the name is in is not known
        ({"name_id": "Atasan"}, "", "en", '<span lang="id">Atasan</span>'),  # the same word is given as Indonesian
        ({}, "id", "en", '<span lang="id">Atasan</span>'),
        ({}, "id", "id", "Atasan"),
        ({}, "", "en", "Atasan"),
        ({"name_en": "<b>"}, "", "en", "&lt;b&gt;"),
    ],
)
def test_a_name_is_in_the_pages_language_or_marked(client, settings, names, catalogue_language, language, shown):
    settings.CATALOGUE_LANGUAGE = catalogue_language
    make_product(category=make_category(name="Atasan", **names))
    page = client.get("/", headers={"Accept-Language": language}).content.decode()
    assert f'<li><a href="/c/atasan/">{shown}</a></li>' in page


@pytest.mark.parametrize(("language", "title"), [("en", "Tops"), ("id", "Atasan")])
def test_lists_products_and_suggestions_have_it_too(client, language, title):
    category = make_category(name="A", slug="a", name_en="Tops", name_id="Atasan")
    product, _ = make_product(category=category), make_product()
    for address in ["/c/a/", product.get_absolute_url(), "/search/", "/search/suggestions/?q=atas"]:
        page = client.get(address, headers={"Accept-Language": language}).content.decode()
        assert title in page.partition("<main")[2] or title in page, address


def test_a_file_may_bring_the_names(tmp_path):
    rows = [HEADER, ["1", "Kaos", "10000", "Atasan", "Women > Tops", "Atasan Wanita"], ["2", "Rok", "1", "Rok", "", ""]]
    run(write_csv(tmp_path / "a.csv", rows))
    assert list(Category.objects.order_by("slug").values_list("slug", "name", "name_en", "name_id")) == [
        ("atasan", "Atasan", "Tops", "Atasan Wanita"),
        ("rok", "Rok", "", ""),
    ]


def test_what_the_admin_holds_stays(tmp_path):
    make_category(name="Atasan", name_en="Shirts")
    run(write_csv(tmp_path / "a.csv", [HEADER, ["1", "Kaos", "10000", "Atasan", "Tops", "Atasan Wanita"]]))
    category = Category.objects.get(slug="atasan")
    assert (category.name_en, category.name_id) == ("Shirts", "Atasan Wanita")


def test_a_number_of_a_category_is_no_name_of_it(tmp_path):
    header = ["sku", "name", "price", "category", "category_id"]
    run(write_csv(tmp_path / "a.csv", [header, ["1", "Kaos", "10000", "Atasan", "17"]]))
    assert Category.objects.get(slug="atasan").name_id == ""


def test_the_api_reads_and_writes_them(client, admin_client):
    body = {"name": "Atasan", "name_en": "Tops", "name_id": "Atasan"}
    assert admin_client.post("/api/v1/categories/", body, content_type="application/json").status_code == 201
    assert client.get("/api/v1/categories/atasan/").json()["name_en"] == "Tops"
