"""What the sample shop sells, as stock.toml lists it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

STOCK = Path(__file__).with_name("stock.toml")


@dataclass(frozen=True)
class Style:
    """A cut, the cloths it comes in ("motif:weave") and the colours those come in (keys of the palette).

    `price` is the least and the most, in thousands of rupiah; `variants` are changes to the cut.
    """

    category: str
    noun: str
    english: str
    kind: str
    garment_type: str
    cloths: tuple[str, ...]
    colours: tuple[str, ...]
    price: tuple[int, int]
    cut: Mapping[str, object] = field(default_factory=dict)
    variants: tuple[Mapping[str, object], ...] = ({},)


@cache
def styles() -> tuple[Style, ...]:
    stock = tomllib.loads(STOCK.read_text(encoding="utf-8"))
    return tuple(_style(row, stock["groups"]) for row in stock["styles"])


def _style(row: dict, groups: Mapping[str, str]) -> Style:
    words = " ".join(groups[word[1:]] if word.startswith("@") else word for word in row["colours"].split())
    made = {
        "cloths": tuple(row["cloths"].split()),
        "colours": tuple(dict.fromkeys(words.split())),
        "price": tuple(row["price"]),
        "variants": tuple(row.get("variants", ({},))),
    }
    return Style(**{**row, **made})
