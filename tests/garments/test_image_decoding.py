"""One decoder: what it accepts it reads for everybody, what it refuses it refuses for everybody, and at what cost."""

import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from garments.image_decoding import SUFFIXES, PhotoError, check_photo, open_image
from garments.image_errors import IS_ACCEPTED, MAX_RATIO, MIN_SIDE, TEMPLATES
from tests.garments import picture_corpus as corpus
from tests.garments.picture_corpus import encoded, picture

SIDES = (1024, 96)  # what models look at, and a small thumbnail


def outcome(content, max_side):
    """The pixels, or the sentence of the refusal."""
    try:
        return open_image(content, max_side=max_side).tobytes()
    except PhotoError as error:
        return str(error)


def assert_alike_everywhere(content):
    """Accepted by all and read alike from what is stored, or refused by all with one sentence; returns which."""
    try:
        checked = check_photo(content)
    except PhotoError as error:
        assert [outcome(content, side) for side in SIDES] == [str(error)] * len(SIDES)
        assert str(error).endswith(IS_ACCEPTED)
        return False
    assert check_photo(checked.content).content == checked.content
    for side in SIDES:
        shown = outcome(content, side)
        assert isinstance(shown, bytes), shown
        assert shown == outcome(checked.content, side)
    return True


@pytest.mark.parametrize("format", corpus.FORMATS)
def test_a_byte_changed_anywhere_is_accepted_by_all_or_by_none(format):
    accepted = [assert_alike_everywhere(content) for content in corpus.flips(format, 70, seed=1)]
    assert 0 < sum(accepted) < 70  # both happen, or the corpus says nothing


@pytest.mark.parametrize("format", corpus.FORMATS)
def test_a_file_cut_off_anywhere_is_accepted_by_all_or_by_none(format):
    accepted = [assert_alike_everywhere(content) for content in corpus.truncations(format, 24)]
    assert not any(accepted[:12])


@pytest.mark.parametrize("name", corpus.HOSTILE)
def test_what_is_no_photo_is_refused(name):
    assert not assert_alike_everywhere(corpus.hostile(name))


@pytest.mark.parametrize("format", corpus.FORMATS)
def test_each_format_is_read_with_its_size_and_suffix(format):
    checked = check_photo(corpus.sound(format))
    assert (checked.width, checked.height, checked.suffix) == (48, 64, SUFFIXES[format])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", corpus.WITH_EXIF)
def test_every_orientation_is_turned_upright_in_every_format(format, orientation):
    upright = np.asarray(picture().convert("RGB"), np.int16)
    turned = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1], 5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, -1), 7: np.rot90(upright, 2).transpose(1, 0, 2), 8: np.rot90(upright),
    }[orientation]  # fmt: skip
    content = encoded(picture(), format, exif=corpus.exif(orientation), **({} if format == "TIFF" else {"quality": 95}))
    if format == "HEIF":  # its encoder writes the turn into the container, which every reader follows
        turned = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.int16)
    checked, pixels = check_photo(content), np.asarray(open_image(content, max_side=1024), np.int16)
    assert pixels.shape == turned.shape == (checked.height, checked.width, 3)
    assert np.abs(pixels - turned).mean() < 12


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 900), st.integers(1, 900), st.integers(16, 400))
def test_any_size_is_refused_or_fits_and_keeps_its_shape(width, height, max_side):
    content = corpus.png_of(width, height)
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_RATIO * min(width, height):
        with pytest.raises(PhotoError, match=f"{width} x {height}"):
            open_image(content, max_side=max_side)
        return
    image = open_image(content, max_side=max_side)
    scale = min(1, max_side / max(width, height))
    assert image.width == pytest.approx(width * scale, abs=1)
    assert image.height == pytest.approx(height * scale, abs=1)
    assert min(image.size) >= 1


def broken_exif():
    jpeg = encoded(picture(), "JPEG")
    return jpeg[:2] + b"\xff\xe1\x00\x14Exif\0\0MM\0*\xff\xff\xff\xff\xff\xff" + jpeg[2:]


