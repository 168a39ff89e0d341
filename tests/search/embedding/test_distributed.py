"""Embedding by Celery's workers: real ones, over a real Redis, one of them killed."""

import itertools
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from catalogue.models import ProductImage
from config.celery import app
from search.embedding import distributed
from search.embedding import pipeline as embedding
from search.models import Encoder, GarmentEmbedding
from search.retrieval import indexes
from tests.factories import make_image, picture_bytes

PHOTOS = 24
WORKER = """
import sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from config.celery import app
app.worker_main(["worker", "--pool=solo", "--loglevel=WARNING", "--hostname", sys.argv[2] + "@%h"])
"""

numbers = itertools.count()
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker(redis_url, settings):
    yield from connected(redis_url, settings)


@pytest.fixture
def lonely_broker(redis_url, settings):
    """A broker without workers: another database of the same Redis."""
    yield from connected(redis_url.removesuffix("/0") + "/1", settings)


def connected(url, settings):
    settings.CELERY_BROKER_URL = url
    before = {name: app.conf[name] for name in ("broker_url", "result_backend")}
    connect_celery(broker_url=url, result_backend=url)
    yield url
    app.control.purge()
    connect_celery(**before)


def connect_celery(**addresses):
    """Lets the application talk to these; it keeps a pool for whichever broker an earlier test made it use first."""
    app.conf.update(**addresses)
    app._after_fork()
    app._backend_cache = None
    app._local.__dict__.pop("backend", None)


@pytest.fixture(scope="module")
def media_of_workers(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture
def media(settings, media_of_workers):
    settings.MEDIA_ROOT = str(media_of_workers)
    return media_of_workers


@pytest.fixture(scope="module")
def running():
    """The workers' processes: they take seconds to start, and so serve all tests."""
    processes = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def start_workers(broker, media, running):
    """Sees to it that so many workers run, each a process of its own, and returns them when all answer."""

    def start(count):
        running[:] = [process for process in running if process.poll() is None]
        environment = {
            **os.environ,
            "MEDIA_ROOT": str(media),
            "CELERY_BROKER_URL": broker,
            "CELERY_VISIBILITY_SECONDS": "5",  # else half a minute
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        while len(running) < count:
            command = [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], f"worker{next(numbers)}"]
            running.append(subprocess.Popen(command, cwd=django_settings.BASE_DIR, env=environment))
        deadline = time.monotonic() + 120
        while len(app.control.ping(timeout=1, limit=count)) < count:
            assert time.monotonic() < deadline, "the workers did not start"
        return running

    return start


@pytest.fixture
def photos(media):
    """24 photos, the last of them broken; what they were embedded to goes in the end."""
    for number in range(PHOTOS):
        make_image(picture=picture_bytes(colour=(number * 9, 250 - number * 9, 60), size=(90, 120)))
    broken = ProductImage.objects.latest("pk")
    (media / broken.file.name).write_bytes(b"not a picture any more")
    yield broken
    for encoder in Encoder.objects.all():
        indexes.drop_index(encoder)


def rows():
    return sorted(GarmentEmbedding.objects.values_list("image", "ordinal", "garment_type", "pixels_sha256"))


def test_workers_do_what_the_command_alone_would(start_workers, photos, monkeypatch, capsys):
    monkeypatch.setattr(distributed, "PHOTOS_A_TASK", 4)
    start_workers(2)
    call_command("embed_catalogue", distributed=True, verbosity=0)
    said = capsys.readouterr()
    assert f"{PHOTOS - 1} photos embedded" in said.out
    assert f"Skipped image {photos.pk}" in said.err
    by_workers = rows()
    assert Encoder.objects.serving() is not None
    GarmentEmbedding.objects.all().delete()
    call_command("embed_catalogue", verbosity=0)
    assert rows() == by_workers


def test_what_a_killed_worker_had_in_hand_is_done_by_another(start_workers, photos, monkeypatch):
    monkeypatch.setattr(distributed, "PHOTOS_A_TASK", 2)
    first, *_ = start_workers(2)
    reports = distributed.embed_photos(embedding.register_encoder(chosen()))
    next(reports)
    first.send_signal(signal.SIGKILL)
    *_, report = reports
    done = set(GarmentEmbedding.objects.filter(ordinal=0).values_list("image", flat=True))
    assert done == set(ProductImage.objects.exclude(pk=photos.pk).values_list("pk", flat=True))
    assert {image for image, _file, _reason in report.unreadable} == {photos.pk}


def test_limit_is_kept(start_workers, photos, monkeypatch):
    monkeypatch.setattr(distributed, "PHOTOS_A_TASK", 2)
    start_workers(1)
    call_command("embed_catalogue", distributed=True, limit=5, verbosity=0)
    assert GarmentEmbedding.objects.filter(ordinal=0).count() == 5


def test_without_workers_nothing_is_handed_out(lonely_broker, photos):
    with pytest.raises(CommandError, match="No worker answers. Start some"):
        call_command("embed_catalogue", distributed=True, verbosity=0)
    assert app.control.purge() == 0


def test_without_a_broker_it_says_what_to_set(photos, settings):
    settings.CELERY_BROKER_URL = ""
    with pytest.raises(CommandError, match="CELERY_BROKER_URL is not set"):
        call_command("embed_catalogue", distributed=True, verbosity=0)


def chosen():
    return embedding.choose("encoder").name
