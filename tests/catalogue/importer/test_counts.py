"""Generated files: a row is created, updated, unchanged or refused, by the command as in the admin.

Corrected refusals complete the catalogue.
"""

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.admin_resources import ProductResource
from catalogue.admin_table import read_table
from catalogue.models import Category, Product
from tests.catalogue.importer.sources import run

HEADER = ["Kode", "Kategori", "Nama", "Harga", "Supplier"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# What is wrong with a row, and the cells that put it right.
DEFECTS = {
    "": {},
    "price": {3: "gratis"},
    "negative": {3: "-5"},
    "range": {3: "100-200"},
    "id": {0: ""},
    "long id": {0: "x" * 300},
    "category": {1: ""},
    "long category": {1: "y" * 200},
    "wide": {},
    "narrow": {},
    "quote": {},
    "header": dict(enumerate(HEADER)),
    "totals": {0: "Jumlah", 2: ""},
}
ROWS = st.lists(st.tuples(st.sampled_from(sorted(DEFECTS)), TEXTS, TEXTS), min_size=1, max_size=12)


def lines(rows, path):
    """Writes the file; a row's own values are in its number."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        table.writerow(right(9_000, "", ""))  # one that can be used: a file of which nothing can be is an error
        for number, (defect, name, supplier) in enumerate(rows):
            cells = right(number, name, supplier)
            for place, cell in DEFECTS[defect].items():
                cells[place] = cell
            if defect == "wide":
                # Too wide and over several lines is read as a quote that was never closed: each line is refused.
                cells = [*(cell.replace("\r", "").replace("\n", "") for cell in cells), "", "more"]
            if defect == "quote":
                file.write(f'{number + 1},"Rok,{number}\r\n')
            else:
                table.writerow(cells[:2] if defect == "narrow" else cells)


def right(number, name, supplier):
    return [f"{number + 1}", "Rok", f"Rok {number} {name}".replace("\0", ""), "199.000", supplier]


def stored():
    """What both ways of importing read of each product."""
    fields = ("sku", "name", "category__slug", "price", "currency", "is_active", "attributes", "private_attributes")
    return sorted(Product.objects.values_list(*fields))


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_rows_in_are_rows_out(tmp_path, rows):
    Product.objects.all().delete()
    Category.objects.all().delete()
    lines(rows, tmp_path / "a.csv")
    report = run(tmp_path / "a.csv", "--refused", str(tmp_path / "refused.csv"), report=tmp_path / "r.json")
    bad = sum(bool(defect) for defect, _name, _supplier in rows)
    counts = report["summary"]["products"]
    assert counts == {"created": len(rows) + 1 - bad, "updated": 0, "unchanged": 0, "refused": bad}
    imported = stored()
    again = run(tmp_path / "a.csv", report=tmp_path / "r.json")["summary"]["products"]
    assert again == {"created": 0, "updated": 0, "unchanged": len(rows) + 1 - bad, "refused": bad}
    Product.objects.all().delete()
    result = ProductResource().import_data(read_table((tmp_path / "a.csv").read_bytes()))
    assert (stored(), len(result.refused), result.left_out) == (imported, bad, [])
    with open(tmp_path / "refused.csv", newline="", encoding="utf-8-sig") as file:
        header, *refused = csv.reader(file)
    assert (header, len(refused)) == ([*HEADER, "refusal_reason"], bad)
    assert all(row[len(HEADER)] for row in refused)
    if bad:
        wrong = [number for number, (defect, _name, _supplier) in enumerate(rows) if defect]
        with open(tmp_path / "b.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *([*right(number, "", ""), "put right"] for number in wrong)])
        assert run(tmp_path / "b.csv", report=tmp_path / "r.json")["summary"]["products"]["created"] == bad
    assert Product.objects.count() == len(rows) + 1
