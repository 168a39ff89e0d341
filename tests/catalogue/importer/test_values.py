from decimal import Decimal

import pytest

from catalogue.importer.categories import category_name, category_slug
from catalogue.importer.image_lists import split_images
from catalogue.importer.prices import parse_currency, parse_price
from catalogue.importer.text import clean_paragraphs
from catalogue.importer.values import (
    Refused,
    parse_bool,
    parse_sku,
    parse_url,
)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("199000", 199000, None),
        ("0", 0, None),
        ("19.99", "19.99", None),
        ("19,9", "19.9", None),
        ("199,000", 199000, None),
        ("199.000", 199000, None),
        ("1.299.000", 1299000, None),
        ("1.299.000,00", 1299000, None),
        ("1,299,000.50", "1299000.5", None),
        ("1 299 000", 1299000, None),
        ("1\u00a0299\u00a0000", 1299000, None),
        ("1'299.50", "1299.5", None),
        ("1299.000", 1299, None),  # not grouped by thousands: a float with three decimals
        ("199000.0", 199000, None),  # as pandas writes it
        ("1e6", 1000000, None),
        ("1,99E+05", 199000, None),  # as a spreadsheet writes it
        ("Rp 199.000", 199000, "IDR"),
        ("Rp. 199.000,-", 199000, "IDR"),
        ("rp199.000,00", 199000, "IDR"),
        ("IDR 250000", 250000, "IDR"),
        ("250.000 IDR", 250000, "IDR"),
        ("$19.99", "19.99", "USD"),
        ("S$ 1,299.50", "1299.5", "SGD"),
        ("€ 19,99", "19.99", "EUR"),
        ("RM 59.90", "59.9", "MYR"),
        ("１９９", 199, None),  # full-width digits
        ("۱٬۲۳۴٫۵۰", "1234.5", None),  # Persian digits and marks
        ("١٢٣٤ ر.س", 1234, "SAR"),
        ("\ufeff1\u202f234,50\u200b", "1234.5", None),
        ("999999999999.99", "999999999999.99", None),
    ],
)
def test_a_price_is_read(text, amount, currency):
    assert parse_price(text) == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["", "  ", "-", "NaN", "null", "N/A", "None"])
def test_no_price_is_no_error(text):
    assert parse_price(text) == (None, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-5", "negative"),
        ("Rp -5", "negative"),
        ("-Rp 5", "negative"),
        ("(5)", "negative"),
        ("free", "not a number"),
        ("call us", "not a number"),
        ("inf", "not a number"),
        ("Rp", "not a number"),
        ("100-200", "not a number"),
        ("199.", "not a number"),
        ("12 pieces", "no currency"),
        ("XX 12", "no currency"),
        ("1.2.3", "points and commas"),
        ("12,34,56", "points and commas"),
        ("199.000.00", "points and commas"),
        ("0.125", "two decimals"),
        ("1000000000000", "below"),
        ("1e99", "below"),
    ],
)
def test_what_is_no_price_is_refused_with_a_reason(text, reason):
    with pytest.raises(Refused, match=reason):
        parse_price(text)


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("000123", "000123"),  # leading zeros are part of it
        (" AB-1 ", "AB-1"),
        ('="0012"', "0012"),  # a spreadsheet's way to keep zeros
        ("'0012", "0012"),
        ("123.0", "123"),  # pandas made a float of it
        ("1.5", "1.5"),
        ("00\x0012", "0012"),
        ("", ""),
    ],
)
def test_an_id_stays_text(text, sku):
    assert parse_sku(text) == sku


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("a.jpg", ["a.jpg"]),
        ("a.jpg;b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg | b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg, b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg\nb.jpg", ["a.jpg", "b.jpg"]),
        ("x.jpg.1,x.jpg.2", ["x.jpg.1", "x.jpg.2"]),
        ("red, long.jpg", ["red, long.jpg"]),  # the comma is part of the name
        ("kaya & co 1.jpg", ["kaya & co 1.jpg"]),
        ('["a.jpg", "b c.jpg"]', ["a.jpg", "b c.jpg"]),
        ("['a.jpg', 'b.jpg']", ["a.jpg", "b.jpg"]),
        ('[{"url": "http://a/b.jpg", "width": 3}]', ["http://a/b.jpg"]),
        ("['a.jpg'", ["['a.jpg"]),  # no list after all: it will be reported as not found
        ("http://a/1.jpg,http://a/2.jpg", ["http://a/1.jpg", "http://a/2.jpg"]),
        ("http://a/1.jpg http://a/2", ["http://a/1.jpg", "http://a/2"]),
        ("http://a/z.jpg?w=1,2", ["http://a/z.jpg?w=1,2"]),
        ("//cdn/x.jpg", ["//cdn/x.jpg"]),
        ("[]", []),
        ("nan", []),
        ("", []),
    ],
)
def test_a_cell_of_images_is_split(text, images):
    assert split_images(text) == images


@pytest.mark.parametrize(
    ("text", "value"),
    [("Aktif", True), ("TRUE", True), ("1", True), ("1.0", True), ("In Stock", True), ("ya", True)]
    + [("tidak aktif", False), ("0", False), ("sold-out", False), ("Habis", False), ("", None), ("n/a", None)],
)
def test_yes_and_no(text, value):
    assert parse_bool(text) is value


@pytest.mark.parametrize(
    ("parse", "text"),
    [(parse_bool, "maybe"), (parse_currency, "gold"), (parse_url, "javascript:alert(1)"), (parse_url, "shop.example/1")]
    + [(parse_url, "http://a b"), (parse_url, "http://a/" + "x" * 1000), (parse_url, "http://[bad")],
)
def test_other_cells_are_refused_too(parse, text):
    with pytest.raises(Refused):
        parse(text)


def test_markup_becomes_plain_text():
    assert (
        clean_paragraphs("<p>Katun &amp; linen<br>lembut</p>\r\n\r\n\r\n<b>x</b>\x07") == "Katun & linen\nlembut\n\nx"
    )


@pytest.mark.parametrize(
    ("text", "name", "slug"),
    [
        ("Dress", "Dress", "dress"),
        ("Dress_copy", "Dress", "dress"),
        ("Dress copy (2)", "Dress", "dress"),
        ("KnitWear___Cardigan", "KnitWear & Cardigan", "knitwear-cardigan"),
        ("KnitWear & Cardigan", "KnitWear & Cardigan", "knitwear-cardigan"),
        ("KnitWear &amp; Cardigan", "KnitWear & Cardigan", "knitwear-cardigan"),
        ("Baju_Tidur___Pakaian_Dalam", "Baju Tidur & Pakaian Dalam", "baju-tidur-pakaian-dalam"),
        ("  plus   size ", "plus size", "plus-size"),
    ],
)
def test_categories_are_named_for_shoppers(text, name, slug):
    assert category_name(text) == name
    assert category_slug(name) == slug


def test_a_category_in_another_script_has_a_slug_of_its_own():
    assert category_slug("裙子") != category_slug("鞋")
    assert category_slug("裙子") == category_slug("裙子")
