"""Vectors for the catalogue: only what is missing or stale, killed half-way, unreadable photos, two encoders."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase

from catalogue.models import Category, Product
from search import services
from search.embedding import pipeline as embedding
from search.models import Encoder, GarmentEmbedding
from search.retrieval import indexes
from search.retrieval.nearest import NearestGarments
from search.vision.analysis import DetectedGarment
from search.vision.cards import choose
from tests.factories import make_category, make_image, make_product, picture_bytes
from tests.search.rendered_shop import rendered_folder
from tests.search.vectors import embed, make_embedded_catalogue, make_encoder

EMBED = """
import sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.core.management import call_command
from search.embedding import pipeline
pipeline.CHUNK = 4
call_command("embed_catalogue", verbosity=0)
"""
PHOTOS = 24


def run_all(encoder):
    return list(embedding.embed_photos(encoder))[-1]


class MissingOrStaleTests(TestCase):
    def setUp(self):  # and not once for the class: these tests break the files
        self.encoder = embedding.register_encoder(choose("encoder").name)
        self.product = make_product()
        self.images = [make_image(self.product), make_image(self.product)]

    def test_every_photo_has_its_whole_and_a_second_run_does_nothing(self):
        assert run_all(self.encoder).photos == 2
        wholes = GarmentEmbedding.objects.filter(ordinal=0)
        assert {row.image_id for row in wholes} == {image.pk for image in self.images}
        assert all(len(row.vector) == self.encoder.dimensions for row in wholes)
        assert run_all(self.encoder).photos == 0

    def test_limit_is_kept_and_the_rest_comes_with_the_next_run(self):
        assert list(embedding.embed_photos(self.encoder, limit=1))[-1].photos == 1
        assert run_all(self.encoder).photos == 1

    def test_photo_of_another_hash_is_stale(self):
        run_all(self.encoder)
        GarmentEmbedding.objects.filter(image=self.images[0]).update(pixels_sha256="f" * 64)
        assert run_all(self.encoder).photos == 1

    def test_vectors_of_earlier_weights_are_stale(self):
        run_all(self.encoder)
        GarmentEmbedding.objects.filter(image=self.images[0]).update(fingerprint="of-other-weights")
        assert run_all(self.encoder).photos == 1

    def test_unreadable_photo_is_reported_and_the_others_are_done(self):
        broken = self.images[0]
        with open(broken.file.path, "wb") as file:
            file.write(b"not a picture any more")
        report = run_all(self.encoder)
        assert [(image, "not a picture" in reason) for image, _, reason in report.unreadable] == [(broken.pk, True)]
        assert set(GarmentEmbedding.objects.values_list("image", flat=True)) == {self.images[1].pk}

    def test_missing_file_is_reported_too(self):
        os.remove(self.images[1].file.path)
        assert [image for image, _, _ in run_all(self.encoder).unreadable] == [self.images[1].pk]

    def test_new_photo_is_looked_at_when_its_transaction_commits(self):
        run_all(self.encoder)
        with self.captureOnCommitCallbacks(execute=True):
            image = make_image(self.product, picture=picture_bytes(colour=(1, 200, 90)))
        assert GarmentEmbedding.objects.filter(image=image, ordinal=0).exists()

    def test_another_model_under_the_same_name_starts_afresh(self):
        run_all(self.encoder)
        embedding.finish(self.encoder)
        Encoder.objects.filter(pk=self.encoder.pk).update(dimensions=self.encoder.dimensions * 2)
        with pytest.raises(services.NotReady, match="Run `manage.py embed_catalogue`"):
            services.search_photo(photo=picture_bytes())
        again = embedding.register_encoder(self.encoder.pk)
        assert run_all(again).photos == 2
        assert services.search_photo(photo=picture_bytes()).encoder == again.pk

    def test_colours_of_the_first_photo_are_the_products(self):
        product = make_product()
        make_image(product, picture=picture_bytes(colour=(190, 20, 35)))
        run_all(self.encoder)
        product.refresh_from_db()
        assert product.colours == ["red"]


LEGS, FEET, ABOUT_LEGS = (0.2, 0.5, 0.8, 0.9), (0.2, 0.9, 0.8, 1.0), (0.2, 0.45, 0.8, 0.9)


@pytest.mark.parametrize(
    "seen, held, kept, reason",
    [
        ([("trousers", LEGS), ("footwear", FEET)], ["trousers"], ["trousers"], "the model's shoes are not sold"),
        ([("trousers", LEGS), ("skirt", FEET)], ["trousers", "skirt"], ["skirt"], "of several types its name's"),
        ([("trousers", LEGS), ("dress", FEET)], ["trousers", "skirt"], ["trousers"], "its name's is not seen"),
        ([("dress", FEET), ("trousers", LEGS)], ["skirt", "trousers", "dress"], ["trousers"], "not seen: the largest"),
        ([("trousers", LEGS), ("footwear", FEET)], [], ["trousers"], "a category without types may hold any"),
        ([("trousers", LEGS), ("skirt", FEET)], [], ["skirt"], "there too the name says what it is"),
        ([("footwear", FEET), ("skirt", LEGS)], ["trousers"], ["skirt"], "with none that fits, the largest"),
        ([("skirt", ABOUT_LEGS), ("trousers", LEGS)], ["trousers"], ["trousers", "skirt"], "one garment seen as two"),
        ([], ["trousers"], [], "nothing seen"),
    ],
)
def test_which_garments_of_a_photo_are_the_product(seen, held, kept, reason):
    garments = [DetectedGarment("x", kind, 0.9, box, [], (), np.ones(4)) for kind, box in seen]
    product = Product(name="Maternity skirt", category=Category(garment_types=held))
    assert [garment.garment_type for garment in embedding.garments_of_product(garments, product)] == kept, reason


def test_a_name_that_says_nothing_keeps_all_that_the_category_holds():
    garments = [DetectedGarment("x", kind, 0.9, LEGS, [], (), np.ones(4)) for kind in ("trousers", "footwear")]
    assert embedding.garments_of_product(garments, Product(name="Ajeng", category=Category())) == garments


class TwoEncodersTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.old = make_encoder("old", dimensions=16)
        cls.vectors, cls.products = make_embedded_catalogue(cls.old, products=60, images=1)
        cls.new = make_encoder("new", dimensions=32, is_serving=False)
        images = [product.images.first() for product in cls.products]
        # In the new encoder's space the order is turned round.
        embed(images, np.eye(32)[np.arange(60) % 32], cls.new, ["dress"] * 60)
        indexes.create_index(cls.new)

    def similar(self):
        return [result.product.pk for result in services.similar_products(self.products[0], limit=5)]

    def test_switch_moves_over_and_back(self):
        before = self.similar()
        services.switch_encoder(name="new")
        assert Encoder.objects.serving().pk == "new"
        assert self.similar()[0] == self.products[32].pk  # the only other one with the same unit vector
        services.switch_encoder(name="old")
        assert self.similar() == before

    def test_only_one_serves(self):
        services.switch_encoder(name="new")
        assert Encoder.objects.filter(is_serving=True).count() == 1

    def test_encoder_without_vectors_is_refused_with_those_that_have(self):
        with pytest.raises(ValueError, match="'missing' has no vectors; those that have: new, old"):
            services.switch_encoder(name="missing")
        assert Encoder.objects.serving().pk == "old"

    def test_command_refuses_what_is_unknown(self):
        with pytest.raises(CommandError, match="has no vectors"):
            call_command("switch_encoder", "missing")

    def test_long_names_that_begin_alike_have_indexes_of_their_own(self):
        one, other = (make_encoder("a" * 55 + end, is_serving=False) for end in ("1", "2"))
        assert len(indexes.index_name(one)) == 63
        indexes.create_index(one)
        assert indexes.has_index(one)
        assert not indexes.has_index(other)

    def test_each_has_an_index_of_its_own(self):
        assert indexes.has_index(self.old)
        assert indexes.has_index(self.new)
        indexes.drop_index(self.old)
        assert not indexes.has_index(self.old)
        assert indexes.has_index(self.new)

    def test_index_that_an_earlier_release_did_not_have_is_added_to_the_one_it_had(self):
        name = indexes.covering_index_name(self.old)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {name}")
        before = oids(indexes.index_name(self.old), name)
        assert before[1] is None
        indexes.create_index(self.old)
        graph, by_product = oids(indexes.index_name(self.old), name)
        assert graph == before[0]
        assert by_product

    def test_vectors_too_long_for_an_index_by_product_are_compared_all_the_same(self):
        wide = make_encoder("wide", dimensions=indexes.MAX_COVERED + 1, is_serving=False)
        images = [product.images.first() for product in self.products]
        embed(images, np.eye(wide.dimensions)[: len(images)], wide, ["dress"] * len(images))
        indexes.create_index(wide)
        assert indexes.has_index(wide)
        assert oids(indexes.covering_index_name(wide)) == [None]
        query = np.eye(wide.dimensions)[7]
        found = NearestGarments(query, encoder=wide, products=Product.objects.visible()).page(limit=1)
        assert [neighbour.product_id for neighbour in found] == [self.products[7].pk]

    def test_longest_vectors_that_are_indexed_by_product_have_room_there(self):
        wide = make_encoder("wide", dimensions=indexes.MAX_COVERED, is_serving=False)
        images = [product.images.first() for product in self.products]
        vectors = np.random.default_rng(0).normal(size=(len(images), wide.dimensions))
        embed(images, vectors, wide, ["accessory"] * len(images))
        indexes.create_index(wide)
        assert oids(indexes.covering_index_name(wide)) != [None]


def oids(*names):
    """Of relations; None for those that are not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass(name)::oid FROM unnest(%s) WITH ORDINALITY AS n (name, i) ORDER BY i", [list(names)]
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_half_way_it_goes_on_and_ends_as_if_undisturbed(media):
    images = [make_image(picture=picture) for picture in drawn_pictures()]
    process, deadline = start_embedding(media), time.monotonic() + 300
    while not GarmentEmbedding.objects.exists():
        assert process.poll() is None, "embedding ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < GarmentEmbedding.objects.filter(ordinal=0).count() < len(images)

    encoder = embedding.register_encoder(choose("encoder").name)
    run_all(encoder)
    embedding.finish(encoder)
    resumed = set(GarmentEmbedding.objects.values_list("image", "ordinal", "garment_type"))
    assert len([row for row in resumed if row[1] == 0]) == len(images)
    assert Encoder.objects.serving() is not None
    assert indexes.has_index(Encoder.objects.serving())

    GarmentEmbedding.objects.all().delete()
    run_all(encoder)
    assert set(GarmentEmbedding.objects.values_list("image", "ordinal", "garment_type")) == resumed
    Encoder.objects.all().delete()
    indexes.drop_index(encoder)


