"""Masks as COCO run lengths: uncompressed counts, column by column, zeros first."""

from __future__ import annotations

import numpy as np


def encode(mask: np.ndarray) -> dict[str, list[int]]:
    """{"size": [height, width], "counts": [...]} for a (height, width) bool mask."""
    flat = np.asarray(mask, dtype=np.uint8).ravel(order="F")
    changes = np.flatnonzero(np.diff(flat)) + 1
    bounds = np.concatenate([[0], changes, [flat.size]])
    counts = np.diff(bounds).tolist()
    if flat.size and flat[0]:
        counts = [0, *counts]
    return {"size": list(mask.shape), "counts": counts}


def decode(rle: dict[str, list[int]]) -> np.ndarray:
    """The (height, width) bool mask of uncompressed counts."""
    values = np.arange(len(rle["counts"])) % 2 == 1
    return np.repeat(values, rle["counts"]).reshape(rle["size"], order="F")
