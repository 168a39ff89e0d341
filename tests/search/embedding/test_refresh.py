"""Vectors and colours follow photos that are added, replaced, moved or deleted, and products and categories."""

import io

import numpy as np
import pytest
from django.test import override_settings
from PIL import Image

from catalogue import services
from catalogue.models import Product, ProductImage
from search.embedding import pipeline, refresh
from search.models import GarmentEmbedding
from search.vision.cards import choose
from tests.catalogue.importer.sources import run, write_csv
from tests.factories import make_category, make_image, make_product, picture_bytes
from tests.search.vectors import embed

pytestmark = pytest.mark.django_db
RED, BLUE = (190, 20, 35), (25, 60, 190)


def picture(colour):
    """A picture file of one colour with a little noise."""
    pixels = np.clip(np.random.default_rng(0).normal(colour, 2, (64, 48, 3)), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def encoder(media):
    return pipeline.register_encoder(choose("encoder").name)


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    """A context whose end is a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def product(encoder, commits):
    """A product with a red and then a blue photo, both embedded."""
    with commits():
        made = make_product()
        make_image(made, picture=picture(RED))
        make_image(made, picture=picture(BLUE))
    assert colours_of(made) == ["red"]
    return made


def colours_of(product):
    return Product.objects.get(pk=product.pk).colours


def stale(encoder):
    return set(pipeline.photos_to_embed(encoder).values_list("pk", flat=True))


def test_an_added_photo_is_embedded(encoder, product, commits):
    with commits():
        image = services.add_image(product=product, file=picture_bytes(colour=(1, 200, 90)))
    assert GarmentEmbedding.objects.filter(image=image, ordinal=0).count() == 1
    assert colours_of(product) == ["red"]


def test_a_replaced_photo_has_no_vectors_of_the_earlier_file(encoder, product, commits):
    image = product.images.first()
    with commits():
        services.replace_image(image=image, file=picture((20, 150, 40)))
        assert not GarmentEmbedding.objects.filter(image=image).exists()
    assert GarmentEmbedding.objects.get(image=image, ordinal=0).pixels_sha256 == image.sha256
    assert colours_of(product) == ["green"]


@pytest.mark.parametrize("change", ["order", "move", "delete"])
def test_colours_follow_the_photo_that_becomes_the_first(encoder, product, commits, change):
    red, blue = product.images.all()
    with commits():
        if change == "order":
            services.order_images(product=product, images=[blue.pk, red.pk])
        elif change == "move":
            services.move_image(image=red, position=7)
        else:
            services.delete_images(images=ProductImage.objects.filter(pk=red.pk))
    assert colours_of(product) == ["blue"]


def test_the_first_photo_need_not_have_position_0(encoder, commits):
    product = make_product()
    with commits():
        services.add_image(product=product, file=picture(BLUE), position=5)
    assert colours_of(product) == ["blue"]


def test_photos_embedded_by_an_earlier_release_give_their_colours_too(encoder, product, commits):
    red, blue = product.images.all()
    GarmentEmbedding.objects.update(colours=None)
    with commits():
        services.order_images(product=product, images=[blue.pk, red.pk])
    assert colours_of(product) == ["blue"]


def test_a_moved_product_keeps_no_garment_of_its_earlier_category(encoder, product, commits):
    images = list(product.images.all())
    embed(images, np.eye(len(images), encoder.dimensions), encoder, ["dress", "footwear"])
    product.category = make_category(name="Shoes", garment_types=["footwear"])
    with commits():
        services.save_product(product=product)
        assert not GarmentEmbedding.objects.filter(garment_type="dress").exists()
    assert {tuple(row.category_types) for row in GarmentEmbedding.objects.filter(ordinal=0)} == {("footwear",)}


@pytest.mark.parametrize("imported", [False, True])
def test_a_name_of_another_garment_is_followed(encoder, product, commits, tmp_path, imported):
    Product.objects.update(category=make_category(name="Maternity", garment_types=["top", "trousers"]), name="New in")
    for renamed, count in [("Maternity leggings", 2), ("Blue leggings", 0), ("Silk top", 2)]:
        with commits():
            list(pipeline.embed_photos(encoder))
        with override_settings(CELERY_BROKER_URL=""), commits():
            if imported:
                row = [["sku", "name", "price", "category"], [product.sku, renamed, "10", "Maternity"]]
                run(write_csv(tmp_path / "renamed.csv", row))
            else:
                changed = Product.objects.get()
                changed.name = renamed
                services.save_product(product=changed)
            assert len(stale(encoder)) == count
        assert stale(encoder) == set()


@pytest.mark.parametrize(
    ("column", "value"),
    [("product__category", "category"), ("garment_types", ["skirt"])],
    ids=["product moved", "garment types changed"],
)
def test_changes_past_the_services_make_photos_stale(encoder, product, column, value):
    assert stale(encoder) == set()
    if value == "category":
        Product.objects.update(category=make_category(name="Shoes", garment_types=["footwear"]))
    else:
        type(product.category).objects.update(garment_types=value)
    assert stale(encoder) == {image.pk for image in product.images.all()}


def test_a_category_of_the_same_types_makes_nothing_stale(encoder, product, commits):
    product.category = make_category(name="Gowns", garment_types=product.category.garment_types)
    with commits():
        services.save_product(product=product)
    assert stale(encoder) == set()


def test_other_garment_types_of_a_category_are_followed(encoder, product, commits):
    category = product.category
    category.garment_types = ["top"]
    with commits():
        services.save_category(category=category)
        assert len(stale(encoder)) == 2
    assert stale(encoder) == set()


def test_a_large_change_is_left_to_embed_catalogue(encoder, product, commits, monkeypatch, caplog):
    monkeypatch.setattr(refresh, "IN_PROCESS", 1)
    product.category.garment_types = ["top"]
    with commits():
        services.save_category(category=product.category)
    assert len(stale(encoder)) == 2
    assert "2 photos may be stale" in caplog.text


def test_a_file_that_cannot_be_read_does_not_undo_the_change(encoder, product, commits):
    with commits():
        image = services.add_image(product=product, file=picture_bytes(colour=(9, 9, 9)))
        image.file.storage.delete(image.file.name)
    assert product.images.count() == 3
    assert stale(encoder) == {image.pk}


@override_settings(CELERY_BROKER_URL="memory://", CELERY_TASK_ALWAYS_EAGER=True)
def test_where_a_broker_is_set_celery_embeds(encoder, commits):
    from config.celery import app

    app.conf.task_always_eager = True
    try:
        with commits():
            image = make_image()
    finally:
        app.conf.task_always_eager = False
    assert GarmentEmbedding.objects.filter(image=image, ordinal=0).exists()
