"""Real photos of products in several views and colours, cut out by the bundled detector as the site does it.

`views/views.csv` says of each photo which garment, colour and view it shows and the type of the garment that is sold.
A product is one garment in one colour; the other colours of its garment are what it is most easily confused with.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from garments.rle import decode_rle, encode_rle
from search.vision.cards import choose
from search.vision.crops import Crop, crop_garment, whole_photo
from search.vision.detections import Detections
from search.vision.detector import load_detector
from training.encoder.encoder_garments import LONGEST, Garment, read_rgb, shrink_garment
from training.splits import clothing_split, views_split

SURROUNDINGS = 0.12  # of the box's sides, kept around a garment that views are made from
Found = tuple[list[float], np.ndarray] | None  # box x0, y0, x1, y1 in pixels and mask (H, W) bool


@dataclass(frozen=True)
class RealView:
    """One photo of a product.

    `product` is garment and colour, "mb01/blue". `crop` is the garment as the site cuts it, `whole` the whole photo.
    `garment` is the same garment with some of what is around it, for making further views; its mask is None where the
    detector found nothing.
    """

    image: str
    product: str
    style: str  # the garment in whatever colour
    view: str
    garment_type: str
    split: str
    crop: Crop
    whole: Crop
    garment: Garment


def real_views(data: Path, split: str | None, found: Path) -> list[RealView]:
    """Returns the photos of one split ("train" or "val") or all, in the order of the file.

    found: a JSON file that keeps what the detector finds in them.
    Raises FileNotFoundError where `data` has no views/views.csv.
    """
    with open(data / "views" / "views.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if split in (None, views_split(row["garment"]))]
    paths = {row["image"]: data / "views" / "images" / f"{row['image']}.jpg" for row in rows}
    garments = located_garments(((paths[row["image"]], row["garment_type"]) for row in rows), found)
    return [_real_view(paths[row["image"]], row, where) for row, where in zip(rows, garments, strict=True)]


def distractor_crops(data: Path, found: Path) -> list[Crop]:
    """Returns the largest garment of each held-out photo of a single garment: what else a shop sells."""
    with open(data / "clothing" / "images.csv", newline="") as file:
        names = [row["image"] for row in csv.DictReader(file) if _is_distractor(row)]
    paths = [path for name in names if (path := data / "clothing" / "images" / f"{name}.jpg").exists()]
    garments = located_garments(((path, "") for path in paths), found)
    return [_cut(read_rgb(path), where) for path, where in zip(paths, garments, strict=True)]


def _is_distractor(row: dict[str, str]) -> bool:
    return clothing_split(row["sender_id"]) == "val" and row["label"] != "Skip"


def located_garments(photos: Iterable[tuple[Path, str]], found: Path) -> list[Found]:
    """Returns where in each photo the garment of the given type is (see `garment_of_type`), None where nothing is.

    found: a JSON file of what earlier calls found, by name of photo, type and detector; it is written anew.
    """
    fingerprint = choose("detector").fingerprint
    stored = json.loads(found.read_text()) if found.exists() else {}
    located, known = [], len(stored)
    for path, garment_type in photos:
        key = f"{path.parent.parent.name}/{path.stem} {garment_type} {fingerprint}"
        if key not in stored:
            detections = load_detector().detect(read_rgb(path))  # loaded only where something is not known yet
            best = garment_of_type(detections, garment_type)
            stored[key] = best if best is None else _as_json(detections, best)
        located.append(stored[key] and (stored[key]["box"], decode_rle(stored[key]["mask"])))
    if len(stored) > known:
        found.parent.mkdir(parents=True, exist_ok=True)
        found.write_text(json.dumps(stored))
    return located


def _as_json(detections: Detections, index: int) -> dict:
    box = [round(float(value), 2) for value in detections.boxes[index]]
    return {"box": box, "mask": encode_rle(detections.masks[index])}


def garment_of_type(detections: Detections, garment_type: str) -> int | None:
    """Returns the index of the largest garment of this type, else of the largest of all, by its mask; None of none.

    The site stores the same of a product's photo, where its category holds this type alone.
    """
    of_type = [index for index, kind in enumerate(detections.garment_types) if kind == garment_type]
    found = of_type or range(len(detections))
    return max(found, key=lambda index: int(detections.masks[index].sum()), default=None)


def _cut(photo: np.ndarray, where: Found) -> Crop:
    return whole_photo(photo) if where is None else crop_garment(photo, *where)


def _real_view(path: Path, row: dict[str, str], where: Found) -> RealView:
    photo = read_rgb(path)
    style, split = row["garment"], views_split(row["garment"])
    whole = whole_photo(photo)
    garment = Garment(f"views/{row['image']}", photo, whole.mask, row["garment_type"], f"v{style}", split)
    if where is not None:
        garment = _with_surroundings(garment, *where)
    return RealView(
        image=row["image"],
        product=f"{style}/{row['colour']}",
        style=style,
        view=row["view"],
        garment_type=row["garment_type"],
        split=split,
        crop=whole if where is None else crop_garment(photo, *where),
        whole=whole,
        garment=shrink_garment(garment, LONGEST),
    )


def _with_surroundings(garment: Garment, box: list[float], mask: np.ndarray) -> Garment:
    height, width = mask.shape
    dx, dy = SURROUNDINGS * (box[2] - box[0]), SURROUNDINGS * (box[3] - box[1])
    columns = slice(max(0, int(box[0] - dx)), min(width, int(box[2] + dx) + 1))
    rows = slice(max(0, int(box[1] - dy)), min(height, int(box[3] + dy) + 1))
    cut = mask[rows, columns]
    return replace(garment, pixels=garment.pixels[rows, columns], mask=cut if cut.any() else None)
