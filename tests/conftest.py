"""What every test stands on: files go to a folder that is thrown away, the cache is empty and in memory."""

import gc
import importlib
import importlib.util
import os
import shutil
import socket
import subprocess
import time

import pytest
from django.apps import apps
from django.conf import settings as site
from django.core.cache import caches
from django.db.models.signals import post_migrate
from django.test.utils import override_settings
from django.utils import translation

from config.caches import caches_of

TORCH_IS_MISSING = importlib.util.find_spec("torch") is None


def pytest_configure(config):
    """CI skips no test for want of torch: it has torch, or says that it leaves those tests out."""
    if os.environ.get("CI") and TORCH_IS_MISSING and "not torch" not in config.option.markexpr:
        raise pytest.UsageError(
            "CI is set and torch is not installed. Install requirements.lock, or leave its tests out: -m 'not torch'."
        )


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Without garbage collection, which would find nothing; what is there then (torch, 4,000 tests) stays to the end.

    Together that was a fifth of the collection's time, and half a second of each full collection later.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The files that take longest begin first, or one worker would still be at them when the others have ended."""
    long = {item.path for item in items if any(map(item.get_closest_marker, ("torch", "browser", "slow")))}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session", autouse=True)
def _throwaway_surroundings(django_test_environment, tmp_path_factory):
    """For the whole session and not for each test: Django's setUpTestData runs before a test's own fixtures."""
    with override_settings(
        MEDIA_ROOT=str(tmp_path_factory.mktemp("media")),
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        CACHES=caches_of({"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}, photo_bytes=100_000_000),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # the real one is slow on purpose
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _rows_of_migrations():
    """Tests with transactions of their own empty every table; what migrations had written is written again."""

    def write_again(using, **kwargs):
        if apps.get_model("catalogue", "InfoPage").objects.using(using).exists():
            return
        for migration, function in [
            ("0004_public_attributes_and_prices", "list_names"),
            ("0005_search_words", "add_synonyms"),
            ("0006_names_and_texts", "write_pages"),
            ("0009_shades", "add_shades"),
        ]:
            getattr(importlib.import_module(f"catalogue.migrations.{migration}"), function)(apps, None)

    post_migrate.connect(write_again, sender=apps.get_app_config("catalogue"))
    yield
    post_migrate.disconnect(write_again, sender=apps.get_app_config("catalogue"))


@pytest.fixture(autouse=True)
def _empty_cache():
    yield
    for name in site.CACHES:
        caches[name].clear()
    translation.deactivate()  # a page in Indonesian leaves its language behind


@pytest.fixture
def media(settings, tmp_path):
    """An empty media folder of the test's own, for those who count files."""
    folder = tmp_path / "media"
    folder.mkdir()
    settings.MEDIA_ROOT = str(folder)
    return folder


@pytest.fixture(scope="session")
def redis_url():
    """The address of a real Redis that lives as long as the tests."""
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("no redis-server here: apt-get install redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while True:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert time.monotonic() < deadline, "redis-server did not start"
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of twenty megabytes; a real one, which only root may mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)]
    if not mount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root on Linux")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
