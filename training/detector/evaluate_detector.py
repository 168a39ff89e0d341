"""Measures an exported detector on the held-out photos, through the same code that serves it.

    python -m training.detector.evaluate_detector --model search/weights/garments-lite0 --photos ../shared/data \\
        --data var/training/garments [--choose] [--write] [--json FILE]

Street photos: COCO's box and mask AP, per garment type and in the mean. Shop photos, one garment each: how often the
strongest detection has the right type, and how well its box fits the garment's (GrabCut's). Three times:

- `coco`: every detection from score 0.02 on, two of one type never in one place (IoU 0.5), of two types they may be. So
  MMDetection, Detectron2 and torchvision measure, and only these numbers compare with theirs;
- `class_agnostic_nms`: of two types that claim one place the surer alone, as a shopper is shown them;
- `as_served`: of these the ones that reach their type's least score, and none that lies within another of its type.

Then, as served: packshots and products worn before white (training.detector.packshots), how often the garment with the
highest score has the product's type, by source; and pictures without garments, in which nothing is to be found.

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
from search.vision.photo import decode_photo
from training.artifacts import rewrite_card
from training.detector.product_scores import detect_products, empty_scores, product_scores

EVERYTHING = 0.02  # the least score that still changes an average precision
# IoU above which two types claim one place. Box AP50 of 128 street photos with 0.7, 0.8 and 0.9 (least score 0.4):
# 0.668, 0.673 and 0.701; garments a photo: 5.48, 5.55 and 5.78.
SAME_PLACE = 0.9
# Of 6.5 garments a photo 0.5 are then gone, box AP50 0.712 becomes 0.708 and mask AP50 0.690 stays; at 0.7, which
# takes 0.8 more away, box AP50 is 0.703.
NESTED = 0.9
MIN_PRECISION = 0.8
DEFAULT_SCORE = 0.3
SCORE_BOUNDS = (0.2, 0.4)  # from 0.3 to 0.4 box AP50 falls from 0.713 to 0.701 and 0.8 garments a photo are gone
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
    boxes = {a["image_id"]: _corners(a["bbox"]) for a in coco["annotations"]}
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


def best_scores(coco: dict[str, Any], results: list[dict[str, Any]], labels: tuple[str, ...]) -> list[float]:
    """Returns each label's least score: the best F1 among those of precision 0.8 at least, or of all where none is.

    Within `SCORE_BOUNDS`, since a type may have no more than six garments to choose by.
    """
    names = {category["id"]: category["name"] for category in coco["categories"]}
    chosen = dict.fromkeys(names.values(), DEFAULT_SCORE)
    for category, name in names.items():
        hits, scores, count = _hits(coco, [r for r in results if r["category_id"] == category], category)
        if not hits.any():
            continue
        found = np.cumsum(hits)
        precision, recall = found / np.arange(1, len(hits) + 1), found / count
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        is_precise = precision >= MIN_PRECISION
        best = np.where(is_precise, f1, 0).argmax() if is_precise.any() else f1.argmax()
        # Rounded down, for a score must be above the threshold to be shown.
        chosen[name] = float(np.floor(1000 * np.clip(scores[best], *SCORE_BOUNDS) - 1e-6) / 1000)
    return [chosen.get(label, DEFAULT_SCORE) for label in labels]


def _hits(coco: dict[str, Any], results: list[dict[str, Any]], category: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Returns, best first, whether each result hits a garment not hit before (IoU 0.5), its score, and how many are."""
    truth: dict[int, list] = {}
    for annotation in coco["annotations"]:
        if annotation["category_id"] == category and not annotation["iscrowd"]:
            truth.setdefault(annotation["image_id"], []).append(_corners(annotation["bbox"])[0])
    count = sum(map(len, truth.values()))
    results = sorted(results, key=lambda result: -result["score"])
    hits = np.zeros(len(results), bool)
    for i, result in enumerate(results):
        left = truth.get(result["image_id"], [])
        fits = box_iou(_corners(result["bbox"]), np.array(left, np.float32).reshape(-1, 4))[0]
        if fits.size and fits.max() >= 0.5:
            hits[i] = True
            left.pop(int(fits.argmax()))
    return hits, np.array([result["score"] for result in results]), count


def _corners(box: list[float]) -> np.ndarray:
    x, y, width, height = box
    return np.array([[x, y, x + width, y + height]], np.float32)


def _rounded(value: float | np.floating) -> float:
    return round(float(value), 4)


def class_agnostic_nms(detections: Detections, same_place: float) -> Detections:
    """Returns the detections without the weaker of two that claim one place: whose boxes' IoU is above `same_place`."""
    return detections.subset(nms(detections.boxes, detections.scores, same_place).tolist())


def as_served(detections: Detections, least: dict[str, float], config: PostprocessConfig) -> Detections:
    """Returns what is left of the detections, one per place, when each label must reach its least score."""
    kept = [i for i, label in enumerate(detections.labels) if detections.scores[i] > least[label]]
    return detections.subset(kept[: config.max_per_img]).remove_nested(config.max_nested_share)


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


def precision_and_recall(coco: dict[str, Any], results: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Returns per type: of what is shown, how much is right (IoU 0.5), and how much of what is worn is shown."""
    scores = {}
    for category in coco["categories"]:
        hits, _, count = _hits(coco, [r for r in results if r["category_id"] == category["id"]], category["id"])
        precision, recall = hits.sum() / max(len(hits), 1), hits.sum() / max(count, 1)
        scores[category["name"]] = {"precision": _rounded(precision), "recall": _rounded(recall)}
    return scores


def served_scores(options: argparse.Namespace, detector: Detector) -> dict[str, Any]:
    """Returns the figures of the detector as it serves: products by type, and pictures without garments."""
    numbers: dict[str, Any] = {}
    for name in ("packshot", "worn"):
        coco = json.loads((options.data / f"{name}_val.json").read_text())
        numbers |= product_scores(coco, detect_products(detector, coco, options.photos, options.data))
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
    served = detector.postprocess_config
    # What is left out afterwards changes nothing about the rest, so one look at each photo gives all measurements.
    detector.postprocess_config = replace(
        served, score_thresholds=(EVERYTHING,), max_per_img=100, class_agnostic_iou_threshold=1.0, max_nested_share=1.0
    )
    found = {name: detect_all(detector, data[name], options.photos) for name in data}
    place = SAME_PLACE if options.choose else served.class_agnostic_iou_threshold
    single = {name: {i: class_agnostic_nms(each, place) for i, each in of.items()} for name, of in found.items()}
    if options.choose:
        scores = best_scores(data["street"], as_results(single["street"], data["street"]), detector.card.labels)
        served = replace(
            served,
            score_thresholds=tuple(scores),
            max_per_img=30,
            class_agnostic_iou_threshold=place,
            max_nested_share=NESTED,
        )
    labels = detector.card.labels
    least = dict(zip(labels, np.broadcast_to(served.score_thresholds, len(labels)).tolist(), strict=True))
    shown = {name: {i: as_served(each, least, served) for i, each in of.items()} for name, of in single.items()}
    detector.postprocess_config = served
    ways = {"coco": found, "class_agnostic_nms": single, "as_served": shown}
    numbers = {way: measured(of["street"], of["shop"], data) for way, of in ways.items()}
    results = as_results(shown["street"], data["street"])
    numbers["as_served"]["street"]["by_type"] = precision_and_recall(data["street"], results)
    return numbers


if __name__ == "__main__":
    main()