def broken_later_frame():
    gif = corpus.animation("GIF")
    return gif[: len(gif) // 2] + b"\x00\xff" + gif[len(gif) // 2 + 2 :]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(broken_exif(), id="broken EXIF"),
        pytest.param(encoded(picture(), "JPEG") + b"PK\x03\x04 an archive", id="polyglot"),
        pytest.param(broken_later_frame(), id="broken later frame"),
        pytest.param(corpus.animation("WEBP"), id="animated WebP"),
        pytest.param(corpus.animation("PNG"), id="animated PNG"),
        pytest.param(corpus.animation("TIFF"), id="pages"),
        pytest.param(encoded(picture(), "MPO", save_all=True, append_images=[picture()]), id="a second picture"),
        pytest.param(encoded(picture().convert("P"), "PNG", transparency=bytes(range(99))), id="odd palette"),
        pytest.param(encoded(picture().convert("PA"), "TIFF"), id="palette with alpha"),
        pytest.param(encoded(picture(), "PNG", icc_profile=b"no profile" * 9), id="broken profile"),
        pytest.param(encoded(picture().convert("CMYK"), "JPEG"), id="CMYK"),
        pytest.param(encoded(picture().convert("1"), "TIFF", compression="group4"), id="fax"),
        pytest.param(corpus.png_of(40, 40, bits=16, colour=0), id="16-bit grey"),
        pytest.param(corpus.png_of(80, 8), id="a belt"),
    ],
)
def test_unusual_and_sound_is_accepted(content):
    assert assert_alike_everywhere(content)


@pytest.mark.parametrize("at", [20, -2, -20])
def test_a_png_that_browsers_do_not_show_is_refused(at):
    """A byte of its size, of the checksum of its end, or of that of its pixels is another."""
    broken = bytearray(encoded(picture()))
    broken[at] ^= 1
    with pytest.raises(PhotoError):
        check_photo(bytes(broken))


def test_a_large_palette_is_reduced_in_its_colours():
    """In bands where the picture is large: as if it were reduced whole."""
    drawn = picture((66, 50)).quantize(200).resize((3_300, 2_500))
    whole = drawn.convert("RGB").resize((320, 242), Image.Resampling.LANCZOS)
    found = open_image(encoded(drawn), max_side=320, smooth_palette=True)
    assert found.size == whole.size
    assert np.abs(np.asarray(found, int) - np.asarray(whole, int)).mean() < 2


PEAK = """
import pathlib, re, sys
from garments.image_decoding import PhotoError, check_photo, open_image
content = pathlib.Path(sys.argv[1]).read_bytes()
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) * 1024
before = peak()
try:
    check_photo(content)
    open_image(content, max_side=1024)
    open_image(content, max_side=1600, max_height=2133, smooth_palette=True)
    answer = "read"
except PhotoError:
    answer = "refused"
print(answer, peak() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    ("content", "answer"),
    [
        pytest.param(corpus.webp_that_says(8_900, 8_900), "refused", id="WebP of 34 bytes"),
        pytest.param(corpus.png_of(9_000, 3_700), "read", id="PNG of 33 MP"),
        pytest.param(corpus.png_of(5_300, 4_000, colour=6), "read", id="PNG of 21 MP with alpha"),
        pytest.param(corpus.png_of(12_000, 12_000, colour=6), "refused", id="PNG of 144 MP with alpha"),
        pytest.param(encoded(Image.new("P", (8_800, 9_000)), "PNG", transparency=0), "read", id="palette, 79 MP"),
        pytest.param(corpus.tiff_of(8_000, 4_000, np.uint16), "read", id="16 bits, 32 MP"),
        pytest.param(corpus.tiff_of(4_500, 4_900, np.float32), "read", id="floats, 22 MP"),
        pytest.param(corpus.tiff_of(9_000, 6_000, np.float32), "refused", id="floats, 54 MP"),
        pytest.param(encoded(Image.new("RGB", (10_000, 8_000)), "JPEG"), "read", id="JPEG of 80 MP"),
        pytest.param(encoded(Image.new("RGB", (4_300, 3_400)), "WEBP", method=0), "read", id="WebP of 15 MP"),
        pytest.param(
            encoded(Image.new("RGB", (7_000, 5_000)), "JPEG", progressive=True), "read", id="progressive, 35 MP"
        ),
    ],
)
def test_no_photo_costs_more_than_300_mb(content, answer, tmp_path):
    (tmp_path / "photo").write_bytes(content)
    command = [sys.executable, "-c", PEAK, str(tmp_path / "photo")]
    said, more = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert said == answer
    assert int(more) < 300_000_000


def test_every_template_is_a_sentence():
    assert all(template.endswith(".") for template in TEMPLATES)
