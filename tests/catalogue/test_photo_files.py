import io
import zlib

import numpy as np
import pytest
from PIL import Image

from catalogue import photo_files as photos
from catalogue.photo_files import NotAPhoto, read_photo
from search.vision.photo_decoding import PhotoError, decode_photo
from tests.factories import picture_bytes


def turned_jpeg():
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(file, "JPEG", exif=exif)
    return file.getvalue()


def noise_jpeg():
    file = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


def header_of_a_bomb():
    """A PNG that says it is 30,000 x 30,000."""
    content = bytearray(picture_bytes())
    content[16:24] = (30_000).to_bytes(4) * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4)
    return bytes(content)


GOOD = {name: picture_bytes(format=name) for name in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF")}
BAD = {
    "empty": b"",
    "text": b"sku,name\n1,Dress\n",
    "html": b"<!doctype html><title>404</title>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "truncated JPEG": noise_jpeg()[:9_000],
    "truncated PNG": picture_bytes(size=(400, 400))[:-200],
    "header alone": picture_bytes(format="JPEG")[:20],
    "too small": picture_bytes(size=(7, 60)),
    "bomb": header_of_a_bomb(),
}


@pytest.mark.parametrize("name", GOOD)
def test_each_accepted_format_is_read(name):
    photo = read_photo(GOOD[name])
    assert (photo.width, photo.height) == (48, 64)
    assert photo.suffix == photos.SUFFIXES[name]


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_photo_is_refused_with_what_is_accepted(name):
    with pytest.raises(NotAPhoto, match="Accepted is a JPEG"):
        read_photo(BAD[name])


def test_the_size_is_that_of_the_upright_picture():
    photo = read_photo(turned_jpeg())
    assert (photo.width, photo.height) == (20, 40)


@pytest.mark.parametrize("name", [*GOOD, *BAD])
def test_catalogue_and_vision_accept_the_same_files(name):
    content = (GOOD | BAD)[name]
    try:
        decode_photo(content)
        is_seen = True
    except PhotoError:
        is_seen = False
    assert is_seen == (name in GOOD)
