"""Measures an exported detector on the held-out photos, through the same code that serves it.

    python -m training.detector.evaluate_detector --model search/weights/garments-lite2 --photos ../shared/data \\
        --data var/training/garments [--choose] [--write] [--json FILE]

Street photos: COCO's box and mask AP, per garment type and in the mean. Shop photos, one garment each: how often the
strongest detection has the right type, and how well its box fits the garment's (GrabCut's). Three times:

- `coco`: every detection from score 0.02 on, two of one type never in one place (IoU 0.5), of two types they may be. So
  MMDetection, Detectron2 and torchvision measure, and only these numbers compare with theirs;
- `class_agnostic_nms`: of two types that claim one place the surer alone, as a shopper is shown them;
- `as_served`: of these the ones that reach their type's least score, and of one garment seen twice
  (search.vision.duplicates) one. `other_half`: precision and recall where each half of the photos has the least scores
  that were chosen on the other.

Then, as served: packshots and products worn before white (training.detector.packshots), how often the garment with the
highest score has the product's type, by source, and what is found that is not worn there; and pictures without
garments, in which nothing is to be found.

`--choose` first picks each type's least score, on the same photos; `--write` puts thresholds and figures into the
model's card.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import time
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from search.vision.cards import read_card
from search.vision.detections import Detections
from search.vision.detector import Detector, PostprocessConfig
from search.vision.nms import box_iou, nms
from search.vision.photo_decoding import decode_photo
from training.artifacts import rewrite_card
from training.detector.product_scores import detect_products, empty_scores, product_scores, unworn_scores
from training.detector.score_thresholds import SCORE_BOUNDS, best_scores, corners, cross_validated, precision_and_recall

EVERYTHING = 0.02  # the least score that still changes an average precision
KEPT = ("next_to_mmdetection",)  # of what the card says was measured before: by training.detector.export_detector


def detect_all(detector: Detector, coco: dict[str, Any], photos: Path) -> dict[int, Detections]:
    """Returns {image id: what was found} for every photo of a COCO data set."""
    found, began = {}, time.perf_counter()
    for image in coco["images"]:
        found[image["id"]] = detector.detect(decode_photo(photos / image["file_name"]))
    seconds = time.perf_counter() - began
    print(f"{len(found)} photos, {1000 * seconds / len(found):.0f} ms each with decoding", flush=True)
    return found


def as_results(found: dict[int, Detections], coco: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the detections as COCO results; types that the data set does not know are left out."""
    categories = {category["name"]: category["id"] for category in coco["categories"]}
    results = []
    for image_id, detections in found.items():
        for i, kind in enumerate(detections.garment_types):
            if kind not in categories:
                continue
            x0, y0, x1, y1 = detections.boxes[i].tolist()
            run_lengths = coco_mask.encode(np.asfortranarray(detections.masks[i].astype(np.uint8)))
            result = {"image_id": image_id, "category_id": categories[kind], "score": float(detections.scores[i])}
            results.append(result | {"bbox": [x0, y0, x1 - x0, y1 - y0], "segmentation": run_lengths})
    return results


