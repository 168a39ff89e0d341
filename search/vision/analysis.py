"""A photo looked at: its garments, and a vector for each. Query and catalogue photos both come this way."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from search.vision.colour_names import dominant_colours
from search.vision.crops import Crop, crop_garment, whole_photo
from search.vision.detections import Detections
from search.vision.detector import Detector
from search.vision.encoder import Encoder

Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class DetectedGarment:
    """One garment of a photo, or (`garment_type` None) the whole of it or a box drawn by hand.

    box: x0, y0, x1, y1 in 0..1. polygons: outlines, points (x, y) in 0..1. vector: (D,) float32 of unit length.
    """

    label: str | None
    garment_type: str | None
    score: float
    box: Box
    polygons: list[list[tuple[float, float]]]
    colours: tuple[str, ...]
    vector: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class PhotoAnalysis:
    """The garments found in a photo, likeliest first, and the photo as a whole. `timing` in milliseconds."""

    garments: list[DetectedGarment]
    whole: DetectedGarment
    timing: dict[str, float]


def analyse_photo(photo: np.ndarray, *, detector: Detector, encoder: Encoder) -> PhotoAnalysis:
    """Finds the garments in a (H, W, 3) uint8 RGB photo and encodes each, and the whole, in one batch."""
    started = time.perf_counter()
    detections = detector.detect(photo)
    detected = time.perf_counter()
    crops = [whole_photo(photo), *(_crop(photo, detections, index) for index in range(len(detections)))]
    vectors = encoder.encode(crops)
    garments = [
        _seen(detections, index, crop, vector)
        for index, (crop, vector) in enumerate(zip(crops[1:], vectors[1:], strict=True))
    ]
    encoded = time.perf_counter()
    timing = {"detect": 1000 * (detected - started), "embed": 1000 * (encoded - detected)}
    return PhotoAnalysis(garments, _unnamed(WHOLE, crops[0], vectors[0]), timing)


def _crop(photo: np.ndarray, detections: Detections, index: int) -> Crop:
    return crop_garment(photo, detections.boxes[index], detections.masks[index])


def _seen(detections: Detections, index: int, crop: Crop, vector: np.ndarray) -> DetectedGarment:
    return DetectedGarment(
        label=detections.labels[index],
        garment_type=detections.garment_types[index],
        score=float(detections.scores[index]),
        box=detections.relative_box(index),
        polygons=detections.polygons(index),
        colours=dominant_colours(crop.pixels, crop.mask),
        vector=vector,
    )


def _unnamed(box: Box, crop: Crop, vector: np.ndarray) -> DetectedGarment:
    return DetectedGarment(None, None, 1.0, box, [], dominant_colours(crop.pixels, crop.mask), vector)
