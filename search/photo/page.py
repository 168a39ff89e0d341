"""What the photo page shows of an answer: the garments over the photo, the chosen one's products, and what narrows."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any, cast

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalogue.browsing.facets import facets_of
from catalogue.browsing.filters import ProductFilters
from catalogue.browsing.listing import (
    ActiveFilter,
    Facet,
    active_filters_of,
    empty_range,
    facet_of,
    query_with,
    query_without,
)
from catalogue.models import Product
from search.answer_types import Box, GarmentAnswer, PhotoAnswer
from search.photo.corrections import Correction, Corrections, types_offered
from search.photo.form import CHEAPEST, DEAREST, MAX_OFFSET, NEAREST, PhotoPageForm
from search.photo.lengths import GARMENT_TYPES, chosen_length, lengths_offered, of_length
from search.photo.overlay import (
    SELECTION_PARAMETERS,
    Hotspot,
    Nudge,
    box_in_pixels,
    default_of,
    garments_shown,
    hotspots_of,
    in_percent,
    nudges_of,
    query_for,
    shade_around,
    start_box,
    type_name,
)
from search.photo.shown_results import ShownResult, in_order_of_price, not_sold, shown_results
from search.retrieval.estimates import COUNT_UP_TO
from search.retrieval.rerank import prefer_matching_type
from search.services import search_query

ORDERINGS = [(NEAREST, _("Most similar")), (CHEAPEST, _("Price, low to high")), (DEAREST, _("Price, high to low"))]
PAGE_SIZE = 24
# The nearest that are put in another order, by type or by price: the cheapest of everything would be like nothing in
# the photo. Four pages.
SORTED = 96
FACETS = ("category", "colour", "brand", "garment_type")


@dataclass(frozen=True)
class PhotoPage:
    """What templates/search/_photo_results.html shows."""

    answer: PhotoAnswer
    current: GarmentAnswer
    title: str
    hotspots: list[Hotspot]
    shade: str
    dot: float
    whole_href: str
    is_whole: bool
    box_href: str
    box: dict[str, float] | None
    nudges: list[Nudge]
    results: list[ShownResult]
    garment_type: str | None  # what the products are to be, None for anything
    is_first: bool
    facets: list[Facet]
    price: tuple | None
    data: QueryDict
    hidden_fields: list[tuple[str, str]]  # of the forms: which photo and what in it
    ordering: str
    orderings: list[tuple[str, Any]]
    active_filters: list[ActiveFilter]
    clear: str
    next_query: str
    first_query: str
    errors: list[str]
    corrections: list[Correction]  # types that the chosen garment can be given
    lengths: list[Correction]  # more like the chosen garment, but longer or shorter
    dismiss_href: str  # the chosen garment is none; empty where none is chosen
    restore_href: str  # shows the dismissed garments again; empty where there are none
    not_sold: str  # a sentence where the shop has nothing of the type
    empty_range: str  # a sentence where the prices asked for leave nothing

    @property
    def inner_dot(self) -> float:
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
    offset = 0 if by_price or form.value("length") else (form.value("offset") or 0) // PAGE_SIZE * PAGE_SIZE
    box, whole = form.box, bool(form.value("whole"))
    garment = None if box or whole else form.value("garment") or 0
    answer = search_query(
        query=query,
        filters=_filters_for(form, garment),
        garment=garment,
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
    corrections = form.corrections
    garment_type = form.filters.garment_type or corrections.types.get(current.index, current.garment_type)
    facets, price = _facets(form, garment_type)
    has_lengths = garment_type == current.garment_type and garment_type in GARMENT_TYPES and not current.is_drawn
    length = (form.value("length") or "") if has_lengths else ""
    if length:
        current = of_length(current, length, size=(answer.width, answer.height))
    if by_price:
        results = in_order_of_price(current.results, by_price)
    else:
        ordered = prefer_matching_type(current.results, garment_type=garment_type, encoder=answer.encoder)
        results = ordered[offset - answer.offset :][:PAGE_SIZE]
    hotspots = hotspots_of(answer, current, data, corrections)
    next_offset = offset + PAGE_SIZE
    has_more = not (by_price or length) and next_offset < current.count and next_offset <= MAX_OFFSET
    cleared = data.copy()
    for name in ("category", "brand", "colour", "garment_type", "price_min", "price_max", "q", "length", "offset"):
        cleared.pop(name, None)
    return PhotoPage(
        answer=answer,
        current=current,
        title=_title(hotspots, form, is_box=box is not None),
        hotspots=hotspots,
        shade=shade_around(answer, current),
        dot=max(answer.width, answer.height) / 60,
        whole_href=query_for(data, whole="1"),
        is_whole=bool(form.value("whole")) and not box,
        box_href=query_for(data, **in_percent(box or start_box(answer, current))),
        box=box_in_pixels(answer, box) if box else None,
        nudges=nudges_of(data, box) if box else [],
        results=shown_results(results),
        garment_type=garment_type,
        is_first=offset == 0,
        facets=facets,
        price=price,
        data=data,
        hidden_fields=[
            (name, str(data[name]))
            for name in ("query", *SELECTION_PARAMETERS, "hidden", "retyped", "length")
            if data.get(name)
        ],
        ordering=by_price,
        orderings=ORDERINGS,
        active_filters=active_filters_of(data, facets) + _active_words(data) + chosen_length(data, length),
        clear="?" + cleared.urlencode(),
        next_query=query_with(data, offset=str(next_offset)) if has_more else "",
        first_query=query_with(data, offset=""),
        errors=form.problems,
        corrections=_corrections_of(current, corrections, data) if any(each.is_current for each in hotspots) else [],
        lengths=lengths_offered(data, length) if has_lengths else [],
        dismiss_href=_dismiss_href(answer, current, corrections, data, hotspots),
        restore_href=query_with(data, hidden="", offset="") if corrections.hidden else "",
        not_sold=not_sold(garment_type) if not current.results else "",
        empty_range=empty_range(Product.objects.all(), None, form.filters, price) if not current.results else "",
    )


def _filters_for(form: PhotoPageForm, garment: int | None) -> ProductFilters:
    """The filters, with the type that the shopper has given the garment where none is chosen."""
    given = form.corrections.types.get(garment, "") if garment is not None else ""
    return replace(form.filters, garment_type=given) if given and not form.filters.garment_type else form.filters


def _title(hotspots: list[Hotspot], form: PhotoPageForm, *, is_box: bool) -> str:
    """What is searched for: the type where one is chosen, else the garment, the box or the whole photo."""
    if form.filters.garment_type:
        return type_name(form.filters.garment_type)
    return next(
        (hotspot.label for hotspot in hotspots if hotspot.is_current),
        str(_("Your box") if is_box else _("Whole photo")),
    )


def _corrections_of(current: GarmentAnswer, corrections: Corrections, data: QueryDict) -> list[Correction]:
    found = current.garment_type or ""
    given = corrections.types.get(current.index, found)
    return [
        Correction(each, type_name(each), _corrected(data, corrections.retyping(current.index, each, found=found)))
        for each in types_offered(found, given)
    ]


def _dismiss_href(
    answer: PhotoAnswer, current: GarmentAnswer, corrections: Corrections, data: QueryDict, hotspots: list[Hotspot]
) -> str:
    """The page without the chosen garment: the next one is chosen, or the whole photo where there is no other."""
    if not any(hotspot.is_current for hotspot in hotspots):
        return ""
    fewer = corrections.hiding(min(current.index, *current.pair, current.index))
    others = garments_shown(answer, fewer)
    which = {"garment": str(default_of(others).index)} if others else {"whole": "1"}
    return _corrected(data, fewer, **which)


def _corrected(data: QueryDict, corrections: Corrections, **which: str) -> str:
    """The page's address with these corrections; the type that was chosen in the menu gives way."""
    if which:
        query = QueryDict(query_for(data, **which).partition("?")[2])
        return query_with(query, **corrections.parameters)
    return query_with(data, **corrections.parameters, garment_type="", length="", offset="")


def _facets(form: PhotoPageForm, garment_type: str | None) -> tuple[list[Facet], tuple | None]:
    """What the garment's products can be narrowed down to, counted as the catalogue's own lists are; their prices."""
    filters = form.filters.without("garment_type")
    chosen = cast("QueryDict", form.data)
    if garment_type and not filters.category:
        filters = replace(filters, garment_type=garment_type)
    counted = facets_of(Product.objects.visible(), filters)
    groups = [facet_of(name, counted, chosen.getlist(name)) for name in FACETS]
    return [group for group in groups if group.options or group.collapsed], counted["price"]


def _active_words(data: QueryDict) -> list[ActiveFilter]:
    words = data.get("q", "").strip()
    return [ActiveFilter(f"“{words}”", query_without(data, "q"))] if words else []
