"""Masks as run lengths, in the uncompressed form of COCO (https://cocodataset.org/#format-data).

Counts run over the mask column by column, of zeros and ones in turn; the first count is of zeros and may be 0.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np


class RLE(TypedDict):
    """`size` is [height, width] in pixels; `counts` sum to height times width."""

    size: list[int]
    counts: list[int]


def encode_rle(mask: np.ndarray) -> RLE:
    """Returns a (H, W) bool mask as run lengths."""
    flat = np.asarray(mask, dtype=bool).ravel(order="F")
    changes = np.flatnonzero(np.diff(flat)) + 1
    edges = np.concatenate([[0], changes, [flat.size]])
    counts = [int(count) for count in np.diff(edges)]
    if flat.size and flat[0]:
        counts.insert(0, 0)
    return {"size": [int(side) for side in mask.shape], "counts": counts}


def decode_rle(rle: RLE) -> np.ndarray:
    """Returns the (H, W) bool mask. Raises ValueError where the counts do not fill the size."""
    height, width = rle["size"]
    counts = np.asarray(rle["counts"], dtype=np.int64)
    if counts.sum() != height * width:
        raise ValueError(f"RLE counts sum to {counts.sum()}; a mask of {width} x {height} needs {height * width}.")
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return flat.reshape((height, width), order="F")
