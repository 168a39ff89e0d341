"""Embedding while the storage, another run or the broker is in the way: nothing done is lost, and it goes on."""

import threading

import pytest
from celery import Celery
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import connection

from search.embedding import photo_stream, pipeline
from search.models import GarmentEmbedding
from search.retrieval import indexes
from search.vision.cards import choose
from tests.factories import make_image

pytestmark = pytest.mark.django_db(transaction=True)


class StoreError(Exception):
    """As the errors of a store's own library: neither an OSError nor known to this project."""


class FailingStorage(FileSystemStorage):
    """Fails for as many reads as `failures` says."""

    failures = 0

    def _open(self, name, mode="rb"):
        if FailingStorage.failures:
            FailingStorage.failures -= 1
            raise StoreError("503 Slow Down")
        return super()._open(name, mode)


@pytest.fixture
def storage(settings, media, monkeypatch):
    backend = {"BACKEND": f"{__name__}.FailingStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    monkeypatch.setattr(FailingStorage, "failures", 0)
    monkeypatch.setattr(photo_stream, "READ_PAUSE_S", 0.01)
    return FailingStorage


@pytest.fixture
def encoder():
    """Registers the bundled encoder: images made before have no vectors yet."""
    registered = []

    def register():
        registered.append(pipeline.register_encoder(choose("encoder").name))
        return registered[0]

    yield register
    for each in registered:
        indexes.drop_index(each)


def embedded():
    return GarmentEmbedding.objects.filter(ordinal=0).count()


def test_a_storage_that_fails_now_and_then_is_asked_again(storage, encoder):
    for _ in range(3):
        make_image()
    storage.failures = photo_stream.READ_TRIES - 1
    *_, report = pipeline.embed_photos(encoder())
    assert (report.photos, report.unreadable) == (3, [])


def test_a_storage_that_is_away_ends_the_run_with_a_sentence_and_the_next_goes_on(storage, encoder):
    ahead = photo_stream.READ_AHEAD + (photo_stream.BATCHES_AHEAD + 2) * photo_stream.MAX_PHOTOS
    images = [make_image() for _ in range(pipeline.MAX_STORAGE_FAILURES + ahead)]
    run = pipeline.embed_photos(encoder())
    next(run), next(run)
    storage.failures = 10_000
    with pytest.raises(pipeline.EmbeddingError, match="storage does not answer .*503 Slow Down.* run it again"):
        list(run)
    assert embedded() >= 2
    storage.failures = 0
    call_command("embed_catalogue", verbosity=0)
    assert embedded() == len(images)


def test_one_file_that_cannot_be_read_is_skipped_and_tried_again_next_time(storage, encoder):
    image, registered = make_image(), encoder()
    storage.failures = photo_stream.READ_TRIES
    *_, report = pipeline.embed_photos(registered)
    assert [pk for pk, _name, _reason in report.unreadable] == [image.pk]
    *_, report = pipeline.embed_photos(registered)
    assert embedded() == 1


def test_two_runs_that_end_together_build_their_index_one_after_the_other(encoder, media):
    make_image()
    registered, problems = encoder(), []
    list(pipeline.embed_photos(registered))

    def finish():
        try:
            pipeline.finish(registered)
        except Exception as error:  # noqa: BLE001  a thread's error would be lost
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=finish) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert indexes.has_index(registered)


lonely_app = Celery(
    "lonely", set_as_current=False, broker="redis://127.0.0.1:9/0", backend="redis://127.0.0.1:9/0"
)  # nobody answers there


def test_a_broker_that_is_away_is_a_sentence(settings, media):
    make_image()
    settings.CELERY_BROKER_URL = lonely_app.conf.broker_url
    settings.CELERY_APP = f"{__name__}.lonely_app"
    with pytest.raises(CommandError, match=r"broker that CELERY_BROKER_URL names cannot be reached .* run it again"):
        call_command("embed_catalogue", distributed=True, verbosity=0)
