"""Which products go on which person, and which go together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from demo.assortment import Product

WOMEN_ONLY = {"dress", "jumpsuit", "skirt"}
INDOORS = {"Baju_Hamil", "Baju_Tidur___Pakaian_Dalam", "Swimwear___Beachwear", "Kaos_Kaki___Stocking"}
CARRIED = {"footwear", "bag", "headwear", "accessory"}
NOT_FOR_MEN = {"pump", "ballet", "sandal", "handbag", "clutch", "hobo", "bucket", "basket"}
TALL_BOOTS = {"knee", "rain", "combat"}
NARROW = {"skin", "skinny", "slim", "shorts"}
LONG_SLEEVES = {"long", "three"}
SHIN = 116.0  # hems at least this far down are modest


@dataclass(frozen=True)
class Wearer:
    """`build` is "woman", "man" or "curvy"; the modest wear a veil, long sleeves and long hems."""

    build: str
    modest: bool = False

    def takes(self, product: Product) -> bool:
        if product.category in INDOORS or (self.modest and not _covers(product)):
            return False
        if product.garment_type in CARRIED:
            return self.build != "man" or product.design.get("last", product.design.get("shape")) not in NOT_FOR_MEN
        own = product.design.get("build")
        if self.build == "man":
            return own == "man" or (
                own is None and product.garment_type == "outerwear" and product.category != "Blazer"
            )
        if own is None:
            return self.build == "woman" or product.garment_type not in WOMEN_ONLY
        return own == self.build


def _covers(product: Product) -> bool:
    design, kind = product.design, product.garment_type
    if kind == "headwear":
        return False
    if kind in ("top", "dress", "jumpsuit") and design.get("sleeve", "short") not in LONG_SLEEVES:
        return False
    if kind in ("trousers", "shorts", "jumpsuit"):
        return design.get("fit") != "shorts" and kind != "shorts"
    return kind not in ("skirt", "dress") or float(design.get("skirt_hem", design.get("hem", 112))) >= SHIN


class Wardrobe:
    """Gives out products by type, none twice in a scene."""

    def __init__(self, products: Sequence[Product], rng: np.random.Generator):
        self.products, self.rng = products, rng
        self.taken: set[str] = set()

    def pick(
        self, wearer: Wearer, types: Sequence[str], wanted: Callable[[Product], bool] = lambda product: True
    ) -> Product | None:
        """A product of one of `types`, one that is `wanted` if there is any; None where nothing suits."""
        pool = [
            product
            for product in self.products
            if product.garment_type in types and product.product_id not in self.taken and wearer.takes(product)
        ]
        pool = [product for product in pool if wanted(product)] or pool
        if not pool:
            return None
        chosen = pool[int(self.rng.integers(len(pool)))]
        self.taken.add(chosen.product_id)
        return chosen


def is_patterned(product: Product) -> bool:
    return product.design.fabric.motif != "solid"


def goes_with(bought: Sequence[Product]) -> Callable[[Product], bool]:
    """Whether a product goes with these: one pattern is enough, and tall boots need narrow legs."""
    patterned = any(is_patterned(product) for product in bought)
    wide = any(product.design.get("fit") and product.design.get("fit") not in NARROW for product in bought)

    def goes(product: Product) -> bool:
        if product.garment_type in CARRIED:
            return not (wide and product.design.get("last") in TALL_BOOTS)
        return not (patterned and is_patterned(product))

    return goes
