"""The admin's import reads every cell as import_zalora does, in the same encodings."""

import base64
import html
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue import admin_export
from catalogue.admin_resources import ProductResource
from catalogue.models import Product
from tests.factories import make_category, make_product, make_products

pytestmark = pytest.mark.django_db
EXPORT = "/admin/catalogue/product/export/"
CONFIRM = "/admin/catalogue/product/process_import/"


def upload(client, content):
    file = io.BytesIO(content)
    file.name = "products.csv"
    return client.post("/admin/catalogue/product/import/", {"format": "0", "import_file": file})


def bring(client, text, encoding="utf-8"):
    """Uploads and confirms the table; returns the preview's page."""
    preview = upload(client, text.encode(encoding))
    if form := preview.context.get("confirm_form"):
        client.post(CONFIRM, form.initial)
    return preview.content.decode()


def test_the_words_that_the_importer_knows_mean_the_same_here(admin_client):
    for sku in ("1", "2", "3", "4"):
        make_product(sku=sku)
    bring(admin_client, "sku,is_active\n1,ya\n2,aktif\n3,tidak\n4,\n")
    assert dict(Product.objects.values_list("sku", "is_active")) == {"1": True, "2": True, "3": False, "4": True}


def test_a_word_that_says_neither_changes_nothing_and_hides_what_is_new(admin_client):
    make_category(name="Rok", slug="rok")
    make_product(sku="1")
    text = "sku,name,category,is_active\n1,Rok,Rok,entahlah\n2,Rok,Rok,entahlah\n"
    assert bring(admin_client, text).count("neither yes nor no") == 2
    assert dict(Product.objects.values_list("sku", "is_active")) == {"1": True, "2": False}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(admin_client, encoding, delimiter):
    make_category(name="Rok", slug="rok")
    rows = [["Kode", "Nama", "Kategori", "Harga", "Mata uang"], ["01", "Jupe été", "Rok", "199000", "IDR"]]
    bring(admin_client, "\n".join(delimiter.join(row) for row in rows) + "\n", encoding)
    product = Product.objects.get()
    assert (product.sku, product.name, product.category.slug, product.price) == ("01", "Jupe été", "rok", 199_000)


def test_prices_categories_and_attributes_are_read_as_in_an_import(admin_client):
    make_category(name="Rok", slug="rok")
    attributes = '"{""Bahan"": ""Katun"", ""Supplier"": ""x""}"'
    text = f'sku,name,category,price,attributes\n="0012",Rok,Wanita > Rok,"Rp 199.000",{attributes}\n'
    bring(admin_client, text)
    product = Product.objects.get()
    assert (product.sku, product.price, product.currency) == ("0012", 199_000, "IDR")
    assert (product.attributes, product.private_attributes) == ({"Bahan": "Katun"}, {"Supplier": "x"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sku,price\n1,free\n", "not a number"),
        ("sku,currency\n1,ZZZ\n", "no currency"),
        ("sku,category\n1,Nowhere\n", "There is no category"),
        ("sku,price,brand\n1,5\n", "Line 2: There are 2 values"),
        ("sku,Harga,Harga jual\n1,5,6\n", "Several columns may be the price"),
        ("", "empty"),
    ],
)
def test_what_the_importer_would_refuse_is_refused_here(admin_client, text, words):
    make_product(sku="1", price=7)
    assert words in bring(admin_client, text)
    assert Product.objects.get().price == 7


def test_a_sale_price_is_what_is_asked_and_other_columns_are_attributes(admin_client):
    make_category(name="Rok", slug="rok")
    make_product(sku="2", currency="EUR", attributes={"Bahan": "Linen", "fit": "Slim"})
    text = (
        "Kode,Nama,Kategori,Harga normal,Harga promo,Arsip,Bahan,Supplier\n1,Rok,Rok,199.000,149.000,tidak,Katun,PT X\n"
    )
    bring(admin_client, text + "2,Rok dua,Rok,99,,ya,,PT Y\n")
    one, two = Product.objects.order_by("sku")
    assert (one.price, one.compare_at_price, one.is_active) == (149_000, 199_000, True)
    assert (one.attributes, one.private_attributes) == ({"Bahan": "Katun"}, {"Supplier": "PT X"})
    assert (two.price, two.compare_at_price, two.currency, two.is_active) == (99, None, "EUR", False)
    assert (two.attributes, two.private_attributes) == ({"fit": "Slim"}, {"Supplier": "PT Y"})


