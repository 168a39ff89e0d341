"""Many threads that store the same photo at once: it is there, whole, and nobody stumbles."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from catalogue.image_storage import storage, write_photo
from catalogue.photo_files import Photo


@pytest.fixture
def photo():
    """Large, so that writing it takes long enough for the others to look."""
    content = os.urandom(24_000_000)
    sha256 = hashlib.sha256(content).hexdigest()
    return Photo(content, sha256, sha256, "png", 900, 700)


def test_the_same_photo_from_many_threads_is_one_whole_file(photo, media):
    for _ in range(4):
        with ThreadPoolExecutor(8) as pool:
            (name,) = set(pool.map(lambda _: write_photo(photo), range(16)))
        assert storage().size(name) == len(photo.content)
        assert sum(len(files) for _, _, files in os.walk(media)) == 1
        storage().delete(name)


def test_half_a_file_of_a_killed_writer_is_replaced(photo, media):
    name = write_photo(photo)
    with open(storage().path(name), "wb") as file:
        file.write(photo.content[:1000])
    assert write_photo(photo) == name
    assert storage().size(name) == len(photo.content)


def test_a_full_disk_leaves_nothing_behind(photo, small_disk, settings):
    settings.MEDIA_ROOT = str(small_disk)
    with pytest.raises(OSError, match="No space left"):
        write_photo(photo)
    assert [files for _, _, files in os.walk(small_disk) if files] == []
