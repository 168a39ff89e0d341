"""What the photo page shows of an answer: the garments over the photo, the chosen one's products, and what narrows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.colours import Colour
from catalogue.facets import facets_of
from catalogue.filters import ProductFilter
from catalogue.garment_types import GarmentType
from catalogue.listing import Facet, chosen_of, facet_of, query_with, query_without
from catalogue.models import Product
from search.answers import Box, GarmentAnswer, PhotoAnswer, Result
from search.forms import CHEAPEST, DEAREST, MAX_OFFSET, MIN_BOX, NEAREST, PhotoPageForm
from search.services import search_query

PAGE_SIZE = 24
SORTED_BY_PRICE = 96  # of the nearest: the cheapest of everything would be like nothing in the photo
NUDGE = 3  # percent
FIRST_BOX = (25.0, 20.0, 75.0, 80.0)

ORDERINGS = [(NEAREST, _("Most alike")), (CHEAPEST, _("Price, low to high")), (DEAREST, _("Price, high to low"))]
MATCH_WORDS = {"strong": _("Very much alike"), "close": _("Alike"), "weak": _("A little alike")}


class Spot(NamedTuple):
    """A garment over the photo and its chip; lengths in pixels of the photo."""

    key: str
    label: str
    href: str
    outlines: list[str]
    crop: str
    x: float
    y: float
    is_current: bool


class Found(NamedTuple):
    """A result in the page's words."""

    result: Result
    match: str
    shared: list[str]


class Nudge(NamedTuple):
    key: str
    label: str
    sign: str
    href: str


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
    facets: list[Facet]
    price: tuple | None
    data: QueryDict
    kept: list[tuple[str, str]]
    ordering: str
    orderings: list[tuple[str, Any]]
    chosen: list
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
        hole = f"M{box['x']},{box['y']}h{box['width']}v{box['height']}h-{box['width']}Z"
        return f"M0,0H{self.answer.width}V{self.answer.height}H0Z{hole}"

    @property
    def filter_values(self) -> list[tuple[str, str]]:
        """The filters in force, for forms that change something else."""
        names = ("category", "garment_type", "brand", "colour", "price_min", "price_max", "q", "ordering")
        return [(name, self.data[name]) for name in names if self.data.get(name)]

    @property
    def garment_types(self) -> list[tuple[str, Any]]:
        return GarmentType.choices

    @property
    def is_first(self) -> bool:
        return self.answer.offset == 0

    @property
    def has_no_garment(self) -> bool:
        return self.box is None and len(self.answer.garments) == 1 and self.answer.garments[0].garment_type is None


WHICH = ("garment", "whole", "x0", "y0", "x1", "y1")


def photo_page(query: str, data: QueryDict) -> PhotoPage:
    """The page for an earlier photo. Raises QueryGone, and ValueError for a garment that the photo has not."""
    form = PhotoPageForm(data)
    by_price = form.value("ordering") or NEAREST
    offset = 0 if by_price else form.value("offset") or 0
    box, whole = form.box, bool(form.value("whole"))
    answer = search_query(
        query=query,
        filters=form.filters,
        garment=None if box or whole else form.value("garment") or 0,
        box=box,
        whole=whole and not box,
        limit=SORTED_BY_PRICE if by_price else PAGE_SIZE,
        offset=offset,
    )
    current = next(garment for garment in answer.garments if garment.searched)
    return _page(answer, current, form, data, box=box, by_price=by_price)


