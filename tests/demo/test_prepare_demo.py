"""The demo does what is missing, and only that."""

from io import StringIO

import pytest

from catalogue.models import ProductImage
from demo.management.commands.prepare_demo import Command
from tests.factories import picture_bytes


@pytest.mark.django_db
def test_a_catalogue_that_is_there_is_not_imported_again(media, tmp_path):
    """Though it has fewer photos than files: a product's back that looks like its front is one photo."""
    folder = tmp_path / "Aksesoris" / "1"
    folder.mkdir(parents=True)
    for name, colour in (("front", (200, 30, 60)), ("back", (200, 30, 60)), ("worn", (20, 30, 60))):
        (folder / f"{name}.jpg").write_bytes(picture_bytes(colour=colour, format="JPEG"))
    csv = tmp_path / "data-zalora.csv"
    csv.write_text("product_id,category,name\n1,Aksesoris,Beanie\n")
    for said in ("Importing", ""):
        command = Command(stdout=StringIO())
        command._import(csv)
        assert command.stdout.getvalue().startswith(said) and bool(command.stdout.getvalue()) == bool(said)
        assert ProductImage.objects.count() == 2
