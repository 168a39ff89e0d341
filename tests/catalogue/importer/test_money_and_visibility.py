"""Cells and headers that could be mistaken for a price, a currency or a permission to show."""

import pytest
from django.core.management import CommandError

from catalogue.importer.columns import ColumnContext, UnknownColumns
from catalogue.importer.find_columns import find_columns
from catalogue.importer.headers import is_cost_header, names_sale_date
from catalogue.importer.price_marks import PriceMarks
from catalogue.importer.prices import parse_price
from catalogue.importer.values import Refused, is_month_first, parse_bool, parse_date_cell, parse_hidden
from catalogue.models import Product
from tests.catalogue.importer.sources import run, write_csv

CONTEXT = ColumnContext(lambda text: False, lambda text: False, lambda text: False)


def find(headers, *rows):
    columns = find_columns(headers, rows, chosen={}, context=CONTEXT)
    return {name: [columns.headers[number] for number in numbers] for name, numbers in columns.of.items()}


# -- headers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "Coût",
        "Prix d'achat",
        "Einkaufspreis",
        "EK netto",
        "Precio de compra",
        "Costo unitario",
        "Custo",
        "Preço de custo",
    ]
    + [
        "Modal",
        "Harga pokok",
        "HPP",
        "Harga Kos",
        "进价",
        "成本",
        "采购价(元)",
        "批发价",
        "仕入価格",
        "Prezzo di acquisto",
    ]
    + ["supply_price", "Inkoopprijs", "cost_of_goods_sold", "Default Unit Cost", "Harga Supplier"],
)
def test_a_cost_is_known_in_other_languages(header):
    assert is_cost_header(header)
    assert "price" not in find(["sku", header, "Harga"], ["1", "5", "9"]).get("cost", [])
    with pytest.raises(UnknownColumns, match="--column price=HEADER"):
        find(["sku", header, "Nilai"], ["1", "5000", "Rp 9.000"])


@pytest.mark.parametrize(
    "header",
    ["Harga (x1000)", "Price (x 100)", "Harga (ribuan)", "Price (cents)", "Price (10+)"]
    + ["Harga (member)", "Price (EUR) (wholesale)", "Standard Price", "Grundpreis", "Price / Germany", "Map price"],
)
def test_a_price_of_another_thing_asks(header):
    with pytest.raises(UnknownColumns):
        find(["sku", header], ["1", "5000"])
    assert "price" not in find(["sku", "Price (per kg)"], ["1", "5000"])


@pytest.mark.parametrize("header", ["Variant Compare At Price", "MSRP", "Harga coret", "Was price", "UVP", "市场价"])
def test_a_price_before_is_none_by_itself(header):
    with pytest.raises(UnknownColumns, match="asked before"):
        find(["sku", header], ["1", "5000"])
    assert find(["sku", header, "Price"])["regular_price"] == [header]


@pytest.mark.parametrize(
    ("header", "currency"),
    [("Price (USD)", "USD"), ("Preis (€)", "€"), ("Price $", "$"), ("Harga (Rp.)", "IDR"), ("Pris (kr)", "kr")]
    + [("价格(元)", "元"), ("Price (R$)", "R$"), ("Price", None), ("price_top", None)],
)
def test_the_currency_of_a_header(header, currency):
    columns = find_columns(["sku", header, "price_top"], [], chosen={"price": [header]}, context=CONTEXT)
    assert columns.currency == currency


def test_headers_of_several_currencies_ask():
    with pytest.raises(UnknownColumns, match="several currencies"):
        find(["sku", "Price (USD)", "Compare at price (IDR)"])


def test_a_currency_is_not_told_by_cells_under_a_header_that_says_something():
    rows = [["1", "Top", "9"], ["2", "Top", "9"]]
    assert "currency" not in find(["sku", "attribute_set_code", "price"], *rows)
    assert "currency" not in find(["sku", "Settlement", "price"], ["1", "USD", "9"])


@pytest.mark.parametrize(
    ("header", "field"),
    [("Tanggal harga obral dimulai", "sale_start"), ("SpecialPrice End", "sale_end"), ("Sale ends", "sale_end")]
    + [("Datum, an dem Angebotspreis beginnt", "sale_start"), ("Promo sampai", "sale_end"), ("Start date", "")]
    + [("Início da promoção", "sale_start"), ("Fim da promoção", "sale_end"), ("Sale price", "")],
)
def test_the_dates_of_a_sale(header, field):
    assert names_sale_date(header) == field


