"""Masks for photos of one garment on a plain floor, wall or cloth, without anybody drawing them.

The border of such a photo is background; GrabCut, started from how far each pixel's colour is from the border's
colours, finds the garment. What it got wrong is mostly visible in the mask itself, and `why_refused` says so.
"""

from __future__ import annotations

import cv2
import numpy as np

WORKING_SIDE = 224  # pixels; GrabCut needs 0.1 s at this size and no detail below a button matters
WHOLE = (0, 0, 1, 1)  # GrabCut reads no rectangle where a mask is given
BORDER_SHARE = 0.03  # of the side: how wide a frame is taken for certain background


def cut_out(photo: np.ndarray) -> np.ndarray:
    """Returns the garment's mask, (H, W) bool, of a photo (H, W, 3) uint8 BGR. May be empty."""
    height, width = photo.shape[:2]
    scale = WORKING_SIDE / max(height, width)
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.bilateralFilter(small, 5, 25, 5)
    mask = _first_guess(small)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    try:
        cv2.grabCut(small, mask, WHOLE, background, foreground, 5, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # no pixel differs from the border: there is nothing to cut out
        return np.zeros((height, width), bool)
    found = _tidy((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))
    large = cv2.resize(found.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return large > 0.5


def why_refused(mask: np.ndarray) -> str | None:
    """Says why a mask is not to be learned from, or None where it looks like one whole garment."""
    area = mask.mean()
    if not 0.05 <= area <= 0.80:
        return f"covers {area:.0%} of the photo"
    ring = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    if ring.mean() > 0.20:
        return f"lies on {ring.mean():.0%} of the border"
    ys, xs = np.nonzero(mask)
    box_area = (np.ptp(ys) + 1) * (np.ptp(xs) + 1) / mask.size
    if area / box_area < 0.35:
        return f"fills {area / box_area:.0%} of its box"
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    roughness = cv2.arcLength(outline, True) ** 2 / (4 * np.pi * max(cv2.contourArea(outline), 1))
    return f"its outline is {roughness:.0f} times a circle's" if roughness > 12 else None


def _first_guess(small: np.ndarray) -> np.ndarray:
    """Returns a GrabCut mask: border surely background, the rest by distance from the border's colours."""
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    lab[..., 0] *= 0.6  # folds and shadows change lightness, not hue
    height, width = lab.shape[:2]
    edge = max(2, round(BORDER_SHARE * WORKING_SIDE))
    ring = np.ones((height, width), bool)
    ring[edge:-edge, edge:-edge] = False
    distance = _distance_to_colours(lab, _colours(lab[ring]))
    # A garment is rarely at the corners: the prior only tips the balance where colours are alike.
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    distance *= 1.15 - 0.55 * np.clip(x**2 + y**2, 0, 2) / 2
    threshold, _ = cv2.threshold(np.clip(distance, 0, 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)
    mask = np.where(distance > threshold, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[ring] = cv2.GC_BGD
    return mask


def _colours(pixels: np.ndarray, count: int = 5) -> np.ndarray:
    """Returns the (count, 3) colours that the pixels (N, 3) gather around, rare ones left out."""
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    nearest = np.zeros((len(pixels), 1), np.int32)
    _, labels, centres = cv2.kmeans(pixels, count, nearest, criteria, 1, cv2.KMEANS_PP_CENTERS)
    share = np.bincount(labels.ravel(), minlength=count) / len(pixels)
    return centres[share > 0.06]


def _distance_to_colours(lab: np.ndarray, colours: np.ndarray) -> np.ndarray:
    return np.linalg.norm(lab[:, :, None] - colours, axis=3).min(axis=2)


def _tidy(mask: np.ndarray) -> np.ndarray:
    """Returns the mask without threads, specks and holes: its largest part and all at least a fifth as large."""
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    areas = [cv2.contourArea(c) for c in contours]
    kept = [c for c, area in zip(contours, areas, strict=True) if area >= 0.2 * max(areas) and area > 40]
    return cv2.drawContours(np.zeros_like(closed), kept, -1, 1, cv2.FILLED).astype(bool)
