"""Who wears what in the street: products that go together on one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from demo.assortment import Product
from demo.design import Design
from demo.people.body import CURVY, MAN, WOMAN, Body, Build, Pose
from demo.people.models_and_mannequins import HAIRS, LONG_CUTS, SHORT_CUTS, SKINS, Person
from demo.product_views import plain
from demo.wardrobe import Wardrobe, Wearer, goes_with

STANDING = (
    Pose(arms=((13, 12), (10, 14)), legs=((1, 0), (3, 2)), hip_tilt=-2, shoulder_tilt=1.5, sway=-1, turn=0.4),
    Pose(arms=((46, 100), (12, 10)), legs=((0, 0), (6, 4)), hip_tilt=-4, shoulder_tilt=3, sway=-1.6, turn=-0.5),
    Pose(arms=((10, 18), (48, 103)), legs=((6, 4), (0, 0)), hip_tilt=4, shoulder_tilt=-3, sway=1.6, turn=0.6),
    Pose(arms=((18, 26), (16, 12)), legs=((3, 4), (4, 0)), hip_tilt=1, shoulder_tilt=-2, turn=0.1),
    Pose(arms=((10, 10), (24, 62)), legs=((2, 3), (1, 0)), hip_tilt=2, shoulder_tilt=-1, sway=0.8, turn=-0.8),
    Pose(arms=((28, 24), (26, 20)), legs=((5, 0), (5, 1)), turn=0.0),
    Pose(arms=((20, 58), (12, 6)), legs=((1, 0), (4, 4)), hip_tilt=-2, shoulder_tilt=2, sway=-0.8, turn=0.8),
)
BUILDS = ("woman", "woman", "man", "curvy")
EXTRAS = ("footwear", "bag", "outerwear", "headwear", "accessory")
LATER = np.array((0.0, 0.15, 0.25, 0.35, 0.5))  # the later in EXTRAS, the rarer


@dataclass(frozen=True)
class Outfit:
    person: Person
    worn: tuple[tuple[Design, Product | None], ...]  # None: a neutral garment that is not for sale


def outfit(wardrobe: Wardrobe, rng: np.random.Generator, wanted: int) -> Outfit:
    """A person in about `wanted` products, and neutral things where those leave a gap."""
    build = str(rng.choice(BUILDS))
    wearer = Wearer(build, modest=build == "woman" and rng.random() < 0.25)
    bought = _main(wardrobe, wearer, rng)
    bought += _extras(wardrobe, wearer, rng, bought, max(0, wanted - len(bought)))
    worn: list[tuple[Design, Product | None]]
    worn = [(_tucked(product.design, bought, rng), product) for product in bought]
    worn += [(design, None) for design in _gaps(bought, wearer)]
    return Outfit(_person(rng, build), tuple((_carried(design, rng), product) for design, product in worn))


def _main(wardrobe: Wardrobe, wearer: Wearer, rng: np.random.Generator) -> list[Product]:
    """A dress or a jumpsuit, or a top with something below."""
    if wearer.build != "man" and rng.random() < 0.36:
        whole = wardrobe.pick(wearer, ("dress", "jumpsuit"))
        if whole:
            return [whole]
    top = wardrobe.pick(wearer, ("top",))
    bought = [top] if top else []
    low = wardrobe.pick(wearer, (str(rng.choice(("trousers", "trousers", "skirt", "shorts"))),), goes_with(bought))
    low = low or wardrobe.pick(wearer, ("trousers", "shorts"), goes_with(bought))
    return bought + ([low] if low else [])


def _extras(
    wardrobe: Wardrobe, wearer: Wearer, rng: np.random.Generator, bought: list[Product], count: int
) -> list[Product]:
    order = [EXTRAS[k] for k in np.argsort(rng.random(len(EXTRAS)) + LATER)]
    if wearer.modest:
        order = ["accessory", *(kind for kind in order if kind not in ("headwear", "accessory"))]
    goes, found = goes_with(bought), []
    for kind in order[: max(count, int(wearer.modest))]:
        if kind == "accessory":
            chosen = wardrobe.pick(wearer, (kind,), lambda p: (p.design.get("shape") == "hijab") == wearer.modest)
        else:
            chosen = wardrobe.pick(wearer, (kind,), goes)
        found += [chosen] if chosen else []
    return found


def _gaps(bought: Sequence[Product], wearer: Wearer) -> list[Design]:
    """Neutral clothes for what the products leave bare."""
    types = {product.garment_type for product in bought}
    gaps = []
    if "footwear" not in types:
        gaps.append(plain("white", "footwear", "footwear", last="sneaker"))
    if not types & {"dress", "jumpsuit", "trousers", "shorts", "skirt"}:
        gaps.append(plain("charcoal", "trousers", "trousers", "twill", fit="slim"))
    if not types & {"dress", "jumpsuit", "top"} or any(product.design.kind == "dungarees" for product in bought):
        sleeve = "long" if wearer.modest else "short"
        cut: dict[str, Any] = {
            "ease": 0.6,
            "hem": 79,
            "shape": "fitted",
            "collar": "rib",
            "layer": 18,
            "sleeve": sleeve,
        }
        gaps.append(plain("white", "upper", "top", **cut))
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


def _carried(design: Design, rng: np.random.Generator) -> Design:
    if design.kind != "bag":
        return design
    return replace(design, cut={**design.cut, "side": int(rng.choice((-1, 1)))})
