"""What a shopper corrects in what was found in a photo: a garment that is none, a garment of another type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

# What a garment of each type is taken for, the likeliest first: offered with one tap.
CONFUSED_WITH: dict[str, tuple[str, ...]] = {
    "top": ("outerwear", "dress"),
    "outerwear": ("top", "dress"),
    "dress": ("top", "skirt", "jumpsuit"),
    "jumpsuit": ("dress", "trousers", "top"),
    "trousers": ("shorts", "skirt", "jumpsuit"),
    "shorts": ("skirt", "trousers"),
    "skirt": ("shorts", "dress", "trousers"),
    "footwear": ("bag", "accessory"),
    "bag": ("accessory", "footwear"),
    "headwear": ("accessory", "bag"),
    "accessory": ("bag", "headwear"),
    "underwear": ("swimwear", "top"),
    "swimwear": ("underwear", "dress"),
}


@dataclass(frozen=True, slots=True)
class Corrections:
    """hidden: indices of garments that were dismissed. types: index -> the type given by the shopper."""

    hidden: frozenset[int] = frozenset()
    types: dict[int, str] = field(default_factory=dict)

    def hiding(self, index: int) -> Corrections:
        """These, with one more garment dismissed."""
        return Corrections(self.hidden | {index}, {each: value for each, value in self.types.items() if each != index})

    def retyping(self, index: int, garment_type: str, *, found: str) -> Corrections:
        """These, with another type for a garment; `found` is what the detector says, which needs no correction."""
        others = {each: value for each, value in self.types.items() if each != index}
        return Corrections(self.hidden, others if garment_type == found else {**others, index: garment_type})

    @property
    def parameters(self) -> dict[str, str]:
        """As the page's address has them; empty texts where there are none."""
        return {
            "hidden": ",".join(str(index) for index in sorted(self.hidden)),
            "retyped": ",".join(f"{index}.{value}" for index, value in sorted(self.types.items())),
        }


NO_CORRECTIONS = Corrections()


class Correction(NamedTuple):
    """A link that corrects the chosen garment."""

    key: str
    label: str
    href: str


def types_offered(found: str, given: str) -> list[str]:
    """The types that a garment can be given in one tap: what was found where it was corrected, else its neighbours."""
    return [each for each in dict.fromkeys((found, *CONFUSED_WITH.get(found, ()))) if each != given]
