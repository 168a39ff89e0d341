"""Picture files in, pixels out: the one decoder, for shoppers' photos and merchants', pages, thumbnails and models.

What it accepts is decoded to its end, within bounds on bytes, pixels, passes and memory that are checked before a
pixel is touched. Everything else, whatever a codec raises, is a PhotoError with a sentence that names what is accepted.
"""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from garments.image_cost import check_canvas, check_cost
from garments.image_errors import (
    ACCEPTED,
    BROKEN,
    EMPTY,
    FAR_TOO_MANY_PIXELS,
    MAX_BYTES,
    MAX_PIXELS,
    NOT_A_PICTURE,
    TOO_MANY_BYTES,
    PhotoError,
)
from garments.image_metadata import strip_metadata
from garments.image_profiles import to_srgb

__all__ = ["ACCEPTED", "FORMATS", "MAX_BYTES", "SUFFIXES", "CheckedPhoto", "PhotoError", "check_photo", "open_image"]

pillow_heif.register_heif_opener()
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # `check_cost` looks closer

SUFFIXES = {
    "JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "HEIF": "heic", "GIF": "gif", "BMP": "bmp",
    "TIFF": "tiff",
}  # fmt: skip
FORMATS = tuple(SUFFIXES)
LARGE = 60_000_000  # bytes of memory; most photos cost less
_LARGE_AT_ONCE = threading.BoundedSemaphore(2)  # a process's memory is bounded, not only a photo's
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_LYING = (5, 6, 7, 8)  # orientations that exchange width and height
_CHECK_SIDE = 64
_MANY_COLOURS = 8_000_000  # pixels of a palette
_BAND = 2_000_000  # pixels that are converted at a time


@dataclass(frozen=True, slots=True)
class CheckedPhoto:
    """A picture file that was decoded to its end, without its metadata.

    content: what to store and to serve. suffix: by its format. width, height: of the upright picture, in pixels.
    """

    content: bytes
    suffix: str
    width: int
    height: int


def open_image(
    source: bytes | BinaryIO | Path, *, max_side: int, max_height: int | None = None, smooth_palette: bool = False
) -> Image.Image:
    """The picture as mode RGB in sRGB: upright, on white where transparent, reduced to fit, never enlarged.

    max_side: pixels of the longer side, or of the width where `max_height` is given. smooth_palette: reduce the
    colours of a palette's picture and not its numbers; vectors are made without. Raises PhotoError for what is no
    picture, broken, cut off, too small or too large, FileNotFoundError and PermissionError of a path.
    """
    content = _stripped(_read(source))
    box = (max_side, max_height or max_side)
    return _decoded(content, box, Image.Resampling.LANCZOS, smooth_palette=smooth_palette).image


def check_photo(content: bytes) -> CheckedPhoto:
    """The picture file, which `open_image` will read. Raises PhotoError where it would."""
    content = _stripped(_read(content))
    found = _decoded(content, (_CHECK_SIDE, _CHECK_SIDE), Image.Resampling.NEAREST)
    return CheckedPhoto(content, SUFFIXES[found.format], found.width, found.height)


@dataclass(frozen=True, slots=True)
class _Decoded:
    image: Image.Image
    format: str
    width: int
    height: int


