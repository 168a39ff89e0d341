"""From a region proposal network's maps to boxes worth a closer look. Boxes are xyxy in pixels of the padded image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.vision.nms import batched_nms


@dataclass(frozen=True, slots=True)
class BoxCoder:
    """How a network writes a box as four numbers relative to another: shift of the centre, log of the size."""

    means: tuple[float, float, float, float]
    stds: tuple[float, float, float, float]
    wh_ratio_clip: float  # least ratio of a side to the side that it is relative to, and one over the largest

    def decode(self, boxes: np.ndarray, deltas: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Returns (N, 4) float32 boxes: `boxes` (N, 4) moved by `deltas` (N, 4), cut off at size (width, height)."""
        deltas = deltas * np.array(self.stds, np.float32) + np.array(self.means, np.float32)
        sides = boxes[:, 2:] - boxes[:, :2]
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2 + sides * deltas[:, :2]
        limit = np.float32(abs(np.log(self.wh_ratio_clip)))
        sides = sides * np.exp(np.clip(deltas[:, 2:], -limit, limit))
        moved = np.concatenate([centres - sides / 2, centres + sides / 2], axis=1)
        inside: np.ndarray = np.clip(moved, 0, np.array([*size, *size], np.float32))
        return inside.astype(np.float32)


@dataclass(frozen=True, slots=True)
class ProposalConfig:
    """How a region proposal network's maps become boxes; MMDetection's names.

    anchors: per level, (A, 4) boxes around the origin. strides: pixels per cell, per level. nms_pre: boxes of each
    level that compete. max_per_img: boxes in all. iou_threshold: of the NMS within a level. min_bbox_size: least side
    in pixels.
    """

    anchors: tuple[np.ndarray, ...]
    strides: tuple[int, ...]
    box_coder: BoxCoder
    nms_pre: int
    max_per_img: int
    iou_threshold: float
    min_bbox_size: float

    def generate(self, logits: Sequence[np.ndarray], deltas: Sequence[np.ndarray], size: tuple[int, int]) -> np.ndarray:
        """Returns up to `max_per_img` boxes (N, 4) float32, likeliest first.

        logits, deltas: per level (1, A, h, w) and (1, 4A, h, w); the best `nms_pre` of each level compete.
        size: (width, height) of the picture without its padding, at which boxes are cut off.
        """
        boxes, scores, levels = [], [], []
        for level, (logit, delta) in enumerate(zip(logits, deltas, strict=True)):
            of_level, confidence = self._level(level, logit, delta, size)
            boxes.append(of_level)
            scores.append(confidence)
            levels.append(np.full(len(confidence), level))
        together: np.ndarray = np.concatenate(boxes)
        kept: np.ndarray = batched_nms(together, np.concatenate(scores), np.concatenate(levels), self.iou_threshold)
        proposals: np.ndarray = together[kept[: self.max_per_img]]
        return proposals

    def _level(
        self, level: int, logit: np.ndarray, delta: np.ndarray, size: tuple[int, int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns the best boxes of one level and their logits; a cell's index runs over y, x, anchor."""
        flat = logit[0].transpose(1, 2, 0).ravel()
        best = np.argsort(-flat, kind="stable")[: self.nms_pre]
        cell, anchor = np.divmod(best, logit.shape[1])
        y, x = np.divmod(cell, logit.shape[3])
        corners = np.stack([x, y, x, y], axis=1).astype(np.float32) * self.strides[level]
        deltas = delta[0].reshape(-1, 4, *delta.shape[2:])[anchor, :, y, x]
        boxes = self.box_coder.decode(self.anchors[level][anchor] + corners, deltas, size)
        sides = boxes[:, 2:] - boxes[:, :2]
        is_large = (sides > self.min_bbox_size).all(axis=1)
        return boxes[is_large], flat[best][is_large]
