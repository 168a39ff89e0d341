"""A list of products as a page shows it: narrowed down, counted, ordered and cut into pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.browsing.facets import Facets, FacetValue, facets_of
from catalogue.browsing.filters import ORDERING_LABELS, ProductFilters
from catalogue.browsing.keyset_pages import Page, page_of
from catalogue.browsing.parameters import filters_of, read_page_parameters
from catalogue.browsing.price_text import price_of_text
from catalogue.browsing.text_search import ParsedQuery
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.models import Product
from catalogue.querysets import ProductQuerySet

Bounds = tuple[Decimal, Decimal]  # the lowest and the highest price
NEAREST_SHOWN = 12
SHOWN_AT_ONCE = 8  # of a facet's values; the others are collapsed
_TITLES = {"category": _("Category"), "brand": _("Brand"), "colour": _("Colour"), "garment_type": _("Type")}


class Option(NamedTuple):
    """One box to tick."""

    id: str
    value: str
    label: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here calls
    is_chosen: bool


class Facet(NamedTuple):
    name: str
    title: str
    options: list[Option]
    collapsed: list[Option]
    is_estimate: bool  # of the counts


class ActiveFilter(NamedTuple):
    """A filter in force, and the query string without it."""

    label: str
    remove_url: str


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
    active_filters: list[ActiveFilter]
    corrected: str  # the words that were looked for in place of mistyped ones
    nearest: list[Product]  # where nothing matches all words: what matches some of them
    errors: list[str] = field(default_factory=list)
    empty_range: str = ""  # where the prices asked for leave nothing: what prices there are

    @property
    def status(self) -> int:
        """The page's HTTP status: 400 where a parameter makes no sense."""
        return 400 if self.errors else 200


def listing_of(products: ProductQuerySet, data: QueryDict, *, facets: tuple[str, ...]) -> Listing:
    """The page of `products` that the query string `data` asks for, with the named facets beside it.

    Parameters that make no sense are left out and named in `errors`.
    """
    data = without_empty(data)
    values, errors = read_page_parameters(data)
    filters = filters_of(values)
    products = products.visible()
    query = Product.objects.visible().parse_query(filters.q) if filters.q.strip() else None
    products_shown, text_filters = products, filters
    if query:
        products, filters = products.matching(query), filters.without("q")
    counted = facets_of(products, filters, facets)
    default = default_ordering(query)
    ordering = values.get("ordering") or default
    page = page_of(products.filtered(filters), ordering=ordering, after=values.get("after", ""))
    groups = [facet_of(name, counted, data.getlist(name)) for name in facets]
    is_empty = not page.products
    return Listing(
        page=page,
        count=counted["count"],
        is_estimate=counted["is_estimate"],
        facets=[group for group in groups if len(group.options) > 1 or any(o.is_chosen for o in group.options)],
        price=counted["price"],
        data=data,
        orderings=_orderings(default),
        ordering="" if ordering == default else ordering,
        next_query=query_with(data, after=page.next_after) if page.next_after else "",
        first_query=query_with(data, after=""),
        active_filters=active_filters_of(data, groups),
        corrected=query.words if query and query.words != values["q"] and not is_empty else "",
        nearest=closest_products(products_shown, query, filters) if query and is_empty else [],
        errors=list(dict.fromkeys(sentence for sentences in errors.values() for sentence in sentences)),
        empty_range=empty_range(products_shown, query, text_filters, counted["price"]) if is_empty else "",
    )


def closest_products(products: ProductQuerySet, query: ParsedQuery, filters: ProductFilters) -> list[Product]:
    """What matches some words of a query of which nothing matches all, the best match first."""
    return products.filtered(filters.without("q")).matching_any_word(query).most_relevant(0, NEAREST_SHOWN)


def empty_range(
    products: ProductQuerySet, query: ParsedQuery | None, filters: ProductFilters, bounds: Bounds | None
) -> str:
    """A sentence where the prices asked for, by fields or by words, leave nothing: which prices there are.

    bounds: the lowest and highest price without the fields' own bounds. Empty where the prices are not the reason.
    """
    low, high = filters.price_min, filters.price_max
    if query and query.names_prices:
        low, high = query.price_min, query.price_max
        without_prices = replace(query, price_min=None, price_max=None)
        bounds = facets_of(products.matching(without_prices), filters.without("q"), ())["price"]
    if bounds is None or (low is None and high is None):
        return ""
    lowest, highest = bounds
    if (low is None or low <= highest) and (high is None or high >= lowest):
        amounts = {"lowest": _amount(lowest), "highest": _amount(highest)}
        return (
            gettext("Nothing has a price in this range. The prices here go from %(lowest)s to %(highest)s.") % amounts
        )
    if high is not None and high < lowest:
        return gettext("Nothing here costs so little. The lowest price is %(lowest)s.") % {"lowest": _amount(lowest)}
    return gettext("Nothing here costs so much. The highest price is %(highest)s.") % {"highest": _amount(highest)}


def default_ordering(query: ParsedQuery | None) -> str:
    """The order where none is chosen: the best match first, the cheapest where the words say so, else the newest."""
    if query is None:
        return "newest"
    return "price" if query.is_cheapest_first else ""


def _orderings(default: str) -> list[tuple[str, str]]:
    """The choices of the page's menu; the default order is the empty one, which leaves the address short."""
    best_match = [] if default else [("", str(_("Best match")))]
    return best_match + [("" if value == default else value, str(label)) for value, label in ORDERING_LABELS]


def facet_of(name: str, counted: Facets, chosen: list[str]) -> Facet:
    """The facet's values, chosen ones first even where nothing of them is left."""
    values: list[FacetValue] = counted[name]  # type: ignore[literal-required]  # one of the facets' names
    found = {each.value: each for each in values}
    missing = [FacetValue(value, _label(name, value), 0) for value in chosen if value not in found]
    options = [
        Option(f"{name}-{slugify(each.value) or number}", each.value, each.label, each.count, each.value in chosen)
        for number, each in enumerate([*missing, *values])
    ]
    options.sort(key=lambda option: not option.is_chosen)
    cut = SHOWN_AT_ONCE if len(options) > SHOWN_AT_ONCE + 2 else len(options)
    return Facet(name, str(_TITLES[name]), options[:cut], options[cut:], name in counted["estimated"])


def active_filters_of(data: QueryDict, groups: list[Facet]) -> list[ActiveFilter]:
    """Each filter in force but the words, which stand in the search box."""
    active = [
        ActiveFilter(option.label, query_without(data, group.name, option.value))
        for group in groups
        for option in group.options
        if option.is_chosen
    ]
    if data.get("price_min") or data.get("price_max"):
        label = _price_label(data.get("price_min", ""), data.get("price_max", ""))
        active.append(ActiveFilter(label, query_without(query_without(data, "price_min"), "price_max")))
    return active


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
    """200000 as the reader's language writes it; what is no price as it is."""
    try:
        return _amount(price_of_text(amount))
    except ValueError:
        return amount


def _amount(number: Decimal) -> str:
    return number_format(number, decimal_pos=None if number % 1 else 0, force_grouping=True)


def without_empty(data: QueryDict) -> QueryDict:
    """A form's unset fields send `colour=`, which means no colour and not the colour of no name."""
    kept = QueryDict(mutable=True)
    for name, values in data.lists():
        kept.setlist(name, [value for value in values if value.strip()])
    return kept
