"""Real photos of products in several views and colours, cut out by the bundled detector as the site does it.

`views/views.csv` says of each photo which garment, colour and view it shows and the type of the garment that is sold.
A product is one garment in one colour; the other colours of its garment are what it is most easily confused with.
"""

from __future__ import annotations

import csv
import pickle
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from search.vision.crops import Crop, crop_garment, whole_photo
from search.vision.detections import Detections
from search.vision.detector import Detector, load_detector
from training.encoder.encoder_garments import LONGEST, Garment, read_rgb, shrink_garment
from training.splits import views_split

SURROUNDINGS = 0.12  # of the box's sides, kept around a garment that views are made from


@dataclass(frozen=True)
class RealView:
    """One photo of a product.

    `product` is garment and colour, "mb01/blue". `crop` is the garment as the site cuts it, `whole` the whole photo.
    `garment` is the same garment with some of what is around it, for making further views; its mask is None where the
    detector found nothing of the garment's type.
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


def real_views(data: Path, split: str | None = None, detector: Detector | None = None) -> list[RealView]:
    """Returns the photos of one split ("train" or "val") or all, in the order of the file.

    Raises FileNotFoundError where `data` has no views/views.csv.
    """
    detector = detector or load_detector()
    with open(data / "views" / "views.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if split in (None, views_split(row["garment"]))]
    return [_real_view(data / "views" / "images", row, detector) for row in rows]


def stored_real_views(data: Path, path: Path) -> list[RealView]:
    """Returns all photos (see `real_views`), from the file `path` where an earlier call left them there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(real_views(data)))
    return pickle.loads(path.read_bytes())


def _real_view(folder: Path, row: dict[str, str], detector: Detector) -> RealView:
    path = next(path for path in folder.glob(f"{row['image']}.*"))
    photo = read_rgb(path)
    detections = detector.detect(photo)
    best = garment_of_type(detections, row["garment_type"])
    product, style, split = f"{row['garment']}/{row['colour']}", row["garment"], views_split(row["garment"])
    whole = whole_photo(photo)
    crop = whole if best is None else crop_garment(photo, detections.boxes[best], detections.masks[best])
    garment = Garment(f"views/{row['image']}", photo, None, row["garment_type"], f"v{style}", split)
    if best is not None:
        garment = _with_surroundings(garment, detections.boxes[best], detections.masks[best])
    elif whole.mask is not None:
        garment = replace(garment, mask=whole.mask)
    garment = shrink_garment(garment, LONGEST)
    return RealView(row["image"], product, style, row["view"], row["garment_type"], split, crop, whole, garment)


def garment_of_type(detections: Detections, garment_type: str) -> int | None:
    """Returns the index of the largest garment of this type, else of the largest of all, by its mask; None of none.

    The site stores the same of a product's photo, where its category holds this type alone.
    """
    of_type = [index for index, kind in enumerate(detections.garment_types) if kind == garment_type]
    found = of_type or range(len(detections))
    return max(found, key=lambda index: int(detections.masks[index].sum()), default=None)


def _with_surroundings(garment: Garment, box: np.ndarray, mask: np.ndarray) -> Garment:
    height, width = mask.shape
    dx, dy = SURROUNDINGS * (box[2] - box[0]), SURROUNDINGS * (box[3] - box[1])
    columns = slice(max(0, int(box[0] - dx)), min(width, int(box[2] + dx) + 1))
    rows = slice(max(0, int(box[1] - dy)), min(height, int(box[3] + dy) + 1))
    cut = mask[rows, columns]
    return replace(garment, pixels=garment.pixels[rows, columns], mask=cut if cut.any() else None)