def _page(
    answer: PhotoAnswer, current: GarmentAnswer, form: PhotoPageForm, data: QueryDict, *, box: Box | None, by_price: str
) -> PhotoPage:
    facets, price = _facets(form, current)
    spots = _spots(answer, current, data)
    next_offset = answer.offset + PAGE_SIZE
    has_more = not by_price and next_offset < current.count and next_offset <= MAX_OFFSET
    lifted = data.copy()
    for name in ("category", "brand", "colour", "garment_type", "price_min", "price_max", "q", "offset"):
        lifted.pop(name, None)
    return PhotoPage(
        answer=answer,
        current=current,
        title=next((spot.label for spot in spots if spot.is_current), str(_("Your box") if box else _("Whole photo"))),
        spots=spots,
        shade=_shade(answer, current),
        dot=max(answer.width, answer.height) / 60,
        whole_href=_which(data, whole="1"),
        is_whole=bool(form.value("whole")) and not box,
        box_href=_which(data, **_percent(box or _start_box(current))),
        box=_box_in_pixels(answer, box) if box else None,
        nudges=_nudges(data, box) if box else [],
        found=_found(current, by_price),
        facets=facets,
        price=price,
        data=data,
        kept=[(name, data[name]) for name in ("query", *WHICH) if data.get(name)],
        ordering=by_price,
        orderings=ORDERINGS,
        chosen=chosen_of(data, facets) + _chosen_words(data),
        clear="?" + lifted.urlencode(),
        next_query=query_with(data, offset=str(next_offset)) if has_more else "",
        first_query=query_with(data, offset=""),
        errors=[f"{name}: {error}" for name, errors in form.errors.items() for error in errors],
    )


# -- over the photo -----------------------------------------------------------------------------------------------


def _spots(answer: PhotoAnswer, current: GarmentAnswer, data: QueryDict) -> list[Spot]:
    """The garments the detector found; the whole photo and one's own box have their own buttons."""
    found = [garment for garment in answer.garments if garment.garment_type]
    names = [str(GarmentType(garment.garment_type).label).capitalize() for garment in found]
    return [
        Spot(
            key=f"garment-{garment.index}",
            label=name if names.count(name) == 1 else f"{name} {names[: place + 1].count(name)}",
            href=_which(data, garment=str(garment.index)),
            outlines=_outlines(answer, garment),
            crop=_crop(answer, garment.box),
            x=round(answer.width * (garment.box[0] + garment.box[2]) / 2, 1),
            y=round(answer.height * (garment.box[1] + garment.box[3]) / 2, 1),
            is_current=garment.index == current.index,
        )
        for place, (garment, name) in enumerate(zip(found, names, strict=True))
    ]


def _outlines(answer: PhotoAnswer, garment: GarmentAnswer) -> list[str]:
    x0, y0, x1, y1 = garment.box
    polygons = garment.polygons or [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]]
    return [
        " ".join(f"{x * answer.width:.1f},{y * answer.height:.1f}" for x, y in polygon)
        for polygon in polygons
        if len(polygon) > 2
    ]


def _shade(answer: PhotoAnswer, current: GarmentAnswer) -> str:
    """A path over all of the photo but the chosen garment; empty where that is all of it."""
    if current.box == (0.0, 0.0, 1.0, 1.0):
        return ""
    holes = "".join(f"M{points.replace(' ', 'L')}Z" for points in _outlines(answer, current))
    return f"M0,0H{answer.width}V{answer.height}H0Z{holes}"


def _crop(answer: PhotoAnswer, box: Box) -> str:
    """A square viewBox round the box, for its chip."""
    width, height = (box[2] - box[0]) * answer.width, (box[3] - box[1]) * answer.height
    side = max(min(width, height), 8.0)
    left = (box[0] + box[2]) / 2 * answer.width - side / 2
    top = (box[1] + box[3]) / 2 * answer.height - side / 2
    return f"{left:.0f} {top:.0f} {side:.0f} {side:.0f}"


# -- a box of one's own -------------------------------------------------------------------------------------------


def _start_box(current: GarmentAnswer) -> Box:
    """Round the chosen garment, so that little is left to do; the middle of the photo where that is all of it."""
    if current.box == (0.0, 0.0, 1.0, 1.0):
        return tuple(side / 100 for side in FIRST_BOX)
    return current.box


def _percent(box: Box) -> dict[str, str]:
    return {name: f"{side * 100:.1f}" for name, side in zip(("x0", "y0", "x1", "y1"), box, strict=True)}


def _box_in_pixels(answer: PhotoAnswer, box: Box) -> dict[str, Any]:
    x0, y0, x1, y1 = box
    return {
        "x": round(x0 * answer.width, 1),
        "y": round(y0 * answer.height, 1),
        "width": round((x1 - x0) * answer.width, 1),
        "height": round((y1 - y0) * answer.height, 1),
        "sides": _percent(box),
    }


