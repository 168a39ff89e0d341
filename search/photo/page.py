"""What the photo page shows of an answer: the garments over the photo, the chosen one's products, and what narrows."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalogue.browsing.facets import facets_of
from catalogue.browsing.listing import ActiveFilter, Facet, active_filters_of, facet_of, query_with, query_without
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.models import Product
from search.answers import Box, GarmentAnswer, PhotoAnswer, Result
from search.photo.form import CHEAPEST, DEAREST, MAX_OFFSET, NEAREST, PhotoPageForm
from search.photo.overlay import (
    WHICH,
    Nudge,
    Spot,
    box_in_pixels,
    in_percent,
    nudges_of,
    query_for,
    shade_round,
    spots_of,
    start_box,
)
from search.retrieval.nearest import COUNT_UP_TO
from search.retrieval.rerank import prefer_matching_type
from search.services import search_query

PAGE_SIZE = 24
# The nearest that are put in another order, by kind or by price: the cheapest of everything would be like nothing in
# the photo. Four pages.
SORTED = 96

ORDERINGS = [(NEAREST, _("Most similar")), (CHEAPEST, _("Price, low to high")), (DEAREST, _("Price, high to low"))]
FACETS = ("category", "colour", "brand", "garment_type")
MATCH_WORDS = {"strong": _("Very similar"), "close": _("Similar"), "weak": _("Similar style")}


class Found(NamedTuple):
    """A result in the page's words."""

    result: Result
    match: str
    shared: list[str]


@dataclass(frozen=True)
class PhotoPage:
    """What templates/search/_finding.html shows."""

    answer: PhotoAnswer
    current: GarmentAnswer
    title: str
    spots: list[Spot]
    shade: str
    dot: float
    whole_href: str
    is_whole: bool
    box_href: str
    box: dict[str, float] | None
    nudges: list[Nudge]
    found: list[Found]
    kind: str | None  # what the products are to be, None for anything
    is_first: bool
    facets: list[Facet]
    price: tuple | None
    data: QueryDict
    kept: list[tuple[str, str]]
    ordering: str
    orderings: list[tuple[str, Any]]
    active_filters: list[ActiveFilter]
    clear: str
    next_query: str
    first_query: str
    errors: list[str]

    @property
    def pupil(self) -> float:
        return self.dot * 0.42

    @property
    def box_shade(self) -> str:
        """A path over all of the photo but the box."""
        box = self.box
        if box is None:
            return ""
        hole = f"M{box['x']},{box['y']}h{box['width']}v{box['height']}h-{box['width']}Z"
        return f"M0,0H{self.answer.width}V{self.answer.height}H0Z{hole}"

    @property
    def minutes_left(self) -> int:
        """How long the photo and the link to this page still live, at least 1."""
        return max(1, math.floor((self.answer.expires_at - time.time()) / 60))

    @property
    def filter_values(self) -> list[tuple[str, str]]:
        """The filters in force, for forms that change something else."""
        names = ("category", "garment_type", "brand", "colour", "price_min", "price_max", "q", "ordering")
        return [(name, str(self.data[name])) for name in names if self.data.get(name)]

    @property
    def number(self) -> dict[str, Any]:
        """How many products match, and whether that is the planner's guess."""
        return {"count": self.current.count, "is_estimate": self.current.count > COUNT_UP_TO}

    @property
    def has_no_garment(self) -> bool:
        return self.box is None and len(self.answer.garments) == 1 and self.answer.garments[0].garment_type is None


def photo_page(query: str, data: QueryDict) -> PhotoPage:
    """The page for an earlier photo. Raises PhotoExpired, and ValueError for a garment that the photo has not."""
    form = PhotoPageForm(data)
    by_price = form.value("ordering") or NEAREST
    offset = 0 if by_price else (form.value("offset") or 0) // PAGE_SIZE * PAGE_SIZE
    box, whole = form.box, bool(form.value("whole"))
    answer = search_query(
        query=query,
        filters=form.filters,
        garment=None if box or whole else form.value("garment") or 0,
        box=box,
        whole=whole and not box,
        limit=SORTED,
        offset=offset // SORTED * SORTED,
    )
    current = next(garment for garment in answer.garments if garment.searched)
    return _page(answer, current, form, data, box=box, by_price=by_price, offset=offset)


