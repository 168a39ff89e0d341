"""What a list of products can be narrowed down to, with counts: `facets_of(filterset)`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import NamedTuple, TypedDict

from django.db.models import QuerySet

from catalogue.browsing.counts import Counted, Counts, counted
from catalogue.browsing.filters import ProductFilter
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.models import Category, Product

# A facet and the filters that are its choice. A garment type is looked for in several categories, so both are lifted.
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
    count: int


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


Names = dict[str, tuple[str, str, list[str]]]  # a category's id -> its slug, its name and the types that it holds


def facets(queryset: QuerySet[Product]) -> Facets:
    """What the products of `queryset` divide into; each list has its largest count first."""
    return _facets(counted([queryset])[0], category_names())


def facets_of(filterset: ProductFilter, wanted: Collection[str] = CHOICES) -> Facets:
    """The facets of what `filterset` finds; those `wanted` and the price each ignore their own choice.

    With red chosen, blue can be chosen too.
    """
    chosen = [
        facet
        for facet, names in CHOICES.items()
        if facet in (*wanted, "price") and any(filterset.data.get(name) for name in names)
    ]
    lists = [filterset, *(filterset.without(*CHOICES[facet]) for facet in chosen)]
    names = category_names()
    found, *others = (_facets(each, names) for each in counted([each.qs for each in lists]))
    of_facet = dict(zip(chosen, others, strict=True))
    estimated = {facet for facet in CHOICES if facet in of_facet.get(facet, found)["estimated"]}
    return found | {facet: other[facet] for facet, other in of_facet.items()} | {"estimated": estimated}


def category_names() -> Names:
    categories = Category.objects.values_list("pk", "slug", "name", "garment_types")
    return {str(pk): (slug, name, types) for pk, slug, name, types in categories}


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
    return None if lowest in (None, "None") else (Decimal(lowest), Decimal(highest))