def average_precision(coco: dict[str, Any], results: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Returns COCO's AP and AP50, in the mean and AP50 per type; `kind` is "bbox" or "segm"."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = coco
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(results), kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"][0, :, :, 0, 2]  # at IoU 0.5, (recalls, types), any size, 100 detections
    names = [category["name"] for category in coco["categories"]]
    return {
        "AP": _rounded(evaluation.stats[0]),
        "AP50": _rounded(evaluation.stats[1]),
        "AP50_by_type": {name: _rounded(precision[:, i].mean()) for i, name in enumerate(names)},
    }


def shop_scores(coco: dict[str, Any], found: dict[int, Detections]) -> dict[str, Any]:
    """Returns how often the strongest detection of a shop photo has the right type, and its box's IoU."""
    boxes = {a["image_id"]: corners(a["bbox"]) for a in coco["annotations"]}
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    confused: Counter[str] = Counter()
    fits: list[float] = []
    for image in coco["images"]:
        truth, detections = image["garment_type"], found[image["id"]]
        total[truth] += 1
        said = detections.garment_types[0] if len(detections) else "nothing"
        right[truth] += said == truth
        if said != truth:
            confused[f"{truth} as {said}"] += 1
        if image["id"] in boxes:
            fits.append(float(box_iou(boxes[image["id"]], detections.boxes[:1]).max(initial=0)))
    return {
        "photos": total.total(),
        "right_type": _rounded(right.total() / total.total()),
        "right_type_by_type": {kind: _rounded(right[kind] / total[kind]) for kind in total},
        "box_iou": _rounded(np.mean(fits)) if fits else None,
        "boxes": len(fits),
        "confused_most": dict(confused.most_common(6)),
    }


def _rounded(value: float | np.floating) -> float:
    return round(float(value), 4)


def class_agnostic_nms(detections: Detections, same_place: float) -> Detections:
    """Returns the detections without the weaker of two that claim one place: whose boxes' IoU is above `same_place`."""
    return detections.subset(nms(detections.boxes, detections.scores, same_place).tolist())


def keeping_everything(config: PostprocessConfig) -> PostprocessConfig:
    """Returns the config with all that COCO's average precision counts: also faint and repeated detections."""
    return replace(
        config,
        score_thresholds=(EVERYTHING,),
        max_per_img=100,
        class_agnostic_iou_threshold=1.0,
        max_nested_share=1.0,
        mask_iou_threshold=1.0,
        max_part_share=1.0,
        min_share_above=0.0,
        min_carried_score=0.0,
    )


def chosen_rules(config: PostprocessConfig) -> PostprocessConfig:
    """Returns the config with what --choose writes but for the least scores; README.md has the measurements."""
    return replace(
        config,
        max_per_img=30,
        class_agnostic_iou_threshold=0.9,
        max_nested_share=0.7,
        mask_iou_threshold=0.7,
        score_margin=0.35,
        max_part_share=0.7,
        part_margin=0.3,
        min_share_above=0.25,
        min_carried_score=0.55,
    )


def as_served(detections: Detections, least: dict[str, float], config: PostprocessConfig) -> Detections:
    """Returns what is left of the detections, one per place, when each label must reach its least score."""
    kept = [i for i, label in enumerate(detections.labels) if detections.scores[i] > least[label]]
    return config.duplicate_rules.distinct(detections.subset(kept[: config.max_per_img]))


def measured(street: dict[int, Detections], shop: dict[int, Detections], data: dict[str, dict]) -> dict[str, Any]:
    """Returns the numbers of the detections on both sets of photos."""
    results = as_results(street, data["street"])
    return {
        "street": {
            "photos": len(street),
            "garments_per_photo": _rounded(np.mean([len(found) for found in street.values()])),
            "box": average_precision(data["street"], results, "bbox"),
            "mask": average_precision(data["street"], results, "segm"),
        },
        "shop": shop_scores(data["shop"], shop),
    }


def served_scores(options: argparse.Namespace, detector: Detector) -> dict[str, Any]:
    """Returns the figures of the detector as it serves: products by type, and pictures without garments."""
    numbers: dict[str, Any] = {}
    for name in ("packshot", "worn"):
        coco = json.loads((options.data / f"{name}_val.json").read_text())
        found = detect_products(detector, coco, options.photos, options.data)
        numbers |= product_scores(coco, found)
        if name == "worn":
            numbers[name]["not_worn"] = unworn_scores(coco["images"], found)
    return {"products": numbers, "empty": empty_scores(detector, options.photos)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of the artifact")
    parser.add_argument("--photos", type=Path, required=True, help="the folder that holds ccp/, clothing/ and views/")
    parser.add_argument("--data", type=Path, required=True, help="what detector_data and packshots wrote")
    parser.add_argument("--choose", action="store_true", help="choose each type's least score on these photos")
    parser.add_argument("--products-only", action="store_true", help="leave out street and shop photos")
    parser.add_argument("--write", action="store_true", help="write thresholds and figures into the card")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    if options.products_only and (options.write or options.choose):
        parser.error("--products-only measures too little for --choose or --write")
    detector = Detector(read_card(options.model))
    numbers = {"as_served": {}} if options.products_only else all_photos(options, detector)
    numbers["as_served"] |= served_scores(options, detector)
    print(json.dumps(numbers, indent=1))
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=1) + "\n")
    if options.write:
        command = "python -m training.detector.evaluate_detector --model search/weights/" + detector.card.name
        kept = {key: detector.card.measured[key] for key in KEPT if key in detector.card.measured}
        numbers = kept | numbers | {"command": command}
        rewrite_card(options.model, measured=numbers, postprocess=asdict(detector.postprocess_config))


def all_photos(options: argparse.Namespace, detector: Detector) -> dict[str, Any]:
    """Returns the figures on street and shop photos in three ways; with --choose, `detector` then serves as chosen."""
    data = {name: json.loads((options.data / f"{name}_val.json").read_text()) for name in ("street", "shop")}
    served = chosen_rules(detector.postprocess_config) if options.choose else detector.postprocess_config
    # What is left out afterwards changes nothing about the rest, so one look at each photo gives all measurements.
    detector.postprocess_config = keeping_everything(served)
    found = {name: detect_all(detector, data[name], options.photos) for name in data}
    place = served.class_agnostic_iou_threshold
    single = {name: {i: class_agnostic_nms(each, place) for i, each in of.items()} for name, of in found.items()}
    labels = detector.card.labels
    # To choose from: all that may be shown.
    low = {i: as_served(each, dict.fromkeys(labels, SCORE_BOUNDS[0]), served) for i, each in single["street"].items()}
    candidates = as_results(low, data["street"])
    if options.choose:
        served = replace(served, score_thresholds=tuple(best_scores(data["street"], candidates, labels)))
    least = dict(zip(labels, np.broadcast_to(served.score_thresholds, len(labels)).tolist(), strict=True))
    shown = {name: {i: as_served(each, least, served) for i, each in of.items()} for name, of in single.items()}
    detector.postprocess_config = served
    ways = {"coco": found, "class_agnostic_nms": single, "as_served": shown}
    numbers = {way: measured(of["street"], of["shop"], data) for way, of in ways.items()}
    results = as_results(shown["street"], data["street"])
    numbers["as_served"]["street"] |= {
        "by_type": precision_and_recall(data["street"], results),
        "other_half": cross_validated(data["street"], candidates, labels),
    }
    return numbers


if __name__ == "__main__":
    main()
