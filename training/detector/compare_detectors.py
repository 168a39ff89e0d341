"""Holds an exported detector next to the MMDetection model it came from, and makes its parts int8."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import nncf
import numpy as np
import openvino
import torch
from mmdet.structures import DetDataSample
from torch import nn

from search.vision.cards import read_card
from search.vision.detector import PARTS, Detector, RawDetections
from search.vision.mask_pasting import paste_masks
from search.vision.nms import box_iou
from search.vision.photo_decoding import decode_photo
from training.artifacts import file_hashes, rewrite_card, save
from training.detector.detector_parts import takes_bgr

CALIBRATION_PHOTOS = 200
NOTABLE = 0.3  # score from which a garment would ever be shown: only those are compared


def compare(model: nn.Module, folder: Path, paths: Sequence[Path]) -> dict[str, Any]:
    """Returns how far the artifact's boxes (pixels), scores and masks (IoU) are from MMDetection's on these photos."""
    detector = as_trained(Detector(read_card(folder)))
    pairs, theirs_count = [], 0
    for path in paths:
        padded = detector.preprocess(decode_photo(path))
        tensor = detector.tensor(padded)
        theirs = mmdetection_finds(model, tensor, padded.size)
        theirs_count += len(theirs["scores"])
        pairs += _pairs(theirs, detector.infer(tensor, padded.size), padded.size)
    boxes, scores, masks = (np.array(column) for column in zip(*pairs, strict=True)) if pairs else [np.zeros(1)] * 3
    return {
        "photos": len(paths),
        "garments": theirs_count,
        "found_again": round(len(pairs) / max(theirs_count, 1), 4),
        "box_pixels_mean": round(float(boxes.mean()), 4),
        "box_pixels_max": round(float(boxes.max()), 4),
        "score_mean": round(float(scores.mean()), 5),
        "score_max": round(float(scores.max()), 5),
        "mask_iou_mean": round(float(masks.mean()), 4),
        "mask_iou_min": round(float(masks.min()), 4),
    }


def as_trained(detector: Detector) -> Detector:
    """Returns the detector with MMDetection's own postprocessing, the card's `own_postprocess`."""
    own = detector.card.parameters["own_postprocess"]
    detector.postprocess_config = replace(detector.postprocess_config, **{**own, "class_agnostic_iou_threshold": 1.0})
    return detector


def mmdetection_finds(model: nn.Module, tensor: np.ndarray, size: tuple[int, int]) -> dict[str, np.ndarray]:
    """Returns boxes, scores, classes and masks (N, h, w) MMDetection finds in the upper left `size` of a canvas."""
    shape = size[1], size[0]
    sample = DetDataSample(
        metainfo={
            "img_shape": shape,
            "ori_shape": shape,
            "scale_factor": (1.0, 1.0),
            "pad_shape": tensor.shape[2:],
            "batch_input_shape": tensor.shape[2:],
        }
    )
    pictures = torch.from_numpy(tensor)
    with torch.no_grad():
        (answer,) = model.predict(pictures.flip(1) if takes_bgr(model) else pictures, [sample], rescale=False)
    found = answer.pred_instances
    notable = found.scores >= NOTABLE
    return {
        "boxes": found.bboxes[notable].numpy(),
        "scores": found.scores[notable].numpy(),
        "classes": found.labels[notable].numpy(),
        "masks": found.masks[notable].numpy().astype(bool),
    }


def _pairs(
    theirs: dict[str, np.ndarray], ours: RawDetections, size: tuple[int, int]
) -> list[tuple[float, float, float]]:
    """Returns (largest box difference, score difference, mask IoU) for each of theirs that we found too."""
    pairs = []
    masks = paste_masks(ours.masks, ours.boxes, size)
    overlaps = box_iou(theirs["boxes"], ours.boxes) * (theirs["classes"][:, None] == ours.classes[None])
    for i, row in enumerate(overlaps):
        j = int(row.argmax()) if row.size else -1
        if j >= 0 and row[j] > 0.5:
            box = float(np.abs(theirs["boxes"][i] - ours.boxes[j]).max())
            score = float(abs(theirs["scores"][i] - ours.scores[j]))
            union = (theirs["masks"][i] | masks[j]).sum()
            pairs.append((box, score, float((theirs["masks"][i] & masks[j]).sum() / max(union, 1))))
    return pairs


def quantise(folder: Path, parts: Sequence[str], paths: Sequence[Path]) -> None:
    """Makes `parts` of the artifact in `folder` int8, calibrated on what they are given for these photos."""
    inputs = recorded_inputs(folder, paths)
    for part in parts:
        model = openvino.Core().read_model(folder / f"{part}.xml")
        data = nncf.Dataset(inputs[part])
        # "mixed": ReLU6 makes activations one-sided, which symmetric steps would waste half of.
        small = nncf.quantize(
            model, data, preset=nncf.QuantizationPreset.MIXED, subset_size=len(inputs[part]), fast_bias_correction=True
        )
        del model
        save(folder, f"{part}.int8", small)
        for suffix in (".xml", ".bin"):
            os.replace(folder / f"{part}.int8{suffix}", folder / f"{part}{suffix}")
    rewrite_card(folder, files=file_hashes(folder, PARTS))


def recorded_inputs(folder: Path, paths: Sequence[Path]) -> dict[str, list[list[np.ndarray]]]:
    """Returns what each part was given while the detector looked at these photos."""
    detector = as_trained(Detector(read_card(folder)))
    recorded: dict[str, list] = {part: [] for part in PARTS}

    def recording(part: str, run):
        def record(inputs):
            recorded[part].append(_with_regions_everywhere(inputs))
            return run(inputs)

        return record

    watched = {part: recording(part, run) for part, run in detector._parts.items()}
    detector = as_trained(Detector(detector.card, watched))
    for path in paths:
        padded = detector.preprocess(decode_photo(path))
        detector.infer(detector.tensor(padded), padded.size)
    return recorded


def _with_regions_everywhere(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Returns a copy of a part's inputs, one region standing in where a level has none: NNCF's smallest and largest
    value of nothing are infinite, and would become the range of eight bits."""
    stand_in = next((value[:1] for value in inputs if value.ndim == 2 and len(value)), None)
    return [np.array(stand_in if value.ndim == 2 and not len(value) else value) for value in inputs]
