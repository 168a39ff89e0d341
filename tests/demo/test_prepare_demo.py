"""The demo does what is missing, and only that."""

from io import StringIO

import pytest

from catalogue.models import ProductImage
from demo.management.commands.prepare_demo import Command
from search.models import Encoder
from search.vision.cards import choose
from tests.factories import make_image, picture_bytes


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


@pytest.mark.django_db
def test_a_database_of_a_release_with_another_encoder_moves_to_the_one_that_is_here(media):
    make_image()
    Encoder.objects.create(name="gone", dimensions=256, fingerprint="0" * 16, is_serving=True)
    Command(stdout=StringIO())._embed()
    serving = Encoder.objects.serving()
    assert serving.pk == choose("encoder").name
    assert serving.embeddings.exists()


@pytest.mark.django_db
def test_a_move_that_was_broken_off_is_finished(media):
    make_image()
    Command(stdout=StringIO())._embed()
    Encoder.objects.update(is_serving=False)
    Encoder.objects.create(name="gone", dimensions=256, fingerprint="0" * 16, is_serving=True)
    command = Command(stdout=StringIO())
    command._embed()
    assert "Embedding" not in command.stdout.getvalue()
    assert Encoder.objects.serving().pk == choose("encoder").name
