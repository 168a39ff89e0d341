"""Finds the garments in a photo with a Mask R-CNN exported by training.detector.export_detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from search.vision.cards import ModelCard, ModelError, choose
from search.vision.detections import Detections
from search.vision.mask_pasting import paste
from search.vision.nms import nms, nms_by_group
from search.vision.proposals import BoxCode, ProposalRules
from search.vision.resize import Fitted, fit
from search.vision.runtime import Runner, compile_model

PARTS = ("body", "boxes", "masks")


@dataclass(frozen=True, slots=True)
class Found:
    """What the network says of one canvas, best first; everything in canvas pixels.

    boxes: (N, 4) float32 xyxy. scores: (N,) float32. classes: (N,) indices of the card's labels.
    masks: (N, m, m) float32 in 0..1, each to be stretched over its box.
    """

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray
    masks: np.ndarray


@cache
def load_detector(name: str | None = None) -> Detector:
    """The detector called `name`, or the default one; loaded once per process. Raises ModelError if it is not here."""
    card = choose("detector", name)
    card.verify()
    return Detector(card)


class Detector:
    """A Mask R-CNN in three parts, with what lies between them done in NumPy.

    The parts: `body` (pictures to feature maps and region logits), `boxes` (regions to classes and finer boxes),
    `masks` (boxes to masks). Each of the latter two takes the maps and, per level, the regions pooled there.
    """

    def __init__(self, card: ModelCard, parts: dict[str, Runner] | None = None):
        """Raises ModelError where the card lacks a parameter."""
        self.card = card
        self._parts = parts or {part: compile_model(card.part(part)) for part in PARTS}
        try:
            self.rules = _proposal_rules(card.parameters["proposals"])
            self.regions = Regions(**card.parameters["regions"])
            self.code = BoxCode(**card.parameters["box_code"])
            self.choice = Choice(**card.parameters["choice"])
        except (KeyError, TypeError) as error:
            raise ModelError(f"Detector {card.name}: its card's parameters do not fit: {error}.") from error

    def detect(self, photo: np.ndarray) -> Detections:
        """The garments in a photo (H, W, 3) uint8 RGB, best first, boxes and masks in its own pixels."""
        fitted = self.preprocess(photo)
        return self.postprocess(self.infer(self.tensor(fitted), fitted.size), fitted, photo.shape[1::-1])

    def preprocess(self, photo: np.ndarray) -> Fitted:
        """The photo (H, W, 3) uint8 RGB on the card's canvas that shows it largest."""
        if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8 or not photo.size:
            raise ValueError(f"A photo is (H, W, 3) uint8; this is {photo.shape} {photo.dtype}.")
        return fit(photo, self.canvases, self.padding)

    def tensor(self, fitted: Fitted) -> np.ndarray:
        """The canvas as the network takes it: (1, 3, H, W) float32, normalised by the card's mean and std."""
        scale = 1 / np.array(self.card.std, np.float32)
        pixels = (fitted.pixels - np.array(self.card.mean, np.float32)) * scale
        return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])

    def infer(self, tensor: np.ndarray, size: tuple[int, int]) -> Found:
        """What the network finds on a canvas (1, 3, H, W), whose upper left (width, height) the photo fills."""
        outputs = self._parts["body"]([tensor])
        levels = len(self.rules.strides)
        logits, deltas, maps = outputs[:levels], outputs[levels : 2 * levels], outputs[2 * levels :]
        proposals = self.rules.propose(logits, deltas, size)
        if not len(proposals):
            return self._nothing()
        probabilities, moves = self.regions.through(self._parts["boxes"], maps, proposals)
        boxes, scores, classes = self.choice.among(self.code, proposals, probabilities, moves, size)
        if not len(boxes):
            return self._nothing()
        (masks,) = self.regions.through(self._parts["masks"], maps, boxes)
        own = masks[np.arange(len(masks)), classes if masks.shape[1] > 1 else 0]
        return Found(boxes, scores, classes, own)

    def postprocess(self, found: Found, fitted: Fitted, size: tuple[int, int]) -> Detections:
        """What was found, as garments of the photo of size (width, height), one per place.

        A label without a garment type (some models find hair and skin) is no garment.
        """
        is_garment = [self.card.labels[index] in self.card.garment_types for index in found.classes]
        found = _one_per_place(_only(found, np.flatnonzero(is_garment)), self.choice.overlap_of_types)
        boxes = found.boxes / np.array([*fitted.scale, *fitted.scale], np.float32)
        labels = tuple(self.card.labels[index] for index in found.classes)
        detections = Detections(
            boxes=np.clip(boxes, 0, np.array([*size, *size], np.float32)),
            scores=found.scores.astype(np.float32),
            labels=labels,
            garment_types=tuple(self.card.garment_types[label] for label in labels),
            masks=paste(found.masks, boxes, size, self.choice.mask_threshold),
            size=size,
        )
        return detections.without_nested(self.choice.nested)

    @cached_property
    def canvases(self) -> list[tuple[int, int]]:
        return [tuple(canvas) for canvas in self.card.parameters["canvases"]]

    @cached_property
    def padding(self) -> tuple[int, int, int]:
        return tuple(self.card.parameters["padding"])

    def _nothing(self) -> Found:
        none = np.zeros(0, np.float32)
        return Found(np.zeros((0, 4), np.float32), none, none.astype(int), np.zeros((0, 1, 1), np.float32))


