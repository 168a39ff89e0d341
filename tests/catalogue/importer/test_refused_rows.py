"""The refused rows come back as a table that, corrected, is imported like the first."""

import csv

import pytest
from django.core.management.base import CommandError

from catalogue.formula_cells import escape_formula, unescape_formula
from catalogue.models import Product
from tests.catalogue.importer.sources import run, write_csv

HEADER = ["Kode", "Kategori", "Nama", "Harga", "Bahan"]


def table(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def corrected(path, replacements):
    """The same table, with these cells replaced."""
    rows = [[replacements.get(cell, cell) for cell in row] for row in table(path)]
    return write_csv(path.with_name("corrected.csv"), rows)


@pytest.mark.django_db
def test_corrected_rows_complete_the_catalogue(tmp_path):
    rows = [
        ["1", "Rok", "Rok satu", "199.000", "Katun"],
        ["2", "Rok", "Rok dua", "call us", "Linen"],
        ["", "Rok", "Rok tiga", "99.000", "=SUM(A1)"],
        ["4", "x" * 130, "Rok, empat", "99.000", "-"],
        ["5", "Rok", "Rok lima", "-5", "Katun"],
    ]
    source = write_csv(tmp_path / "data.csv", [HEADER, *rows])
    report = run(source, "--refused", str(tmp_path / "refused.csv"), report=tmp_path / "r.json")
    counts = report["summary"]["products"]
    assert counts == {"created": 1, "updated": 0, "unchanged": 0, "refused": 4}
    header, *refused = table(tmp_path / "refused.csv")
    assert header == [*HEADER, "refusal_reason"]
    assert [row[2] for row in refused] == ["Rok dua", "Rok tiga", "Rok, empat", "Rok lima"]
    assert refused[1][4] == "'=SUM(A1)" and "not a number" in refused[0][5] and "empty" in refused[1][5]
    right = {"call us": "99.000", "-5": "5.000", "x" * 130: "Rok", "": "3"}
    summary = run(corrected(tmp_path / "refused.csv", right), report=tmp_path / "r.json")["summary"]
    assert summary["products"] == {"created": 4, "updated": 0, "unchanged": 0, "refused": 0}
    three = Product.objects.get(sku="3")
    assert (three.attributes, three.private_attributes) == ({"Bahan": "=SUM(A1)"}, {})


@pytest.mark.django_db
def test_all_rows_of_a_refused_product_come_back(tmp_path):
    rows = [["Handle", "Variant SKU", "Type", "Title", "Variant Price"]]
    rows += [["a", "a-1", "Dress", "A", "free"], ["a", "a-2", "", "", "ask"], ["b", "b-1", "Dress", "B", "9"]]
    source = write_csv(tmp_path / "data.csv", rows)
    run(source, "--refused", str(tmp_path / "refused.csv"))
    _header, *refused = table(tmp_path / "refused.csv")
    assert [row[1] for row in refused] == ["a-1", "a-2"]
    assert "belongs to line 2" in refused[1][-1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rows",
    [
        ["Item,SKU,Name,Categories,Price", "Product,A,Gaun,Dress,90", "Product,B,Rok,Rok,80,x", "Variant,B-S,,,7"],
        ["Product ID,Variant ID,SKU,Title,Price", "A,1,S1,Gaun,90", "B,2,S2,Rok,80,x", ",3,S3,,7"],
    ],
)
def test_a_variant_of_a_refused_row_is_of_no_other_product(tmp_path, rows):
    (tmp_path / "data.csv").write_text("\n".join(rows) + "\n")
    report = run(tmp_path / "data.csv", "--default-category", "Dress", report=tmp_path / "r.json")
    assert list(Product.objects.values_list("sku", "price")) == [("A", 90)]
    assert [(refusal["line"], refusal["reason"][:12]) for refusal in report["refusals"]] == [
        (3, "There are 6 "),
        (4, "It belongs t"),
    ]


@pytest.mark.django_db
def test_rows_of_another_width_lose_no_cell(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("sku;kategori;nama\n1;Rok;a;b;c\n2;Rok\n3;Rok;x\n")
    run(path, "--refused", str(tmp_path / "refused.csv"))
    _header, *refused = table(tmp_path / "refused.csv")
    assert [row[:3] + row[4:] for row in refused] == [["1", "Rok", "a", "b", "c"], ["2", "Rok", ""]]


@pytest.mark.django_db
def test_where_nothing_is_refused_the_file_has_its_header_alone(tmp_path):
    source = write_csv(tmp_path / "data.csv", [["sku", "kategori"], ["1", "Rok"]])
    run(source, "--refused", str(tmp_path / "refused.csv"), "--dry-run")
    assert table(tmp_path / "refused.csv") == [["sku", "kategori", "refusal_reason"]]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["data.csv", "missing/refused.csv"])
def test_a_file_that_cannot_be_written_stops_before_the_import(tmp_path, name):
    source = write_csv(tmp_path / "data.csv", [["sku", "kategori"], ["1", "Rok"]])
    with pytest.raises(CommandError, match="--refused"):
        run(source, "--refused", str(tmp_path / name))
    assert not Product.objects.exists() and "Rok" in source.read_text()


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-x", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1"])
def test_formulas_are_escaped_and_read_back(text):
    assert escape_formula(text) == "'" + text
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize("text", ["", "-5", "+62,5", "-1.000", "Kaos", "'n Broek", "a=b", "O'Neill"])
def test_other_texts_stay(text):
    assert escape_formula(text) == unescape_formula(text) == text


@pytest.mark.django_db
def test_a_report_has_no_formulas(tmp_path):
    source = write_csv(tmp_path / "data.csv", [["sku", "kategori", "harga"], ["1", "Rok", "=HYPERLINK(1)"]])
    with pytest.raises(CommandError):
        run(source, "--report", str(tmp_path / "r.csv"))
    assert "'=HYPERLINK(1)" in [cell for row in table(tmp_path / "r.csv") for cell in row]
