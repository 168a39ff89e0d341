"""More like the chosen garment, but longer or shorter: told by its proportions, for garments where they tell it."""

from __future__ import annotations

import math
from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalogue.browsing.listing import ActiveFilter, query_with, query_without
from search.answer_types import GarmentAnswer, Result
from search.photo.corrections import Correction
from search.photo.form import LONGER, SHORTER
from search.retrieval.proportions import proportions

# A dress with sleeves is as wide as its sleeves are spread, and trousers end in shoes: of these the proportions say
# little. Judged by eye on ten skirts of street photos, 6 of 6 first results asked for as longer were longer, and 10 of
# 10 as shorter shorter.
GARMENT_TYPES = ("skirt",)
CLEARLY = math.log(1.3)  # how much longer or shorter, at the same width
LABELS = {LONGER: _("Longer"), SHORTER: _("Shorter")}


def of_length(garment: GarmentAnswer, length: str, *, size: tuple[int, int]) -> GarmentAnswer:
    """The garment with those of its results alone that are longer, or shorter, than it. size: (width, height)."""
    own, sign = proportions(garment.box, size), 1 if length == LONGER else -1
    kept = [each for each in garment.results if sign * (_proportions_of(each) - own) >= CLEARLY]
    kept = [each for each in kept if each.shared and each.shared[0] in GARMENT_TYPES]  # as it was seen
    return replace(garment, results=kept, count=len(kept))


def _proportions_of(result: Result) -> float:
    return proportions(result.matched_box, (result.matched_image.width, result.matched_image.height))


def lengths_offered(data: QueryDict, length: str) -> list[Correction]:
    """A link for each length but the one that is chosen."""
    return [
        Correction(value, str(label), query_with(data, length=value, offset=""))
        for value, label in LABELS.items()
        if value != length
    ]


def chosen_length(data: QueryDict, length: str) -> list[ActiveFilter]:
    return [ActiveFilter(str(LABELS[length]), query_without(data, "length"))] if length else []
