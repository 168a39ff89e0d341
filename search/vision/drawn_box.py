"""A box that somebody drew on a photo: the garment that fills it, or what is in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from search.vision.analysis import Box, DetectedGarment
from search.vision.colour_names import dominant_colours
from search.vision.crops import Crop, crop_garment, foreground_mask
from search.vision.detections import Detections
from search.vision.detector import Detector
from search.vision.encoder import Encoder
from search.vision.nms import box_area, box_iou

DETECTION_MARGIN = 0.2  # of the box's sides, around it: the detector needs to see where a garment ends
FILLS = 0.5  # intersection over union of the drawn and the detected box
# A box drawn loosely: of the garments of which so much lies in it, and that fill so much of it, the one nearest to its
# middle. Of 56 garments in street photos, their boxes made wider by a quarter on each side, 43 are taken as the type
# that they are seen as in the whole photo, by FILLS alone 9; made wider by 0.4, 42 and 2.
LIES_IN, FILLS_LOOSELY = 0.8, 0.15
MIN_SIDE = 8  # pixels: what is smaller has no garment to detect


def analyse_box(photo: np.ndarray, box: Box, *, detector: Detector, encoder: Encoder) -> DetectedGarment:
    """The garment that fills a box drawn on a photo; where none does, the box's pixels with their foreground masked.

    photo: (H, W, 3) uint8 RGB. box: x0, y0, x1, y1 in 0..1. The returned garment's box is the drawn one; its label and
    garment_type are None where no garment fills it.
    """
    height, width = photo.shape[:2]
    drawn = np.multiply(box, (width, height, width, height)).astype(np.float32)
    left, top, right, bottom = _with_margin(drawn, width, height)
    region = photo[top:bottom, left:right]
    detections = detector.detect(region) if min(region.shape[:2]) >= MIN_SIDE else Detections.none((1, 1))
    index = _filling(detections, drawn - np.array((left, top, left, top), np.float32))
    if index is None:
        pixels = crop_garment(photo, drawn.tolist()).pixels
        return _garment(box, Crop(pixels, foreground_mask(pixels)), encoder)
    crop = crop_garment(region, detections.boxes[index], detections.masks[index])
    garment = _garment(box, crop, encoder)
    return replace(
        garment,
        label=detections.labels[index],
        garment_type=detections.garment_types[index],
        score=float(detections.scores[index]),
        polygons=[
            [((left + x * region.shape[1]) / width, (top + y * region.shape[0]) / height) for x, y in polygon]
            for polygon in detections.polygons(index)
        ],
    )


def _with_margin(drawn: np.ndarray, width: int, height: int) -> tuple[int, int, int, int]:
    """The drawn box with its margin, in whole pixels of the photo, at least one a side."""
    sides = drawn[2:] - drawn[:2]
    low = np.maximum(drawn[:2] - DETECTION_MARGIN * sides, 0)
    high = np.minimum(drawn[2:] + DETECTION_MARGIN * sides, (width, height))
    left, top = (int(value) for value in np.floor(low))
    right, bottom = (int(value) for value in np.ceil(high))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _filling(detections: Detections, drawn: np.ndarray) -> int | None:
    """The index of the detection that a drawn box (xyxy, in the same pixels) means: the one whose box is most like it,
    else the one in its middle; None for none.
    """
    if not len(detections):
        return None
    boxes = detections.boxes
    likeness = box_iou(boxes, drawn[None])[:, 0]
    if likeness.max() >= FILLS:
        return int(likeness.argmax())
    shared = np.minimum(boxes[:, 2:], drawn[2:]) - np.maximum(boxes[:, :2], drawn[:2])
    area = np.clip(shared, 0, None).prod(axis=1)
    is_in = (area >= LIES_IN * box_area(boxes)) & (area >= FILLS_LOOSELY * box_area(drawn[None]))
    from_middle = np.abs((boxes[:, :2] + boxes[:, 2:] - drawn[:2] - drawn[2:]) / (drawn[2:] - drawn[:2])).max(axis=1)
    return int(np.where(is_in, from_middle, np.inf).argmin()) if is_in.any() else None


def _garment(box: Box, crop: Crop, encoder: Encoder) -> DetectedGarment:
    colours = dominant_colours(crop.pixels, crop.mask)
    return DetectedGarment(None, None, 1.0, box, [], colours, encoder.encode([crop])[0])
