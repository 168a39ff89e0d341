"""The colours of a garment, named.

Pixels under the mask are put into CIELAB (D65), where distances are about what people see, and each goes to the
nearest of a few reference points a colour name has; a name that enough pixels go to is one of the garment's colours.
"""

from __future__ import annotations

import cv2
import numpy as np

from garments import Colour

COLOURS = tuple(Colour)
MIN_SHARE = 0.15  # of the pixels; a print's third colour still counts, a button does not
MAX_COLOURS = 3
SAMPLE = 96  # px of the longer side; colour shares do not need more

# sRGB points that people call by the name: light, middle and dark, muted and vivid.
_REFERENCES = {
    "black": [(12, 12, 14), (30, 30, 33), (44, 43, 46)],
    "white": [(255, 255, 255), (240, 240, 240), (226, 227, 230), (238, 236, 230)],
    "grey": [(75, 76, 80), (110, 110, 112), (150, 150, 152), (190, 191, 194)],
    "beige": [(222, 205, 180), (205, 185, 155), (232, 220, 200), (190, 168, 138), (200, 186, 166)],
    "brown": [(101, 67, 40), (75, 50, 35), (140, 95, 60), (60, 42, 34), (120, 85, 65), (160, 110, 70)],
    "red": [(200, 25, 35), (150, 20, 30), (225, 50, 50), (110, 18, 30), (130, 35, 45)],
    "orange": [(240, 130, 30), (225, 100, 35), (250, 165, 80), (205, 95, 45)],
    "yellow": [(245, 215, 50), (225, 185, 45), (250, 235, 130), (200, 165, 50)],
    "green": [
        (45, 130, 60), (25, 75, 45), (110, 160, 90), (85, 95, 50), (150, 190, 150), (30, 120, 100), (60, 70, 45),
        (120, 200, 120), (115, 120, 75),
    ],
    "blue": [
        (35, 80, 170), (25, 35, 75), (90, 150, 215), (65, 95, 140), (150, 190, 225), (40, 55, 90), (0, 130, 160),
        (110, 130, 165), (70, 190, 210),
    ],
    "purple": [(110, 50, 140), (75, 40, 90), (160, 120, 190), (190, 165, 215), (95, 30, 75)],
    "pink": [(240, 150, 180), (225, 80, 140), (250, 200, 210), (210, 130, 140), (215, 40, 120)],
}  # fmt: skip
_NAMES = [name for name, points in _REFERENCES.items() for _ in points]


def _lab(rgb: np.ndarray) -> np.ndarray:
    """(..., 3) uint8 sRGB -> float32 CIELAB, L in 0..100."""
    flat = np.ascontiguousarray(rgb.reshape(1, -1, 3)).astype(np.float32) / 255
    return cv2.cvtColor(flat, cv2.COLOR_RGB2LAB).reshape(-1, 3)


_POINTS = _lab(np.array([point for points in _REFERENCES.values() for point in points], np.uint8))
_INDEX = np.array([COLOURS.index(name) for name in _NAMES])
_WEIGHTS = np.array([0.6, 1.0, 1.0], np.float32)  # light and shade weigh less than hue
_DIRECTIONS = -2 * (_POINTS * _WEIGHTS).T
_SQUARES = _POINTS**2 @ _WEIGHTS
BLOCK = 1024  # colours: above this OpenBLAS starts its threads, whose waiting costs fifty times what they compute


def _nearest_points(lab: np.ndarray) -> np.ndarray:
    """Which of _POINTS is nearest to each of (N, 3) colours. As |p|^2 - 2 p.c, which is one product of matrices."""
    nearest = np.empty(len(lab), np.intp)
    for start in range(0, len(lab), BLOCK):
        distances = lab[start : start + BLOCK] @ _DIRECTIONS
        distances += _SQUARES
        distances.argmin(axis=1, out=nearest[start : start + BLOCK])
    return nearest


def colour_shares(pixels: np.ndarray, mask: np.ndarray | None = None) -> dict[str, float]:
    """The share of each colour name among the pixels under `mask`, largest first; sums to 1, empty for an empty mask.

    pixels: (h, w, 3) uint8 RGB. mask: (h, w) bool, None for all.
    """
    scale = SAMPLE / max(pixels.shape[:2])
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        mask = None if mask is None else cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    chosen = pixels.reshape(-1, 3) if mask is None else pixels[mask]
    if not len(chosen):
        return {}
    counts = np.bincount(_INDEX[_nearest_points(_lab(chosen))], minlength=len(COLOURS)) / len(chosen)
    order = np.argsort(-counts, kind="stable")
    return {str(COLOURS[index]): float(counts[index]) for index in order if counts[index] > 0}


def dominant_colours(pixels: np.ndarray, mask: np.ndarray | None = None) -> tuple[str, ...]:
    """The one to three names of a garment's colours, strongest first; empty for an empty mask."""
    shares = colour_shares(pixels, mask)
    return tuple(name for name, share in shares.items() if share >= MIN_SHARE)[:MAX_COLOURS]
