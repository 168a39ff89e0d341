"""The example photos that anybody can try: street scenes that the sample catalogue brings along."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import NamedTuple

from django.core.cache import cache
from django.core.files.storage import default_storage

from catalogue.models import Product

FOLDER = "samples/scenes"
_PICTURE = re.compile(r"[\w-]+\.(jpe?g|png|webp)")
CACHE_SECONDS = 60
MAX_HOTSPOTS = 4


def example_photo_names() -> list[str]:
    """Their names in the media storage, in order; empty where the sample catalogue was never rendered."""
    names = cache.get("photo-scenes")
    if names is None:
        names = _listed()
        cache.set("photo-scenes", names, CACHE_SECONDS)
    return names


def example_photo(name: str) -> bytes | None:
    """The file of one of `example_photo_names()`, None for any other name."""
    if name not in example_photo_names():
        return None
    with default_storage.open(name) as file:
        return file.read()


def _listed() -> list[str]:
    try:
        files = default_storage.listdir(FOLDER)[1]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [str(PurePosixPath(FOLDER, name)) for name in sorted(files) if _PICTURE.fullmatch(name)]


class Hotspot(NamedTuple):
    """A garment of an example and the product that it is; x and y in pixels of the photo."""

    number: int
    x: float
    y: float
    product: Product


class Example(NamedTuple):
    name: str
    width: int
    height: int
    hotspots: list[Hotspot]

    @property
    def dot(self) -> float:
        return self.width / 34


def example() -> Example | None:
    """An example photo that shows what a search does: some garments of it are products of the shop. None without."""
    described = cache.get("photo-example")
    if described is None:
        described = next((each for name in example_photo_names() if (each := _described(name))), {})
        cache.set("photo-example", described, CACHE_SECONDS)
    garments = {garment["product_id"]: garment for garment in described.get("garments", [])}
    products = {
        product.sku: product for product in Product.objects.visible().for_cards().filter(sku__in=list(garments))
    }
    shown = [(products[sku], garment) for sku, garment in garments.items() if sku in products][:MAX_HOTSPOTS]
    if len(shown) < MAX_HOTSPOTS:
        return None
    hotspots = [
        Hotspot(number, *_middle(garment["box"]), product) for number, (product, garment) in enumerate(shown, 1)
    ]
    return Example(described["name"], described["width"], described["height"], hotspots)


def _described(name: str) -> dict | None:
    """What is known of a scene, its largest garments first; None where that is too little to show."""
    try:
        with default_storage.open(str(PurePosixPath(name).with_suffix(".json"))) as file:
            known = json.load(file)
        garments = [{"product_id": each["product_id"], "box": each["box"]} for each in known["garments"]]
        if len(garments) < MAX_HOTSPOTS:
            return None
        return {
            "name": name,
            "width": round(known["width"]),
            "height": round(known["height"]),
            "garments": sorted(garments, key=_area),
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _area(garment: dict) -> float:
    x0, y0, x1, y1 = garment["box"]
    return -(x1 - x0) * (y1 - y0)


def _middle(box: list[float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