@pytest.mark.parametrize("header", ["Promo Aktif", "Sale status", "is_on_promo", "On sale (0/1)"])
def test_whether_a_sale_is_on(header):
    headers = ["sku", "price", "sale price", header]
    assert find(headers, ["1", "9", "5", "ya"], ["2", "9", "5", "0"])["on_sale"] == [header]


def test_a_date_of_a_sale_that_says_neither_start_nor_end_asks():
    headers = ["sku", "price", "sale price", "Promo period"]
    with pytest.raises(UnknownColumns, match="sale_end='Promo period'"):
        find(headers, ["1", "9", "5", "2020-02-01"])
    assert "sale_price" in find(headers, ["1", "9", "5", "summer"])


@pytest.mark.parametrize(
    ("headers", "brand"), [(["sku", "Vendor"], []), (["Handle", "Vendor"], ["Vendor"]), (["sku", "Brand"], ["Brand"])]
)
def test_a_vendor_is_a_brand_in_shopifys_exports_alone(headers, brand):
    assert find(headers).get("brand", []) == brand


def test_where_the_source_was_bought_is_no_address_for_shoppers():
    assert "url" not in find(
        ["sku", "Source", "Sumber"], ["1", "https://factory.example/1", "https://factory.example/2"]
    )
    assert "images" not in find(["sku", "Nota"], ["1", "https://factory.example/nota.jpg"])


@pytest.mark.parametrize("header", ["Published in shop", "Dipublikasikan", "Sichtbarkeit im Katalog", "Publié"])
def test_a_status_is_known_by_words_where_its_cells_are_understood(header):
    assert find(["sku", header], ["1", "1"], ["2", "hidden"])["is_active"] == [header]
    assert "is_active" not in find(["sku", header], ["1", "1"], ["2", "web"])


@pytest.mark.parametrize("header", ["Published Scope", "Attribute 1 visible", "Image visible", "Publisher"])
def test_what_only_resembles_a_status_is_none(header):
    assert "is_active" not in find(["sku", header], ["1", "1"])


def test_a_column_of_status_words_asks():
    with pytest.raises(UnknownColumns, match="is_active='Keadaan'"):
        find(["sku", "Keadaan"], ["1", "draft"], ["2", "published"])
    with pytest.raises(UnknownColumns, match="is_active='State'"):
        find(["sku", "State"], ["1", "active"], ["2", "draft"], ["3", "sold_out"])
    with pytest.raises(UnknownColumns, match="is_active='Состояние'"):
        find(["sku", "Состояние"], ["1", "Опубликовано"], ["2", "Черновик"])
    assert find(["sku", "Trạng thái"], ["1", "bản nháp"])["is_active"] == ["Trạng thái"]
    assert "is_active" not in find(["sku", "Featured"], ["1", "yes"], ["2", "no"])


def test_a_standard_price_is_a_cost_in_odoo_alone():
    headers = ["sku", "standard_price", "list_price"]
    with pytest.raises(UnknownColumns, match="standard price or 'list_price'"):
        find(headers)
    with pytest.raises(UnknownColumns, match="standard price"):
        find([*headers, "sale_price"])
    assert find([*headers, "default_code"])["regular_price"] == ["list_price"]


# -- cells ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prices", "refused"),
    [
        (["19.99", "1.299"], ["1.299"]), (["199.000", "99.000"], []), (["1299.000", "999.000"], ["999.000"]),
        (["1,299.00", "1,299"], []), (["1.299,00", "1.299"], []), (["$19.99", "Rp 199.000"], []),
        (["0.5", "2.500"], ["2.500"]), (["1.299.000", "199.000"], []), (["19,90", "1,299"], ["1,299"]),
    ],
)  # fmt: skip
def test_thousands_and_decimals_are_told_by_the_whole_table(prices, refused):
    marks = PriceMarks()
    for price in prices:
        marks.note(price)
    assert [price for price in prices if marks.problem(price)] == refused


def test_currencies_with_three_decimals():
    assert parse_price("12.500 KWD") == (parse_price("12.5")[0], "KWD")
    assert parse_price("12.500", "KWD")[0] == parse_price("12.5")[0]
    assert parse_price("12.500")[0] == 12_500


@pytest.mark.parametrize(
    ("words", "value"),
    [("publié Veröffentlicht publicado sim tak 上架 ja", True)]
    + [("Entwurf brouillon borrador rascunho bozza privé oculto nein não 下架 草稿 staging protected", False)]
    + [("aktywny опубликовано активный да yayında ใช่ 公開中 نعم đang-bán Ditayangkan", True)]
    + [("gelöscht désactivé nascosto szkic черновик gizli ฉบับร่าง 非公開 مسودة bản-nháp Delisted Hide", False)],
)
def test_status_words_of_other_languages(words, value):
    assert {parse_bool(word) for word in words.split()} == {value}