def _page(
    answer: PhotoAnswer,
    current: GarmentAnswer,
    form: PhotoPageForm,
    data: QueryDict,
    *,
    box: Box | None,
    by_price: str,
    offset: int,
) -> PhotoPage:
    kind = form.filters.garment_type or current.garment_type
    facets, price = _facets(form, kind)
    if by_price:
        results = _in_order_of_price(current.results, by_price)
    else:
        ordered = prefer_matching_type(current.results, garment_type=kind, encoder=answer.encoder)
        results = ordered[offset - answer.offset :][:PAGE_SIZE]
    spots = spots_of(answer, current, data)
    next_offset = offset + PAGE_SIZE
    has_more = not by_price and next_offset < current.count and next_offset <= MAX_OFFSET
    cleared = data.copy()
    for name in ("category", "brand", "colour", "garment_type", "price_min", "price_max", "q", "offset"):
        cleared.pop(name, None)
    return PhotoPage(
        answer=answer,
        current=current,
        title=next((spot.label for spot in spots if spot.is_current), str(_("Your box") if box else _("Whole photo"))),
        spots=spots,
        shade=shade_round(answer, current),
        dot=max(answer.width, answer.height) / 60,
        whole_href=query_for(data, whole="1"),
        is_whole=bool(form.value("whole")) and not box,
        box_href=query_for(data, **in_percent(box or start_box(answer, current))),
        box=box_in_pixels(answer, box) if box else None,
        nudges=nudges_of(data, box) if box else [],
        found=_found(results),
        kind=kind,
        is_first=offset == 0,
        facets=facets,
        price=price,
        data=data,
        kept=[(name, str(data[name])) for name in ("query", *WHICH) if data.get(name)],
        ordering=by_price,
        orderings=ORDERINGS,
        active_filters=active_filters_of(data, facets) + _active_words(data),
        clear="?" + cleared.urlencode(),
        next_query=query_with(data, offset=str(next_offset)) if has_more else "",
        first_query=query_with(data, offset=""),
        errors=form.problems,
    )


# -- the products -------------------------------------------------------------------------------------------------


def _in_order_of_price(results: list[Result], by_price: str) -> list[Result]:
    priced = [(result.product.price, place) for place, result in enumerate(results) if result.product.price is not None]
    in_order = sorted(priced, key=lambda each: each[0], reverse=by_price == DEAREST)
    return [results[place] for _price, place in in_order]


def _found(results: list[Result]) -> list[Found]:
    labels = dict(GarmentTypeChoices.choices) | dict(ColourChoices.choices)
    return [
        Found(result, str(MATCH_WORDS[result.match]), [str(labels.get(each, each)) for each in result.shared])
        for result in results
    ]


def _facets(form: PhotoPageForm, kind: str | None) -> tuple[list[Facet], tuple | None]:
    """What the garment's products can be narrowed down to, counted as the catalogue's own lists are; their prices."""
    filters = form.filters.without("garment_type")
    chosen = cast("QueryDict", form.data)
    if kind and not filters.category:
        filters = replace(filters, garment_type=kind)
    counted = facets_of(Product.objects.visible(), filters)
    groups = [facet_of(name, counted, chosen.getlist(name)) for name in FACETS]
    return [group for group in groups if group.options or group.collapsed], counted["price"]


def _active_words(data: QueryDict) -> list[ActiveFilter]:
    words = data.get("q", "").strip()
    return [ActiveFilter(f"“{words}”", query_without(data, "q"))] if words else []
