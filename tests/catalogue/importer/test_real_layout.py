"""Real photos, laid out as a Zalora download is."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError

from catalogue.models import Product, ProductImage
from tests.catalogue.importer.sources import run

SHARED = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))
TOOL = SHARED.parent / "tools" / "make_zalora_layout.py"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not TOOL.exists(), reason=f"There are no photos at {SHARED}; SHARED_DATA says where they are."),
]


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("layout")
    subprocess.run([sys.executable, TOOL, folder, "--limit", "60"], check=True, capture_output=True)
    return folder / "zalora"


def test_every_product_and_photo_arrives(layout, media):
    printed = run(layout / "data-zalora.csv", images=str(layout))
    assert "Products: 60 created, 0 updated, 0 unchanged, 0 refused." in printed
    with open(layout / "data-zalora.csv", newline="") as file:
        for row in csv.DictReader(file):
            product = Product.objects.get(sku=row["product_id"])
            assert (product.name, product.brand, str(product.price)) == (
                row["name"],
                row["brand"],
                f"{row['price']}.00",
            )
            assert product.main_image.file.open().read() == (layout / row["images"]).read_bytes()
    assert "60 unchanged" in run(layout / "data-zalora.csv", images=str(layout))


def test_another_header_in_another_dialect_brings_the_same(layout, media, tmp_path):
    with open(layout / "data-zalora.csv", newline="") as file:
        rows = list(csv.reader(file))
    rows[0] = ["KODE PRODUK", "Kategori", "Merek", "Nama Produk", "Harga", "Mata Uang", "Tautan", "Gambar"]
    rows[1:] = [[*row[:4], f"Rp {int(row[4]):,}".replace(",", "."), *row[5:]] for row in rows[1:]]
    with open(tmp_path / "lain.csv", "w", newline="", encoding="utf-16") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    run(layout / "data-zalora.csv")
    report = run(tmp_path / "lain.csv", images=str(layout), report=tmp_path / "report.json")
    assert report["summary"]["products"] == {"created": 0, "updated": 0, "unchanged": 60, "refused": 0}


def test_the_folders_alone_bring_every_photo(layout, media, tmp_path):
    (tmp_path / "only-photos").mkdir()
    for category in layout.iterdir():
        if category.is_dir():
            (tmp_path / "only-photos" / category.name).symlink_to(category)
    # Links that lead out are not followed, so the photos are looked for where they are.
    with pytest.raises(CommandError, match="Nothing was imported"):
        run(tmp_path / "only-photos", report=tmp_path / "refused.json")
    assert json.loads((tmp_path / "refused.json").read_text())["refusals"]
    assert not Product.objects.exists()
    table = tmp_path / "ids.csv"
    table.write_text("product_id\n000001\n")
    run(table, images=str(layout))
    assert Product.objects.count() == ProductImage.objects.values("product").distinct().count() == 60