@pytest.mark.parametrize("word", ["−1", "- 1", "–1", "!yes", "ya?", "(aktif)", "active (hidden)", "publish/private"])
def test_a_word_with_a_doubt_says_neither(word):
    with pytest.raises(Refused):
        parse_bool(word)


@pytest.mark.parametrize(
    ("cell", "hides"),
    [("1", True), ("Y", True), ("Ya", True), ("archived", True), ("hidden", True), ("0", False), ("No", False)]
    + [("active", False), ("", None)],
)
def test_a_column_that_hides(cell, hides):
    assert parse_hidden(cell) is hides


@pytest.mark.parametrize(
    ("cell", "month_first", "date"),
    [("31/12/2025", None, "2025-12-31"), ("12/31/25", True, "2025-12-31"), ("03/04/2025", None, "2025-04-03")]
    + [
        ("03/04/2025", True, "2025-03-04"),
        ("1/8/24, 3:45 PM", True, "2024-01-08"),
        ("2025-12-31 10:00:00", None, "2025-12-31"),
        ("2025/12/31", None, "2025-12-31"),
        ("2025.1.8 10:00", None, "2025-01-08"),
        ("20251231", None, "2025-12-31"),
        ("1767157200", None, "2025-12-31"),
        ("46022", None, "2025-12-31"),  # a spreadsheet's day
    ],
)
def test_dates_are_read_as_their_column_writes_them(cell, month_first, date):
    assert str(parse_date_cell(cell, month_first))[:10] == date


@pytest.mark.parametrize(("cell", "month_first"), [("3/4/25", None), ("31/12/2025", True), ("soon", None)])
def test_a_date_that_may_be_another_is_refused(cell, month_first):
    with pytest.raises(Refused):
        parse_date_cell(cell, month_first)


def test_the_order_of_day_and_month_is_told_by_the_column():
    assert is_month_first(["03/04/2025", "12/31/2025"]) is True
    assert is_month_first(["31/12/2025"]) is False
    assert is_month_first(["31/12/2025", "12/31/2025"]) is is_month_first(["2025-01-01"]) is None
    assert parse_date_cell("0000-00-00") is None


# -- products -------------------------------------------------------------------------------------------------------


def sold(tmp_path, header, *rows, options=()):
    """Product -> price and currency, and the refusals' reasons."""
    path = write_csv(
        tmp_path / "a.csv", [["sku", "category", *header], *([f"{n}", "Dress", *row] for n, row in enumerate(rows))]
    )
    report = run(path, *options, report=tmp_path / "r.json")
    found = {sku: (price and f"{price:.2f}", currency) for sku, price, currency in
             Product.objects.values_list("sku", "price", "currency")}  # fmt: skip
    return found, [refusal["reason"] for refusal in report["refusals"]]


@pytest.mark.django_db
def test_a_sign_means_the_currency_that_the_row_names(tmp_path):
    rows = [["$19.90", "SGD"], ["€19.90", "USD"], ["19.90", "SGD"], ["Rp 5.000", "IDR"]]
    found, reasons = sold(tmp_path, ["price", "currency"], *rows)
    assert found == {"0": ("19.90", "SGD"), "2": ("19.90", "SGD"), "3": ("5000.00", "IDR")}
    assert reasons == ["Its prices are in several currencies."]


@pytest.mark.django_db
def test_the_header_and_the_column_must_name_one_currency(tmp_path):
    found, reasons = sold(tmp_path, ["Harga (Rp)", "currency"], ["5.000", "USD"], ["5.000", "IDR"], ["5.000", ""])
    assert found == {"1": ("5000.00", "IDR"), "2": ("5000.00", "IDR")}
    assert reasons == ["The header of the price says IDR."]


@pytest.mark.django_db
def test_the_sign_in_a_header_asks_where_it_means_several(tmp_path):
    assert sold(tmp_path, ["Price ($)"], ["5"], options=["--currency", "SGD"])[0] == {"0": ("5.00", "SGD")}
    with pytest.raises(CommandError, match="--currency"):
        sold(tmp_path, ["Price (kr)"], ["5"])
    assert sold(tmp_path, ["Price (kr)"], ["5"], options=["--currency", "NOK", "--column", "price=Price (kr)"])[0] == {
        "0": ("5.00", "NOK")
    }