def test_a_cost_is_not_taken_for_the_price(admin_client):
    make_product(sku="1", price=7)
    bring(admin_client, "sku,Harga Beli,brand\n1,5,Senja Baru\n")
    assert (Product.objects.get().price, Product.objects.get().brand) == (7, "Senja Baru")


def test_refused_rows_come_back_and_are_imported_once_corrected(admin_client):
    make_category(name="Rok", slug="rok")
    text = "Kode,Nama,Kategori,Harga,Catatan\n1,Rok satu,Rok,call us,=SUM(A1)\n2,Rok dua,Rok,99000,x\n3,Rok,Rok,-5,y\n"
    page = upload(admin_client, text.encode())
    table = refused_table_of(page)
    assert b"call us" in table and b"'=SUM(A1)" in table and b"Rok dua" not in table
    assert b"not a number" in table and b"cannot be negative" in table
    assert "2 rows are refused and will not be imported" in page.content.decode()
    answer = admin_client.post(CONFIRM, page.context["confirm_form"].initial, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "Import finished: 1 new, 0 updated, 0 deleted and 0 skipped products.",
        "2 rows were refused and not imported. The preview offered them as a file.",
    ]
    assert dict(Product.objects.values_list("sku", "price")) == {"2": 99_000}
    corrected = table.replace(b"call us", b"199000").replace(b"-5", b"5000")
    bring(admin_client, corrected.decode("utf-8-sig"))
    assert dict(Product.objects.values_list("sku", "price")) == {"1": 199_000, "2": 99_000, "3": 5_000}


def test_where_every_row_is_refused_there_is_nothing_to_confirm(admin_client):
    page = upload(admin_client, b"sku,name,category,price\n1,Rok,Nowhere,99000\n")
    assert b"There is no category" in refused_table_of(page)
    assert "confirm_form" not in page.context


def test_a_cell_that_is_not_understood_is_left_out(admin_client):
    make_category(name="Rok", slug="rok")
    page = bring(admin_client, "sku,name,category,price,url\n1,,Rok,99000,shop.example/1\n")
    assert "2 cells are not understood and left out" in page
    product = Product.objects.get()
    assert (product.name, product.price, product.url) == ("Rok 1", 99_000, "")


def test_nothing_refused_offers_no_table(admin_client):
    make_category(name="Rok", slug="rok")
    assert b"download=" not in upload(admin_client, b"sku,name,category,price\n1,Rok,Rok,99000\n").content


def refused_table_of(page):
    found = re.search(rb'href="data:text/csv;charset=utf-8;base64,([^"]+)" download', page.content)
    return base64.b64decode(html.unescape(found[1].decode()))


def test_an_export_holds_no_formulas_and_comes_back_as_it_was(admin_client):
    product = make_product(sku="1", name="=HYPERLINK(1)", description="-x", brand="@b", price=5)
    answer = admin_client.post(EXPORT, {"format": "0", "resource": "0", **dict.fromkeys(exported_fields(), "on")})
    table = answer.getvalue().decode()
    assert "'=HYPERLINK(1)" in table and "'-x" in table and "'@b" in table
    Product.objects.filter(pk=product.pk).update(name="x", description="x", brand="x")
    bring(admin_client, table)
    product.refresh_from_db()
    assert (product.name, product.description, product.brand) == ("=HYPERLINK(1)", "-x", "@b")


def test_an_export_is_sent_as_it_is_read_and_never_lists_all_ids(admin_client, monkeypatch):
    monkeypatch.setattr(admin_export, "ROWS_AT_ONCE", 2)
    make_products({"sku": f"S{number}"} for number in range(5))
    form = {"format": "0", "resource": "0", **dict.fromkeys(exported_fields(), "on")}
    parts = [part.decode().splitlines() for part in admin_client.post(EXPORT, form).streaming_content]
    assert [len(part) for part in parts] == [1 + 2, 2, 1]
    with CaptureQueriesContext(connection) as queries:
        refused = admin_client.post(EXPORT, {**form, "export_items": "1"})
    assert refused.context["form"].errors["export_items"]
    assert not [query for query in queries if query["sql"].startswith('SELECT "catalogue_product"."id" AS "pk"')]


def exported_fields():
    return [f"productresource_{name}" for name in ProductResource.Meta.fields]