def drawn_pictures():
    """Photos of garments, as many as fill several of the process's transactions."""
    photos = sorted((rendered_folder() / "zalora").rglob("*.jpg"))
    return [path.read_bytes() for path in photos[:: len(photos) // PHOTOS][:PHOTOS]]


def start_embedding(media):
    environment = {**os.environ, "MEDIA_ROOT": str(media), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", EMBED, connection.settings_dict["NAME"]]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)


@pytest.mark.django_db
def test_unknown_encoder_names_those_at_hand():
    with pytest.raises(CommandError, match=f"'nobody'; at hand are: .*{choose('encoder').name}"):
        call_command("embed_catalogue", encoder="nobody")


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [0, -3])
def test_limit_must_be_positive(limit):
    with pytest.raises(CommandError, match=f"--limit is {limit}; it must be 1 or more"):
        call_command("embed_catalogue", limit=limit)


@pytest.mark.django_db
def test_empty_catalogue_embeds_to_nothing_without_a_fuss(capsys):
    call_command("embed_catalogue", verbosity=0)
    assert "0 photos embedded" in capsys.readouterr().out
    assert Product.objects.count() == 0


@pytest.mark.django_db
def test_colours_are_those_of_the_garment_that_is_sold():
    """The first photo shows the model's trousers, the second the top."""
    category = make_category(garment_types=["top", "trousers"])
    product = make_product(name="Maternity top", category=category)
    encoder = make_encoder()
    images = [make_image(product, position=position) for position in range(2)]
    embed(images, np.eye(2, encoder.dimensions), encoder, ["trousers", "top"])
    for image, colour in zip(images, ["black", "red"], strict=True):
        GarmentEmbedding.objects.filter(image=image).update(colours=[colour])
    embedding.follow_first_photos([product.pk], encoder)
    assert Product.objects.get(pk=product.pk).colours == ["red"]
    GarmentEmbedding.objects.filter(image=images[1]).update(garment_type="skirt")
    embedding.follow_first_photos([product.pk], encoder)
    assert Product.objects.get(pk=product.pk).colours == ["black"]
