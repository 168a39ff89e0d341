"""What a product is called and how it is described, as an Indonesian shop would: half of the names are English."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import numpy as np

from demo.drawing.palette import COLOURS
from demo.stock import Style

WORDS = Path(__file__).with_name("words.toml")
SLEEVES = {
    "none": "tanpa lengan", "cap": "lengan pendek", "short": "lengan pendek", "elbow": "lengan sesiku",
    "three": "lengan tujuh per delapan", "long": "lengan panjang",
}  # fmt: skip
NECKS = {
    "v": "kerah V", "deep_v": "kerah V dalam", "scoop": "leher bulat lebar", "square": "leher persegi",
    "boat": "leher perahu", "shirt": "berkerah", "strap": "bertali", "high": "leher tinggi",
}  # fmt: skip
FITS = {
    "skinny": "potongan skinny", "slim": "potongan slim", "straight": "potongan lurus", "wide": "potongan lebar",
    "relaxed": "potongan longgar", "flare": "potongan cutbray", "jogger": "potongan jogger",
    "barrel": "potongan barrel",
}  # fmt: skip
SHIRTS = ("upper", "dress", "jumpsuit")


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def of_cloth(motif: str, weave: str) -> tuple[str, str]:
    """The Indonesian and the English word for the motif; for a plain cloth, those for its weave."""
    words = _words()
    local, english = words["motifs"][motif] if motif != "solid" else words["weaves"][weave]
    return local, english


def name(style: Style, motif: str, weave: str, keys: tuple[str, ...], rng: np.random.Generator) -> str:
    colour, second = COLOURS[keys[0]], COLOURS[keys[1]]
    local, english = of_cloth(motif, weave)
    patterned, in_english = motif != "solid", rng.random() < 0.5
    if in_english:
        tail = f"in {colour.english} and {second.english}" if patterned else f"in {colour.english}"
        words = ["" if english.split("-")[0] in style.english else english, style.english, tail]
    else:
        tail = f"{colour.indonesian} {second.indonesian}" if patterned else colour.indonesian
        words = [style.noun, "" if set(local.split()) & set(style.noun.split()) else local, tail]
    return " ".join(word for word in words if word)


def description(style: Style, cut: dict[str, object], brand: str, motif: str, weave: str, keys: tuple[str, ...]) -> str:
    colour, second = (COLOURS[key] for key in keys[:2])
    stuff = _words()["weaves"][weave][0].lower()
    if motif == "solid":
        look = f"warna {colour.indonesian.lower()}"
    else:
        look = (
            f"bermotif {of_cloth(motif, weave)[0].lower()} {colour.indonesian.lower()} dan {second.indonesian.lower()}"
        )
    details = ", ".join(_details(style, cut))
    sentence = f"{style.noun} {look} dari {brand}{', ' + details if details else ''}."
    return f"{sentence} Bahan {stuff}. {style.english} in {colour.english.lower()}."


def _details(style: Style, cut: dict[str, object]) -> list[str]:
    found = []
    if style.kind in SHIRTS:
        found += [NECKS.get(str(cut.get("neckline")), "leher bulat"), SLEEVES[str(cut.get("sleeve", "short"))]]
    if cut.get("fit") in FITS:
        found.append(FITS[str(cut["fit"])])
    return found
