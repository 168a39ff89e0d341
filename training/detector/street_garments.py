"""Parts of the labelled street photos: single garments, cut out by their masks, and what lies beside the person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

from training.detector.copy_paste import Scene, cropped
from training.garment_labels import DETECTED_TYPES

MIN_AREA = 1500  # pixels of a mask: a smaller garment, enlarged to a packshot, is a blur
MARGIN = 6  # pixels around the garment's box


class StreetGarments:
    """The garments of COCO files of street photos, drawn by type."""

    def __init__(self, photos: Path, *cocos: Path):
        self.photos = photos
        self.by_type: dict[str, list[list[dict[str, Any]]]] = {kind: [] for kind in DETECTED_TYPES}
        for coco in cocos:
            self._add(json.loads(coco.read_text()))

    def _add(self, content: dict[str, Any]) -> None:
        names = {image["id"]: image["file_name"] for image in content["images"]}
        shoes: dict[int, list[dict[str, Any]]] = {}
        for annotation in content["annotations"]:
            annotation["file_name"] = names[annotation["image_id"]]
            kind = DETECTED_TYPES[annotation["category_id"] - 1]
            if annotation["iscrowd"]:
                continue
            if kind == "footwear":  # sold in pairs: both shoes of a photo come together
                shoes.setdefault(annotation["image_id"], []).append(annotation)
            elif annotation["area"] >= MIN_AREA:
                self.by_type[kind].append([annotation])
        self.by_type["footwear"] += [pair for pair in shoes.values() if sum(a["area"] for a in pair) >= MIN_AREA]

    def draw(self, kind: str, rng: np.random.Generator) -> Scene:
        """Returns one garment (or pair of shoes) of type `kind` with some of the photo around it."""
        annotations = self.by_type[kind][rng.integers(len(self.by_type[kind]))]
        pixels = _read(self.photos / annotations[0]["file_name"])
        ids = np.zeros(pixels.shape[:2], np.uint8)
        for index, annotation in enumerate(annotations, start=1):
            ids[coco_mask.decode(annotation["segmentation"]) > 0] = index
        return cropped(Scene(pixels, ids, [-1] + [DETECTED_TYPES.index(kind)] * len(annotations)), MARGIN)


def _read(path: Path) -> np.ndarray:
    """Returns a photo (h, w, 3) uint8 BGR. Raises FileNotFoundError for a file that OpenCV cannot read."""
    photo = cv2.imread(str(path))
    if photo is None:
        raise FileNotFoundError(f"{path} is no photo that can be read.")
    return photo


def beside_the_person(path: Path) -> np.ndarray | None:
    """Returns the wider side of a labelled street photo that shows nobody, (h, w, 3) BGR; None below 70 pixels."""
    is_taken = np.flatnonzero(np.any(_label_indices(path) > 0, axis=0))
    photo = _read(path)
    if not len(is_taken):
        return photo
    left, right = photo[:, : is_taken[0]], photo[:, is_taken[-1] + 1 :]
    side = max(left, right, key=lambda strip: strip.shape[1])
    return side[-int(1.5 * side.shape[1]) :] if side.shape[1] >= 70 else None


def _label_indices(path: Path) -> np.ndarray:
    return np.array(Image.open(path.parent.parent / "masks" / f"{path.stem}.png"))
