import io

import pytest
from django.core.management import CommandError, call_command
from pgvector import HalfVector

from catalogue.models import Product, ProductImage
from search.embedding import pipeline, verification
from search.embedding.verification import check_vectors
from search.models import Encoder, GarmentEmbedding
from search.retrieval import indexes
from search.vision.cards import choose
from tests.factories import make_image, make_product, picture_bytes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def embedded(media):
    """Two images with vectors of the bundled encoder, which serves."""
    images = [make_image(), make_image()]
    encoder = pipeline.register_encoder(choose("encoder").name)
    list(pipeline.embed_photos(encoder))
    pipeline.finish(encoder)
    return encoder, images


def verify(*arguments):
    out = io.StringIO()
    call_command("verify_catalogue", *arguments, stdout=out, stderr=io.StringIO(), verbosity=0)
    return out.getvalue()


def another_product(encoder, image):
    GarmentEmbedding.objects.filter(image=image).update(product=make_product())


def another_category(encoder, image):
    GarmentEmbedding.objects.filter(image=image).update(category=None)


def another_size(encoder, image):
    GarmentEmbedding.objects.filter(image=image, ordinal=0).update(vector=HalfVector([1.0, 0.0]))


def another_length(encoder, image):
    GarmentEmbedding.objects.filter(image=image, ordinal=0).update(vector=HalfVector([0.1] * encoder.dimensions))


def no_whole(encoder, image):
    GarmentEmbedding.objects.filter(image=image).update(ordinal=5)


def none_at_all(encoder, image):
    GarmentEmbedding.objects.filter(image=image).delete()


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (another_product, verification.WRONG_PRODUCT),
        (another_category, verification.WRONG_CATEGORY),
        (another_size, verification.MALFORMED),
        (another_length, verification.MALFORMED),
        (no_whole, verification.NO_WHOLE_PHOTO),
        (none_at_all, verification.MISSING_OR_STALE),
    ],
)
def test_wrong_vectors_are_found_and_made_anew(embedded, harm, kind):
    encoder, (image, other) = embedded
    before = list(GarmentEmbedding.objects.filter(image=other).values())
    indexes.drop_index(encoder)  # it holds vectors of one size only
    harm(encoder, image)
    found = list(check_vectors())
    assert kind in {finding.kind for finding in found}
    assert any(f"image {image.pk} " in finding.name for finding in found)
    with pytest.raises(CommandError, match="run it with --repair"):
        verify()
    assert kind in verify("--repair")
    assert "agree" in verify()
    assert str(before) == str(list(GarmentEmbedding.objects.filter(image=other).values()))


def test_a_lost_index_is_built(embedded):
    encoder, _ = embedded
    indexes.drop_index(encoder)
    assert verification.NO_INDEX in verify("--repair")
    assert indexes.has_index(encoder)


def test_a_catalogue_that_agrees_says_so(embedded):
    assert "agree" in verify()


def test_lost_photos_go_and_their_vectors_with_them(embedded, media):
    _, (image, other) = embedded
    (media / image.file.name).unlink()
    assert image.file.name in verify("--repair")
    assert not GarmentEmbedding.objects.filter(image=image.pk).exists()
    assert GarmentEmbedding.objects.filter(image=other).exists()
    assert Product.objects.count() == 2


def test_a_photo_put_in_anothers_place_becomes_the_products_in_all_that_is_derived(embedded, media, client):
    _, (image, _other) = embedded
    before = GarmentEmbedding.objects.get(image=image, ordinal=0).vector
    client.get(f"/thumbs/tiny/{image.file.name}.webp")
    (media / image.file.name).write_bytes(picture_bytes(colour=(10, 200, 40), size=(60, 80)))
    with pytest.raises(CommandError, match="1 to repair"):
        verify()
    assert "1 images whose file holds another photo than was stored, 1 repaired" in verify("--repair")
    assert "agree" in verify()
    assert image.file.name != ProductImage.objects.get(pk=image.pk).file.name, "browsers keep what has the old name"
    assert not (media / "thumbs/tiny" / f"{image.file.name}.webp").exists()
    assert GarmentEmbedding.objects.get(image=image, ordinal=0).vector != before
    assert Product.objects.get(pk=image.product_id).colours == ["green"]


def test_a_catalogue_that_was_never_embedded_is_told_so(media):
    make_image()
    assert not Encoder.objects.exists()
    with pytest.raises(CommandError, match="1 left to repair"):
        verify("--repair")


def test_a_storage_that_does_not_answer_is_a_sentence(embedded, settings):
    settings.STORAGES = {**settings.STORAGES, "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": "none", "endpoint_url": "http://127.0.0.1:9", "access_key": "a", "secret_key": "b"},
    }}  # fmt: skip
    with pytest.raises(CommandError, match="storage does not answer"):
        verify()
