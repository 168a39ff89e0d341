"""What decoding a picture will cost, from its header: refused before a pixel is touched where it is too much.

Bytes a pixel were measured as the peak of a process's memory while a picture of 12 megapixels of each format and mode
was decoded and reduced to 1,024 px (Pillow 13.0, pillow-heif 1.8), and rounded up.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from PIL import Image

from garments.image_errors import (
    MAX_PIXELS,
    MAX_RATIO,
    MIN_SIDE,
    TOO_LONG,
    TOO_MANY_PIXELS,
    TOO_MANY_SCANS,
    TOO_SMALL,
    PhotoError,
)
from garments.image_metadata import jpeg_segments

MAX_MEMORY = 280_000_000  # bytes for one photo, its file's content included
MAX_SCANS = 200  # of a progressive JPEG; cameras and programs write ten
MAX_SCAN_PIXELS = 600_000_000  # pixels times scans: each scan visits every pixel
_BY_MODE = {"1": 2.0, "L": 2.0, "P": 2.0, "I;16": 4.0, "I;16B": 4.0, "RGBA": 12.0, "LA": 12.0, "PA": 12.0}
_RGB = 8.2  # pixels and a copy that is turned upright
_AT_LEAST = {"WEBP": 18.5, "AVIF": 16.0, "HEIF": 10.0}  # their decoders' own copies
_TIFF_EXTRA = 4.0  # a strip as it is stored


_SHOWN = {"WEBP": "WebP", "HEIF": "HEIC"}


@dataclass(frozen=True, slots=True)
class JpegLayout:
    """scans: passes over the picture. coefficients: bytes that are held until the last of them; 0 for one pass."""

    scans: int
    coefficients: int


def check_canvas(content: bytes) -> None:
    """Before a file is opened: a WebP's decoder takes memory for all its pixels there. Raises PhotoError."""
    if content[8:12] != b"WEBP" or len(content) < 30:
        return
    width, height = _webp_size(content)
    most = (MAX_MEMORY - 2 * len(content)) / _AT_LEAST["WEBP"]
    if width * height > most:
        raise _too_many(width, height, "WEBP", most)


def _webp_size(content: bytes) -> tuple[int, int]:
    kind, head = content[12:16], content[20:30]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF


def check_cost(image: Image.Image, content: bytes, *, max_side: int) -> int:
    """The bytes of memory that decoding `image` will take; a JPEG is set to be decoded reduced.

    max_side: pixels of the longer side that are wanted. Raises PhotoError for what is too small, too long or too much.
    """
    width, height = image.size
    _check_sides(width, height)
    available = MAX_MEMORY - 2 * len(content)
    per_pixel = _bytes_per_pixel(image)
    if image.format != "JPEG":
        _check_pixels(image, available / per_pixel)
        return round(width * height * per_pixel)
    layout = jpeg_layout(content)
    if layout.scans > MAX_SCANS or layout.scans * width * height > max(MAX_SCAN_PIXELS, MAX_PIXELS):
        raise PhotoError(TOO_MANY_SCANS, scans=layout.scans)
    left = available - layout.coefficients
    _check_pixels(image, MAX_PIXELS if left > 0 else width * height * available / layout.coefficients)
    _reduce_jpeg(image, max_side, left / per_pixel)
    _check_pixels(image, left / per_pixel)
    return round(image.width * image.height * per_pixel) + layout.coefficients


def _check_sides(width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise PhotoError(TOO_SMALL, width=width, height=height)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise PhotoError(TOO_LONG, width=width, height=height, ratio=MAX_RATIO)


def _check_pixels(image: Image.Image, most: float) -> None:
    width, height = image.size
    most = min(most, MAX_PIXELS)
    if width * height > most:
        raise _too_many(width, height, image.format or "", most)


def _too_many(width: int, height: int, format: str, most: float) -> PhotoError:
    limit = max(1, int(most / 1e6))
    return PhotoError(TOO_MANY_PIXELS, width=width, height=height, format=_SHOWN.get(format, format), limit=limit)


def _bytes_per_pixel(image: Image.Image) -> float:
    per_pixel = _BY_MODE.get(image.mode, _RGB)
    if "transparency" in image.info:
        per_pixel = max(per_pixel, _BY_MODE["L"])
    if image.format == "TIFF":
        per_pixel += _TIFF_EXTRA
    return max(per_pixel, _AT_LEAST.get(image.format or "", 0.0))


def _reduce_jpeg(image: Image.Image, max_side: int, most: float) -> None:
    """Has a JPEG decoded at 1/2, 1/4 or 1/8, almost for free: twice what is wanted leaves the resampling enough to
    work with. Smaller where it would have more than `most` pixels, as long as it has what is wanted."""
    width, height = image.size
    scale = _draft_scale(min(width, height) // (2 * max_side))
    while scale < 8 and width * height / scale**2 > most and max(width, height) / (2 * scale) >= max_side:
        scale *= 2
    image.draft("RGB", (max(1, width // scale), max(1, height // scale)))


def _draft_scale(scale: int) -> int:
    return next((known for known in (8, 4, 2) if scale >= known), 1)


def jpeg_layout(content: bytes) -> JpegLayout:
    """How a JPEG is stored, from its markers alone."""
    scans, components, coefficients, is_progressive = 0, 0, 0, False
    for marker, start, end in jpeg_segments(content):
        if marker == 0xDA:
            scans += 1
            is_progressive = is_progressive or content[start + 4 : start + 5] != bytes([components])
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            is_progressive = is_progressive or marker in (0xC2, 0xC6, 0xCA, 0xCE)
            with contextlib.suppress(IndexError, ZeroDivisionError):
                components, coefficients = _coefficients(content[start + 4 : end])
    return JpegLayout(scans, coefficients if is_progressive else 0)


def _coefficients(frame: bytes) -> tuple[int, int]:
    """The number of components that a frame header announces, and the bytes of all their coefficients."""
    height, width = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5])
    samplings = [divmod(frame[7 + 3 * index], 16) for index in range(frame[5])]
    widest, highest = max(h for h, _v in samplings), max(v for _h, v in samplings)
    samples = sum(width * h / widest * height * v / highest for h, v in samplings)
    return frame[5], round(2 * samples)
