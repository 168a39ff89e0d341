"""A garment cut out of a photo: what the encoder looks at.

Catalogue photos and shoppers' photos both come through here, so that the same photo gives the same pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

# A detector's box is often a little tight; the encoder was measured with this much of its sides added around it.
MARGIN = 0.04

BACKDROP_SIDE = 128  # pixels: what stands out from a backdrop is seen at this size
BACKDROP_REACH = 7.0  # in CIELAB, light counting 0.6: what is nearer to the border's colour is backdrop
BACKDROP_SHARE = 0.85  # of the border must be of one colour; a garment may reach out of the photo somewhere


@dataclass(frozen=True)
class Crop:
    """`pixels` (h, w, 3) uint8 RGB; `mask` (h, w) bool, true on the garment, or None: everything is garment."""

    pixels: np.ndarray
    mask: np.ndarray | None = None

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
            raise ValueError(f"a crop is (h, w, 3) uint8 with a pixel at least, not {shape} {self.pixels.dtype}")
        if self.mask is not None and (self.mask.dtype != bool or self.mask.shape != shape[:2]):
            raise ValueError(
                f"a crop's mask is {shape[:2]} bool like its pixels, not {self.mask.shape} {self.mask.dtype}"
            )


def crop_garment(photo: np.ndarray, box: Sequence[float], mask: np.ndarray | None = None) -> Crop:
    """Returns the garment in `box` with a small margin, at least one pixel, cut at the photo's edges.

    photo: (H, W, 3) uint8 RGB. box: x0, y0, x1, y1 in pixels of the photo, in any order, may reach outside.
    mask: (H, W) bool of the whole photo; None where nothing is known but the box (drawn by hand, say), and the box
    is then taken as it is, without a margin. A mask that is empty in the box counts as none.
    Raises ValueError for a box that is not four finite numbers or a mask of another size.
    """
    height, width = photo.shape[:2]
    if mask is not None and mask.shape != (height, width):
        raise ValueError(f"the mask is {mask.shape}, the photo {(height, width)}: they must be the same size")
    x0, y0, x1, y1 = _grown(box, MARGIN if mask is not None else 0.0)
    left, right = _whole_pixels(x0, x1, width)
    top, bottom = _whole_pixels(y0, y1, height)
    inside = (slice(top, bottom), slice(left, right))
    cut = mask[inside].astype(bool) if mask is not None and mask[inside].any() else None
    return Crop(photo[inside], cut)


def whole_photo(photo: np.ndarray) -> Crop:
    """Returns the photo as one crop; its mask is what stands out from a plain backdrop, None where there is none.

    photo: (H, W, 3) uint8 RGB.
    """
    return Crop(photo, foreground_mask(photo))


def foreground_mask(photo: np.ndarray) -> np.ndarray | None:
    """Returns the mask (H, W) bool of what differs from a backdrop of one colour, as packshots have it, or None.

    None, too, where next to nothing or next to everything differs: a close-up of cloth has a plain border as well.
    """
    height, width = photo.shape[:2]
    scale = min(1.0, BACKDROP_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if min(size) < 16:
        return None
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    weights = np.array([0.6, 1, 1], np.float32)  # a shadow is darker, not another colour
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB) * weights
    border = np.concatenate((lab[:2].reshape(-1, 3), lab[-2:].reshape(-1, 3), lab[:, :2].reshape(-1, 3)))
    border = np.concatenate((border, lab[:, -2:].reshape(-1, 3)))
    distance = np.linalg.norm(lab - np.median(border, axis=0), axis=2)
    edge = np.concatenate((distance[0], distance[-1], distance[:, 0], distance[:, -1]))
    if (edge < BACKDROP_REACH).mean() < BACKDROP_SHARE:
        return None
    found = cv2.medianBlur((distance > BACKDROP_REACH).astype(np.uint8), 3)
    found = _filled(cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)))
    if not 0.04 < found.mean() < 0.9 or not _has_dominant_component(found):
        return None
    return cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST).astype(bool)


def _has_dominant_component(found: np.ndarray) -> bool:
    """Whether one part is a third of all at least: two shoes are, the dots of a printed cloth are not."""
    areas = cv2.connectedComponentsWithStats(found)[2][1:, cv2.CC_STAT_AREA]
    return bool(areas.max() * 3 >= areas.sum())


def _filled(found: np.ndarray) -> np.ndarray:
    """The parts (h, w) uint8 with what they enclose: a white print on a white backdrop belongs to the garment."""
    outlines, _ = cv2.findContours(found, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros_like(found), outlines, -1, 1, cv2.FILLED)


def _grown(box: Sequence[float], share: float) -> tuple[float, float, float, float]:
    corners = np.asarray(box, dtype=np.float64)
    if corners.shape != (4,) or not np.isfinite(corners).all():
        raise ValueError(f"a box is four finite numbers x0, y0, x1, y1, not {box!r}")
    x0, x1 = sorted((corners[0], corners[2]))
    y0, y1 = sorted((corners[1], corners[3]))
    dx, dy = share * (x1 - x0), share * (y1 - y0)
    return x0 - dx, y0 - dy, x1 + dx, y1 + dy


def _whole_pixels(low: float, high: float, size: int) -> tuple[int, int]:
    start = min(max(int(np.floor(low)), 0), size - 1)
    return start, max(start + 1, min(int(np.ceil(high)), size))
