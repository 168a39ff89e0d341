"""kill -9 in the middle of an import, and again: what is there is whole, and the end is that of an undisturbed run."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from catalogue.models import Category, Product, ProductImage
from catalogue.services import delete_products
from tests.catalogue.importer.sources import catalogue, files_in, run, write_csv, write_files

PRODUCTS = 120
# Works with whatever database the tests have: the test database's name is put in where the settings have another.
# Before it stores photo number `photos` the process sends itself a signal: nobody has to be quicker than the import.
IMPORT = """
import itertools, os, sys, django
django.setup()
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
database, table, photos, signal = sys.argv[1:]
settings.DATABASES["default"]["NAME"] = database
save, numbers = FileSystemStorage.save, itertools.count(1)
def counted(*args, **keywords):
    if next(numbers) == int(photos):
        os.kill(os.getpid(), int(signal))
    return save(*args, **keywords)
FileSystemStorage.save = counted
call_command("import_zalora", table, verbosity=0)
"""


@pytest.fixture
def shop(tmp_path):
    folder = write_files(
        tmp_path / "zalora", {f"Rok/{n:05d}/{side}.jpg": 2 * n + side for n in range(PRODUCTS) for side in (0, 1)}
    )
    rows = [["sku", "kategori", "nama"], *([f"{n:05d}", "Rok", f"Rok mini {n}"] for n in range(0, PRODUCTS, 2))]
    return write_csv(folder / "data.csv", rows)


def start(shop, media, *, photos, signal):
    """Starts an import that sends itself `signal` before it stores its photo number `photos`."""
    command = [sys.executable, "-c", IMPORT, connection.settings_dict["NAME"], str(shop), str(photos), str(int(signal))]
    environment = {**os.environ, "MEDIA_ROOT": str(media), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)


def whole_files(media):
    """The photos; `verify_catalogue --repair` removes what a killed process was writing."""
    return [name for name in files_in(media) if not name.endswith(".part")]


def wait_for_lock():
    """The server notices a moment later that the killed process is gone, and lets go of its lock."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_whole_products_and_a_second_run_completes_it(shop, media):
    for photos in (30, 150):
        assert start(shop, media, photos=photos, signal=signal.SIGKILL).wait() == -signal.SIGKILL
        wait_for_lock()
        assert not Product.objects.filter(images__isnull=True).exists()
        assert ProductImage.objects.count() == 2 * Product.objects.count() < 2 * PRODUCTS
        assert set(ProductImage.objects.values_list("file", flat=True)) <= set(files_in(media))
    run(shop)
    completed = catalogue(), whole_files(media)
    assert Product.objects.count() == PRODUCTS
    assert completed[1] == sorted(set(ProductImage.objects.values_list("file", flat=True)))

    delete_products(products=Product.objects.all())
    Category.objects.all().delete()
    assert whole_files(media) == []
    run(shop)
    assert (catalogue(), whole_files(media)) == completed


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_are_refused(shop, media):
    process = start(shop, media, photos=10, signal=signal.SIGSTOP)
    try:
        _pid, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        with pytest.raises(Exception, match="Another import is running"):
            run(shop)
    finally:
        process.send_signal(signal.SIGCONT)
        process.wait()
    assert f"{PRODUCTS} unchanged" in run(shop)
