import pytest

from catalogue.importer.columns import ColumnContext, UnknownColumns
from catalogue.importer.find_columns import find_columns

FOLDERS = {"000001", "000002", "000003"}
PHOTOS = {"a.jpg", "b.jpg"}
CATEGORIES = {"dress", "rok", "atasan"}
CONTEXT = ColumnContext(
    is_product_folder=lambda text: text.strip() in FOLDERS,
    is_photo=lambda text: text.rpartition("/")[2] in PHOTOS,
    is_category=lambda text: text.lower() in CATEGORIES,
)
NO_CONTEXT = ColumnContext(lambda text: False, lambda text: False, lambda text: False)


def find(headers, *rows, chosen=None, context=CONTEXT, **options):
    columns = find_columns(headers, rows, chosen=chosen or {}, context=context, **options)
    return {name: [columns.headers[number] for number in numbers] for name, numbers in columns.of.items()}


@pytest.mark.parametrize(
    ("header", "field"),
    [(header, "sku") for header in ("sku", "SKU", "product_id", "productID", "Product Id", "kode", "Kode_Produk", "ID")]
    + [(header, "category") for header in ("kategori", "Category", "category_name", "Kategori Produk", "Jenis")]
    + [(header, "name") for header in ("nama", "Nama_Produk", "NAMA BARANG", "title", "Product Name", "Judul")]
    + [(header, "brand") for header in ("merek", "Merk", "brand", "Brand Name", "BRAND:")]
    + [
        (header, "price")
        for header in ("harga", "Price", "Harga (Rp)", "price_idr", "Harga Jual", "Variant Price", "Price (tax excl.)")
    ]
    + [(header, "sale_price") for header in ("sale_price", "discounted_price", "Harga Promo", "Special Price")]
    + [(header, "regular_price") for header in ("Regular price", "Harga Normal", "List price", "MRP")]
    + [(header, "is_active") for header in ("Published", "Active (0/1)", "Visible?", "product_online")]
    + [(header, "availability") for header in ("availability", "In stock?", "Ketersediaan")]
    + [(header, "category") for header in ("Categories (x,y,z...)", "Product Type", "google_product_category")]
    + [(header, "images") for header in ("Image URLs (x,y,z...)", "base_image", "Image Src")]
    + [(header, "currency") for header in ("currency", "mata_uang", "Mata Uang")]
    + [(header, "url") for header in ("url", "link", "product_url", "Tautan")]
    + [(header, "images") for header in ("gambar", "image", "Image URL", "image_path", "foto", "Foto 1", "images")]
    + [(header, "colour") for header in ("warna", "colour", "Color")]
    + [(header, "description") for header in ("deskripsi", "description", "Keterangan")]
    + [(header, "is_active") for header in ("aktif", "active", "is_active", "status")]
    + [(header, "stock") for header in ("stok", "stock", "Jumlah Stok")],
)
def test_a_header_is_known_whatever_its_spelling(header, field):
    found = find(["x", header], context=NO_CONTEXT)
    assert found == {field: [header]}


@pytest.mark.parametrize(
    "header", ["brand_id", "category_id", "image_count", "shipping_price", "old name", "rating", ""]
)
def test_what_only_resembles_a_known_header_is_none(header):
    assert find(["sku", header], context=NO_CONTEXT) == {"sku": ["sku"]}


def test_the_likelier_of_two_headers_is_taken():
    assert find(["id", "sku", "original_price", "price"])["sku"] == ["sku"]
    assert find(["original_price", "price"])["price"] == ["price"]
    assert find(["mrp", "discounted_price"]) == {"regular_price": ["mrp"], "sale_price": ["discounted_price"]}


def test_the_id_is_the_column_that_names_folders():
    rows = [["1", "x", "000001"], ["2", "y", "000002"], ["3", "z", "000003"]]
    assert find(["id", "sku", "kode zalora"], *rows)["sku"] == ["kode zalora"]


