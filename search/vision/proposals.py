"""From a region proposal network's maps to boxes worth a closer look. Boxes are xyxy in pixels of the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.vision.nms import nms_by_group


@dataclass(frozen=True, slots=True)
class BoxCode:
    """How a network writes a box as four numbers relative to another: shift of the centre, log of the size."""

    means: tuple[float, float, float, float]
    stds: tuple[float, float, float, float]
    largest_growth: float  # of a side, as a logarithm

    def decode(self, boxes: np.ndarray, deltas: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Returns (N, 4) float32 boxes: `boxes` (N, 4) moved by `deltas` (N, 4), cut off at size (width, height)."""
        deltas = deltas * np.array(self.stds, np.float32) + np.array(self.means, np.float32)
        sides = boxes[:, 2:] - boxes[:, :2]
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2 + sides * deltas[:, :2]
        limit = abs(self.largest_growth)
        sides = sides * np.exp(np.clip(deltas[:, 2:], -limit, limit))
        moved = np.concatenate([centres - sides / 2, centres + sides / 2], axis=1)
        return np.clip(moved, 0, np.array([*size, *size], np.float32)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class ProposalRules:
    """`anchors`: per level, (A, 4) boxes around the origin; `strides`: pixels per cell; see `propose`."""

    anchors: tuple[np.ndarray, ...]
    strides: tuple[int, ...]
    code: BoxCode
    per_level: int
    at_most: int
    overlap: float
    smallest: float

    def propose(self, logits: Sequence[np.ndarray], deltas: Sequence[np.ndarray], size: tuple[int, int]) -> np.ndarray:
        """Returns up to `at_most` boxes (N, 4) float32, likeliest first.

        logits, deltas: per level (1, A, h, w) and (1, 4A, h, w); the best `per_level` of each level compete.
        size: (width, height) of the picture without its padding, at which boxes are cut off.
        """
        boxes, scores, levels = [], [], []
        for level, (logit, delta) in enumerate(zip(logits, deltas, strict=True)):
            of_level, confidence = self._level(level, logit, delta, size)
            boxes.append(of_level)
            scores.append(confidence)
            levels.append(np.full(len(confidence), level))
        together = np.concatenate(boxes)
        kept = nms_by_group(together, np.concatenate(scores), np.concatenate(levels), self.overlap)
        return together[kept[: self.at_most]]

    def _level(self, level: int, logit: np.ndarray, delta: np.ndarray, size: tuple[int, int]):
        """Returns the best boxes of one level and their logits; a cell's index runs over y, x, anchor."""
        flat = logit[0].transpose(1, 2, 0).ravel()
        best = np.argsort(-flat, kind="stable")[: self.per_level]
        cell, anchor = np.divmod(best, logit.shape[1])
        y, x = np.divmod(cell, logit.shape[3])
        corners = np.stack([x, y, x, y], axis=1).astype(np.float32) * self.strides[level]
        moves = delta[0].reshape(-1, 4, *delta.shape[2:])[anchor, :, y, x]
        boxes = self.code.decode(self.anchors[level][anchor] + corners, moves, size)
        sides = boxes[:, 2:] - boxes[:, :2]
        is_large = (sides > self.smallest).all(axis=1)
        return boxes[is_large], flat[best][is_large]
