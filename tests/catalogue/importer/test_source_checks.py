"""What is no catalogue is asked about before anything is written, and imported only on demand."""

import pytest
from django.core.management.base import CommandError

from catalogue.models import Category, Product
from tests.catalogue.importer.sources import run, write_csv, write_files

pytestmark = pytest.mark.django_db
ROWS = [["sku", "kategori"], *([f"{number:03d}", "Rok"] for number in range(1, 100))]


def test_a_report_is_no_catalogue(tmp_path):
    source = write_csv(tmp_path / "data.csv", [["sku", "kategori", "harga"], *([str(n), "Rok", "x"] for n in range(9))])
    with pytest.raises(CommandError, match="could import|Nothing was imported"):
        run(source, "--report", str(tmp_path / "report.csv"))
    with pytest.raises(CommandError, match="report of an import, with the columns kind, line, column, value, reason"):
        run(tmp_path / "report.csv", "--column", "sku=line", "--column", "category=value")
    assert not Category.objects.exists()
    run(tmp_path / "report.csv", "--column", "sku=line", "--column", "category=value", "--trust-source")
    assert Product.objects.exists()


@pytest.mark.parametrize(
    "header",
    [
        "Name,Email,Financial Status,Paid at,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Phone",  # Shopify's
        "Order Number,Order Status,Order Date,First Name (Billing),Email (Billing),SKU,Category",  # WooCommerce's
        "No. Pesanan,Status Pesanan,Nama Produk,SKU,Kategori,Harga,Username (Pembeli),Nama Penerima,No. Telepon",
    ],
)
def test_orders_are_no_catalogue(tmp_path, header):
    source = write_csv(tmp_path / "data.csv", [header.split(","), ["1"] * len(header.split(","))])
    with pytest.raises(CommandError, match="orders or customers"):
        run(source, "--default-category", "Rok")
    assert not Product.objects.exists()


def test_a_backup_of_the_shops_photos_is_no_folder_of_products(tmp_path):
    files = {f"backup/products/{n:02d}/{n:062x}.jpg": n for n in range(1, 6)}
    folder = write_files(tmp_path / "photos", files)
    source = write_csv(tmp_path / "data.csv", ROWS)
    with pytest.raises(CommandError, match="5 files that the shop has stored itself"):
        run(source, "--images", str(folder))
    with pytest.raises(CommandError, match="backup"):
        run(folder)  # without a table
    assert not Product.objects.exists()


def test_another_shops_folder_is_asked_about(tmp_path):
    folder = write_files(tmp_path / "photos", {f"Shoes/X{n}/a.jpg": n for n in range(4)})
    source = write_csv(tmp_path / "data.csv", ROWS)
    with pytest.raises(CommandError, match="4 product folders, for example Shoes/X0.*another shop's"):
        run(source, "--images", str(folder), "--dry-run")
    assert not Product.objects.exists()
    run(source, "--images", str(folder), "--trust-source")
    assert Product.objects.count() == 99 + 4


@pytest.mark.parametrize(
    ("rows", "files"),
    [
        (ROWS, {f"Shoes/{n:03d}/a.jpg": n for n in range(1, 4)}),  # folders of rows
        (ROWS, {"Shoes/X1/a.jpg": 1, "Shoes/X2/a.jpg": 2}),  # too few to say
        (ROWS, {**{f"Shoes/X{n}/a.jpg": n for n in range(4)}, "001.jpg": 9}),  # a file called by an id
        ([["sku", "kategori", "gambar"], ["1", "Rok", "b.jpg"]], {f"Shoes/X{n}/b{n or ''}.jpg": n for n in range(4)}),
    ],
)
def test_a_folder_that_fits_is_not(tmp_path, rows, files):
    folder = write_files(tmp_path / "photos", files)
    run(write_csv(tmp_path / "data.csv", rows), "--images", str(folder))
    assert Product.objects.count() >= len(rows) - 1


def test_a_folder_of_a_name_that_no_category_can_have_is_one_refusal(tmp_path):
    folder = write_files(tmp_path / "photos", {f"{'x' * 130}/1/a.jpg": 1, "Rok/2/a.jpg": 2})
    report = run(folder, report=tmp_path / "r.json")
    assert report["summary"]["products"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    [refusal] = report["refusals"]
    assert "characters at the most" in refusal["reason"]
