"""Is this file a photo the catalogue can show? Judged by its content, never by its name.

The same rules as `search.vision.photo`, which the catalogue may not import; a test holds the two against each other.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

pillow_heif.register_heif_opener()

SUFFIXES = {
    "JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "HEIF": "heic", "GIF": "gif",
    "BMP": "bmp", "TIFF": "tiff",
}  # fmt: skip
FORMATS = tuple(name for name in SUFFIXES if name != "MPO")  # MPO is what Pillow calls a JPEG with a second picture
MAX_PIXELS = 80_000_000
MAX_BYTES = 60_000_000  # 80 megapixels as JPEG stay far below; what is larger is no catalogue photo
MIN_SIDE = 8
ACCEPTED = "a JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP or TIFF picture of 8 pixels a side to 80 megapixels"


class NotAPhoto(ValueError):
    """The file is no photo that can be shown; the message says why and what is accepted."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A file that was decoded to its end. `width` and `height` are those of the upright picture, in pixels."""

    content: bytes
    sha256: str
    suffix: str
    width: int
    height: int


def read_photo(content: bytes) -> Photo:
    """The photo in `content`. Raises NotAPhoto for what is no picture, broken, cut off, too small or too large."""
    if not content:
        raise NotAPhoto(f"The file is empty. Accepted is {ACCEPTED}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                width, height = _size_when_decoded(image)
                suffix = SUFFIXES[image.format]
    except NotAPhoto:
        raise
    except UnidentifiedImageError as error:
        raise NotAPhoto(f"It is not a picture. Accepted is {ACCEPTED}.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPhoto(f"It has too many pixels. Accepted is {ACCEPTED}.") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise NotAPhoto(f"It is broken or cut off ({error}). Accepted is {ACCEPTED}.") from error
    return Photo(content, hashlib.sha256(content).hexdigest(), suffix, width, height)


def _size_when_decoded(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise NotAPhoto(f"It has {width} x {height} pixels. Accepted is {ACCEPTED}.")
    if min(width, height) < MIN_SIDE:
        raise NotAPhoto(f"It is only {width} x {height} pixels. Accepted is {ACCEPTED}.")
    is_turned = _is_turned(image)
    image.draft("RGB", (1, 1))  # a JPEG is read to its end all the same, but only an eighth of the pixels are made
    image.load()
    return (height, width) if is_turned else (width, height)


def _is_turned(image: Image.Image) -> bool:
    """Whether EXIF says that the picture lies on its side."""
    try:
        orientation = image.getexif().get(ImageOps.ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001  broken EXIF raises whatever the parser happens to; the pixels may still be good
        return False
    return orientation in (5, 6, 7, 8)
