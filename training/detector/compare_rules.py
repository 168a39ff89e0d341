"""Compares rules of post-processing, and of preselection, on the held-out photos.

    python -m training.detector.compare_rules --model search/weights/garments-lite2 --photos ../shared/data \\
        --data var/training/garments

Each photo is looked at once; what a rule leaves out afterwards changes nothing about the rest. Of each variant of
`evaluate_detector.chosen_rules`, with one least score for all types: garments a street photo, box AP50, precision and
recall over all types (IoU 0.5), and garments a photo that products worn before white do not come with.

Preselection: how often the garment with the highest score x area ** power x exp(-centre x squared distance of its box
from the photo's centre) is the product, in products worn before white and in single garments at home.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from search.vision.cards import read_card
from search.vision.detections import Detections
from search.vision.detector import Detector, PostprocessConfig
from training.detector.evaluate_detector import (
    as_results,
    as_served,
    average_precision,
    chosen_rules,
    class_agnostic_nms,
    detect_all,
    keeping_everything,
)
from training.detector.product_scores import unworn_scores
from training.detector.score_thresholds import precision_and_recall

VARIANTS: dict[str, Callable[[PostprocessConfig], PostprocessConfig]] = {
    "as chosen": lambda chosen: chosen,
    "nested 0.9": lambda chosen: replace(chosen, max_nested_share=0.9),
    "nested 0.5": lambda chosen: replace(chosen, max_nested_share=0.5),
    "no mask NMS": lambda chosen: replace(chosen, mask_iou_threshold=1.0),
    "mask NMS 0.5": lambda chosen: replace(chosen, mask_iou_threshold=0.5),
    "mask NMS, the better one always": lambda chosen: replace(chosen, score_margin=0.0),
    "mask NMS, the larger within 0.5": lambda chosen: replace(chosen, score_margin=0.5),
    "parts of a dress stay": lambda chosen: replace(chosen, max_part_share=1.0),
    "the better of part and dress": lambda chosen: replace(chosen, part_margin=0.0),
    "carried bags as others": lambda chosen: replace(chosen, min_carried_score=0.0),
    "carried bags from 0.65": lambda chosen: replace(chosen, min_carried_score=0.65),
    "NMS by boxes at 0.9, nested 0.9 alone": lambda chosen: replace(
        chosen, max_nested_share=0.9, mask_iou_threshold=1.0, max_part_share=1.0
    ),
}
MIN_SCORES = (0.3, 0.4, 0.5, 0.6, 0.7)
SELECTIONS = [(area, power, centre) for area in ("box", "mask") for power in (0.0, 0.5, 1.0) for centre in (0.0, 4.0)]
Found = dict[int, Detections]


def served_by(found: Found, config: PostprocessConfig, least: float) -> Found:
    """Returns what `config` leaves of the detections that reach the score `least`, whatever their type."""
    return {
        photo: as_served(
            class_agnostic_nms(each, config.class_agnostic_iou_threshold), dict.fromkeys(each.labels, least), config
        )
        for photo, each in found.items()
    }


def rule_scores(street: Found, worn: Found, data: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Returns the figures of one variant."""
    results = as_results(street, data["street"])
    return {
        "garments_per_photo": round(float(np.mean([len(each) for each in street.values()])), 2),
        "box_AP50": average_precision(data["street"], results, "bbox")["AP50"],
        **precision_and_recall(data["street"], results)["all"],
        "not_worn": unworn_scores(data["worn"]["images"], worn)["per_photo"],
    }


def preselected(detections: Detections, area: str, power: float, centre: float) -> str:
    """Returns the garment type that comes first, or "nothing"; `area` is "box" or "mask"."""
    if not len(detections):
        return "nothing"
    width, height = detections.size
    x0, y0, x1, y1 = (detections.boxes / np.array([width, height] * 2)).T
    areas = (x1 - x0) * (y1 - y0) if area == "box" else detections.masks.reshape(len(detections), -1).mean(axis=1)
    off_centre = ((x0 + x1) / 2 - 0.5) ** 2 + ((y0 + y1) / 2 - 0.5) ** 2
    return detections.garment_types[int((detections.scores * areas**power * np.exp(-centre * off_centre)).argmax())]


def selection_scores(found: Found, images: list[dict[str, Any]]) -> dict[str, float]:
    """Returns for each of SELECTIONS how often the garment that comes first has the product's type."""
    return {
        f"{area} ** {power}, centre {centre}": round(
            float(np.mean([preselected(found[i["id"]], area, power, centre) == i["garment_type"] for i in images])),
            4,
        )
        for area, power, centre in SELECTIONS
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of the artifact")
    parser.add_argument("--photos", type=Path, required=True, help="the folder that holds ccp/, clothing/ and views/")
    parser.add_argument("--data", type=Path, required=True, help="what detector_data and packshots wrote")
    parser.add_argument("--least", type=float, default=0.45, help="least score while the rules are compared")
    options = parser.parse_args()
    data = {name: json.loads((options.data / f"{name}_val.json").read_text()) for name in ("street", "worn", "shop")}
    detector = Detector(read_card(options.model))
    detector.postprocess_config = keeping_everything(detector.postprocess_config)
    found = {name: detect_all(detector, coco, options.photos) for name, coco in data.items()}
    chosen = chosen_rules(detector.postprocess_config)
    for name, variant in VARIANTS.items():
        street, worn = (served_by(found[each], variant(chosen), options.least) for each in ("street", "worn"))
        print(json.dumps({"rules": name} | rule_scores(street, worn, data)), flush=True)
    for least in MIN_SCORES:
        street, worn = (served_by(found[each], chosen, least) for each in ("street", "worn"))
        print(json.dumps({"least_score": least} | rule_scores(street, worn, data)), flush=True)
    for name in ("worn", "shop"):
        served = served_by(found[name], chosen, options.least)
        print(json.dumps({"preselected": name} | selection_scores(served, data[name]["images"])), flush=True)


if __name__ == "__main__":
    main()