def test_several_columns_of_images_are_all_taken():
    assert find(["sku", "image1", "image 2", "gambar_3", "thumbnail"])["images"] == ["image1", "image 2", "gambar_3"]


def test_a_url_column_that_holds_photos_is_of_images():
    rows = [["1", "https://cdn.example/1.jpg"], ["2", "https://cdn.example/2.jpg?x=1"]]
    assert find(["sku", "url"], *rows) == {"sku": ["sku"], "images": ["url"]}


def test_a_column_whose_header_names_a_field_is_no_other_whatever_its_cells():
    assert find(["sku", "status"], ["1", "new"], ["2", "sale"])["is_active"] == ["status"]
    assert "url" not in find(["sku", "availability"], ["1", "https://schema.org/InStock"])
    assert find(["sku", "status"], ["1", "new"], chosen={"attribute": ["status"]}).keys() == {"sku", "attribute"}


@pytest.mark.parametrize(
    "header",
    [
        "Wholesale price",
        "Cost per item",
        "Harga Beli",
        "HPP",
        "Harga Modal",
        "cost",
        "Harga grosir",
        "Price (wholesale)",
    ]
    + ["FOB price", "Factory price", "Giá vốn", "Закупочная цена", "Valuation rate", "ราคาทุน"]
    + ["Harga (modal)", "Supplier price", "Purchase Price", "Harga pokok", "Harga Reseller", "Margin"],
)
def test_what_the_merchant_pays_is_never_the_price(header):
    found = find(["sku", header, "price"], ["1", "5000", "9000"], context=NO_CONTEXT)
    assert found["price"] == ["price"]
    with pytest.raises(UnknownColumns, match="price"):
        find(["sku", header, "Preis ab Lager"], ["1", "5000", "9000"], context=NO_CONTEXT)


@pytest.mark.parametrize(
    "headers",
    [["price", "harga"], ["Price tax excluded", "Price tax included"], ["price_usd", "price_idr"]]
    + [["Price", "Price with VAT"], ["Net price", "Gross price"], ["Harga", "Harga termasuk PPN"]]
    + [["Sale price", "Special price"], ["Harga jual", "Price", "name"], ["unit price", "base price"]],
)
def test_several_columns_that_may_be_the_price_stop_the_import(headers):
    with pytest.raises(UnknownColumns, match="Several columns may be the price.*--column"):
        find(["sku", *headers], context=NO_CONTEXT)


@pytest.mark.parametrize(
    "headers", [["List price", "Your price"], ["Price with tax"], ["Regular price", "Member price"]]
)
def test_a_price_that_no_header_is_known_for_asks(headers):
    with pytest.raises(UnknownColumns, match=f"It may be one of .*{headers[-1]}.*--column price=HEADER"):
        find(["sku", *headers], ["1", *["25.50"] * len(headers)], context=NO_CONTEXT)


@pytest.mark.parametrize("cells", [["Rp 199.000", "Rp 5.000"], ["199000", "299000"], ["19.99", "25.50"]])
def test_a_price_is_not_told_by_its_cells(cells):
    rows = [[str(number), cell] for number, cell in enumerate(cells)]
    with pytest.raises(UnknownColumns, match="'q'.*--column price=HEADER"):
        find(["sku", "q"], *rows)
    assert find(["sku", "q"], *rows, chosen={"price": ["q"]})["price"] == ["q"]
    assert "price" not in find(["sku", "q"], *rows, has_price=False)


@pytest.mark.parametrize("header", ["Variant Grams", "Rating", "Weight (kg)", "Stok", "shipping_fee"])
def test_a_number_of_another_thing_is_no_price_and_asks_nothing(header):
    assert "price" not in find(["sku", header], ["1", "1200"], ["2", "1500"], context=NO_CONTEXT)


def test_a_unit_price_is_the_price_only_where_there_is_no_other():
    assert find(["sku", "Unit price"])["price"] == ["Unit price"]
    assert find(["sku", "Unit price", "Price tax excluded"])["price"] == ["Price tax excluded"]


