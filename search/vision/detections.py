"""What a detector found, whichever detector it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from garments import GarmentType
from garments.rle import RLE, encode_rle


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The garments in one photo, best first. First axis N; N may be 0.

    boxes: (N, 4) float32, x0 y0 x1 y1 in pixels of the photo.
    scores: (N,) float32 in 0..1.
    labels: N labels as the detector's own training data calls them.
    garment_types: N of GarmentType's values.
    masks: (N, H, W) bool.
    size: (width, height) of the photo in pixels.

    Raises ValueError where these do not fit each other.
    """

    boxes: np.ndarray
    scores: np.ndarray
    labels: tuple[str, ...]
    garment_types: tuple[str, ...]
    masks: np.ndarray
    size: tuple[int, int]

    def __post_init__(self) -> None:
        count, (width, height) = len(self.scores), self.size
        found = {
            "boxes": (self.boxes.shape, (count, 4)),
            "scores": (self.scores.shape, (count,)),
            "labels": (len(self.labels), count),
            "garment_types": (len(self.garment_types), count),
            "masks": (self.masks.shape, (count, height, width)),
        }
        for field, (has, needs) in found.items():
            if has != needs:
                raise ValueError(f"{field} has shape {has}; {count} detections in {width} x {height} need {needs}.")
        unknown = set(self.garment_types) - set(GarmentType)
        if unknown:
            raise ValueError(f"Unknown garment types {sorted(unknown)}; known are {', '.join(GarmentType)}.")

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def none(cls, size: tuple[int, int]) -> Detections:
        """No garment in a photo of `size` (width, height)."""
        width, height = size
        return cls(
            boxes=np.zeros((0, 4), np.float32),
            scores=np.zeros(0, np.float32),
            labels=(),
            garment_types=(),
            masks=np.zeros((0, height, width), bool),
            size=size,
        )

    def subset(self, kept: Sequence[int]) -> Detections:
        """These of the detections, in this order."""
        kept = list(kept)
        return Detections(
            boxes=self.boxes[kept],
            scores=self.scores[kept],
            labels=tuple(self.labels[index] for index in kept),
            garment_types=tuple(self.garment_types[index] for index in kept),
            masks=self.masks[kept],
            size=self.size,
        )

    def relative_box(self, index: int) -> tuple[float, float, float, float]:
        """Box `index` as x0 y0 x1 y1 in 0..1 of the photo's width and height."""
        width, height = self.size
        x0, y0, x1, y1 = (float(value) for value in self.boxes[index])
        return x0 / width, y0 / height, x1 / width, y1 / height

    def polygons(self, index: int, *, tolerance: float = 0.004) -> list[list[tuple[float, float]]]:
        """The outlines of mask `index`, largest first, points (x, y) in 0..1; simplified to `tolerance` of the photo's
        longer side (Douglas and Peucker). Parts of less than a hundredth of the largest are left out."""
        width, height = self.size
        contours, _ = cv2.findContours(self.masks[index].astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        contours = sorted(contours, key=cv2.contourArea, reverse=True)
        smallest = cv2.contourArea(contours[0]) / 100 if contours else 0
        outlines = []
        for contour in contours:
            points = cv2.approxPolyDP(contour, tolerance * max(self.size), True)[:, 0]
            if len(points) >= 3 and cv2.contourArea(contour) >= smallest:
                outlines.append([(float(x) / width, float(y) / height) for x, y in points])
        return outlines

    def box_in(self, index: int, size: tuple[int, int]) -> list[float]:
        """Box `index` as x0 y0 x1 y1 in pixels of the same photo at another `size` (width, height)."""
        return [float(value) for value in np.multiply(self.relative_box(index), (*size, *size))]

    def rle(self, index: int, size: tuple[int, int] | None = None) -> RLE:
        """Mask `index` as COCO's uncompressed RLE: `size` [height, width], `counts` of 0s and 1s in turn, by column.

        size: (width, height) of the same photo at another size, at which the mask is wanted.
        """
        mask = self.masks[index]
        if size is not None and size != self.size:
            mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        return encode_rle(mask)
