"""Exports of shop systems, marketplaces and feeds with their own headers: what is asked, shown and kept for staff.

The files lie in `exports/`. Costs in them are 77.77, suppliers, racks and notes "Secret": neither may be public.
"""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError

from catalogue.admin_resources import ProductResource
from catalogue.admin_table import read_table
from catalogue.models import Product
from tests.catalogue.importer.sources import run

pytestmark = pytest.mark.django_db

EXPORTS = Path(__file__).parent / "exports"
USD = ["--currency", "USD"]
EUR = ["--currency", "EUR"]
# File, options, product -> price, price before, currency, whether it is shown; names of public attributes.
CASES = [
    (
        "shopify.csv", [],
        {
            "tee": "24.99 39.99 IDR shown", "hid": "24.99 - IDR hidden", "dra": "24.99 - IDR hidden",
            "unl": "- - IDR shown",
        },
        {"Size", "colour"},
    ),
    ("shopify2025.csv", [], {"tee": "22.99 - IDR shown", "hid": "24.99 39.99 IDR hidden"}, {"Size"}),
    ("matrixify.csv", USD, {"1": "24.99 - USD shown", "2": "24.99 - USD hidden"}, set()),
    (
        "woo.csv", [],
        {
            "S1": "199000.00 - IDR shown", "S2": "199000.00 - IDR hidden", "S3": "199000.00 - IDR shown",
            "S4": "199000.00 - IDR shown", "S5": "199000.00 - IDR hidden", "S6": "199000.00 - IDR hidden",
            "V": "200000.00 - IDR shown", "G": "- - IDR shown", "E": "50000.00 - IDR shown",
        },
        {"Material", "Size"},
    ),
    (
        "woo_id.csv", [],
        {
            "S1": "149000.00 199000.00 IDR shown", "S2": "149000.00 199000.00 IDR hidden",
            "S3": "199000.00 - IDR hidden",
        },
        set(),
    ),
    ("woo_de.csv", EUR, {"S1": "14.90 19.90 EUR shown", "S2": "14.90 19.90 EUR hidden"}, set()),
    (
        "webtoffee.csv", [],
        {"A1": "199000.00 - IDR shown", "A2": "199000.00 - IDR hidden", "A3": "199000.00 - IDR hidden"}, set(),
    ),
    (
        "magento.csv", USD,
        {
            "MH01-S": "52.00 - USD hidden", "MH01": "- - USD shown", "MS": "49.99 1052.00 USD shown",
            "MD": "52.00 - USD hidden",
        },
        {"size", "color"},
    ),
    ("presta_imp.csv", EUR, {"1": "25.00 - EUR shown", "2": "- - EUR shown"}, set()),
    ("bigc_v2.csv", USD, {"75": "20.00 30.00 USD shown", "76": "25.00 30.00 USD hidden"}, set()),
    ("bigc_v3.csv", USD, {"TEE": "20.00 30.00 USD shown", "HID": "25.00 30.00 USD hidden"}, set()),
    ("wix.csv", USD, {"product_1": "80.00 100.00 USD shown", "product_2": "100.00 - USD hidden"}, set()),
    (
        "opencart.csv", USD,
        {"S1": "100.00 - USD shown", "S2": "100.00 - USD hidden", "S3": "100.00 - USD hidden"}, {"model"},
    ),
    ("shopee_id.csv", [], {"K1": "140000.00 - IDR shown"}, {"Panjang", "Lebar"}),
    (
        "tokopedia.csv", ["--default-category", "Atasan"],
        {"K1": "150000.00 - IDR shown", "R1": "150000.00 - IDR hidden"}, set(),
    ),
    ("tokopedia_upd.csv", [], {"K1": "150000.00 - IDR shown", "K2": "120000.00 150000.00 IDR hidden"}, set()),
    ("lazada.csv", [], {"D1": "150000.00 200000.00 IDR shown", "D2": "200000.00 - IDR hidden"}, set()),
    ("google_tsv.tsv", [], {"1": "199000.00 299000.00 IDR shown", "2": "299000.00 - IDR hidden"}, {"colour"}),
    (
        "facebook.csv", [],
        {"1": "299000.00 - IDR shown", "2": "299000.00 - IDR hidden", "3": "299000.00 - IDR hidden"}, set(),
    ),
    (
        "square.csv", USD,
        {"SQ1": "25.00 - USD shown", "SQ2": "25.00 - USD hidden", "SQ3": "20.00 25.00 USD hidden"}, {"Size"},
    ),
    ("vend.csv", USD, {"tee": "25.00 - USD shown", "hid": "25.00 - USD hidden"}, set()),
    ("lightspeed_r.csv", USD, {"TEE": "25.00 30.00 USD shown", "OLD": "25.00 30.00 USD hidden"}, set()),
    ("odoo.csv", USD, {"TEE": "25.00 - USD shown", "HID": "25.00 - USD hidden"}, set()),
    ("odoo_tech.csv", USD, {"TEE": "25.00 - USD shown", "HID": "25.00 - USD hidden"}, set()),
    ("ecwid.csv", USD, {"D1": "25.00 30.00 USD shown", "D2": "25.00 - USD hidden"}, set()),
    ("erpnext.csv", EUR, {"E1": "25.00 - EUR shown", "E2": "25.00 - EUR hidden"}, set()),
    ("jurnal.csv", [], {"K1": "150000.00 - IDR shown", "K2": "150000.00 - IDR hidden"}, set()),
    ("ebay.csv", USD, {"E1": "25.00 - USD shown", "E2": "25.00 - USD hidden"}, set()),
    ("hm.csv", [], {"0108775015": "- - IDR shown", "0108775044": "- - IDR shown"}, {"colour"}),
    ("etsy.csv", [], {"D-S,D-M": "45.00 - USD shown", "B1": "25.00 - EUR shown"}, {"Size", "MATERIALS"}),
]  # fmt: skip


