"""What a list of products can be narrowed down to, with counts: `facets_of(filterset)`.

The cost does not grow with the catalogue. Up to MAX_EXACT products everything is counted, in one query. Where there
are more, a random sample of the table's pages is counted instead and scaled up, rounded to two digits, and kept for
five minutes: a shopper reads "about 12,000 dresses" as well as the exact number. `is_estimate` says which it was. The
price bounds are exact either way: two probes of an index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, TypedDict

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Max, Min, QuerySet

from catalogue.colours import Colour
from catalogue.filters import ProductFilter
from catalogue.models import Category, Product

MAX_EXACT = 10_000  # counted within 30 ms
SAMPLE_ROWS = 20_000  # of the whole table: a facet of 5 % is then off by 3 % in the mean
ESTIMATE_SECONDS = 300
MAX_BRANDS = 50


class FacetValue(NamedTuple):
    value: str
    label: str
    count: int


class Facets(TypedDict):
    """`count` is the number of products; `price` the lowest and highest price, or None where none has a price."""

    category: list[FacetValue]
    brand: list[FacetValue]
    colour: list[FacetValue]
    price: tuple[Decimal, Decimal] | None
    count: int
    is_estimate: bool


_COUNTS = """
WITH matched (category_id, brand, colours, price) AS MATERIALIZED ({rows})
SELECT 'count', '', count(*) FROM matched
UNION ALL SELECT 'category', category_id::text, count(*) FROM matched GROUP BY category_id
UNION ALL (SELECT 'brand', brand, count(*) FROM matched WHERE brand <> ''
           GROUP BY brand ORDER BY 3 DESC, 2 LIMIT {brands})
UNION ALL SELECT 'colour', colour, count(*) FROM matched, unnest(colours) AS colour GROUP BY colour
UNION ALL SELECT 'lowest', min(price)::text, 0 FROM matched
UNION ALL SELECT 'highest', max(price)::text, 0 FROM matched
"""


Names = dict[str, tuple[str, str]]  # a category's id -> its slug and name


def facets(queryset: QuerySet[Product], *, names: Names | None = None) -> Facets:
    """What the products of `queryset` divide into; each list has its largest count first. Two to five queries.

    Who counts several lists gives the categories' `names` and saves one query each.
    """
    counts = _exact_counts(queryset)
    is_estimate = counts["count"][""] > MAX_EXACT
    if is_estimate:
        counts = _estimated_counts(queryset)
    names = category_names() if names is None else names
    return {
        "category": _values((*names[pk], count) for pk, count in counts["category"].items() if pk in names),
        "brand": _values((brand, brand, count) for brand, count in counts["brand"].items()),
        "colour": _values((name, str(Colour(name).label), count) for name, count in counts["colour"].items()),
        "price": _price_bounds(counts),
        "count": counts["count"].get("", 0),
        "is_estimate": is_estimate,
    }


def facets_of(filterset: ProductFilter) -> Facets:
    """The facets of what `filterset` finds, each ignoring its own choice: with red chosen, blue can be chosen too."""
    names = category_names()
    found = facets(filterset.qs, names=names)
    for name in ("category", "brand", "colour"):
        if filterset.data.getlist(name):
            found[name] = facets(filterset.without(name).qs, names=names)[name]
    if filterset.data.get("price_min") or filterset.data.get("price_max"):
        found["price"] = facets(filterset.without("price_min", "price_max").qs, names=names)["price"]
    return found


def category_names() -> Names:
    return {str(pk): (slug, name) for pk, slug, name in Category.objects.values_list("pk", "slug", "name")}


Counts = dict[str, dict[str, int]]


def _exact_counts(queryset: QuerySet[Product]) -> Counts:
    """Counts over the first MAX_EXACT + 1 rows, in no order; all of them unless `count` says MAX_EXACT + 1."""
    try:
        rows, parameters = _rows(queryset)
    except EmptyResultSet:
        return {"count": {"": 0}, "category": {}, "brand": {}, "colour": {}, "lowest": {}, "highest": {}}
    return _count(f"{rows} LIMIT {MAX_EXACT + 1}", parameters)


def _estimated_counts(queryset: QuerySet[Product]) -> Counts:
    rows, parameters = _rows(queryset)
    key = "facets:" + hashlib.sha256(repr((rows, parameters)).encode()).hexdigest()
    counts = cache.get(key)
    if counts is None:
        counts = _sampled_counts(rows, parameters)
        lowest, highest = queryset.order_by().aggregate(low=Min("price"), high=Max("price")).values()
        counts |= {"lowest": {str(lowest): 0}, "highest": {str(highest): 0}}
        cache.set(key, counts, ESTIMATE_SECONDS)
    return counts


def _sampled_counts(rows: str, parameters: tuple) -> Counts:
    share = min(1.0, SAMPLE_ROWS / _rows_in_table())
    # The seed is fixed: the same list asked twice shows the same numbers.
    sampled = rows.replace(
        'FROM "catalogue_product"', f'FROM "catalogue_product" TABLESAMPLE SYSTEM ({100 * share:.6f}) REPEATABLE (1)', 1
    )
    return {
        facet: {value: _rounded(count / share) for value, count in values.items()}
        for facet, values in _count(sampled, parameters).items()
    }


def _rows(queryset: QuerySet[Product]) -> tuple[str, tuple]:
    return queryset.order_by().values_list("category_id", "brand", "colours", "price").query.sql_with_params()


def _count(rows: str, parameters: tuple) -> Counts:
    counts: Counts = {facet: {} for facet in ("count", "category", "brand", "colour", "lowest", "highest")}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(rows=rows, brands=MAX_BRANDS), parameters)
        for facet, value, count in cursor.fetchall():
            counts[facet][value] = count
    return counts


def _rows_in_table() -> float:
    """What the statistics say; 1 where there are none yet, so that the sample is everything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'catalogue_product'::regclass")
        return max(1.0, cursor.fetchone()[0])


def _rounded(estimate: float) -> int:
    """Two digits: more would claim what a sample does not know."""
    return int(float(f"{estimate:.2g}"))


def _values(found: Iterable[tuple[str, str, int]]) -> list[FacetValue]:
    return sorted((FacetValue(*each) for each in found), key=lambda each: (-each.count, each.label))


def _price_bounds(counts: Counts) -> tuple[Decimal, Decimal] | None:
    lowest, highest = (next(iter(counts[name]), None) for name in ("lowest", "highest"))
    return None if lowest in (None, "None") else (Decimal(lowest), Decimal(highest))
