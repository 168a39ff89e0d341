"""What a list of products can be narrowed down to, with counts: `facets_of(products, filters)`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import NamedTuple, TypedDict, cast

from django.db.models import QuerySet

from catalogue.browsing.counts import Counted, Counts, counted
from catalogue.browsing.filters import ProductFilters
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.models import Category, Product
from catalogue.querysets import ProductQuerySet

# A facet and the filters that are its choice. A garment type is looked for in several categories, so both are left out.
CHOICES = {
    "category": ("category",),
    "garment_type": ("garment_type", "category"),
    "brand": ("brand",),
    "colour": ("colour",),
    "price": ("price_min", "price_max"),
}


class FacetValue(NamedTuple):
    value: str
    label: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here calls


class Facets(TypedDict):
    """`count` is the number of products; `price` the lowest and highest price, or None where none has a price.

    `is_estimate` says how sure `count` is; `estimated` names the lists whose counts are no surer.
    """

    category: list[FacetValue]
    garment_type: list[FacetValue]  # a product counts for each type that its category holds
    brand: list[FacetValue]
    colour: list[FacetValue]
    price: tuple[Decimal, Decimal] | None
    count: int
    is_estimate: bool
    estimated: set[str]


Names = dict[str, tuple[str, str, list[str]]]  # a category's id -> its slug, its name as shown, its types


def facets(queryset: QuerySet[Product]) -> Facets:
    """What the products of `queryset` divide into; each list has its largest count first."""
    return _facets(counted([queryset])[0], category_names())


def facets_of(products: ProductQuerySet, filters: ProductFilters, wanted: Collection[str] = CHOICES) -> Facets:
    """The facets of what `filters` leave of `products`; those `wanted` and the price each ignore their own choice.

    With red chosen, blue can be chosen too. The words of `filters` are parsed once for all lists.
    """
    if filters.q.strip():
        products, filters = products.matching_text(filters.q), filters.without("q")
    chosen = [facet for facet, names in CHOICES.items() if facet in (*wanted, "price") and filters.has_any(*names)]
    lists = [filters, *(filters.without(*CHOICES[facet]) for facet in chosen)]
    names = category_names()
    found, *others = (_facets(each, names) for each in counted([products.filtered(each) for each in lists]))
    of_facet = dict(zip(chosen, others, strict=True))
    estimated = {facet for facet in CHOICES if facet in of_facet.get(facet, found)["estimated"]}
    own = {facet: other[facet] for facet, other in of_facet.items()}  # type: ignore[literal-required]  # of CHOICES
    return cast(Facets, {**found, **own, "estimated": estimated})


def category_names() -> Names:
    return {str(each.pk): (each.slug, each.local_name, each.garment_types) for each in Category.objects.all()}


def _facets(found: Counted, names: Names) -> Facets:
    counts = found.counts
    return {
        "category": _values((*names[pk][:2], count) for pk, count in counts["category"].items() if pk in names),
        "garment_type": _garment_types(counts["category"], names),
        "brand": _values((brand, brand, count) for brand, count in counts["brand"].items()),
        "colour": _values((name, str(ColourChoices(name).label), count) for name, count in counts["colour"].items()),
        "price": _price_bounds(counts),
        "count": found.total,
        "is_estimate": found.is_estimate,
        "estimated": set(CHOICES) - {"price"} if found.is_estimate else set(),
    }


def _garment_types(counts: dict[str, int], names: Names) -> list[FacetValue]:
    of_type: Counter[str] = Counter()
    for pk, count in counts.items():
        if pk in names:
            of_type.update(dict.fromkeys(names[pk][2] or GarmentTypeChoices.values, count))
    return _values((value, str(GarmentTypeChoices(value).label), count) for value, count in of_type.items())


def _values(found: Iterable[tuple[str, str, int]]) -> list[FacetValue]:
    return sorted((FacetValue(*each) for each in found), key=lambda each: (-each.count, each.label))


def _price_bounds(counts: Counts) -> tuple[Decimal, Decimal] | None:
    lowest, highest = (next(iter(counts[name]), None) for name in ("lowest", "highest"))
    if lowest in (None, "None") or highest is None:
        return None
    return Decimal(str(lowest)), Decimal(highest)
