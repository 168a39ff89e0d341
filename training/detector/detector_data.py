"""Builds the detector's training data: COCO instance files in our garment types, from street and shop photos.

    python -m training.detector.detector_data --photos ../shared/data --out var/training/garments

writes street_train.json, street_val.json, shop_train.json and shop_val.json (masks as COCO run lengths, boxes x, y,
width, height in pixels; file names relative to --photos) and shop_cutouts.png, a contact sheet of GrabCut's masks
for the eye. Photos stay where they are.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

from training.detector.cutouts import cut_out, why_refused
from training.garment_labels import CCP_TYPES, CLOTHING_TYPES, DETECTED_TYPES, IGNORED
from training.pictures import read_bgr, read_grey
from training.splits import ccp_split, clothing_split

SPECK = 0.0006  # of the photo's area; a shoe seen from afar covers 0.003
THREAD = 0.03  # of a garment's own area: smaller loose parts are drawing errors


def instances(mask: np.ndarray, labels: list[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Yields (garment type or IGNORED, (H, W) bool mask) for each garment in a mask of label indices (H, W)."""
    for index in np.unique(mask):
        kind = CCP_TYPES[labels[index]]
        if kind is None:
            continue
        whole = mask == index
        for part in _shoes(whole) if kind == "footwear" else [_without_threads(whole)]:
            if part.mean() >= SPECK:
                yield kind, part


def street_photos(photos: Path) -> dict[str, list[dict[str, Any]]]:
    """Returns {"train"/"val": photos with their garments} of the labelled street photos."""
    labels = json.loads((photos / "ccp/labels.json").read_text())
    splits: dict[str, list] = {"train": [], "val": []}
    for path in sorted((photos / "ccp/masks").glob("*.png")):
        mask = np.array(Image.open(path))  # not OpenCV: it would turn palette indices into colours
        garments = list(instances(mask, labels))
        file_name = f"ccp/images/{path.stem}.jpg"
        splits[ccp_split(path.stem)].append({"file_name": file_name, "size": mask.shape, "garments": garments})
    return splits


