"""Image files in the storage: written before the row that names them commits, removed after the last such row is gone.

A file's name is its content's hash, so several rows may share one file, in several products. Who removes a file must
therefore know that nobody is about to name it: writers hold an advisory lock of PostgreSQL shared until they commit,
removers hold it alone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.db import connection, transaction

from catalogue.models import ProductImage
from catalogue.photo_files import Photo

PARTIAL = ".part"  # how a file is called while it is written
SIZES = ("tiny", "card", "card2x", "large", "zoom")  # names in settings.THUMBNAILS, small to large
FILES_LOCK = 7_046_029_254_386_353  # any number that no other advisory lock of this database uses


def storage() -> Storage:
    return ProductImage._meta.get_field("file").storage


def keep_files_until_commit() -> None:
    """Bars the removal of files until this transaction ends; call it before `write_photo`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [FILES_LOCK])


def write_photo(photo: Photo) -> str:
    """Stores the photo's file unless it is there, and returns its name in the storage."""
    files, path = storage(), photo.path
    if not (files.exists(path) and files.size(path) == len(photo.content)):  # else half a file of an earlier release
        write_whole(files, path, photo.content)
    return path


def write_whole(files: Storage, name: str, content: bytes) -> None:
    """Stores `content` under `name`, in place of what is there: nobody ever reads a part of it, on a full disk neither.

    Raises what the storage raises.
    """
    if not isinstance(files, FileSystemStorage):  # stores of objects put them whole
        if (saved := files.save(name, ContentFile(content))) != name:  # this one does not overwrite
            files.delete(name)
            files.delete(saved)
            files.save(name, ContentFile(content))
        return
    folder, _slash, base = name.rpartition("/")
    written = f"{folder}/.{base}.{secrets.token_hex(8)}{PARTIAL}"
    try:
        written = files.save(written, ContentFile(content))
        if files.size(written) != len(content):
            raise OSError(errno.ENOSPC, "not all of the file was written", name)
        os.replace(files.path(written), files.path(name))
    except BaseException:
        with contextlib.suppress(OSError):
            files.delete(written)
        raise


def thumbnail_name(name: str, size: str) -> str:
    """Where the thumbnail of the photo `name` in this size lies in the storage."""
    return f"thumbs/{size}/{name}.webp"


def remove_when_unused(name: str) -> None:
    """Removes the file and its thumbnails after this transaction commits, unless a row still names it then."""
    if name:
        transaction.on_commit(lambda: remove_now(name), robust=True)


def remove_now(name: str) -> None:
    """Removes the file and its thumbnails unless a row names it."""
    sha256 = "".join(name.rpartition(".")[0].split("/")[-2:])  # as `Photo.path` has it; the hash is indexed
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FILES_LOCK])
        if ProductImage.objects.filter(sha256=sha256, file=name).exists():
            return
        _remove_thumbnails(name)
        storage().delete(name)


def _remove_thumbnails(name: str) -> None:
    for size in SIZES:
        storage().delete(thumbnail_name(name, size))
