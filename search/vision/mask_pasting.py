"""Puts a network's small square masks where their boxes are."""

from __future__ import annotations

import cv2
import numpy as np


def paste_masks(masks: np.ndarray, boxes: np.ndarray, size: tuple[int, int], threshold: float = 0.5) -> np.ndarray:
    """Returns (N, H, W) bool masks of a photo of size (width, height).

    masks: (N, m, m) float32 in 0..1, each stretched over its box. boxes: (N, 4) xyxy in pixels of the photo.
    A pixel belongs to the mask where the value interpolated at its centre is at least `threshold`.
    """
    width, height = size
    pasted = np.zeros((len(masks), height, width), bool)
    for target, mask, box in zip(pasted, masks, boxes, strict=True):
        x0, y0 = np.floor(np.clip(box[:2], 0, size)).astype(int)
        x1, y1 = np.ceil(np.clip(box[2:], 0, size)).astype(int)
        if x1 > x0 and y1 > y0:
            stretched = _stretched(mask, box - np.array([x0, y0, x0, y0]), (x1 - x0, y1 - y0))
            target[y0:y1, x0:x1] = stretched >= threshold
    return pasted


def _stretched(mask: np.ndarray, box: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Returns the mask stretched over `box` in an image of size (width, height), zero outside."""
    rows, columns = mask.shape
    x_scale = columns / max(box[2] - box[0], 1e-3)
    y_scale = rows / max(box[3] - box[1], 1e-3)
    to_mask = np.array(
        [[x_scale, 0, (0.5 - box[0]) * x_scale - 0.5], [0, y_scale, (0.5 - box[1]) * y_scale - 0.5]], np.float64
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(mask.astype(np.float32), to_mask, size, flags=flags, borderMode=cv2.BORDER_CONSTANT)
