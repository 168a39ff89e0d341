"""Finds the garments in a photo with a Mask R-CNN exported by training.detector.export_detector.

A photo goes straight through `Detector.detect`: preprocess, infer (body, proposals, box head, NMS within each
class, mask head), postprocess (class-agnostic NMS, masks pasted into the photo).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from search.vision.cards import ModelCard, ModelError, choose
from search.vision.detections import Detections
from search.vision.detector_parameters import current_names
from search.vision.duplicates import DuplicateRules
from search.vision.mask_pasting import paste_masks
from search.vision.nms import batched_nms, nms
from search.vision.proposals import BoxCoder, ProposalConfig
from search.vision.resize import PaddedImage, resize_and_pad
from search.vision.runtime import Runner, compile_model

PARTS = ("body", "boxes", "masks")


@dataclass(frozen=True, slots=True)
class RawDetections:
    """What the network finds in one padded image, best first; everything in its pixels.

    boxes: (N, 4) float32 xyxy. scores: (N,) float32. classes: (N,) indices of the card's labels.
    masks: (N, m, m) float32 in 0..1, each to be stretched over its box.
    """

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray
    masks: np.ndarray

    @classmethod
    def empty(cls) -> RawDetections:
        scores = np.zeros(0, np.float32)
        return cls(np.zeros((0, 4), np.float32), scores, scores.astype(int), np.zeros((0, 1, 1), np.float32))

    def subset(self, kept: np.ndarray) -> RawDetections:
        """These rows, in this order."""
        return RawDetections(self.boxes[kept], self.scores[kept], self.classes[kept], self.masks[kept])


@cache
def load_detector(name: str | None = None, *, in_bulk: bool = False, provider: str | None = None) -> Detector:
    """The detector called `name`, or the default one; loaded once per process. Raises ModelError if it is not here.

    in_bulk, provider: of `compile_model`.
    """
    card = choose("detector", name)
    card.verify()
    return Detector(card, {part: compile_model(card.part(part), in_bulk=in_bulk, provider=provider) for part in PARTS})


class Detector:
    """A Mask R-CNN in three parts, with what lies between them done in NumPy.

    The parts: `body` (images to feature maps and RPN outputs), `boxes` (regions to classes and finer boxes), `masks`
    (boxes to masks). Each of the latter two takes the maps and, per level, the regions pooled there.
    """

    def __init__(self, card: ModelCard, parts: dict[str, Runner] | None = None):
        """Raises ModelError where the card lacks a parameter."""
        self.card = card
        self._parts = parts or {part: compile_model(card.part(part)) for part in PARTS}
        try:
            self._parameters = current_names(card.parameters)
            self.proposal_config = _proposal_config(self._parameters["proposals"])
            self.roi_levels = RoILevels(**self._parameters["roi_levels"])
            self.box_coder = BoxCoder(**self._parameters["box_coder"])
            self.postprocess_config = PostprocessConfig(**self._parameters["postprocess"])
        except (KeyError, TypeError) as error:
            raise ModelError(f"Detector {card.name}: its card's parameters do not fit: {error}.") from error

    def detect(self, photo: np.ndarray) -> Detections:
        """The garments in a photo (H, W, 3) uint8 RGB, best first, boxes and masks in its own pixels."""
        padded = self.preprocess(photo)
        return self.postprocess(self.infer(self.tensor(padded), padded.size), padded, photo.shape[1::-1])

    def preprocess(self, photo: np.ndarray) -> PaddedImage:
        """The photo (H, W, 3) uint8 RGB at the one of the card's input sizes that shows it largest.

        Raises ValueError for an array of another shape or type.
        """
        if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8 or not photo.size:
            raise ValueError(f"A photo is (H, W, 3) uint8; this is {photo.shape} {photo.dtype}.")
        return resize_and_pad(photo, self.input_sizes, self.padding)

    def tensor(self, padded: PaddedImage) -> np.ndarray:
        """The padded image as the network takes it: (1, 3, H, W) float32, normalised by the card's mean and std."""
        scale = 1 / np.array(self.card.std, np.float32)
        pixels = (padded.pixels - np.array(self.card.mean, np.float32)) * scale
        return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])

    def infer(self, tensor: np.ndarray, size: tuple[int, int]) -> RawDetections:
        """What the network finds in a padded image (1, 3, H, W), whose upper left (width, height) the photo fills."""
        outputs = self._parts["body"]([tensor])
        levels = len(self.proposal_config.strides)
        logits, rpn_deltas, maps = outputs[:levels], outputs[levels : 2 * levels], outputs[2 * levels :]
        proposals = self.proposal_config.generate(logits, rpn_deltas, size)
        if not len(proposals):
            return RawDetections.empty()
        probabilities, deltas = self.roi_levels.run_roi_head(self._parts["boxes"], maps, proposals)
        boxes, scores, classes = self.postprocess_config.select(self.box_coder, proposals, probabilities, deltas, size)
        if not len(boxes):
            return RawDetections.empty()
        (masks,) = self.roi_levels.run_roi_head(self._parts["masks"], maps, boxes)
        masks_of_class = masks[np.arange(len(masks)), classes if masks.shape[1] > 1 else 0]
        return RawDetections(boxes, scores, classes, masks_of_class)

    def postprocess(self, raw: RawDetections, padded: PaddedImage, size: tuple[int, int]) -> Detections:
        """The garments of the photo of size (width, height), after class-agnostic NMS.

        A label without a garment type (some models find hair and skin) is no garment.
        """
        config = self.postprocess_config
        is_garment = [self.card.labels[index] in self.card.garment_types for index in raw.classes]
        raw = raw.subset(np.flatnonzero(is_garment))
        raw = raw.subset(nms(raw.boxes, raw.scores, config.class_agnostic_iou_threshold))
        boxes = raw.boxes / np.array([*padded.scale, *padded.scale], np.float32)
        labels = tuple(self.card.labels[index] for index in raw.classes)
        detections = Detections(
            boxes=np.clip(boxes, 0, np.array([*size, *size], np.float32)),
            scores=raw.scores.astype(np.float32),
            labels=labels,
            garment_types=tuple(self.card.garment_types[label] for label in labels),
            masks=paste_masks(raw.masks, boxes, size, config.mask_threshold),
            size=size,
        )
        return config.duplicate_rules.distinct(detections)

    @cached_property
    def input_sizes(self) -> list[tuple[int, int]]:
        """(width, height) of the images that the network takes."""
        return [(width, height) for width, height in self._parameters["input_sizes"]]

    @cached_property
    def padding(self) -> tuple[int, int, int]:
        """The colour, RGB 0..255, of what the photo leaves empty."""
        red, green, blue = self._parameters["padding"]
        return red, green, blue


