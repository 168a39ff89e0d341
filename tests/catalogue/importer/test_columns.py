import pytest

from catalogue.importer.columns import ColumnContext, UnknownColumns, find_columns

FOLDERS = {"000001", "000002", "000003"}
PHOTOS = {"a.jpg", "b.jpg"}
CATEGORIES = {"dress", "rok", "atasan"}
CONTEXT = ColumnContext(
    is_product_folder=lambda text: text.strip() in FOLDERS,
    is_photo=lambda text: text.rpartition("/")[2] in PHOTOS,
    is_category=lambda text: text.lower() in CATEGORIES,
)
NO_CONTEXT = ColumnContext(lambda text: False, lambda text: False, lambda text: False)


def find(headers, *rows, chosen=None, context=CONTEXT):
    columns = find_columns(headers, rows, chosen=chosen or {}, context=context)
    return {name: [columns.headers[number] for number in numbers] for name, numbers in columns.of.items()}


@pytest.mark.parametrize(
    ("header", "field"),
    [(header, "sku") for header in ("sku", "SKU", "product_id", "productID", "Product Id", "kode", "Kode_Produk", "ID")]
    + [(header, "category") for header in ("kategori", "Category", "category_name", "Kategori Produk", "Jenis")]
    + [(header, "name") for header in ("nama", "Nama_Produk", "NAMA BARANG", "title", "Product Name", "Judul")]
    + [(header, "brand") for header in ("merek", "Merk", "brand", "Brand Name", "BRAND:")]
    + [
        (header, "price")
        for header in ("harga", "Price", "Harga (Rp)", "price_idr", "sale_price", "Harga Jual", "discounted_price")
    ]
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
    assert find(["mrp", "discounted_price"])["price"] == ["discounted_price"]


def test_the_id_is_the_column_that_names_folders():
    rows = [["1", "x", "000001"], ["2", "y", "000002"], ["3", "z", "000003"]]
    assert find(["id", "sku", "kode zalora"], *rows)["sku"] == ["kode zalora"]


def test_several_columns_of_images_are_all_taken():
    assert find(["sku", "image1", "image 2", "gambar_3", "thumbnail"])["images"] == ["image1", "image 2", "gambar_3"]


def test_a_url_column_that_holds_photos_is_of_images():
    rows = [["1", "https://cdn.example/1.jpg"], ["2", "https://cdn.example/2.jpg?x=1"]]
    assert find(["sku", "url"], *rows) == {"sku": ["sku"], "images": ["url"]}


def test_a_status_that_says_neither_yes_nor_no_is_an_attribute():
    assert "is_active" not in find(["sku", "status"], ["1", "new"], ["2", "sale"])
    assert find(["sku", "status"], ["1", "aktif"], ["2", ""])["is_active"] == ["status"]


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (["000001", "000002", "000003"], "sku"),
        (["Dress", "Rok", "dress"], "category"),
        (["Rp 199.000", "Rp 1.299.000", "Rp 5.000"], "price"),
        (["199000", "299000", "89900"], "price"),
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