def _read(source: bytes | BinaryIO | Path) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return _read(file)
    content = source if isinstance(source, bytes) else source.read(MAX_BYTES + 1)
    if not content:
        raise PhotoError(EMPTY)
    if len(content) > MAX_BYTES:
        raise PhotoError(TOO_MANY_BYTES, limit=MAX_BYTES // 1_000_000)
    return content


def _stripped(content: bytes) -> bytes:
    try:
        return strip_metadata(content)
    except ValueError as error:
        raise PhotoError(BROKEN) from error


def _decoded(
    content: bytes, box: tuple[int, int], resample: Image.Resampling, *, smooth_palette: bool = False
) -> _Decoded:
    try:
        check_canvas(content)
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            size = image.size
            memory = check_cost(image, content, max_side=max(box))
            with _LARGE_AT_ONCE if memory > LARGE else contextlib.nullcontext():
                orientation = _orientation(image)  # of a PNG: decodes it
                pixels = _to_rgb(image, orientation, box, resample, smooth_palette)
            width, height = reversed(size) if orientation in _LYING else size
            return _Decoded(pixels, image.format or "", width, height)
    except PhotoError:
        raise
    except UnidentifiedImageError as error:
        raise PhotoError(NOT_A_PICTURE) from error
    except Image.DecompressionBombError as error:
        raise PhotoError(FAR_TOO_MANY_PIXELS, limit=MAX_PIXELS // 1_000_000) from error
    except Exception as error:  # codecs raise whatever they happen to: OSError, SyntaxError, RuntimeError, MemoryError
        raise PhotoError(BROKEN) from error


def _orientation(image: Image.Image) -> int:
    """EXIF's orientation, 1 to 8, where the decoder has not dealt with it."""
    if image.format in ("TIFF", "HEIF"):
        return 1
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001  broken EXIF raises whatever the parser happens to; the pixels may still be good
        return 1


def _to_rgb(
    image: Image.Image, orientation: int, box: tuple[int, int], resample: Image.Resampling, smooth_palette: bool
) -> Image.Image:
    image.load()
    profile = image.info.get("icc_profile")
    if smooth_palette and image.mode in ("P", "PA"):
        image = _without_palette(image, box)
    if orientation in _TURNS:
        image = image.transpose(_TURNS[orientation])
    image = _eight_bit(image)
    image.thumbnail(box, resample, reducing_gap=None)
    return _on_white(_in_srgb(image, profile))


def _without_palette(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    """The palette's colours. They take up to twelve bytes a pixel: those of a large picture are reduced as they are
    made, still to `box` or more, and to twice of it where that is much smaller."""
    mode = "RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB"
    width, height = image.size
    scale = max(width / box[0], height / box[1])
    factor = min(max(int(scale / 2), min(int(scale), 2)), width, height)
    if width * height <= _MANY_COLOURS or factor < 2:
        return image.convert(mode)
    rows = max(1, _BAND // width // factor) * factor
    reduced = Image.new(mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(top + rows, height)))
        reduced.paste(band.convert(mode).reduce(factor), (0, top // factor))
    return reduced


def _eight_bit(image: Image.Image) -> Image.Image:
    """Greys of more than eight bits and of fractions scaled, not cut at 255 as `convert` does it."""
    if not image.mode.startswith(("I", "F")):
        return image
    rows = max(1, _BAND // image.width)
    bands = [(0, top, image.width, min(top + rows, image.height)) for top in range(0, image.height, rows)]
    largest = max(float(_values(image.crop(band)).max(initial=0)) for band in bands)
    whites = (1, 255, 65_535) if image.mode == "F" else (255, 65_535)
    white = next((white for white in whites if largest <= white), largest)
    if image.mode.startswith("I;16"):
        table = _scaled(np.arange(65_536, dtype=np.float32), white)
    scaled = Image.new("L", image.size)
    for band in bands:
        values = _values(image.crop(band))
        scaled.paste(Image.fromarray(table[values] if values.dtype == np.uint16 else _scaled(values, white)), band)
    return scaled


def _scaled(values: np.ndarray, white: float) -> np.ndarray:
    return np.clip(values * (255 / white), 0, 255).astype(np.uint8)


def _values(image: Image.Image) -> np.ndarray:
    """(H, W): uint16 of a picture of 16 bits, else float32, finite."""
    if image.mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)
    values = np.asarray(image, dtype=np.float32)
    return values if np.isfinite(values).all() else np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """`image` in sRGB; as it is where its profile says nothing else."""
    if not profile:
        return image
    if image.mode == "LA":
        grey = to_srgb(image.getchannel("L"), profile)
        grey.putalpha(image.getchannel("A"))
        return grey
    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        has_alpha = "transparency" in image.info or image.mode == "PA"
        image = image.convert("RGBA" if has_alpha else "L" if image.mode == "1" else "RGB")
    return to_srgb(image, profile)


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")