@dataclass(frozen=True, slots=True)
class RoILevels:
    """Which feature map a region is pooled from: the larger the region, the coarser the map (Lin et al., FPN, 2017).

    strides: of the maps. finest_scale: side in pixels up to twice which a region is pooled from the first map.
    """

    strides: tuple[int, ...]
    finest_scale: float

    def levels(self, boxes: np.ndarray) -> np.ndarray:
        """Returns (N,) which map each box (N, 4) belongs to."""
        side = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))
        level: np.ndarray = np.floor(np.log2(side / self.finest_scale + 1e-6))
        return level.clip(0, len(self.strides) - 1).astype(int)

    def run_roi_head(self, head: Runner, maps: Sequence[np.ndarray], boxes: np.ndarray) -> list[np.ndarray]:
        """Returns the head's outputs, one row per box and in the boxes' order."""
        levels = self.levels(boxes)
        of_level = [np.flatnonzero(levels == level) for level in range(len(self.strides))]
        outputs = head([*maps[: len(self.strides)], *(boxes[members] for members in of_level)])
        order = np.argsort(np.concatenate(of_level))
        return [output[order] for output in outputs]


@dataclass(frozen=True, slots=True)
class PostprocessConfig:
    """Which of the classified regions are garments; MMDetection's names where it has them.

    score_thresholds: least probability, one for all labels or one for each. iou_threshold: of the NMS within a label.
    class_agnostic_iou_threshold: of the NMS over all labels; 1 leaves it out, as MMDetection does.
    max_per_img: garments in a photo. mask_threshold: least mask value of a garment's pixel. The others are those of
    DuplicateRules.
    """

    score_thresholds: tuple[float, ...]
    iou_threshold: float
    class_agnostic_iou_threshold: float
    max_per_img: int
    mask_threshold: float
    max_nested_share: float = 1.0
    mask_iou_threshold: float = 1.0
    score_margin: float = 0.0
    max_part_share: float = 1.0
    part_margin: float = 0.0
    min_share_above: float = 0.0
    min_carried_score: float = 0.0

    @property
    def duplicate_rules(self) -> DuplicateRules:
        """Which detections are one garment seen twice."""
        return DuplicateRules(
            max_nested_share=self.max_nested_share,
            mask_iou_threshold=self.mask_iou_threshold,
            score_margin=self.score_margin,
            max_part_share=self.max_part_share,
            part_margin=self.part_margin,
            min_share_above=self.min_share_above,
            min_carried_score=self.min_carried_score,
        )

    def select(
        self,
        box_coder: BoxCoder,
        proposals: np.ndarray,
        probabilities: np.ndarray,
        deltas: np.ndarray,
        size: tuple[int, int],
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Returns boxes (M, 4), scores (M,), classes (M,), best first.

        proposals (N, 4); probabilities (N, C + 1), the last being no garment; deltas (N, 4) or (N, 4C).
        """
        region, label = np.nonzero(probabilities[:, :-1] > np.array(self.score_thresholds, np.float32))
        scores = probabilities[region, label]
        deltas = deltas.reshape(len(deltas), -1, 4)
        deltas_of_class = deltas[region, label if deltas.shape[1] > 1 else 0]
        boxes = box_coder.decode(proposals[region], deltas_of_class, size)
        kept = batched_nms(boxes, scores, label, self.iou_threshold)[: self.max_per_img]
        return boxes[kept], scores[kept], label[kept]


def _proposal_config(parameters: dict[str, Any]) -> ProposalConfig:
    anchors = tuple(np.array(level, np.float32) for level in parameters["anchors"])
    box_coder = BoxCoder(**parameters["box_coder"])
    return ProposalConfig(**{**parameters, "anchors": anchors, "box_coder": box_coder})
