"""Street scenes: one or two people in several products, with the truth about every garment that is seen.

    rgb, garments = render_scene(seed=7)

is all that training needs: any number of pictures with boxes and masks, the same ones for the same seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from demo.assortment import Product, assortment
from demo.drawing.canvas import Canvas, Light, View, soften
from demo.people.dressed_figure import dress_up, paint
from demo.street_backgrounds import WEATHERS, Street, Weather
from demo.street_outfits import Outfit, outfit
from demo.wardrobe import Wardrobe

SIZE = (720, 960)
FINER = 1.5
FIRST_OWNER = 2
FEWEST = 3  # products in a scene
SMALLEST = 0.0004  # a garment that shows less of itself than this share of the picture is not listed


@dataclass(frozen=True)
class SceneGarment:
    """A product as it is seen: `box` is x0, y0, x1, y1 in whole pixels around `mask` (height, width) bool."""

    product_id: str
    garment_type: str
    box: tuple[int, int, int, int]
    mask: np.ndarray


def render_scene(
    seed: int, products: Sequence[Product] | None = None, size: tuple[int, int] = SIZE
) -> tuple[np.ndarray, list[SceneGarment]]:
    """A street scene: (height, width, 3) uint8 RGB, and the products seen in it, nearest person last.

    `products` are what people may wear (by default the sample shop's first 420); `size` is (width, height).
    Boxes are the extent of their masks, and masks what is seen: without what an arm or a bag hides. The two shoes of
    a pair are listed one by one.
    """
    # a generator each: what is drawn must not hang on the picture's size, nor one part on another
    light, town, people, film = (np.random.default_rng((seed, part)) for part in range(4))
    products = assortment(420) if products is None else products
    weather = WEATHERS[int(light.integers(len(WEATHERS)))]
    width, height = (round(side * FINER) for side in size)
    backdrop = Street(width, height, weather, town).paint()
    canvas, owners = _peopled(backdrop, _outfits(products, people), weather, people)
    return _developed(canvas.rgb, size, film), _truth(canvas.owner, owners, size)


def _outfits(products: Sequence[Product], rng: np.random.Generator) -> list[Outfit]:
    """One or two people; drawn again, a few times at most, while they wear too little that is for sale."""
    outfits: list[Outfit] = []
    for _ in range(5):
        wardrobe = Wardrobe(products, rng)
        if rng.random() < 0.5:
            outfits = [outfit(wardrobe, rng, int(rng.integers(3, 6)))]
        else:
            outfits = [outfit(wardrobe, rng, int(rng.integers(2, 4))) for _ in range(2)]
        if sum(product is not None for one in outfits for _, product in one.worn) >= FEWEST:
            break
    return outfits


def _peopled(
    backdrop: np.ndarray, outfits: list[Outfit], weather: Weather, rng: np.random.Generator
) -> tuple[Canvas, dict[int, Product]]:
    height, width = backdrop.shape[:2]
    light = Light(weather.sun[0], weather.sun[1], weather.ambient, weather.tint)
    canvas = Canvas(backdrop, View(width, height, 1.0, (0, 0)), light)
    owners: dict[int, Product] = {}
    for number, one in enumerate(outfits):
        tall = height * (rng.uniform(0.76, 0.88) if len(outfits) == 1 else rng.uniform(0.7, 0.8))
        ground = height * (rng.uniform(0.93, 0.97) if len(outfits) == 1 else rng.uniform(0.9, 0.96))
        middle = width * (
            rng.uniform(0.38, 0.62) if len(outfits) == 1 else (0.28, 0.71)[number] + rng.uniform(-0.03, 0.03)
        )
        canvas.view = _standing(width, height, tall, ground, middle)
        _stand(canvas, weather)
        worn = []
        for design, product in one.worn:
            owner = FIRST_OWNER + len(owners) if product else 1
            if product:
                owners[owner] = product
            worn.append((design, owner))
        paint(canvas, dress_up(one.person, worn))
    return canvas, owners


def _standing(width: int, height: int, tall: float, ground: float, middle: float) -> View:
    scale = tall / 170
    return View(width, height, scale, ((width / 2 - middle) / scale, 169 - (ground - height / 2) / scale))


def _stand(canvas: Canvas, weather: Weather) -> None:
    """The shadow on the pavement, away from the sun."""
    view = canvas.view
    feet = view(np.array([[0.0, 168.0]]))[0] / 4
    mask = np.zeros((view.height // 4 + 1, view.width // 4 + 1), dtype=np.float32)
    reach = view.scale / 4
    away = -np.sign(weather.sun[0]) * 22 * reach
    cv2.ellipse(
        mask,
        (int(feet[0] + away * 0.7), int(feet[1] + 2 * reach)),
        (int(40 * reach), max(1, int(4.5 * reach))),
        0,
        0,
        360,
        0.7,
        -1,
    )
    cv2.ellipse(mask, (int(feet[0]), int(feet[1])), (int(24 * reach), max(1, int(4 * reach))), 0, 0, 360, 1.0, -1)
    shade = cv2.resize(soften(mask, 2.0 * reach), (view.width, view.height))
    canvas.rgb *= (1 - weather.shadow * shade)[..., None]


def _developed(sheet: np.ndarray, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """The finished photograph: scaled, darker at its corners, with a little grain."""
    small = cv2.resize(np.clip(sheet, 0, 1), size, interpolation=cv2.INTER_AREA)
    y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j].astype(np.float32)
    small *= (1 - 0.1 * (x * x + y * y) / 2)[..., None]
    small += rng.normal(0, 0.008, (*small.shape[:2], 1)).astype(np.float32)
    return (np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8)


def _truth(owner: np.ndarray, owners: dict[int, Product], size: tuple[int, int]) -> list[SceneGarment]:
    garments: list[SceneGarment] = []
    for number, product in owners.items():
        seen = (owner == number).astype(np.float32)
        mask = cv2.resize(seen, size, interpolation=cv2.INTER_AREA) > 0.5
        parts = _shoes(mask) if product.garment_type == "footwear" else [mask]
        garments.extend(
            SceneGarment(product.product_id, product.garment_type, box_of(part), part)
            for part in parts
            if part.mean() >= SMALLEST
        )
    return garments


def _shoes(mask: np.ndarray) -> list[np.ndarray]:
    """A pair's shoes apart, left first: detectors are taught single ones."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    largest = sorted(range(1, count), key=lambda label: -stats[label, cv2.CC_STAT_AREA])[:2]
    return [labels == label for label in sorted(largest, key=lambda label: stats[label, cv2.CC_STAT_LEFT])]


def box_of(mask: np.ndarray) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 around the true pixels; x1 and y1 are one past the last."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
