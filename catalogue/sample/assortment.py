"""The products: styles in every cloth and colour they come in, each with a brand, a name, a price and a design."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from .design import Design
from .fabrics import Fabric
from .more_styles import STYLES
from .palette import COLOURS, HARMONIES, RGB, luma, mix, rgb
from .styles import Style

BRANDS = (
    "Lentera", "Nusa Thread", "Kaya & Co", "Batavia Works", "Pasar Baru", "Senja", "Tjanting", "Ombak", "Rimba Raya",
    "Sekar", "Dua Benang", "Kala", "Mentari Studio", "Tanah Air", "Langit Biru", "Anyam",
)  # fmt: skip
MOTIF_NAMES = {
    "stripes": ("Garis", "Striped"), "breton": ("Garis Breton", "Breton"), "wide_stripes": ("Garis Lebar", "Wide-Stripe"),
    "vertical_stripes": ("Salur", "Vertical-Stripe"), "pinstripe": ("Garis Halus", "Pinstripe"), "diagonal": ("Garis Miring", "Diagonal"),
    "gingham": ("Kotak Gingham", "Gingham"), "plaid": ("Kotak-Kotak", "Plaid"), "windowpane": ("Kotak Jendela", "Windowpane"),
    "houndstooth": ("Houndstooth", "Houndstooth"), "herringbone": ("Tulang Ikan", "Herringbone"), "chevron": ("Zigzag", "Chevron"),
    "argyle": ("Wajik", "Argyle"), "polka": ("Polkadot", "Polka-Dot"), "pin_dots": ("Titik Halus", "Pin-Dot"), "big_dots": ("Polkadot Besar", "Big-Dot"),
    "stars": ("Bintang", "Star-Print"), "ditsy": ("Bunga Kecil", "Ditsy"), "floral": ("Bunga", "Floral"), "tropical": ("Daun Tropis", "Tropical"),
    "leopard": ("Macan Tutul", "Leopard"), "camo": ("Loreng", "Camo"), "tie_dye": ("Jumputan", "Tie-Dye"), "watercolour": ("Cat Air", "Watercolour"),
    "kawung": ("Batik Kawung", "Kawung Batik"), "parang": ("Batik Parang", "Parang Batik"), "mega_mendung": ("Batik Mega Mendung", "Mega Mendung Batik"),
    "ikat": ("Tenun Ikat", "Ikat"), "fair_isle": ("Fair Isle", "Fair Isle"), "geometric": ("Geometris", "Geometric"), "terrazzo": ("Teraso", "Terrazzo"),
}  # fmt: skip
WEAVE_NAMES = {
    "linen": ("Linen", "Linen"), "denim": ("Denim", "Denim"), "corduroy": ("Korduroi", "Corduroy"), "satin": ("Satin", "Satin"),
    "leather": ("Kulit", "Leather"), "tweed": ("Wol", "Wool"), "cable": ("Kepang", "Cable"), "fleece": ("Fleece", "Fleece"),
    "straw": ("Anyaman", "Straw"), "lace": ("Renda", "Lace"), "sequins": ("Payet", "Sequin"), "rib": ("Rib", "Ribbed"), "melange": ("Misty", "Heathered"),
}  # fmt: skip
# gloss and stiffness
TOUCH = {
    "satin": (0.32, 0.15), "leather": (0.3, 0.85), "denim": (0.03, 0.72), "twill": (0.04, 0.55), "linen": (0.02, 0.45),
    "tweed": (0.02, 0.75), "fleece": (0.02, 0.5), "knit": (0.02, 0.45), "cable": (0.02, 0.5), "poplin": (0.06, 0.35),
    "sequins": (0.5, 0.5), "straw": (0.05, 0.95), "corduroy": (0.04, 0.6),
}  # fmt: skip
REPEATS = {
    "kawung": 30.0,
    "mega_mendung": 40.0,
    "tropical": 44.0,
    "floral": 36.0,
    "tie_dye": 62.0,
    "watercolour": 60.0,
    "camo": 40.0,
    "leopard": 24.0,
    "ikat": 32.0,
}
SMALL = ("footwear", "headwear", "socks")  # kinds whose patterns are finer


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
        words = "".join(letter if letter.isalnum() else " " for letter in f"{self.brand} {self.name}".lower()).split()
        return "-".join(words)[:70].rstrip("-")


def products(count: int, seed: int = 0) -> tuple[Product, ...]:
    """The first `count` products: every style once, then every style once more, no two alike."""
    chosen = []
    for number, combination in zip(range(count), _combinations(seed), strict=False):
        chosen.append(_product(number, *combination, seed))
    if len(chosen) < count:
        raise ValueError(f"{count} products asked for; the sample shop has {len(chosen)} that differ")
    return tuple(chosen)


def _combinations(seed: int) -> Iterator[tuple[Style, str, str, int]]:
    """(style, cloth, colour, variant), in rounds over the styles."""
    queues = [_of_style(style, np.random.default_rng((seed, index))) for index, style in enumerate(STYLES)]
    while queues:
        for queue in list(queues):
            found = next(queue, None)
            if found is None:
                queues.remove(queue)
            else:
                yield found


def _of_style(style: Style, rng: np.random.Generator) -> Iterator[tuple[Style, str, str, int]]:
    """A style's combinations, those first that differ most from what was there: each colour, cloth and cut in turn."""
    cloths, colours = style.cloths.split(), list(dict.fromkeys(style.colours.split()))
    cloths, colours = list(rng.permutation(cloths)), list(rng.permutation(colours))
    order = int(rng.integers(len(style.variants)))
    for turn in range(len(cloths) * len(style.variants)):
        for k, colour in enumerate(colours):
            yield (
                style,
                str(cloths[(k + turn) % len(cloths)]),
                str(colour),
                (k + turn + order + turn // len(cloths)) % len(style.variants),
            )


def _product(number: int, style: Style, cloth: str, colour: str, variant: int, seed: int) -> Product:
    key = zlib.crc32(f"{seed} {style.english} {style.category} {cloth} {colour} {variant}".encode())
    rng = np.random.default_rng(key)
    motif, weave = cloth.split(":")
    cut = {**style.cut, **style.variants[variant]}
    tones = _tones(motif, colour, rng)
    design = Design(
        style.kind,
        style.garment_type,
        cut,
        _paints(style, motif, weave, tones),
        round(float(rng.random() * 40), 3),
    )
    low, high = style.price
    price = int(round(rng.uniform(low, high) / 10) * 10 - 1) * 1000 + 900 * int(rng.integers(2))
    brand = BRANDS[int(rng.integers(len(BRANDS)))]
    name = _name(style, motif, weave, tones, rng)
    return Product(
        f"{100000 + number * 37 % 90000 + number // 90000:06d}", style.category, style.garment_type, brand, name, price, "IDR",
        COLOURS[colour].indonesian, _description(style, brand, motif, weave, tones), design, key,
    )  # fmt: skip


def _tones(motif: str, colour: str, rng: np.random.Generator) -> tuple[str, ...]:
    """The colours' keys, ground first."""
    partners = list(HARMONIES.get(colour, ("white", "black", "camel")))
    first = int(rng.integers(len(partners)))
    return (colour, partners[first], partners[(first + 1) % len(partners)])


def _paints(style: Style, motif: str, weave: str, keys: tuple[str, ...]) -> dict[str, Fabric]:
    tones = tuple(COLOURS[key].rgb for key in keys)
    main, second, third = tones
    gloss, stiffness = TOUCH.get(weave, (0.05, 0.4))
    repeat = REPEATS.get(motif, 24.0) * (0.5 if style.kind in SMALL else 1.0)
    colours = _ground(motif, tones)
    cloth = Fabric(colours, motif, weave, repeat, gloss, stiffness)
    plain = replace(cloth, colours=(main,), motif="solid")
    deep = mix(main, (0, 0, 0), 0.25)
    metal = rgb("#c9a24b") if luma(main) < 0.6 else rgb("#5c4a3a")
    button = Fabric(
        (metal if style.kind in ("bag", "dungarees") else mix(second, main, 0.35) if luma(main) < 0.5 else deep,),
        weave="poplin",
        gloss=0.5,
    )
    sole = (
        rgb("#f4f1ea") if style.cut.get("last") in ("sneaker", "hightop", "chunky") else mix(main, rgb("#3a2a20"), 0.75)
    )
    return {
        "main": cloth, "second": replace(plain, colours=(second,), gloss=gloss), "trim": Fabric((third,), weave="poplin"),
        "rib": Fabric((mix(main, (0, 0, 0), 0.06),), weave="rib", repeat=12), "lining": Fabric((deep if luma(main) > 0.2 else mix(main, (1, 1, 1), 0.18),)),
        "button": button, "sole": Fabric((sole,), weave="poplin", gloss=0.1), "lace": Fabric((rgb("#f7f5f0") if luma(main) < 0.8 else second,), weave="poplin"),
        "belt": Fabric((rgb("#4a3226") if luma(main) > 0.3 else rgb("#a97b4e"),), weave="leather", gloss=0.25),
    }  # fmt: skip


def _ground(motif: str, tones: tuple[RGB, ...]) -> tuple[RGB, ...]:
    main, second, third = tones
    if motif == "leopard":
        return (
            mix(main, (0.86, 0.68, 0.42), 0.35),
            mix(main, (0, 0, 0), 0.5),
            mix(main, (0.1, 0.06, 0.04), 0.85),
        )
    if motif == "camo":
        return (
            main,
            mix(main, (0, 0, 0), 0.45),
            mix(main, (0.9, 0.85, 0.7), 0.45),
            mix(main, (0.3, 0.22, 0.12), 0.5),
        )
    if motif == "mega_mendung":
        return (main, mix(second, main, 0.15), mix(second, (1, 1, 1), 0.7))
    if motif in ("plaid", "gingham") and luma(main) < 0.75:
        return (main, second, third)
    return tones


def _name(style: Style, motif: str, weave: str, keys: tuple[str, ...], rng: np.random.Generator) -> str:
    colour, second = COLOURS[keys[0]], COLOURS[keys[1]]
    local, english = MOTIF_NAMES.get(motif) or WEAVE_NAMES.get(weave, ("", ""))
    patterned = motif != "solid"
    if rng.random() < 0.5:
        tail = f"{colour.indonesian} {second.indonesian}" if patterned else colour.indonesian
        words = [style.noun, "" if local in style.noun else local, tail]
    else:
        tail = f"in {colour.english} and {second.english}" if patterned else f"in {colour.english}"
        words = ["" if english.split("-")[0] in style.english else english, style.english, tail]
    return " ".join(word for word in words if word)


def _description(style: Style, brand: str, motif: str, weave: str, keys: tuple[str, ...]) -> str:
    colour, second = COLOURS[keys[0]], COLOURS[keys[1]]
    stuff = WEAVE_NAMES.get(weave, ("katun", "cotton"))[0].lower()
    look = (
        f"bermotif {MOTIF_NAMES[motif][0].lower()} {colour.indonesian.lower()} dan {second.indonesian.lower()}"
        if motif != "solid"
        else f"warna {colour.indonesian.lower()}"
    )
    return f"{style.noun} {look} dari {brand}. Bahan {stuff}, nyaman dipakai sehari-hari. {style.english} in {colour.english.lower()}."


@lru_cache(maxsize=8)
def assortment(count: int, seed: int = 0) -> tuple[Product, ...]:
    return products(count, seed)
