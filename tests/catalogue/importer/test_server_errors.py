"""An error of the database server is no fault of a row: the import stops with a sentence, and the next one is exact."""

import pytest
from django.core.management.base import CommandError
from django.db import connection

from catalogue.models import Product, ProductImage
from tests.catalogue.importer.sources import files_in, run, write_csv, write_files

# As the server reports it, from the statement that it happens in.
FAIL = """
CREATE FUNCTION out_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '{state}';
END $$;
CREATE TRIGGER out_of_order BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION out_of_order();
"""
MEND = "DROP TRIGGER out_of_order ON {table}; DROP FUNCTION out_of_order();"


def execute(statements):
    with connection.cursor() as cursor:
        cursor.execute(statements)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["catalogue_product", "catalogue_productimage"])
@pytest.mark.parametrize("state", ["53100", "53200", "57014", "58030", "08006"])
def test_the_import_stops_with_a_sentence_and_leaves_nothing_behind(tmp_path, media, state, table):
    folder = write_files(tmp_path / "photos", {f"Rok/{n}/a.jpg": n for n in range(1, 4)})
    source = write_csv(tmp_path / "data.csv", [["sku", "kategori"], *([str(n), "Rok"] for n in range(1, 4))])
    execute(FAIL.format(state=state, table=table))
    try:
        with pytest.raises(CommandError, match="The database cannot go on: .*No space left.* run the same"):
            run(source, "--images", str(folder))
    finally:
        execute(MEND.format(table=table))
    assert not Product.objects.exists() and files_in(media) == []
    report = run(source, "--images", str(folder), report=tmp_path / "r.json")
    assert report["summary"]["products"] == {"created": 3, "updated": 0, "unchanged": 0, "refused": 0}
    assert ProductImage.objects.count() == len(files_in(media)) == 3
