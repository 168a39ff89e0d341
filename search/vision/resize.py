"""Resizes a photo to an input size that a network was trained on, and pads what it leaves empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True, slots=True)
class PaddedImage:
    """A photo in the upper left corner of an image of one of the network's input sizes.

    pixels: (H, W, 3) uint8 RGB, padding included. size: (width, height) of the photo's part of it.
    scale: (x, y), pixels of it per pixel of the photo.
    """

    pixels: np.ndarray
    size: tuple[int, int]
    scale: tuple[float, float]


def resize_and_pad(
    photo: np.ndarray, input_sizes: Sequence[tuple[int, int]], padding: tuple[int, int, int]
) -> PaddedImage:
    """Returns the photo (h, w, 3) uint8 at the input size (width, height) that shows it largest, padded."""
    height, width = photo.shape[:2]
    full = max(input_sizes, key=lambda size: min(size[0] / width, size[1] / height))
    scale = min(full[0] / width, full[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    pixels = np.empty((full[1], full[0], 3), np.uint8)
    pixels[:] = padding
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    pixels[: size[1], : size[0]] = cv2.resize(photo, size, interpolation=interpolation)
    return PaddedImage(pixels, size, (size[0] / width, size[1] / height))
