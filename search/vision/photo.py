"""Files in, pixels out: the one road that every photo takes, a shopper's and a merchant's alike."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

pillow_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF")
MAX_PIXELS = 80_000_000  # a telephone's 50-megapixel photo passes; a decompression bomb does not
MAX_SIDE = 1024  # the detector looks at less, the encoder at less still; more would only cost time
MIN_SIDE = 8
ACCEPTED = "a JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP or TIFF picture of 8 pixels a side to 80 megapixels"


class PhotoError(ValueError):
    """Not a photo that can be read; the message says why and what is accepted."""


def decode_photo(source: bytes | BinaryIO | Path, *, max_side: int = MAX_SIDE) -> np.ndarray:
    """The photo as a (H, W, 3) uint8 RGB array: upright, on white where transparent, longest side <= `max_side` px.

    Raises PhotoError for what is no picture, broken, cut off, too small or too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as image:
                return _to_array(image, max_side)
    except PhotoError:
        raise
    except UnidentifiedImageError as error:
        raise PhotoError(f"This is not a picture. Accepted is {ACCEPTED}.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError(f"The picture has too many pixels. Accepted is {ACCEPTED}.") from error
    except FileNotFoundError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise PhotoError(f"The picture is broken or cut off ({error}). Accepted is {ACCEPTED}.") from error


def photo_size(path: Path) -> tuple[int, int]:
    """(width, height) in pixels of a photo that `decode_photo` reads, upright, as it is in its file."""
    with Image.open(path, formats=FORMATS) as image:
        width, height = image.size
        try:
            is_turned = image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
        except (OSError, SyntaxError, ValueError):  # broken EXIF; `_upright` leaves such a photo as it lies
            is_turned = False
    return (height, width) if is_turned else (width, height)


def _to_array(image: Image.Image, max_side: int) -> np.ndarray:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PhotoError(f"The picture has {width} x {height} pixels. Accepted is {ACCEPTED}.")
    if min(width, height) < MIN_SIDE:
        raise PhotoError(f"The picture is only {width} x {height} pixels. Accepted is {ACCEPTED}.")
    # JPEG decodes at 1/2, 1/4, 1/8 almost for free; twice the target leaves the resampling enough to work with.
    image.draft("RGB", (2 * max_side, 2 * max_side))
    image = _eight_bit(_upright(image))
    image.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=None)
    return np.array(_on_white(image), dtype=np.uint8)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError):
        raise
    except Exception:  # noqa: BLE001  broken EXIF raises whatever the parser happens to; the pixels are still good
        image.load()
        return image


def _eight_bit(image: Image.Image) -> Image.Image:
    """Greys of more than eight bits and of fractions scaled, not cut at 255 as `convert` does it."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image, dtype=np.float32)
    largest = float(values.max(initial=0))
    whites = (1, 255, 65_535) if image.mode == "F" else (255, 65_535)
    white = next((white for white in whites if largest <= white), largest)
    return Image.fromarray(np.clip(values * (255 / white), 0, 255).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")
