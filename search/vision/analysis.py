"""A photo looked at: its garments, and a vector for each. Query and catalogue photos both come this way."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from search.vision.colour_names import dominant_colours
from search.vision.crops import Crop, crop_garment, whole_photo
from search.vision.detections import Detections
from search.vision.detector import Detector
from search.vision.encoder import Encoder

Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
NO_VECTOR = np.zeros(0, np.float32)


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
    """The garments found in a photo, likeliest first, and the photo as a whole, None where that was not asked for.

    `timing` in milliseconds.
    """

    garments: list[DetectedGarment]
    whole: DetectedGarment | None
    timing: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPhoto:
    """A photo that only lacks its vectors. shown: the whole, where it is asked for, and then its garments, with vectors
    of length 0.

    tensors: their crops as the encoder takes them, (N, 3, S, S) and (N, 1, S, S) float32.
    """

    shown: list[DetectedGarment]
    tensors: tuple[np.ndarray, np.ndarray]


def analyse_photo(photo: np.ndarray, *, detector: Detector, encoder: Encoder, with_whole: bool = True) -> PhotoAnalysis:
    """Finds the garments in a (H, W, 3) uint8 RGB photo and encodes each, and the whole, in one batch.

    with_whole: False leaves the whole out where the photo shows a garment.
    """
    started = time.perf_counter()
    detections = detector.detect(photo)
    detected = time.perf_counter()
    prepared = _prepared(photo, detections, encoder, with_whole=with_whole)
    analysis = with_vectors(prepared, encoder.encode_prepared([prepared.tensors]))
    timing = {"detect": 1000 * (detected - started), "embed": 1000 * (time.perf_counter() - detected)}
    return replace(analysis, timing=timing)


def prepare_photo(photo: np.ndarray, *, detector: Detector, encoder: Encoder) -> PreparedPhoto:
    """`analyse_photo` up to the encoder, for batches over several photos."""
    return _prepared(photo, detector.detect(photo), encoder, with_whole=True)


def whole_of(photo: np.ndarray, *, encoder: Encoder) -> DetectedGarment:
    """The photo (H, W, 3) uint8 RGB as a whole, with its vector."""
    crop = whole_photo(photo)
    return _unnamed(WHOLE, crop, encoder.encode([crop])[0])


def with_vectors(prepared: PreparedPhoto, vectors: np.ndarray) -> PhotoAnalysis:
    """The analysis of a prepared photo whose crops have these vectors, (N, D) float32."""
    found = [replace(each, vector=vector) for each, vector in zip(prepared.shown, vectors, strict=True)]
    has_whole = prepared.shown[0].box is WHOLE
    return PhotoAnalysis(found[has_whole:], found[0] if has_whole else None, {})


def _prepared(photo: np.ndarray, detections: Detections, encoder: Encoder, *, with_whole: bool) -> PreparedPhoto:
    crops = [_crop(photo, detections, index) for index in range(len(detections))]
    shown = [_seen(detections, index, crop, NO_VECTOR) for index, crop in enumerate(crops)]
    if with_whole or not crops:
        crops.insert(0, whole_photo(photo))
        shown.insert(0, _unnamed(WHOLE, crops[0], NO_VECTOR))
    return PreparedPhoto(shown, encoder.preprocess(crops))


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
