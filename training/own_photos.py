"""A merchant's own photos for fine-tuning: several photos of each product.

    PHOTOS/
        red-dress/front.jpg, back.jpg        a folder of pictures is a product
        shoes/boot-12/1.jpg, 2.jpg           it may lie deeper: its path is its name
        masks.json                           optional: COCO instances, file_name relative to PHOTOS

Where a photo has annotations in masks.json, they are the product. In the others the bundled detector finds it: the
garment type that fills most of the product's photos.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from search.vision.crops import Crop, crop_garment, whole_photo
from search.vision.detections import Detections
from search.vision.detector import Detector
from search.vision.photo_decoding import PhotoError, decode_photo

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".bmp", ".tif", ".tiff"}
MASKS = "masks.json"
MIN_PRODUCTS = 20  # with several photos: fewer, and what is measured on the held-out ones is chance


class OwnPhotosError(ValueError):
    """The folder cannot be learned from; the message says what is wrong and what is expected."""


@dataclass(frozen=True)
class Photo:
    """One photo of a product; `mask` (H, W) bool of the photo where masks.json has one, else None."""

    path: Path
    product: str
    mask: np.ndarray | None = None


def read_photos(folder: Path) -> list[Photo]:
    """Returns the photos of products with several, by product.

    Raises OwnPhotosError for a folder that is missing, has too few such products or a masks.json that does not fit.
    """
    if not folder.is_dir():
        raise OwnPhotosError(f"{folder} is no folder. Expected: a folder with one folder of pictures per product.")
    masks = _read_masks(folder)
    by_product = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.parent != folder:
            name = path.relative_to(folder).as_posix()
            by_product[path.parent.relative_to(folder).as_posix()].append((path, masks.pop(name, None)))
    if masks:
        raise OwnPhotosError(f"{folder / MASKS} names photos that are in no product's folder, as {min(masks)}.")
    several = {name: photos for name, photos in by_product.items() if len(photos) > 1}
    if len(several) < MIN_PRODUCTS:
        raise OwnPhotosError(
            f"{folder} holds {len(several)} products with two photos or more (of {len(by_product)}); at least "
            f"{MIN_PRODUCTS} are needed. Expected: PHOTOS/<product>/<photo>.jpg."
        )
    return [Photo(path, name, mask) for name, photos in several.items() for path, mask in photos]


def _read_masks(folder: Path) -> dict[str, np.ndarray]:
    """Returns the union of each photo's masks by file name; empty where there is no masks.json."""
    path = folder / MASKS
    if not path.exists():
        return {}
    from pycocotools import mask as coco

    try:
        content = json.loads(path.read_text())
        images = {image["id"]: image for image in content["images"]}
        found: dict[str, np.ndarray] = {}
        for annotation in content["annotations"]:
            image = images[annotation["image_id"]]
            shape = image["height"], image["width"]
            runs = annotation["segmentation"]
            if isinstance(runs, list) or isinstance(runs["counts"], list):
                runs = coco.frPyObjects(runs, *shape)
            runs = coco.merge(runs) if isinstance(runs, list) else runs
            mask = coco.decode(runs).astype(bool)
            found[image["file_name"]] = found.get(image["file_name"], np.zeros(shape, bool)) | mask
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise OwnPhotosError(f"{path} is no COCO instances file: {type(error).__name__}: {error}.") from error
    return found


def product_crops(photos: Sequence[Photo], detector: Detector) -> list[Crop]:
    """Returns the product in each of its photos, as the site cuts it.

    photos: of one product. Raises OwnPhotosError for a file that is no picture, or a mask of another size.
    """
    pixels = [_read(photo) for photo in photos]
    found = [None if photo.mask is not None else detector.detect(p) for photo, p in zip(photos, pixels, strict=True)]
    garment_type = _main_type([detections for detections in found if detections is not None])
    return [_crop(*parts, garment_type) for parts in zip(photos, pixels, found, strict=True)]


def _read(photo: Photo) -> np.ndarray:
    try:
        pixels = decode_photo(photo.path)
    except PhotoError as error:
        raise OwnPhotosError(f"{photo.path}: {error}") from error
    return pixels


def _main_type(found: Sequence[Detections]) -> str | None:
    """The garment type whose masks fill most of the photos, each photo counting alike."""
    areas: dict[str, float] = defaultdict(float)
    for detections in found:
        for garment_type, mask in zip(detections.garment_types, detections.masks, strict=True):
            areas[garment_type] += float(mask.mean())
    return max(areas, key=lambda name: areas[name], default=None)


def _crop(photo: Photo, pixels: np.ndarray, found: Detections | None, garment_type: str | None) -> Crop:
    if photo.mask is not None:
        return _masked(photo, pixels)
    assert found is not None
    of_type = [index for index, name in enumerate(found.garment_types) if name == garment_type]
    if not of_type:
        return whole_photo(pixels)
    largest = max(of_type, key=lambda index: int(found.masks[index].sum()))
    return crop_garment(pixels, found.boxes[largest].tolist(), found.masks[largest])


def _masked(photo: Photo, pixels: np.ndarray) -> Crop:
    import cv2

    mask, (height, width) = photo.mask, pixels.shape[:2]
    assert mask is not None
    if abs(mask.shape[1] / mask.shape[0] - width / height) > 0.02:
        raise OwnPhotosError(f"{photo.path} is {width} x {height}, its mask {mask.shape[1]} x {mask.shape[0]}.")
    # photos larger than the site keeps them are decoded smaller
    mask = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST).astype(bool)
    if not mask.any():
        raise OwnPhotosError(f"{photo.path}: its mask is empty.")
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return crop_garment(pixels, (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1), mask)
