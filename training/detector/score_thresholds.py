"""Each garment type's least score, and how much of what is then shown is right.

Chosen on the held-out street photos, of which a type may have no more than six garments: so `cross_validated` says what
thresholds that are chosen on one half of these photos reach on the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from search.vision.nms import box_iou

MIN_PRECISION = 0.8
DEFAULT_SCORE = 0.4  # of a type without garments to choose by
SCORE_BOUNDS = (0.3, 0.5)


def best_scores(
    coco: dict[str, Any],
    results: list[dict[str, Any]],
    labels: tuple[str, ...],
    bounds: tuple[float, float] = SCORE_BOUNDS,
) -> list[float]:
    """Returns each label's least score: the best F1 among those of precision 0.8 at least, or of all where none is.

    coco, results: ground truth and detections, as COCO writes them. Scores stay within `bounds`.
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
        chosen[name] = float(np.floor(1000 * np.clip(scores[best], *bounds) - 1e-6) / 1000)
    return [chosen.get(label, DEFAULT_SCORE) for label in labels]


def cross_validated(
    coco: dict[str, Any], results: list[dict[str, Any]], labels: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """Returns `precision_and_recall` of both halves of the photos, each with the least scores of the other half."""
    photos = sorted(image["id"] for image in coco["images"])
    halves = [set(photos[::2]), set(photos[1::2])]
    shown = []
    for chosen_on, shown_on in (halves, halves[::-1]):
        least = best_scores(_of_photos(coco, chosen_on), [r for r in results if r["image_id"] in chosen_on], labels)
        names = {category["id"]: category["name"] for category in coco["categories"]}
        least_of = dict(zip(labels, least, strict=True))
        shown += [r for r in results if r["image_id"] in shown_on and r["score"] > least_of[names[r["category_id"]]]]
    return precision_and_recall(coco, shown)


def precision_and_recall(coco: dict[str, Any], results: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Returns per type, and over `all`: of what is shown, how much is right (IoU 0.5), and of what is worn, shown."""
    scores, right, seen, worn = {}, 0, 0, 0
    for category in coco["categories"]:
        hits, _, count = _hits(coco, [r for r in results if r["category_id"] == category["id"]], category["id"])
        scores[category["name"]] = _shares(int(hits.sum()), len(hits), count)
        right, seen, worn = right + int(hits.sum()), seen + len(hits), worn + count
    return scores | {"all": _shares(right, seen, worn)}


def _shares(right: int, seen: int, worn: int) -> dict[str, float]:
    return {"precision": round(right / max(seen, 1), 4), "recall": round(right / max(worn, 1), 4)}


def _of_photos(coco: dict[str, Any], photos: set[int]) -> dict[str, Any]:
    annotations = [each for each in coco["annotations"] if each["image_id"] in photos]
    return coco | {"annotations": annotations}


def _hits(coco: dict[str, Any], results: list[dict[str, Any]], category: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Returns, best first, whether each result hits a garment not hit before (IoU 0.5), its score, and how many are."""
    truth: dict[int, list[np.ndarray]] = {}
    for annotation in coco["annotations"]:
        if annotation["category_id"] == category and not annotation["iscrowd"]:
            truth.setdefault(annotation["image_id"], []).append(corners(annotation["bbox"])[0])
    count = sum(map(len, truth.values()))
    results = sorted(results, key=lambda result: -result["score"])
    hits = np.zeros(len(results), bool)
    for i, result in enumerate(results):
        left = truth.get(result["image_id"], [])
        fits = box_iou(corners(result["bbox"]), np.array(left, np.float32).reshape(-1, 4))[0]
        if fits.size and fits.max() >= 0.5:
            hits[i] = True
            left.pop(int(fits.argmax()))
    return hits, np.array([result["score"] for result in results]), count


def corners(box: list[float]) -> np.ndarray:
    """Returns COCO's box (x, y, width, height) as (1, 4) float32 xyxy."""
    x, y, width, height = box
    return np.array([[x, y, x + width, y + height]], np.float32)
