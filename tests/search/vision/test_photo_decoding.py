"""Files as people send them: what is read, what is refused, and with which words."""

import io

import numpy as np
import pytest
from PIL import Image

from search.vision.photo_decoding import MAX_SIDE, PhotoError, decode_photo


def encoded(image, format="PNG", **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def picture(size=(60, 40), colour=(200, 30, 60), mode="RGB"):
    return Image.new("RGB", size, colour).convert(mode)


@pytest.mark.parametrize(
    "format, mode, tolerance",
    [
        ("JPEG", "RGB", 4),
        ("JPEG", "CMYK", 30),  # prints' colour space; no profile, so about
        ("JPEG", "L", 160),  # grey
        ("PNG", "RGB", 0),
        ("PNG", "P", 30),  # a palette of 216 colours
        ("PNG", "LA", 160),
        ("WEBP", "RGB", 8),
        ("AVIF", "RGB", 8),
        ("HEIF", "RGB", 8),
        ("GIF", "RGB", 2),
        ("BMP", "RGB", 0),
        ("TIFF", "RGB", 0),
    ],
)
def test_every_format_gives_rgb(format, mode, tolerance):
    pixels = decode_photo(encoded(picture(mode=mode), format))
    assert pixels.shape == (40, 60, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels[20, 30].astype(int) - (200, 30, 60)).max() <= tolerance


def test_exif_turns_the_photo_upright():
    image = picture(size=(60, 40))
    image.paste((255, 255, 255), (0, 0, 10, 40))  # the left edge as stored
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise: left becomes top
    pixels = decode_photo(encoded(image, "JPEG", quality=95, exif=exif))
    assert pixels.shape == (60, 40, 3)
    assert pixels[2].mean() > 240
    assert pixels[-3].mean() < 150


def test_transparent_is_white():
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert (decode_photo(encoded(image)) == 255).all()


@pytest.mark.parametrize(
    ("white", "kind"),
    [
        pytest.param(255, np.uint16, id="16 bits, 8 used"),
        pytest.param(65_535, np.uint16, id="16 bits"),
        pytest.param(10_000_000, np.int32, id="32 bits"),
        pytest.param(1, np.float32, id="fractions"),
        pytest.param(255, np.float32, id="fractions up to 255"),
    ],
)
def test_greys_of_any_depth_are_scaled_not_cut(white, kind):
    values = np.full((20, 20), white * 0.5, kind)
    values[:10] = white
    pixels = decode_photo(encoded(Image.fromarray(values), "TIFF"))
    assert (pixels[:10] == 255).all()
    assert np.abs(pixels[10:].astype(int) - 128).max() <= 2


@pytest.mark.parametrize("size, expected", [((4000, 1000), (256, 1024)), ((1000, 3000), (1024, 341))])
def test_large_photos_are_bounded(size, expected):
    pixels = decode_photo(encoded(picture(size=size), "JPEG"))
    assert max(pixels.shape[:2]) == MAX_SIDE
    assert np.abs(np.subtract(pixels.shape[:2], expected)).max() <= 1


def test_small_photos_keep_their_size():
    assert decode_photo(encoded(picture(size=(33, 77)))).shape == (77, 33, 3)


def test_the_same_file_gives_the_same_pixels_from_bytes_stream_and_path(tmp_path):
    data = encoded(picture(size=(1500, 900)), "JPEG")
    (tmp_path / "x.jpg.1").write_bytes(data)
    first = decode_photo(data)
    assert (decode_photo(io.BytesIO(data)) == first).all()
    assert (decode_photo(tmp_path / "x.jpg.1") == first).all()


WHOLE_JPEG = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), "JPEG")


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "not a picture"),
        (b"just some text", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (WHOLE_JPEG[: len(WHOLE_JPEG) // 2], "broken or cut off"),
        (encoded(picture())[:60], "broken or cut off"),
        (encoded(picture(size=(5, 400))), "only 5 x 400"),
        (encoded(Image.new("1", (20_000, 20_000))), "too many pixels|20000 x 20000"),
    ],
    ids=["empty", "text", "svg", "half a JPEG", "a PNG's header", "a strip", "a bomb"],
)
def test_what_is_refused_says_why_and_what_is_accepted(data, words):
    with pytest.raises(PhotoError, match=words) as refusal:
        decode_photo(data)
    assert "Accepted is a JPEG, PNG, WebP, AVIF, HEIC" in str(refusal.value)
