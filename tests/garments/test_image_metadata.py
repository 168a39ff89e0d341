"""Nothing of what a camera or a program wrote beside the picture is left; the picture stays as it was."""

import io
import random
import zlib

import numpy as np
import pytest
from PIL import Image

from garments.exif_orientation import minimal_exif, orientation_of_exif
from garments.image_decoding import PhotoError, open_image
from garments.image_metadata import strip_metadata
from tests.garments import picture_corpus as corpus
from tests.garments.picture_corpus import encoded, picture

PRIVATE = (corpus.CAMERA, corpus.PLACE, corpus.REMARK)


@pytest.mark.parametrize("format", corpus.FORMATS)
def test_camera_place_and_remarks_are_gone_and_the_pixels_are_the_same(format):
    content = corpus.sound(format)
    assert format == "BMP" or any(private in content for private in PRIVATE)
    stripped = strip_metadata(content)
    assert not any(private in stripped for private in PRIVATE)
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(stripped)) as after:
        assert (np.asarray(before.convert("RGB")) == np.asarray(after.convert("RGB"))).all()
        assert before.info.get("icc_profile") == after.info.get("icc_profile")
        assert not dict(after.getexif().get_ifd(0x8825))


@pytest.mark.parametrize("format", corpus.FORMATS)
def test_stripping_twice_changes_nothing_more(format):
    stripped = strip_metadata(corpus.sound(format))
    assert strip_metadata(stripped) is stripped


@pytest.mark.parametrize("format", ["AVIF", "HEIF"])
def test_metadata_that_are_not_called_so_are_gone(format):
    """A byte of the kind or of the place of the EXIF is another, and the picture is as good as before."""
    content, read = corpus.sound(format), 0
    for at in range(content.index(b"meta"), content.index(b"mdat"), 3):
        broken = bytearray(content)
        broken[at] ^= 0x11
        try:
            stripped = strip_metadata(bytes(broken))
            open_image(stripped, max_side=64)
        except (PhotoError, ValueError):
            continue
        read += 1
        assert not any(private in stripped for private in PRIVATE), at
    assert read > 5


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_which_way_is_up_is_kept(format, orientation):
    content = encoded(picture(), format, exif=corpus.exif(orientation))
    with Image.open(io.BytesIO(strip_metadata(content))) as image:
        assert image.getexif().get(0x0112, 1) == orientation


@pytest.mark.parametrize("orientation", range(1, 9))
def test_minimal_exif_says_its_orientation(orientation):
    assert orientation_of_exif(minimal_exif(orientation)) == orientation


@pytest.mark.parametrize(
    "exif", [b"", b"II", b"XX*\0\x08\0\0\0", b"MM\0*\xff\xff\xff\xff", minimal_exif(6)[:12], minimal_exif(9)]
)
def test_broken_exif_says_nothing(exif):
    assert orientation_of_exif(exif) == 0


def test_an_animation_is_its_first_frame():
    for format in ("GIF", "WEBP", "PNG"):
        content = corpus.animation(format)
        with Image.open(io.BytesIO(content)) as image:
            assert image.n_frames == 3
        with Image.open(io.BytesIO(strip_metadata(content))) as image:
            assert getattr(image, "n_frames", 1) == 1


def png_with(*chunks):
    png = encoded(picture())
    return png[:33] + b"".join(corpus.png_chunk(name, data) for name, data in chunks) + png[33:]


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([(b"zTXt", b"workflow\0\0" + zlib.compress(bytes(5_000_000)))], id="5 MB of text"),
        pytest.param([(b"tEXt", b"parameters\0" + b"x" * 2_000_000)], id="2 MB of plain text"),
        pytest.param([(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(2_000_000)))] * 80, id="160 MB of texts"),
        pytest.param([(b"iCCP", b"wide\0\0" + zlib.compress(bytes(3_000_000)))], id="a profile of 3 MB"),
        pytest.param([(b"eXIf", b"no EXIF at all")], id="broken EXIF"),
        pytest.param([(b"tIME", b"")], id="a time of no bytes"),
    ],
)
def test_a_png_is_read_whatever_is_written_beside_its_pixels(chunks):
    assert open_image(png_with(*chunks), max_side=1024).tobytes() == picture().tobytes()


def test_the_turn_of_imagemagicks_hexadecimal_exif_is_kept():
    exif = b"Exif\0\0" + minimal_exif(6)
    text = b"\nexif\n" + f"{len(exif):8}".encode() + b"\n" + exif.hex().encode() + b"\n"
    content = png_with((b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text)))
    assert open_image(content, max_side=1024).size == (64, 48)


@pytest.mark.parametrize("format", corpus.FORMATS)
def test_noise_behind_a_signature_is_followed_to_an_end(format):
    chance = random.Random(format)
    for _ in range(60):
        content = corpus.sound(format)[: chance.randrange(8, 60)] + chance.randbytes(chance.randrange(4_000))
        try:
            stripped = strip_metadata(content)
        except ValueError:
            continue
        assert len(stripped) <= len(content) + 100