@pytest.mark.django_db
def test_nothing_is_sold_for_nothing_and_an_empty_price_is_not_the_one_before(tmp_path):
    rows = [["0", ""], ["", "99000"], ["5000", "0"], ["0.00", "99000"]]
    found, reasons = sold(tmp_path, ["Price", "Compare at price"], *rows)
    assert found == {"0": (None, "IDR"), "1": (None, "IDR"), "2": ("5000.00", "IDR"), "3": (None, "IDR")}
    assert reasons == ["A price of 0 is taken for none."] * 2
    printed = run(tmp_path / "a.csv")
    assert "Products without a price: 3." in printed
    assert "1 prices name no currency: those of new products are taken for IDR" in printed


@pytest.mark.django_db
def test_a_known_product_keeps_its_currency_where_the_file_names_none(tmp_path):
    sold(tmp_path, ["price"], ["25"], options=["--currency", "EUR"])
    assert sold(tmp_path, ["price"], ["26"], ["27"])[0] == {"0": ("26.00", "EUR"), "1": ("27.00", "IDR")}
    assert sold(tmp_path, ["price"], ["26"], options=["--currency", "USD"])[0]["0"] == ("26.00", "USD")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dates", "price"),
    [("2020-01-01T00:00+0700/2020-02-01T24:00+0700", 9), ("2020-01-01 - 2020-02-01", 9), ("1/1/2020 s/d 31/12/2999", 5)]
    + [("2020-01-01/2999-01-01", 5), ("2020-01-01 or so", 9), ("", 5), ("20990101", 9), ("4070908800", 9)]
    + [("1577836800", 5), ("1.1.2099", 9), ("60000", 9)],
)
def test_a_sale_between_two_days(tmp_path, dates, price):
    found, _reasons = sold(tmp_path, ["price", "sale price", "sale_price_effective_date"], ["9", "5", dates])
    assert found == {"0": (f"{price}.00", "IDR")}


@pytest.mark.parametrize("cells", [["soon", ""], ["7", "14"]])
def test_a_day_of_a_sale_that_is_none_asks(cells):
    with pytest.raises(UnknownColumns, match="'Sale ends'.*is no date"):
        find(["sku", "price", "sale price", "Sale ends"], *(["1", "9", "5", cell] for cell in cells))
    with pytest.raises(UnknownColumns, match="is no date"):
        find(["sku", "price", "sale price", "sale_price_effective_date"], *(["1", "9", "5", cell] for cell in cells))
    assert "sale_end" not in find(["sku", "price", "Sale ends"], *(["1", "9", cell] for cell in cells))


@pytest.mark.django_db
def test_ambiguous_thousands_are_refused_rows(tmp_path):
    found, [reason] = sold(tmp_path, ["price"], ["19.99"], ["1.299"])
    assert (list(found), reason[:37]) == (["0"], "It may be thousands or decimals: othe")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "cells", "shown"),
    [
        ("Archived", ["Y", "N", "", "who knows"], {"1", "2"}),
        ("Launch date", ["2020-01-01", "2999-01-01", "", "soon"], {"0", "2"}),
        ("Published At", ["2020-01-01", "2999-01-01", "", "soon"], {"0", "2"}),
        ("expiration_date", ["2020-01-01", "2999-01-01", "", "soon"], {"1", "2"}),
        ("post_password", ["hunter2", "", "0", "no"], {"1", "2", "3"}),
        ("Visibility in catalog", ["catalog", "search", "hidden", "visible"], {"0", "1", "3"}),
    ],
)
def test_columns_that_hide(tmp_path, header, cells, shown):
    sold(tmp_path, [header], *([cell] for cell in cells))
    assert set(Product.objects.visible().values_list("sku", flat=True)) == shown


@pytest.mark.django_db
def test_a_hidden_price_is_not_shown(tmp_path):
    found, _reasons = sold(tmp_path, ["price", "Hide Price"], ["5", "yes"], ["5", "no"], ["5", "perhaps"])
    assert found == {"0": (None, "IDR"), "1": ("5.00", "IDR")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("sku,name,category", "It repeats the header."),
        ("item_sku,item_name,item_type", "It names the columns once more."),
        ("Grand Total,,Dress", "It looks like the totals of other rows."),
    ],
)
def test_rows_that_are_no_products(tmp_path, row, reason):
    (tmp_path / "a.csv").write_text(f"SKU,Name,Category\n1,Gaun,Dress\n{row}\n")
    report = run(tmp_path / "a.csv", report=tmp_path / "r.json")
    assert [(refusal["line"], refusal["reason"]) for refusal in report["refusals"]] == [(3, reason)]
    assert Product.objects.get().sku == "1"


@pytest.mark.django_db
def test_discounts_that_are_not_understood_are_named(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["sku", "category", "price", "Diskon %"], ["1", "Dress", "5000", "20"]])
    assert "Discounts that are not taken off the prices: 'Diskon %'" in run(path)
