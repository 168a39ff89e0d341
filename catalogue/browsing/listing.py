"""A list of products as a page shows it: narrowed down, counted, ordered and cut into pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.browsing.facets import Facets, FacetValue, facets_of
from catalogue.browsing.filters import ORDERING_LABELS, ProductFilter
from catalogue.browsing.keyset_pages import Page, page_of
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.models import Product

SHOWN_AT_ONCE = 8  # of a facet's values; the others unfold
_TITLES = {"category": _("Category"), "brand": _("Brand"), "colour": _("Colour"), "garment_type": _("Kind")}


class Option(NamedTuple):
    """One box to tick."""

    id: str
    value: str
    label: str
    count: int
    is_chosen: bool


class Facet(NamedTuple):
    name: str
    title: str
    options: list[Option]
    folded: list[Option]
    is_estimate: bool  # of the counts


class Chosen(NamedTuple):
    """A filter in force, and the query string that lifts it."""

    label: str
    lifted: str


@dataclass(frozen=True)
class Listing:
    """What templates/catalogue/_listing.html shows."""

    page: Page
    count: int
    is_estimate: bool
    facets: list[Facet]
    price: tuple[Decimal, Decimal] | None
    data: QueryDict
    orderings: list[tuple[str, str]]
    ordering: str
    next_query: str
    first_query: str
    chosen: list[Chosen]
    instead: str  # the words that were looked for in place of mistyped ones
    errors: list[str] = field(default_factory=list)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen)


def listing_of(products: QuerySet[Product], data: QueryDict, *, facets: tuple[str, ...]) -> Listing:
    """The page of `products` that the query string `data` asks for, with the named facets beside it."""
    filters = ProductFilter(data, queryset=products.visible())
    errors = [str(error) for field_errors in filters.errors.values() for error in field_errors]
    counted = facets_of(filters, facets)
    has_words = bool(filters.data.get("q"))
    default = "" if has_words else "newest"
    ordering = data.get("ordering", "")
    if ordering not in dict(ORDERING_LABELS):
        ordering = default
    found = filters.qs if ordering else filters.qs.best_first()
    page = page_of(found.for_cards(), ordering=ordering, after=data.get("after", ""))
    groups = [facet_of(name, counted, filters.data.getlist(name)) for name in facets]
    return Listing(
        page=page,
        count=counted["count"],
        is_estimate=counted["is_estimate"],
        facets=[group for group in groups if len(group.options) > 1 or any(o.is_chosen for o in group.options)],
        price=counted["price"],
        data=filters.data,
        orderings=([("", _("Best match"))] if has_words else [])
        + [("" if value == default else value, label) for value, label in ORDERING_LABELS],
        ordering="" if ordering == default else ordering,
        next_query=query_with(filters.data, after=page.next_after) if page.next_after else "",
        first_query=query_with(filters.data, after=""),
        chosen=chosen_of(filters.data, groups),
        instead=next((each.words for typed, each in filters.meanings.items() if each.words != typed), ""),
        errors=errors,
    )


def facet_of(name: str, counted: Facets, chosen: list[str]) -> Facet:
    """The facet's values, chosen ones first even where nothing of them is left."""
    found = {each.value: each for each in counted[name]}
    missing = [FacetValue(value, _label(name, value), 0) for value in chosen if value not in found]
    options = [
        Option(f"{name}-{slugify(each.value) or number}", each.value, each.label, each.count, each.value in chosen)
        for number, each in enumerate([*missing, *counted[name]])
    ]
    options.sort(key=lambda option: not option.is_chosen)
    cut = SHOWN_AT_ONCE if len(options) > SHOWN_AT_ONCE + 2 else len(options)
    return Facet(name, _TITLES[name], options[:cut], options[cut:], name in counted["estimated"])


def chosen_of(data: QueryDict, groups: list[Facet]) -> list[Chosen]:
    """Each filter in force but the words, which stand in the search box."""
    chosen = [
        Chosen(option.label, query_without(data, group.name, option.value))
        for group in groups
        for option in group.options
        if option.is_chosen
    ]
    if data.get("price_min") or data.get("price_max"):
        label = _price_label(data.get("price_min", ""), data.get("price_max", ""))
        chosen.append(Chosen(label, query_without(query_without(data, "price_min"), "price_max")))
    return chosen


def query_with(data: QueryDict, **changes: str) -> str:
    """The query string with some values replaced, from its first page unless `after` is one of them."""
    changed = data.copy()
    changed.pop("after", None)
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return "?" + changed.urlencode()


def query_without(data: QueryDict | str, name: str, value: str | None = None) -> str:
    """The query string without `name`, or without this one of its values; from the first page."""
    kept = QueryDict(data.removeprefix("?"), mutable=True) if isinstance(data, str) else data.copy()
    kept.pop("after", None)
    kept.setlist(name, [each for each in kept.getlist(name) if value is not None and each != value])
    return "?" + kept.urlencode()


def _label(name: str, value: str) -> str:
    choices = {"colour": ColourChoices, "garment_type": GarmentTypeChoices}.get(name)
    return str(choices(value).label) if choices and value in choices.values else value


def _price_label(low: str, high: str) -> str:
    low, high = (_grouped(amount) for amount in (low, high))
    if low and high:
        return f"{low} – {high}"
    return gettext("from %(amount)s") % {"amount": low} if low else gettext("up to %(amount)s") % {"amount": high}


def _grouped(amount: str) -> str:
    """200000 as the reader's language writes it; what is no number as it is."""
    try:
        number = Decimal(amount or "NaN").normalize()
    except InvalidOperation:
        return amount
    return number_format(number, force_grouping=True) if number.is_finite() else amount
