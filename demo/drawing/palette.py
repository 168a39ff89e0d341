"""Colours by name: Indonesian shop name, English name, and what they look like. RGB is 0..1."""

from __future__ import annotations

from dataclasses import dataclass

RGB = tuple[float, float, float]


def rgb(code: str) -> RGB:
    """ "#1a2b3c" as three numbers 0..1."""
    red, green, blue = (int(code.lstrip("#")[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """`share` of b in a."""
    red, green, blue = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return red, green, blue


def luma(colour: RGB) -> float:
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


@dataclass(frozen=True)
class Colour:
    key: str
    indonesian: str
    english: str
    rgb: RGB


_TABLE = """
black Hitam Black 24242a
charcoal Abu_Tua Charcoal 4a4c52
grey Abu-Abu Grey 9a9ca2
silver Abu_Muda Light_Grey c9cbcf
white Putih White f4f3f0
ivory Putih_Gading Ivory f1e9d8
cream Krem Cream e8d8b8
beige Beige Beige d3bc98
camel Camel Camel b98a56
brown Cokelat Brown 714a32
espresso Cokelat_Tua Dark_Brown 46302a
khaki Khaki Khaki a3936b
olive Hijau_Olive Olive 6b6c3a
sage Hijau_Sage Sage a7b497
mint Hijau_Mint Mint a9dcc3
green Hijau Green 2f7d4f
emerald Hijau_Emerald Emerald 0d6e5b
forest Hijau_Tua Forest_Green 22432f
teal Tosca Teal 1f8a8c
sky Biru_Muda Light_Blue 9cc6e6
blue Biru Blue 2f62b8
cobalt Biru_Elektrik Cobalt 2340c9
denim Biru_Denim Denim_Blue 4d6f9a
indigo Biru_Indigo Indigo 2b3a63
navy Navy Navy 1d2847
lilac Lilac Lilac c7b0e2
purple Ungu Purple 6d3f95
plum Plum Plum 5a2345
pink Merah_Muda Pink f0a9bd
blush Dusty_Pink Dusty_Pink d7a49d
fuchsia Fuchsia Fuchsia cf2474
coral Coral Coral f0725c
red Merah Red c4232f
maroon Maroon Maroon 6c1a2b
terracotta Terakota Terracotta b65a3c
orange Oranye Orange ec7a23
mustard Kuning_Mustard Mustard d19a28
yellow Kuning Yellow f5cf45
peach Peach Peach f6bd9b
"""

COLOURS = {
    key: Colour(key, indonesian.replace("_", " "), english.replace("_", " "), rgb(code))
    for key, indonesian, english, code in (line.split() for line in _TABLE.strip().splitlines())
}

# What goes well beside each other: ground first, then what a pattern is drawn with.
HARMONIES = {
    "black": ("white", "red", "camel", "grey", "mustard"),
    "charcoal": ("silver", "sky", "cream", "maroon"),
    "grey": ("white", "navy", "pink", "black"),
    "white": ("navy", "red", "black", "green", "blue", "pink"),
    "ivory": ("brown", "terracotta", "forest", "indigo"),
    "cream": ("brown", "forest", "maroon", "denim"),
    "beige": ("espresso", "white", "olive", "navy"),
    "camel": ("black", "ivory", "espresso", "forest"),
    "brown": ("cream", "mustard", "sky", "ivory"),
    "olive": ("cream", "black", "mustard", "orange"),
    "sage": ("white", "forest", "blush", "brown"),
    "mint": ("white", "coral", "teal", "navy"),
    "green": ("white", "yellow", "navy", "pink"),
    "emerald": ("cream", "mustard", "black", "pink"),
    "forest": ("cream", "red", "camel", "mustard"),
    "teal": ("cream", "orange", "navy", "white"),
    "sky": ("white", "navy", "red", "yellow"),
    "blue": ("white", "red", "yellow", "sky"),
    "cobalt": ("white", "yellow", "black", "pink"),
    "indigo": ("ivory", "sky", "terracotta", "white"),
    "navy": ("white", "red", "cream", "sky", "mustard"),
    "lilac": ("white", "purple", "yellow", "sage"),
    "purple": ("lilac", "mustard", "white", "pink"),
    "plum": ("blush", "cream", "mustard", "lilac"),
    "pink": ("white", "red", "fuchsia", "green"),
    "blush": ("ivory", "maroon", "sage", "brown"),
    "fuchsia": ("white", "orange", "black", "pink"),
    "coral": ("white", "navy", "peach", "teal"),
    "red": ("white", "black", "navy", "cream"),
    "maroon": ("cream", "blush", "navy", "mustard"),
    "terracotta": ("cream", "indigo", "peach", "forest"),
    "orange": ("white", "navy", "yellow", "brown"),
    "mustard": ("brown", "navy", "white", "maroon"),
    "yellow": ("white", "navy", "green", "orange"),
    "peach": ("white", "terracotta", "teal", "brown"),
}
