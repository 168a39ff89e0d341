"""Builds packshots for the detector: one garment by itself, of the types that the photo collections show only worn.

    python -m training.detector.packshots --photos ../shared/data --data var/training/garments \\
        --model search/weights/garments-lite2

reads what training.detector.detector_data wrote into --data and adds these COCO files:

- packshot_train.json: products that the sample catalogue draws, and the bags of views/ that are not held out;
- packshot_val.json: the held-out bags of views/, garments cut out of held-out street photos by their masks and laid on
  plain grounds, and drawn products of another seed; each image says its `source`;
- worn_train.json, worn_val.json: products of views/ worn before white. Their garments are what --model detects, of the
  photos in which it detects the product's type; worn.png is a contact sheet of them.

Generated images lie in --data and are marked `generated`; all others are named relative to --photos.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from search.vision.cards import read_card
from search.vision.crops import foreground_mask
from search.vision.detector import Detector
from search.vision.photo_decoding import decode_photo
from training.detector.copy_paste import lay_on_plain_ground
from training.detector.detector_data import as_coco
from training.detector.street_garments import StreetGarments
from training.detector.tagged_photos import contact_sheet
from training.garment_labels import DETECTED_TYPES, IGNORED
from training.splits import views_detector_split

PRODUCT_SCORE = 0.6  # least score at which a worn product's detection is believed
OTHER_SCORE = 0.5  # the same for what is worn with it
# What is worn with each product in views/, as its photos show; what else is detected there (hair as headwear, hands as
# bags or footwear, bare legs as trousers) is no garment, and is learned as background.
WORN_WITH = {
    "top": ("outerwear", "trousers", "shorts", "skirt"),
    "outerwear": ("top", "trousers", "shorts", "skirt"),
    "trousers": ("top", "outerwear", "footwear"),
    "shorts": ("top", "outerwear", "footwear"),
}
CUTOUTS_PER_TYPE = 20
CUTOUT_SIZE = (360, 480)  # (width, height) in pixels
Photo = dict[str, Any]


def drawn_packshots(folder: Path, *, count: int, seed: int, per_type: int) -> Iterator[Photo]:
    """Draws up to `per_type` products of each detected type into `folder`/drawn and yields them with their masks."""
    from demo.assortment import assortment
    from demo.product_views import packshot_with_mask

    left = dict.fromkeys(DETECTED_TYPES, per_type)
    for product in assortment(count, seed):
        kind = str(product.garment_type)
        if left.get(kind, 0) == 0:
            continue
        left[kind] -= 1
        pixels, mask = packshot_with_mask(product.design)
        name = f"drawn/{seed}-{product.product_id}.jpg"
        _save(folder / name, pixels)
        garments = _pair_of_shoes(mask) if kind == "footwear" else [(kind, mask)]
        yield _generated(name, mask.shape, kind, garments, "drawn")


def cut_out_packshots(photos: Path, data: Path) -> Iterator[Photo]:
    """Lays garments of the held-out street photos on plain grounds, `CUTOUTS_PER_TYPE` of each type."""
    pool = StreetGarments(photos, data / "street_val.json")
    for kind in DETECTED_TYPES:
        rng = np.random.default_rng([7, DETECTED_TYPES.index(kind)])
        for number in range(CUTOUTS_PER_TYPE):
            scene = lay_on_plain_ground(pool.draw(kind, rng), CUTOUT_SIZE, rng)
            name = f"cutouts/{kind}-{number}.jpg"
            _save(data / name, scene.pixels[..., ::-1])
            masks = [scene.ids == index for index in range(1, len(scene.kinds))]
            garments = [(kind, mask) for mask in masks if mask.any()]
            yield _generated(name, scene.ids.shape, kind, garments, "cut out")


def view_rows(photos: Path) -> Iterator[tuple[dict[str, str], str]]:
    """Yields each row of views.csv and its file name relative to `photos`."""
    with open(photos / "views/views.csv", newline="") as rows:
        for row in csv.DictReader(rows):
            yield row, f"views/images/{row['image']}.jpg"


def bag_packshots(photos: Path) -> Iterator[tuple[str, Photo]]:
    """Yields (split, photo) for the bags of views/; their masks are what differs from the plain ground."""
    for row, name in view_rows(photos):
        if row["garment_type"] == "bag":
            pixels = decode_photo(photos / name)
            mask = foreground_mask(pixels)
            garments = [] if mask is None else [("bag", mask)]
            photo = {
                "file_name": name,
                "size": pixels.shape[:2],
                "kind": "bag",
                "garments": garments,
                "source": "views",
            }
            yield views_detector_split(row["garment"]), photo


def worn_photos(photos: Path, detector: Detector) -> Iterator[tuple[str, Photo]]:
    """Yields (split, photo) for products worn before white in which the detector finds the product's type.

    Held-out photos come without garments where it does not: their product's type is known all the same.
    """
    for row, name in view_rows(photos):
        kind, split = row["garment_type"], views_detector_split(row["garment"])
        if kind == "bag":
            continue
        pixels = decode_photo(photos / name)
        found = detector.detect(pixels)
        garments: list[tuple[str, np.ndarray]] = []
        is_product_seen = False
        for found_type, score, mask in zip(found.garment_types, found.scores, found.masks, strict=True):
            if found_type not in (kind, *WORN_WITH[kind]):
                continue
            is_product = found_type == kind and score >= PRODUCT_SCORE
            is_product_seen |= is_product
            is_sure = is_product or (found_type != kind and score >= OTHER_SCORE)
            garments.append((found_type if is_sure else IGNORED, mask))
        garments.sort(key=lambda garment: (garment[0] != IGNORED, -garment[1].sum()))
        if is_product_seen or split == "val":
            seen = garments if is_product_seen else []
            yield split, {"file_name": name, "size": pixels.shape[:2], "kind": kind, "garments": seen, "source": "worn"}


def _pair_of_shoes(mask: np.ndarray) -> list[tuple[str, np.ndarray]]:
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    large = [index for index in range(1, count) if stats[index, cv2.CC_STAT_AREA] >= 0.1 * mask.sum()]
    return [("footwear", parts == index) for index in large]


def _generated(name: str, size: tuple[int, ...], kind: str, garments: list[Any], source: str) -> Photo:
    return {"file_name": name, "size": size, "kind": kind, "garments": garments, "source": source, "generated": True}


def _save(path: Path, rgb: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.ascontiguousarray(rgb[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 92])


def write_coco(path: Path, photos: list[Photo]) -> None:
    """Writes the photos as detector_data does, and of each image its `source` and whether it is `generated`."""
    coco = as_coco(photos)
    for image, photo in zip(coco["images"], photos, strict=True):
        image |= {"source": photo["source"], "generated": photo.get("generated", False)}
    path.write_text(json.dumps(coco))
    print(f"{path.name}: {len(photos)} photos", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, help="the folder that holds ccp/, clothing/ and views/")
    parser.add_argument("--data", type=Path, required=True, help="what training.detector.detector_data wrote")
    parser.add_argument("--model", type=Path, required=True, help="folder of the artifact that labels worn photos")
    parser.add_argument("--drawn", type=int, default=60, help="drawn products of each type to train on")
    options = parser.parse_args()
    bags = list(bag_packshots(options.photos))
    of = {split: [photo for where, photo in bags if where == split] for split in ("train", "val")}
    of["val"] += cut_out_packshots(options.photos, options.data)
    of["val"] += drawn_packshots(options.data, count=600, seed=1, per_type=10)
    write_coco(options.data / "packshot_val.json", of["val"])
    of["train"] += drawn_packshots(options.data, count=4000, seed=0, per_type=options.drawn)
    write_coco(options.data / "packshot_train.json", [photo for photo in of["train"] if photo["garments"]])
    worn = list(worn_photos(options.photos, Detector(read_card(options.model))))
    for split in ("train", "val"):
        write_coco(options.data / f"worn_{split}.json", [photo for where, photo in worn if where == split])
    cv2.imwrite(str(options.data / "worn.png"), contact_sheet(options.photos, [p for w, p in worn if w == "train"]))


if __name__ == "__main__":
    main()
