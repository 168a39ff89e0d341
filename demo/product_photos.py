"""Which pictures a product has, and what they show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from demo.assortment import Product
from demo.product_views import packshot, worn

# the part of a garment that a close-up shows: how many times larger, and about where (shares of its extent)
CLOSE_UPS = {
    "upper": (2.1, (0.5, 0.26)),
    "dress": (2.6, (0.5, 0.22)),
    "jumpsuit": (2.8, (0.5, 0.22)),
    "dungarees": (2.5, (0.5, 0.25)),
    "trousers": (2.5, (0.5, 0.2)),
    "skirt": (2.3, (0.5, 0.24)),
    "footwear": (1.9, (0.68, 0.7)),
    "bag": (1.7, (0.5, 0.74)),
    "headwear": (1.7, (0.5, 0.5)),
    "lingerie": (2.2, (0.5, 0.28)),
    "swimsuit": (2.2, (0.5, 0.4)),
    "trunks": (2.0, (0.5, 0.3)),
    "socks": (1.9, (0.45, 0.3)),
    "tights": (3.0, (0.5, 0.14)),
}


def shots(product: Product) -> list[Callable[[], np.ndarray]]:
    """Two to four pictures, front first: what draws each, in the order in which they are numbered."""
    design = product.design
    zoom, focus = CLOSE_UPS[design.kind]
    rng = np.random.default_rng((product.seed, 3))
    front = [lambda: packshot(design)]
    back = [lambda: packshot(design, back=True)]
    detail = [lambda: packshot(design, zoom=zoom, focus=focus)]
    on = [lambda: worn(design, product.seed)]
    if design.get("shape") in ("sunglasses", "clutch") or design.kind == "socks":
        back = []
    plans = (
        front + on,
        front + back + on,
        front + on + detail,
        front + back + detail,
        front + back + detail + on,
        front + detail + on,
    )
    plan = plans[int(rng.choice(6, p=(0.1, 0.3, 0.22, 0.13, 0.1, 0.15)))]
    return plan if len(plan) > 1 else front + on
