"""Fits a photo onto one of the canvases that a network was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True, slots=True)
class Fitted:
    """A photo on its canvas, in the upper left corner.

    pixels: (H, W, 3) uint8 RGB, the whole canvas. size: (width, height) of the photo's part of it.
    scale: (x, y), canvas pixels per photo pixel.
    """

    pixels: np.ndarray
    size: tuple[int, int]
    scale: tuple[float, float]


def fit(photo: np.ndarray, canvases: Sequence[tuple[int, int]], padding: tuple[int, int, int]) -> Fitted:
    """Returns the photo (h, w, 3) uint8 on the canvas (width, height) that shows it largest, the rest `padding`."""
    height, width = photo.shape[:2]
    canvas = max(canvases, key=lambda size: min(size[0] / width, size[1] / height))
    zoom = min(canvas[0] / width, canvas[1] / height)
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    pixels = np.empty((canvas[1], canvas[0], 3), np.uint8)
    pixels[:] = padding
    shrinks = zoom < 1
    pixels[: size[1], : size[0]] = cv2.resize(
        photo, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    return Fitted(pixels, size, (size[0] / width, size[1] / height))
