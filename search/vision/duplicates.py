"""Which detections of a photo are one garment seen twice, told by how much of their masks they share.

Five rules, in this order, each best score first:

- nested: a garment in, or around, a better one of its type. Trousers, shorts and skirts count as one type here: half a
  leg passes for shorts.
- same pixels: two types for one mask. The better one stays, or the larger, where its score is close.
- parts: a top, skirt, trousers or shorts within a dress is a part of it (a jumpsuit is a dress here). The dress stays,
  unless its part's score is much better.
- above: a small top wholly above what is worn on the upper body is a scarf, a collar or a hat.
- carried: a bag beside other garments needs a better score than one by itself: it is what is seen most where none is, a
  hand or a strip of ground between an arm and a coat.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from search.vision.detections import Detections

ON_LEGS = ("trousers", "shorts", "skirt")
WHOLE = "dress"
PARTS_OF_WHOLE = ("top", *ON_LEGS)
ON_UPPER_BODY = ("top", "outerwear", WHOLE)
CARRIED = "bag"
ABOVE = 0.05  # of the lower one's height: so much the boxes may overlap
IN_LINE = 0.5  # of the upper one's width: so much of it lies over the lower one
LARGER = 1.02  # times the other's area; less is the same


@dataclass(frozen=True, slots=True)
class DuplicateRules:
    """When two detections are one garment; the defaults keep all, as MMDetection does.

    max_nested_share: share of the smaller one's mask, in 0..1, above which one of a type is part of a better one.
    mask_iou_threshold: IoU of two masks, in 0..1, above which they are one garment whatever their types.
    max_part_share: share of a part's mask, in 0..1, above which it is part of a dress.
    score_margin, part_margin: by how much less the score of the larger one, or the dress, may be for it to stay.
    min_share_above: share of the lower one's area, in 0..1, below which a top above it is none.
    min_carried_score: the score from which a bag beside other garments is one.
    """

    max_nested_share: float = 1.0
    mask_iou_threshold: float = 1.0
    score_margin: float = 0.0
    max_part_share: float = 1.0
    part_margin: float = 0.0
    min_share_above: float = 0.0
    min_carried_score: float = 0.0

    def distinct(self, detections: Detections) -> Detections:
        """Returns one detection for each garment, best first as they came."""
        if len(detections) < 2 or min(self.max_nested_share, self.mask_iou_threshold, self.max_part_share) >= 1:
            return detections
        overlap = MaskOverlap.of(detections.masks)
        kept = self._not_nested(list(range(len(detections))), detections, overlap)
        kept = self._one_per_mask(kept, detections, overlap)
        kept = self._without_parts(kept, detections, overlap)
        kept = self._none_above(kept, detections, overlap.areas)
        return detections.subset(self._carried(kept, detections))

    def _not_nested(self, indices: list[int], detections: Detections, overlap: MaskOverlap) -> list[int]:
        types = np.array(["legs" if kind in ON_LEGS else kind for kind in detections.garment_types])
        is_repeat = (overlap.of_smaller() > self.max_nested_share) & (types[:, None] == types)
        kept: list[int] = []
        for index in indices:
            if not is_repeat[index, kept].any():
                kept.append(index)
        return kept

    def _one_per_mask(self, indices: list[int], detections: Detections, overlap: MaskOverlap) -> list[int]:
        iou, areas, scores = overlap.iou(), overlap.areas, detections.scores
        kept: list[int] = []
        for index in indices:
            others = [other for other in kept if iou[index, other] > self.mask_iou_threshold]
            if not others:
                kept.append(index)
            elif len(others) == 1:
                other = others[0]
                is_close = scores[other] - scores[index] < self.score_margin
                if is_close and areas[index] > LARGER * areas[other]:
                    kept[kept.index(other)] = index
        return sorted(kept)

    def _without_parts(self, indices: list[int], detections: Detections, overlap: MaskOverlap) -> list[int]:
        of_own, areas = overlap.of_own(), overlap.areas
        scores, types = detections.scores, detections.garment_types
        gone: set[int] = set()
        for part in (index for index in indices if types[index] in PARTS_OF_WHOLE):
            for whole in (index for index in indices if types[index] == WHOLE):
                if {part, whole} & gone or areas[part] >= areas[whole] or of_own[part, whole] <= self.max_part_share:
                    continue
                gone.add(part if scores[whole] >= scores[part] - self.part_margin else whole)
        return [index for index in indices if index not in gone]

    def _none_above(self, indices: list[int], detections: Detections, areas: np.ndarray) -> list[int]:
        """areas: (N,) of the masks."""
        types, boxes = detections.garment_types, detections.boxes
        worn = [index for index in indices if types[index] in ON_UPPER_BODY]
        return [
            index
            for index in indices
            if types[index] != "top"
            or not any(
                _is_above(boxes[index], boxes[other]) and areas[index] < self.min_share_above * areas[other]
                for other in worn
            )
        ]

    def _carried(self, indices: list[int], detections: Detections) -> list[int]:
        types, scores = detections.garment_types, detections.scores
        if all(types[index] == CARRIED for index in indices):
            return indices
        return [index for index in indices if types[index] != CARRIED or scores[index] >= self.min_carried_score]


@dataclass(frozen=True, slots=True, eq=False)
class MaskOverlap:
    """shared: (N, N) what two masks have in common; areas: (N,). Both in cells of a 64 x 64 grid over the photo."""

    shared: np.ndarray
    areas: np.ndarray

    @classmethod
    def of(cls, masks: np.ndarray) -> MaskOverlap:
        """Measures masks (N, H, W) bool, N being at least 1."""
        shares = np.stack([_in_small(mask) for mask in masks]).reshape(len(masks), -1)
        return cls(shares @ shares.T, shares.sum(axis=1))

    def of_smaller(self) -> np.ndarray:
        """Returns (N, N) which share, in 0..1, of the smaller of two masks lies in the other."""
        return _shares(self.shared, np.minimum.outer(self.areas, self.areas))

    def of_own(self) -> np.ndarray:
        """Returns (N, N) which share, in 0..1, of mask i lies in mask j."""
        return _shares(self.shared, self.areas[:, None])

    def iou(self) -> np.ndarray:
        """Returns (N, N) intersection over union, in 0..1."""
        return _shares(self.shared, self.areas[:, None] + self.areas - self.shared)


def _is_above(upper: np.ndarray, lower: np.ndarray) -> bool:
    """Whether one box (xyxy) lies wholly above another, in line with it."""
    in_line = min(upper[2], lower[2]) - max(upper[0], lower[0])
    return bool(
        in_line >= IN_LINE * (upper[2] - upper[0])
        and upper[1] < lower[1]
        and upper[3] <= lower[1] + ABOVE * (lower[3] - lower[1])
    )


def _shares(shared: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.asarray(np.minimum(shared / np.maximum(total, 1e-6), 1))  # by rounding it may be a little more


def _in_small(mask: np.ndarray) -> np.ndarray:
    """A (H, W) bool mask as (64, 64) float32 shares of each cell: enough to tell how much two have in common."""
    return cv2.resize(mask.astype(np.float32), (64, 64), interpolation=cv2.INTER_AREA)
