"""Image files in the storage: written before the row that names them commits, removed after the last such row is gone.

A file's name is its content's hash, so several rows may share one file, in several products. Who removes a file must
therefore know that nobody is about to name it: writers hold an advisory lock of PostgreSQL shared until they commit,
removers hold it alone.
"""

from __future__ import annotations

import threading

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import connection, transaction
from easy_thumbnails.files import get_thumbnailer

from catalogue.models import ProductImage, image_path
from catalogue.photo_files import Photo

TRIES = 3
_WRITERS = [threading.Lock() for _ in range(64)]  # by the photo's hash
FILES_LOCK = 7_046_029_254_386_353  # any number that no other advisory lock of this database uses


def storage() -> Storage:
    return ProductImage._meta.get_field("file").storage


def keep_files_until_commit() -> None:
    """Bars the removal of files until this transaction ends; call it before `write_photo`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [FILES_LOCK])


def write_photo(photo: Photo) -> str:
    """Stores the photo's file unless it is there, and returns its name in the storage.

    One thread at a time for one photo: a file that another is writing would pass for the half of one that was killed.
    """
    name = image_path(ProductImage(sha256=photo.sha256), f".{photo.suffix}")
    with _WRITERS[int(photo.sha256[:2], 16) % len(_WRITERS)]:
        for _ in range(TRIES):
            try:
                return _write(name, photo.content)
            except FileNotFoundError:  # another process took the half file away between our looks
                continue
        return _write(name, photo.content)


def _write(name: str, content: bytes) -> str:
    files = storage()
    if files.exists(name):
        if files.size(name) == len(content):
            return name
        files.delete(name)  # half a file, of a writer that was killed
    saved = files.save(name, ContentFile(content))
    if saved != name:  # another process wrote the same photo at the same moment
        files.delete(saved)
    return name


def remove_when_unused(name: str) -> None:
    """Removes the file and its thumbnails after this transaction commits, unless a row still names it then."""
    if name:
        transaction.on_commit(lambda: _remove_unused(name), robust=True)


def _remove_unused(name: str) -> None:
    sha256 = "".join(name.rpartition(".")[0].split("/")[-2:])  # as `image_path` writes it; the hash is indexed
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FILES_LOCK])
        if ProductImage.objects.filter(sha256=sha256, file=name).exists():
            return
        _remove_thumbnails(name)
        storage().delete(name)


def _remove_thumbnails(name: str) -> None:
    thumbnailer = get_thumbnailer(storage(), name)
    source = thumbnailer.get_source_cache()
    if source is None:
        return
    for thumbnail in source.thumbnails.all():
        thumbnailer.thumbnail_storage.delete(thumbnail.name)
    source.delete()
