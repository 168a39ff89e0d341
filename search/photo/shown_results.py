"""The products of the chosen garment as the photo page shows them: their order by price, and the words beside them."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from catalogue.browsing.filters import ProductFilters
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.models import Product
from search.answer_types import Result
from search.photo.form import DEAREST

MATCH_WORDS = {"strong": _("Very similar"), "close": _("Similar"), "weak": _("Less similar")}
NOT_SOLD = {
    "top": _("No tops here yet"),
    "outerwear": _("No outerwear here yet"),
    "dress": _("No dresses here yet"),
    "jumpsuit": _("No jumpsuits here yet"),
    "trousers": _("No trousers here yet"),
    "shorts": _("No shorts here yet"),
    "skirt": _("No skirts here yet"),
    "footwear": _("No footwear here yet"),
    "bag": _("No bags here yet"),
    "headwear": _("No headwear here yet"),
    "accessory": _("No accessories here yet"),
    "underwear": _("No underwear here yet"),
    "swimwear": _("No swimwear here yet"),
}


class ShownResult(NamedTuple):
    """A result in the page's words."""

    result: Result
    match: str
    shared: list[str]


def shown_results(results: list[Result]) -> list[ShownResult]:
    labels = dict(GarmentTypeChoices.choices) | dict(ColourChoices.choices)
    return [
        ShownResult(result, str(MATCH_WORDS[result.match]), [str(labels.get(each, each)) for each in result.shared])
        for result in results
    ]


def in_order_of_price(results: list[Result], by_price: str) -> list[Result]:
    priced = [(result.product.price, place) for place, result in enumerate(results) if result.product.price is not None]
    in_order = sorted(priced, key=lambda each: each[0], reverse=by_price == DEAREST)
    return [results[place] for _price, place in in_order]


def not_sold(garment_type: str | None) -> str:
    """A sentence where the shop has nothing of this type, whatever the filters; else empty."""
    if garment_type is None or Product.objects.visible().filtered(ProductFilters(garment_type=garment_type)).exists():
        return ""
    return str(NOT_SOLD[garment_type])