def shop_photos(
    photos: Path, workers: int, masks: Path | None = None
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    """Returns {"train"/"val": photos, each with at most one garment} and {file name: why its mask was refused}.

    masks: a folder of masks made before (training.encoder.prepare_views), used instead of making them anew.
    """
    with open(photos / "clothing/images.csv", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["label"] in CLOTHING_TYPES]
    paths = [photos / f"clothing/images/{row['image']}.jpg" for row in rows]
    splits: dict[str, list] = {"train": [], "val": []}
    refused: dict[str, str] = {}
    # Not forked: OpenCV's threads do not survive a fork, and GrabCut would wait for them for ever.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for row, mask in zip(rows, pool.map(partial(_cut_out_file, masks=masks), paths, chunksize=16), strict=True):
            photo: dict[str, Any] = {"file_name": f"clothing/images/{row['image']}.jpg", "size": mask.shape}
            photo |= {"kind": CLOTHING_TYPES[row["label"]], "garments": []}
            if (reason := why_refused(mask)) is not None:
                refused[photo["file_name"]] = reason
            else:
                photo["garments"] = [(photo["kind"], mask)]
            splits[clothing_split(row["sender_id"])].append(photo)
    return splits, refused


def as_coco(photos: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns the photos as a COCO data set. A shop photo says its `garment_type` even where it has no mask."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, photo in enumerate(photos, start=1):
        height, width = photo["size"]
        image = {"id": image_id, "file_name": photo["file_name"], "width": width, "height": height}
        images.append(image | ({"garment_type": photo["kind"]} if "kind" in photo else {}))
        for kind, mask in photo["garments"]:
            annotations.append({"id": len(annotations) + 1, "image_id": image_id} | _annotation(kind, mask))
    categories = [{"id": i, "name": name} for i, name in enumerate(DETECTED_TYPES, start=1)]
    return {"images": images, "annotations": annotations, "categories": categories}


def _annotation(kind: str, mask: np.ndarray) -> dict[str, Any]:
    """Returns one COCO annotation; an ignored garment is a crowd of the first category (COCO has no other way)."""
    run_lengths = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {
        "category_id": 1 if kind == IGNORED else DETECTED_TYPES.index(kind) + 1,
        "iscrowd": int(kind == IGNORED),
        "area": int(mask.sum()),
        "bbox": coco_mask.toBbox(run_lengths).tolist(),
        "segmentation": {"size": run_lengths["size"], "counts": run_lengths["counts"].decode()},
    }


def _shoes(mask: np.ndarray) -> list[np.ndarray]:
    """Returns the connected parts, straps and heel of one shoe held together."""
    size = max(3, round(mask.shape[0] * 0.012)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    together = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    count, parts = cv2.connectedComponents(together)
    return [mask & (parts == i) for i in range(1, count)]


def _without_threads(mask: np.ndarray) -> np.ndarray:
    """Returns the mask without its loose parts that are too small to be anything."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    kept = stats[:, cv2.CC_STAT_AREA] >= THREAD * mask.sum()
    kept[0] = False
    return kept[parts]


def _cut_out_file(path: Path, masks: Path | None = None) -> np.ndarray:
    cv2.setNumThreads(1)
    if masks is not None:
        return _read_mask(masks / f"{path.stem}.png", read_bgr(path).shape[:2])
    return cut_out(read_bgr(path))


def _read_mask(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the mask of a photo of shape (H, W), kept at another size; an empty one where there is none."""
    if not path.exists():
        return np.zeros(shape, bool)
    mask = cv2.resize(read_grey(path), shape[::-1], interpolation=cv2.INTER_LINEAR)
    return mask > 127


def contact_sheet(folder: Path, photos: list[dict[str, Any]], refused: dict[str, str], count: int = 120) -> np.ndarray:
    """Returns a BGR picture of random shop photos with what was cut out in its own colours, the rest green."""
    tiles = [_tile(folder, photo, refused) for photo in random.Random(0).sample(photos, min(count, len(photos)))]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 15)
    return np.vstack([np.hstack(tiles[i : i + 15]) for i in range(0, len(tiles), 15)])


def _tile(folder: Path, photo: dict[str, Any], refused: dict[str, str]) -> np.ndarray:
    picture = read_bgr(folder / photo["file_name"])
    mask: np.ndarray = photo["garments"][0][1] if photo["garments"] else np.zeros(picture.shape[:2], bool)
    picture[~mask] = picture[~mask] // 3 + np.array([0, 90, 0], np.uint8)
    if photo["file_name"] in refused:
        cv2.putText(picture, refused[photo["file_name"]][:26], (2, 20), 0, 0.55, (0, 0, 255), 2)
    return cv2.resize(picture, (112, 140), interpolation=cv2.INTER_AREA)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, help="the folder that holds ccp/ and clothing/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--masks", type=Path, help="masks of the clothing photos, NAME.png, made by prepare_views")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for split, photos in street_photos(options.photos).items():
        _write(options.out / f"street_{split}.json", photos)
    shop, refused = shop_photos(options.photos, options.workers, options.masks)
    for split, photos in shop.items():
        _write(options.out / f"shop_{split}.json", photos)
    sheet = contact_sheet(options.photos, shop["train"] + shop["val"], refused)
    cv2.imwrite(str(options.out / "shop_cutouts.png"), sheet)
    print(f"{len(refused)} shop photos have no mask that can be learned from")


def _write(path: Path, photos: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps(as_coco(photos)))
    counts = dict.fromkeys([*DETECTED_TYPES, IGNORED], 0)
    for kind, _ in (garment for photo in photos for garment in photo["garments"]):
        counts[kind] += 1
    print(f"{path.name}: {len(photos)} photos, {counts}", flush=True)


if __name__ == "__main__":
    main()
