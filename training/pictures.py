"""Pictures of the training data, read by OpenCV."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def read_bgr(path: Path) -> np.ndarray:
    """Returns the picture as (H, W, 3) uint8 BGR. Raises FileNotFoundError where it is missing or no picture."""
    return _read(path, cv2.IMREAD_COLOR)


def read_grey(path: Path) -> np.ndarray:
    """Returns the picture as (H, W) uint8. Raises FileNotFoundError where it is missing or no picture."""
    return _read(path, cv2.IMREAD_GRAYSCALE)


def _read(path: Path, flags: int) -> np.ndarray:
    picture = cv2.imread(str(path), flags)
    if picture is None:
        raise FileNotFoundError(f"{path} is missing, or no picture that OpenCV reads.")
    return picture
