"""How long a garment is for its width, by its box."""

from __future__ import annotations

import math
from collections.abc import Sequence


def proportions(box: Sequence[float], size: tuple[int, int]) -> float:
    """The logarithm of a garment's height to its width.

    box: x0, y0, x1, y1 in 0..1. size: (width, height) of the photo.
    """
    x0, y0, x1, y1 = box
    width, height = size
    return math.log(max((y1 - y0) * height, 1) / max((x1 - x0) * width, 1))
