"""Files in, pixels out, as the models take them: `garments.image_decoding` and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np

from garments.image_decoding import ACCEPTED, PhotoError, check_photo, open_image

__all__ = ["ACCEPTED", "MAX_SIDE", "PhotoError", "decode_photo", "photo_size"]

MAX_SIDE = 1024  # the detector looks at less, the encoder at less still; more would only cost time


def decode_photo(source: bytes | BinaryIO | Path, *, max_side: int = MAX_SIDE) -> np.ndarray:
    """The photo as a (H, W, 3) uint8 RGB array: upright, on white where transparent, longest side <= `max_side` px.

    Raises PhotoError for what is no picture, broken, cut off, too small or too large.
    """
    return np.array(open_image(source, max_side=max_side), dtype=np.uint8)


def photo_size(path: Path) -> tuple[int, int]:
    """(width, height) in pixels of a photo that `decode_photo` reads, upright, as it is in its file."""
    checked = check_photo(path.read_bytes())
    return checked.width, checked.height