@dataclass(frozen=True, slots=True)
class Regions:
    """Which feature map a region is pooled from: the larger the region, the coarser the map.

    strides: of the maps. finest: side in pixels up to twice which a region is pooled from the first map.
    """

    strides: tuple[int, ...]
    finest: float

    def levels(self, boxes: np.ndarray) -> np.ndarray:
        """Returns (N,) which map each box (N, 4) belongs to."""
        side = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))
        return np.clip(np.floor(np.log2(side / self.finest + 1e-6)), 0, len(self.strides) - 1).astype(int)

    def through(self, head: Runner, maps: Sequence[np.ndarray], boxes: np.ndarray) -> list[np.ndarray]:
        """Returns the head's outputs, one row per box and in the boxes' order."""
        levels = self.levels(boxes)
        of_level = [np.flatnonzero(levels == level) for level in range(len(self.strides))]
        outputs = head([*maps[: len(self.strides)], *(boxes[members] for members in of_level)])
        places = np.argsort(np.concatenate(of_level))
        return [output[places] for output in outputs]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the classified regions are garments.

    scores: least probability, one for all labels or one for each. overlap: IoU above which two of one label are one.
    overlap_of_types: IoU above which two of different labels are one. at_most: garments in a photo.
    mask_threshold: what of a mask is garment. nested: share of a mask above which it is part of a better one of its
    type; 1 keeps such, as MMDetection does.
    """

    scores: tuple[float, ...]
    overlap: float
    overlap_of_types: float
    at_most: int
    mask_threshold: float
    nested: float = 1.0

    def among(
        self, code: BoxCode, proposals: np.ndarray, probabilities: np.ndarray, moves: np.ndarray, size: tuple[int, int]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Returns boxes (M, 4), scores (M,), classes (M,), best first.

        proposals (N, 4); probabilities (N, C + 1), the last being no garment; moves (N, 4) or (N, 4C).
        """
        region, label = np.nonzero(probabilities[:, :-1] > np.array(self.scores, np.float32))
        scores = probabilities[region, label]
        moves = moves.reshape(len(moves), -1, 4)
        own = moves[region, label if moves.shape[1] > 1 else 0]
        boxes = code.decode(proposals[region], own, size)
        kept = nms_by_group(boxes, scores, label, self.overlap)[: self.at_most]
        return boxes[kept], scores[kept], label[kept]


def _one_per_place(found: Found, overlap: float) -> Found:
    """Returns what was found without the weaker of two labels given to the same place."""
    return _only(found, nms(found.boxes, found.scores, overlap))


def _only(found: Found, kept: np.ndarray) -> Found:
    return Found(found.boxes[kept], found.scores[kept], found.classes[kept], found.masks[kept])


def _proposal_rules(parameters: dict[str, Any]) -> ProposalRules:
    anchors = tuple(np.array(level, np.float32) for level in parameters["anchors"])
    code = BoxCode(**parameters["code"])
    return ProposalRules(**{**parameters, "anchors": anchors, "code": code})