def _nudges(data: QueryDict, box: Box) -> list[Nudge]:
    """For those who cannot drag: each is a link to the box moved or resized by one step."""
    steps = {
        "left": (_("Move left"), "←", (-1, 0, -1, 0)),
        "right": (_("Move right"), "→", (1, 0, 1, 0)),
        "up": (_("Move up"), "↑", (0, -1, 0, -1)),
        "down": (_("Move down"), "↓", (0, 1, 0, 1)),
        "wider": (_("Wider"), "↔+", (-1, 0, 1, 0)),
        "narrower": (_("Narrower"), "↔−", (1, 0, -1, 0)),
        "taller": (_("Taller"), "↕+", (0, -1, 0, 1)),
        "shorter": (_("Shorter"), "↕−", (0, 1, 0, -1)),
    }
    return [
        Nudge(key, str(label), sign, _which(data, **_percent(_moved(box, step))))
        for key, (label, sign, step) in steps.items()
    ]


def _moved(box: Box, step: tuple[int, int, int, int]) -> Box:
    """The box one step on; at the photo's edge a move stops, and no side gets shorter than MIN_BOX."""
    sides = [side + NUDGE / 100 * sign for side, sign in zip(box, step, strict=True)]
    for low, high in ((0, 2), (1, 3)):
        if step[low] == step[high]:
            over = min(0.0, sides[low]) + max(0.0, sides[high] - 1)
            sides[low], sides[high] = sides[low] - over, sides[high] - over
        sides[low], sides[high] = max(0.0, sides[low]), min(1.0, sides[high])
        if sides[high] - sides[low] < MIN_BOX / 100:
            sides[low], sides[high] = box[low], box[high]
    return tuple(sides)


# -- the products -------------------------------------------------------------------------------------------------


def _found(current: GarmentAnswer, by_price: str) -> list[Found]:
    results = current.results
    if by_price:
        priced = [result for result in results if result.product.price is not None]
        results = sorted(priced, key=lambda result: result.product.price, reverse=by_price == DEAREST)
    labels = dict(GarmentType.choices) | dict(Colour.choices)
    return [
        Found(result, str(MATCH_WORDS[result.match]), [str(labels.get(each, each)) for each in result.shared])
        for result in results
    ]


def _facets(form: PhotoPageForm, current: GarmentAnswer) -> tuple[list[Facet], tuple | None]:
    """What the garment's products can be narrowed down to: counted as the catalogue's own lists are."""
    data = QueryDict(mutable=True)
    for name in ("category", "brand", "colour", "price_min", "price_max"):
        if form.value(name) not in (None, ""):
            data[name] = str(form.value(name))
    products = Product.objects.visible()
    if words := form.value("q"):
        products = products.matching_text(words)  # here and not in `data`: each facet would look the words up again
    garment_type = form.value("garment_type") or current.garment_type
    if garment_type and not data.get("category"):
        data["garment_type"] = garment_type
    counted = facets_of(ProductFilter(data, queryset=products))
    groups = [facet_of(name, counted[name], data.getlist(name)) for name in ("category", "colour", "brand")]
    return [group for group in groups if group.options or group.folded], counted["price"]


def _chosen_words(data: QueryDict) -> list:
    from catalogue.listing import Chosen

    chosen = []
    if data.get("q", "").strip():
        chosen.append(Chosen(f"“{data['q'].strip()}”", query_without(data, "q")))
    if data.get("garment_type") in GarmentType.values:
        label = str(GarmentType(data["garment_type"]).label).capitalize()
        chosen.append(Chosen(label, query_without(data, "garment_type")))
    return chosen


def _which(data: QueryDict, **which: str) -> str:
    """The query string for another garment, the whole photo or another box: filters stay, the page is the first."""
    changed = data.copy()
    for name in (*WHICH, "offset"):
        changed.pop(name, None)
    for name, value in which.items():
        changed[name] = value
    return f"{reverse('photo')}?{changed.urlencode()}"
