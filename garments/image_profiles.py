"""Colour profiles: values of other colour spaces converted to sRGB, which pages, models and colour names assume."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageCms

SAME_COLOUR = 2  # of 255: a profile that moves no colour by more is sRGB under whatever name
_SPACES = {"RGB": "RGB", "RGBA": "RGB", "RGBX": "RGB", "L": "GRAY", "CMYK": "CMYK"}  # Pillow's mode, ICC's space


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """`image` with its colours in sRGB: RGB, or RGBA where it has an alpha channel.

    Unchanged without a profile, with one of sRGB itself, and with one that is broken or not for this kind of image.
    """
    if not profile or image.mode not in _SPACES:
        return image
    transform = _transform(profile, image.mode)
    if transform is None:
        return image
    converted = ImageCms.applyTransform(image, transform)
    return image if converted is None else converted


@functools.lru_cache(maxsize=64)  # a camera's or a program's photos all have the same
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From `profile` to sRGB; None where it would change nothing or cannot be used."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _SPACES[mode]:
            return None
        output = mode if mode == "RGBA" else "RGB"
        transform = ImageCms.buildTransform(
            source, ImageCms.createProfile("sRGB"), mode, output, ImageCms.Intent.RELATIVE_COLORIMETRIC
        )
        return None if _changes_nothing(transform, mode) else transform
    except Exception:  # noqa: BLE001  LittleCMS raises several types for a broken profile; the pixels are still good
        return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether a cube of sample colours comes out as `convert("RGB")` would give it."""
    if mode == "CMYK":
        return False
    if mode == "L":
        colours = np.arange(256, dtype=np.uint8)[None]
    else:
        steps = np.linspace(0, 255, 9).astype(np.uint8)
        colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    image = Image.fromarray(colours)
    before = image.convert("RGB")
    after = ImageCms.applyTransform(image if mode == "L" else image.convert(mode), transform)
    if after is None:
        return False
    return int(np.abs(np.asarray(before, np.int16) - np.asarray(after.convert("RGB"), np.int16)).max()) <= SAME_COLOUR
