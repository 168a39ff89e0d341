"""Who wears what in the street: products that go together on one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .assortment import Product
from .body import CURVY, MAN, WOMAN, Body, Build, Pose
from .design import Design
from .people import HAIRS, LONG_CUTS, SHORT_CUTS, SKINS, Person
from .views import plain

STANDING = (
    Pose(arms=((13, 12), (10, 14)), legs=((1, 0), (3, 2)), hip_tilt=-2, shoulder_tilt=1.5, sway=-1, turn=0.4),
    Pose(arms=((46, 100), (12, 10)), legs=((0, 0), (6, 4)), hip_tilt=-4, shoulder_tilt=3, sway=-1.6, turn=-0.5),
    Pose(arms=((10, 18), (48, 103)), legs=((6, 4), (0, 0)), hip_tilt=4, shoulder_tilt=-3, sway=1.6, turn=0.6),
    Pose(arms=((18, 26), (16, 12)), legs=((3, 4), (4, 0)), hip_tilt=1, shoulder_tilt=-2, turn=0.1),
    Pose(arms=((10, 10), (24, 62)), legs=((2, 3), (1, 0)), hip_tilt=2, shoulder_tilt=-1, sway=0.8, turn=-0.8),
    Pose(arms=((28, 24), (26, 20)), legs=((5, 0), (5, 1)), turn=0.0),
    Pose(arms=((20, 58), (12, 6)), legs=((1, 0), (4, 4)), hip_tilt=-2, shoulder_tilt=2, sway=-0.8, turn=0.8),
)
WOMEN_ONLY = {"dress", "jumpsuit", "skirt"}


@dataclass(frozen=True)
class Look:
    person: Person
    worn: tuple[tuple[Design, Product | None], ...]  # None: a neutral garment that is not for sale


def suits(product: Product, build: str) -> bool:
    own = product.design.get("build")
    if product.garment_type in ("footwear", "bag", "headwear", "accessory"):
        return product.design.kind not in ("socks", "tights")
    if product.category in ("Baju_Hamil", "Baju_Tidur___Pakaian_Dalam", "Swimwear___Beachwear"):
        return False
    if build == "man":
        return own == "man" or (own is None and product.garment_type in ("outerwear",) and product.category != "Blazer")
    return (
        own == build or (own is None and build == "woman") or (own is None and product.garment_type not in WOMEN_ONLY)
    )


class Wardrobe:
    """Draws products by type for one person, none twice in a scene."""

    def __init__(self, products: Sequence[Product], rng: np.random.Generator):
        self.products, self.rng, self.taken = products, rng, set()

    def pick(self, build: str, *types: str, but: frozenset[str] = frozenset()) -> Product | None:
        pool = [
            product for product in self.products
            if product.garment_type in types and product.product_id not in self.taken and suits(product, build)
            and str(product.design.get("shape")) not in but
        ]  # fmt: skip
        if not pool:
            return None
        chosen = pool[int(self.rng.integers(len(pool)))]
        self.taken.add(chosen.product_id)
        return chosen


def look(wardrobe: Wardrobe, rng: np.random.Generator, wanted: int) -> Look:
    """A person in `wanted` products (at least two), and neutral things where those leave a gap."""
    build = str(rng.choice(("woman", "woman", "man", "curvy")))
    main = _whole(wardrobe, build) if build != "man" and rng.random() < 0.36 else _parts(wardrobe, build)
    extras = _extras(wardrobe, rng, build, main, max(0, wanted - len(main)))
    bought = [product for product in (*main, *extras) if product is not None][: max(wanted, 2)]
    worn = [(product.design, product) for product in bought]
    worn = [(_tucked(design, bought, rng), product) for design, product in worn]
    worn += [(design, None) for design in _gaps(bought)]
    person = _person(rng, build)
    return Look(person, tuple((_carried(design, person, rng), product) for design, product in worn))


def _whole(wardrobe: Wardrobe, build: str) -> list[Product | None]:
    return [wardrobe.pick(build, "dress", "jumpsuit")]


def _parts(wardrobe: Wardrobe, build: str) -> list[Product | None]:
    low = ("trousers", "shorts") if build == "man" else ("trousers", "trousers", "skirt", "shorts")
    return [wardrobe.pick(build, "top"), wardrobe.pick(build, *low)]


def _extras(wardrobe: Wardrobe, rng: np.random.Generator, build: str, main: list, count: int) -> list[Product | None]:
    veiled = build == "woman" and rng.random() < 0.22
    kinds = ["footwear", "bag", "outerwear", "headwear", "accessory"]
    order = [kinds[k] for k in np.argsort(rng.random(5) + np.array((0.0, 0.15, 0.25, 0.35, 0.5)))]
    if veiled:
        order = ["accessory", *(kind for kind in order if kind not in ("headwear", "accessory"))]
    found = []
    for kind in order[:count]:
        but = (
            frozenset({"hijab"})
            if kind == "accessory" and not veiled
            else frozenset({"scarf", "sunglasses"})
            if kind == "accessory"
            else frozenset()
        )
        found.append(wardrobe.pick(build, kind, but=but))
    return found


def _gaps(bought: Sequence[Product]) -> list[Design]:
    """Neutral clothes for what the products leave bare."""
    types = {product.garment_type for product in bought}
    gaps = []
    if "footwear" not in types:
        gaps.append(plain("white", "footwear", "footwear", last="sneaker"))
    if not types & {"dress", "jumpsuit", "trousers", "shorts", "skirt"}:
        gaps.append(plain("charcoal", "trousers", "trousers", "twill", fit="slim"))
    if not types & {"dress", "jumpsuit", "top"} or any(product.design.kind == "dungarees" for product in bought):
        gaps.append(plain("white", "upper", "top", ease=0.6, hem=79, shape="fitted", collar="rib", layer=18))
    return gaps


def _tucked(design: Design, bought: Sequence[Product], rng: np.random.Generator) -> Design:
    """A plain top goes into a high waistband as often as not."""
    high = any(product.garment_type == "skirt" or product.design.get("rise") == "high" for product in bought)
    loose = design.garment_type != "top" or design.get("hem_shape") == "rib" or design.get("build") == "man"
    if loose or not high or rng.random() < 0.4:
        return design
    ease = min(float(design.get("ease", 2.0)), 1.6)
    return replace(design, cut={**design.cut, "layer": 18, "hem": 72, "shape": "fitted", "ease": ease, "flare": 0.0})


def _person(rng: np.random.Generator, build: str) -> Person:
    base = {"woman": WOMAN, "man": MAN, "curvy": CURVY}[build]
    pose = STANDING[int(rng.integers(len(STANDING)))]
    return Person(
        Body(_varied(base, rng), pose, dressed=True),
        SKINS[int(rng.integers(len(SKINS)))],
        HAIRS[int(rng.integers(len(HAIRS)))],
        str(rng.choice(SHORT_CUTS if build == "man" else LONG_CUTS)),
        beard=build == "man" and rng.random() < 0.4,
    )


def _varied(build: Build, rng: np.random.Generator) -> Build:
    wide, thick = rng.normal(1, 0.035), rng.normal(1, 0.05)
    return replace(
        build,
        shoulder=build.shoulder * wide,
        chest=build.chest * wide,
        waist=build.waist * wide * rng.normal(1, 0.03),
        hip=build.hip * wide,
        arm=build.arm * thick,
        leg=build.leg * thick,
    )


def _carried(design: Design, person: Person, rng: np.random.Generator) -> Design:
    if design.kind != "bag":
        return design
    return replace(design, cut={**design.cut, "side": int(rng.choice((-1, 1)))})