def test_who_names_the_price_has_named_what_is_asked():
    found = find(["sku", "price", "sale price", "old price"], chosen={"price": ["price"]})
    assert found == {"price": ["price"], "sku": ["sku"], "regular_price": ["old price"]}


def test_two_columns_of_one_name_are_told_and_both_kept():
    headers = ["sku", "name", "price", "size", "size", "price", "name"]
    columns = find_columns(headers, [], chosen={}, context=NO_CONTEXT)
    assert columns.of == {"sku": [0], "name": [1], "price": [2]}
    assert [name for _number, name in columns.attributes] == ["size", "size 2", "price 2", "name 2"]
    assert (
        "Several columns are called 'size': column 4 is the attribute 'size'; column 5 is the attribute 'size 2'."
        in (columns.notes)
    )


def test_columns_without_a_header_are_told():
    columns = find_columns(["sku", "", "name", ""], [["1", "secret", "Rok", ""]], chosen={}, context=NO_CONTEXT)
    assert columns.notes == ["Left out, because they have no header: column 2."]


def test_secrets_are_not_guessed_into_what_everybody_sees():
    rows = [["1", "jangan diskon", "https://supplier.example/1"], ["2", "barang lama", "https://supplier.example/2"]]
    assert find(["sku", "Catatan internal", "Supplier page"], *rows) == {"sku": ["sku"]}


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (["000001", "000002", "000003"], "sku"),
        (["Dress", "Rok", "dress"], "category"),
        (["x/a.jpg", "b.jpg", "a.jpg;b.jpg"], "images"),
        (["https://cdn/1.jpg", "https://cdn/2.png", ""], "images"),
        (["https://shop/1", "https://shop/2", "https://shop/3"], "url"),
        (["IDR", "idr", "USD"], "currency"),
        (["Gaun merah panjang", "Rok mini biru", "Atasan katun putih"], "name"),
    ],
)
def test_cells_tell_where_the_header_does_not(cells, field):
    found = find(["sku" if field != "sku" else "w", "q"], *([str(n), cell] for n, cell in enumerate(cells)))
    assert found[field] == ["q"]


@pytest.mark.parametrize(
    "cells",
    [["1999", "2001", "2013"], ["1", "2", "3"], ["M", "L", "XL"], ["", "", ""]],
    ids=["years", "counts", "sizes", "nothing"],
)
def test_cells_that_tell_nothing_are_attributes(cells):
    assert find(["sku", "q"], *([str(n), cell] for n, cell in enumerate(cells))) == {"sku": ["sku"]}


def test_numbers_are_no_categories_or_brands():
    assert find(["sku", "category", "brand"], ["1", "12", "7"], ["2", "13", "8"]) == {"sku": ["sku"]}


def test_product_is_a_name_or_an_id_as_its_cells_say():
    assert find(["Produk", "harga"], ["Gaun merah", "1"])["name"] == ["Produk"]
    assert find(["Produk", "harga"], ["A1", "1"])["sku"] == ["Produk"]


def test_what_the_caller_chooses_comes_first():
    found = find(["sku", "nama", "x"], chosen={"name": ["x"], "sku": ["#2"], "images": ["SKU"]})
    assert found == {"name": ["x"], "sku": ["nama"], "images": ["sku"]}


@pytest.mark.parametrize("wanted", ["harga", "#0", "#4", ""])
def test_a_chosen_header_that_is_not_there_is_an_error_that_lists_those_that_are(wanted):
    with pytest.raises(UnknownColumns, match=r"'sku', 'nama', 'x'.*--column FIELD=HEADER"):
        find(["sku", "nama", "x"], chosen={"price": [wanted]})


def test_a_currency_in_the_prices_header_counts():
    columns = find_columns(["sku", "Price (USD)"], [], chosen={}, context=NO_CONTEXT)
    assert columns.currency == "USD"
