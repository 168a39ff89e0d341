"""--deactivate-missing hides what is missing, and never what could not be read; the exit status says what was done."""

import pytest
from django.core.management import CommandError

from catalogue.models import Product
from tests.catalogue.importer.sources import run, write_csv

pytestmark = pytest.mark.django_db
HEADER = "sku,name,category,price\n"
ROWS = [f"Z{n},Name {n},Dress,{n}000" for n in range(1, 41)]


def write(path, rows):
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


def hidden():
    return sorted(Product.objects.filter(is_active=False).values_list("sku", flat=True))


@pytest.fixture
def path(tmp_path):
    run(write(tmp_path / "a.csv", ROWS))
    return tmp_path / "a.csv"


@pytest.mark.parametrize("broken", ["Z2,Two, long,Dress,2000", 'Z2,"Two,Dress,2000', "Z2,Name 2,Dress,free", "Z2"])
def test_a_row_that_cannot_be_read_is_not_missing(path, tmp_path, broken):
    rows = [row for row in ROWS if not row.startswith(("Z2,", "Z9,"))]
    report = run(write(path, [*rows, broken]), "--deactivate-missing", report=tmp_path / "r.json")
    assert hidden() == ["Z9"]
    assert report["deactivated"] == ["Z9"]
    assert report["summary"]["products"]["refused"] == 1


def test_the_products_that_were_hidden_are_named(path):
    printed = run(write(path, ROWS[2:]), "--deactivate-missing", "--dry-run")
    assert "would be hidden, because the source does not name them: Z1, Z2." in printed
    assert hidden() == []
    assert "were hidden, because the source does not name them: Z1, Z2." in run(path, "--deactivate-missing")
    assert hidden() == ["Z1", "Z2"]


@pytest.mark.parametrize("broken", [",Name,Dress,5", ',"Two,Dress,2000'])
def test_a_refused_row_without_an_id_hides_nothing(path, broken):
    printed = run(write(path, [*ROWS[2:], broken]), "--deactivate-missing")
    assert hidden() == []
    assert "Nothing was deactivated: 1 refused rows do not say which product they are of." in printed


def test_where_many_rows_were_refused_nothing_is_hidden(path):
    printed = run(write(path, [*ROWS[10:], *(f"N{n},x,Dress,free" for n in range(5))]), "--deactivate-missing")
    assert hidden() == []
    assert "5 of 35 rows were refused, more than 10%" in printed


@pytest.mark.parametrize("rows", [[], ["1,x,Dress,free"], ["1,x"]])
def test_the_exit_status_is_1_where_nothing_could_be_imported(tmp_path, rows):
    with pytest.raises(CommandError, match="Nothing was imported") as caught:
        run(write(tmp_path / "a.csv", rows))
    assert caught.value.returncode == 1


def test_refused_rows_alone_are_no_failure(tmp_path):
    assert "1 refused" in run(write_csv(tmp_path / "a.csv", [["sku", "category"], ["1", "Dress"], ["", "Dress"]]))