def told(product):
    """Price, price before, currency and whether it is shown, in one line."""
    amounts = (product.price if product.price is not None else "-", product.compare_at_price or "-", product.currency)
    return f"{amounts[0]} {amounts[1]} {amounts[2]} {'shown' if product.is_active else 'hidden'}"


@pytest.mark.parametrize(("name", "options", "expected", "public"), CASES, ids=[case[0] for case in CASES])
def test_an_export_is_sold_shown_and_kept_as_its_shop_means_it(tmp_path, name, options, expected, public):
    (tmp_path / "photos").mkdir()
    run(EXPORTS / name, *options, images=str(tmp_path / "photos"))
    products = {product.sku: product for product in Product.objects.all()}
    assert {sku: told(product) for sku, product in products.items()} == expected
    assert {attribute for product in products.values() for attribute in product.attributes} == public
    fields = ("name", "brand", "description", "url", "attributes")
    shown = json.dumps([[getattr(product, field) for field in fields] for product in products.values()])
    assert "Secret" not in shown and "77.77" not in shown and "internal" not in shown


@pytest.mark.parametrize(
    "name",
    ["shopify.csv", "shopify2025.csv", "woo.csv", "webtoffee.csv", "presta_imp.csv", "wix.csv", "google_tsv.tsv"]
    + ["square.csv", "odoo_tech.csv", "etsy.csv", "facebook.csv", "ecwid.csv", "hm.csv"],
)
def test_the_admins_import_reads_an_export_alike(tmp_path, name):
    (tmp_path / "photos").mkdir()
    run(EXPORTS / name, images=str(tmp_path / "photos"))  # makes the categories
    expected = stored()
    Product.objects.all().delete()
    result = ProductResource().import_data(read_table((EXPORTS / name).read_bytes()))
    assert result.refused == []
    assert stored() == expected


def stored():
    """Product -> what both ways of importing read."""
    products = Product.objects.select_related("category")
    return {
        product.sku: (
            product.name, product.category.slug, product.price, product.compare_at_price, product.currency,
            product.is_active, product.availability, product.brand, product.description, product.attributes,
            {name: value for name, value in product.private_attributes.items() if name != "variants"},
        )
        for product in products
    }  # fmt: skip


def test_a_price_with_tax_beside_one_without_asks(tmp_path):
    with pytest.raises(CommandError, match="Several columns may be the price"):
        run(EXPORTS / "presta_list.csv")
    run(EXPORTS / "presta_list.csv", *EUR, "--column", "price=Price (tax incl.)")
    assert told(Product.objects.get()) == "28.68 - EUR shown"
