"""Other weights under an encoder's old name: a query of the one never meets a vector of the other."""

import pytest
from django.core.management import call_command

from catalogue.models import Product
from search import services
from search.embedding import pipeline as embedding
from search.models import Encoder, GarmentEmbedding
from tests.factories import make_image, make_product, picture_bytes
from tests.search.cut_models import SIZE, SMALL, read_anew, small_encoder, write_cut_model  # noqa: F401 (a fixture)

COLOURS = [(200, 30, 60), (20, 160, 40), (30, 60, 190)]

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(small_encoder, media):  # noqa: F811
    """Three products of one colour each, which the small encoder answers for."""
    for colour in COLOURS:
        make_image(make_product(), picture=picture_bytes(colour=colour))
    call_command("embed_catalogue", encoder=SMALL, verbosity=0)
    services.switch_encoder(name=SMALL)
    return list(Product.objects.order_by("pk"))


def ask(colour=COLOURS[0]):
    """[(product, distance)], nearest first."""
    (garment,) = services.search_photo(photo=picture_bytes(colour=colour)).garments
    return [(result.product, result.distance) for result in garment.results]


def fingerprints():
    """The weights that made what is stored."""
    return {fingerprint.split("-")[0] for fingerprint in GarmentEmbedding.objects.values_list("fingerprint", flat=True)}


def test_process_that_has_the_earlier_weights_answers_with_them_until_the_catalogue_has_the_new(shop, tmp_path):
    before = ask()
    write_cut_model(tmp_path / SMALL, first=SIZE)
    assert ask() == before


def test_with_the_new_weights_nothing_is_compared_before_the_catalogue_has_them(shop, tmp_path):
    write_cut_model(tmp_path / SMALL, first=SIZE)
    read_anew()
    with pytest.raises(services.NotReady, match="other weights now .* Run `manage.py embed_catalogue`"):
        ask()


def test_half_way_only_photos_with_vectors_of_the_new_weights_are_found(shop, tmp_path):
    write_cut_model(tmp_path / SMALL, first=SIZE)
    read_anew()
    call_command("embed_catalogue", encoder=SMALL, limit=1, verbosity=0)
    assert fingerprints() == {Encoder.objects.get(pk=SMALL).fingerprint}
    ((product, distance),) = ask()
    assert product == shop[0]
    assert distance == pytest.approx(0, abs=1e-3)
    call_command("embed_catalogue", encoder=SMALL, verbosity=0)
    assert len(ask()) == len(COLOURS)
    assert fingerprints() == {Encoder.objects.get(pk=SMALL).fingerprint}


def test_process_that_has_the_earlier_weights_takes_the_new_when_the_catalogue_has_them(shop, tmp_path):
    folder, earlier, new = tmp_path / SMALL, tmp_path / "earlier", tmp_path / "new"
    folder.rename(earlier)
    write_cut_model(folder, first=SIZE)
    read_anew()
    call_command("embed_catalogue", encoder=SMALL, verbosity=0)
    answer = ask()
    folder.rename(new)
    earlier.rename(folder)
    read_anew()
    with pytest.raises(services.NotReady):
        ask()  # this process has read the earlier ones
    folder.rename(earlier)
    new.rename(folder)
    assert ask() == answer


def test_worker_that_has_the_earlier_weights_stores_nothing(shop):
    Encoder.objects.filter(pk=SMALL).update(fingerprint="f" * 16)  # as `embed_catalogue` has registered elsewhere
    GarmentEmbedding.objects.all().delete()
    with pytest.raises(embedding.EmbeddingError, match=f"weights {'f' * 16}, and this process has .* Start it again"):
        list(embedding.embed_photos(Encoder.objects.get(pk=SMALL)))
    assert not GarmentEmbedding.objects.exists()


def test_another_detector_makes_vectors_stale_and_they_are_found_until_they_are_replaced(shop):
    weights = Encoder.objects.get(pk=SMALL).fingerprint
    GarmentEmbedding.objects.update(fingerprint=f"{weights}-{'d' * 16}")
    encoder = embedding.register_encoder(SMALL)
    assert embedding.photos_to_embed(encoder).count() == len(COLOURS)
    assert len(ask()) == len(COLOURS)
    call_command("embed_catalogue", encoder=SMALL, verbosity=0)
    assert embedding.photos_to_embed(encoder).count() == 0
