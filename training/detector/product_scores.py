"""Whether a detector names the product of a shop's photo, and stays silent where there is no garment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from search.vision.detections import Detections
from search.vision.detector import Detector
from search.vision.photo_decoding import decode_photo
from training.detector.copy_paste import noise
from training.detector.packshots import WORN_WITH
from training.detector.street_garments import beside_the_person
from training.splits import ccp_split

SIZE_POWERS = (0.0, 0.25, 0.5, 1.0)  # 0: the highest score alone says which garment the product is


def strongest(detections: Detections, size_power: float = 0.0) -> str:
    """Returns the garment type with the highest score x (mask's share of the photo) ** size_power, or "nothing"."""
    if not len(detections):
        return "nothing"
    shares = detections.masks.reshape(len(detections), -1).mean(axis=1)
    return detections.garment_types[int((detections.scores * shares**size_power).argmax())]


def right_types(images: list[dict[str, Any]], found: dict[int, Detections], size_power: float) -> dict[str, Any]:
    """Returns the share of photos whose strongest garment has the product's type: mean over types, and by type."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    confused: Counter[str] = Counter()
    for image in images:
        truth, said = image["garment_type"], strongest(found[image["id"]], size_power)
        total[truth] += 1
        right[truth] += said == truth
        confused[f"{truth} as {said}"] += said != truth
    by_type = {kind: round(right[kind] / total[kind], 4) for kind in sorted(total)}
    return {
        "photos": total.total(),
        "mean_over_types": round(float(np.mean(list(by_type.values()))), 4),
        "by_type": by_type,
        "confused_most": {pair: count for pair, count in confused.most_common(8) if count},
    }


def product_scores(coco: dict[str, Any], found: dict[int, Detections]) -> dict[str, Any]:
    """Returns `right_types` for each `source` of the images, and the mean over types for each of `SIZE_POWERS`."""
    sources: dict[str, list[dict[str, Any]]] = {}
    for image in coco["images"]:
        sources.setdefault(image.get("source", "clothing"), []).append(image)
    return {
        source: right_types(images, found, 0.0)
        | {"by_size_power": {str(p): right_types(images, found, p)["mean_over_types"] for p in SIZE_POWERS}}
        for source, images in sources.items()
    }


def unworn_scores(images: list[dict[str, Any]], found: dict[int, Detections]) -> dict[str, Any]:
    """Returns how many garments a photo are shown of types that products worn before white do not come with."""
    wrong: Counter[str] = Counter()
    for image in images:
        product = image["garment_type"]
        wrong.update(kind for kind in found[image["id"]].garment_types if kind not in (product, *WORN_WITH[product]))
    return {"per_photo": round(wrong.total() / max(len(images), 1), 4), "by_type": dict(wrong.most_common())}


def detect_products(detector: Detector, coco: dict[str, Any], photos: Path, data: Path) -> dict[int, Detections]:
    """Returns {image id: detections}; generated images lie in `data`, the others in `photos`."""
    return {
        image["id"]: detector.detect(decode_photo((data if image.get("generated") else photos) / image["file_name"]))
        for image in coco["images"]
    }


def empty_pictures(photos: Path, count: int = 100) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yields (source, (H, W, 3) uint8 RGB) of pictures without garments: noise, and streets beside held-out people."""
    for number in range(count):
        yield "noise", noise((400, 600), np.random.default_rng([99, number]))
    for path in sorted((photos / "ccp/images").glob("*.jpg")):
        if ccp_split(path.stem) == "val" and (side := beside_the_person(path)) is not None:
            yield "street side", np.asarray(cv2.cvtColor(side, cv2.COLOR_BGR2RGB), np.uint8)


def empty_scores(detector: Detector, photos: Path) -> dict[str, Any]:
    """Returns, for each source of `empty_pictures`, the share of them in which something is found and its score."""
    best: dict[str, list[float]] = {}
    for source, pixels in empty_pictures(photos):
        best.setdefault(source, []).append(float(detector.detect(pixels).scores.max(initial=0)))
    return {
        source: {
            "pictures": len(scores),
            "something_found": round(float(np.mean(np.array(scores) > 0)), 4),
            "highest_score": round(max(scores), 4),
        }
        for source, scores in best.items()
    }
