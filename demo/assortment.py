"""The products: styles in every cloth and colour they come in, each with a brand, a name, a price and a design."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from demo import wording
from demo.design import Design
from demo.drawing import materials as cloths
from demo.drawing.palette import COLOURS, HARMONIES
from demo.stock import Style, styles

BRANDS = (
    "Lentera", "Nusa Thread", "Kaya & Co", "Batavia Works", "Pasar Baru", "Senja", "Tjanting", "Ombak", "Rimba Raya",
    "Sekar", "Dua Benang", "Kala", "Mentari Studio", "Tanah Air", "Langit Biru", "Anyam",
)  # fmt: skip
CURRENCY = "IDR"
NEUTRALS = ("white", "black", "camel")  # what goes with a colour that HARMONIES does not list
Combination = tuple[Style, str, str, int]  # style, cloth, colour, number of the variant


@dataclass(frozen=True)
class Product:
    product_id: str
    category: str
    garment_type: str
    brand: str
    name: str
    price: int
    currency: str
    colour: str
    description: str
    design: Design
    seed: int

    @property
    def url(self) -> str:
        return f"https://shop.example/p/{self.product_id}"

    @property
    def slug(self) -> str:
        """Words of the brand and the name for a file name: ASCII letters, digits and hyphens, at most 70."""
        words = "".join(letter if letter.isalnum() else " " for letter in f"{self.brand} {self.name}".lower()).split()
        return "-".join(words)[:70].rstrip("-")


@lru_cache(maxsize=8)
def assortment(count: int, seed: int = 0) -> tuple[Product, ...]:
    """The first `count` products: every style once, then every style once more, no two alike.

    Raises ValueError where `count` is more than the styles can tell apart.
    """
    chosen = tuple(
        _product(number, combination, seed)
        for number, combination in zip(range(count), _combinations(seed), strict=False)
    )
    if len(chosen) < count:
        raise ValueError(f"{count} products asked for; the sample shop has {len(chosen)} that differ")
    return chosen


def _combinations(seed: int) -> Iterator[Combination]:
    """In rounds over the styles, so that the first few products are of many kinds."""
    queues = [_of_style(style, np.random.default_rng((seed, index))) for index, style in enumerate(styles())]
    while queues:
        for queue in list(queues):
            found = next(queue, None)
            if found is None:
                queues.remove(queue)
            else:
                yield found


def _of_style(style: Style, rng: np.random.Generator) -> Iterator[Combination]:
    """A style's combinations, those first that differ most: each step takes another colour, cloth and cut."""
    fabrics, colours = rng.permutation(style.cloths), rng.permutation(style.colours)
    first, variants = int(rng.integers(len(style.variants))), len(style.variants)
    for turn in range(len(fabrics) * variants):
        for k, colour in enumerate(colours):
            variant = (k + turn + first + turn // len(fabrics)) % variants
            yield style, str(fabrics[(k + turn) % len(fabrics)]), str(colour), variant


def _product(number: int, combination: Combination, seed: int) -> Product:
    style, cloth, colour, variant = combination
    key = zlib.crc32(f"{seed} {style.english} {style.category} {cloth} {colour} {variant}".encode())
    rng = np.random.default_rng(key)
    motif, weave = cloth.split(":")
    keys, cut = _colours(colour, rng), {**style.cut, **style.variants[variant]}
    painted = cloths.paints(style, motif, weave, keys)
    brand = BRANDS[int(rng.integers(len(BRANDS)))]
    return Product(
        product_id=f"{100_000 + number * 37:06d}",
        category=style.category,
        garment_type=style.garment_type,
        brand=brand,
        name=wording.name(style, motif, weave, keys, rng),
        price=_price(style, rng),
        currency=CURRENCY,
        colour=COLOURS[colour].indonesian,
        description=wording.description(style, cut, brand, motif, weave, keys),
        design=Design(style.kind, style.garment_type, cut, painted, round(float(rng.random() * 40), 3)),
        seed=key,
    )


def _colours(colour: str, rng: np.random.Generator) -> tuple[str, str, str]:
    """The keys of three colours that go together, ground first."""
    partners = HARMONIES.get(colour, NEUTRALS)
    first = int(rng.integers(len(partners)))
    return colour, partners[first], partners[(first + 1) % len(partners)]


def _price(style: Style, rng: np.random.Generator) -> int:
    """Rupiah, as shops like them: 149,000 or 149,900."""
    low, high = style.price
    return (round(rng.uniform(low, high) / 10) * 10 - 1) * 1000 + 900 * int(rng.integers(2))
