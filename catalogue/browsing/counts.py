"""How many products lists hold, by category, brand and colour: `counted(lists)`.

The cost does not grow with the catalogue. What the planner expects to be short is counted, up to MAX_EXACT products.
Where there are more, a random sample of the table's pages is counted instead and scaled up, rounded to two digits. The
price bounds are exact either way: two probes of an index. All lists of a page are counted together, in one query a way.

What takes a while is kept: estimates for five minutes, counts for one. Up to MAX_INSTANT products a page always shows
what is there now.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from access.named_caches import cache_of
from catalogue.models import Product
from catalogue.reading_connection import reading_connection
from catalogue.single_flight import single_flight

MAX_INSTANT = 1_000  # counted within a few milliseconds: not worth being a minute late for
MAX_EXACT = 5_000  # counted within 15 ms; the sample shows 60 of them in a table of a million
SAMPLE_ROWS = 12_000  # of the whole table: a facet of 5 % is then off by 3 % in the mean
MIN_SEEN = 60  # of a list in the sample; with fewer the planner may have been wrong, and counting is tried
EXACT_SECONDS, ESTIMATE_SECONDS = 60, 300
MAX_BRANDS = 50

Counts = dict[str, dict[str, int]]  # facet -> value -> products; the prices are values of `lowest` and `highest`
FACETS = ("count", "category", "brand", "colour", "lowest", "highest")
_NOTHING = "SELECT 0::bigint, '', '{}'::text[], NULL::numeric WHERE false"

_COUNTS = """
(WITH matched (category_id, brand, colours, price) AS MATERIALIZED ({rows})
 SELECT {list}, 'count' AS facet, '' AS value, count(*) AS number FROM matched
 UNION ALL SELECT {list}, 'category', category_id::text, count(*) FROM matched GROUP BY category_id
 UNION ALL (SELECT {list}, 'brand', brand, count(*) FROM matched WHERE brand <> ''
            GROUP BY brand ORDER BY 4 DESC, 3 LIMIT {brands})
 UNION ALL SELECT {list}, 'colour', colour, count(*) FROM matched, unnest(colours) AS colour GROUP BY colour
 UNION ALL SELECT {list}, 'lowest', (SELECT min(price) FROM {priced})::text, 0
 UNION ALL SELECT {list}, 'highest', (SELECT max(price) FROM {priced})::text, 0)
"""


class Counted(NamedTuple):
    counts: Counts
    is_estimate: bool

    @property
    def total(self) -> int:
        return self.counts["count"].get("", 0)


class _List:
    """A list of products as SQL, and the key that its counts are kept under."""

    def __init__(self, products: QuerySet[Product]) -> None:
        columns = products.order_by().values_list("category_id", "brand", "colours", "price")
        try:
            self.sql, self.parameters = columns.query.sql_with_params()
        except EmptyResultSet:
            self.sql, self.parameters = _NOTHING, ()
        self.key = "counts:" + hashlib.sha256(repr((self.sql, self.parameters)).encode()).hexdigest()

    def sampled(self, share: float) -> str:
        # The seed is fixed: the same list asked twice shows the same numbers.
        sample = f'FROM "catalogue_product" TABLESAMPLE SYSTEM ({100 * share:.6f}) REPEATABLE (1)'
        return self.sql.replace('FROM "catalogue_product"', sample, 1)


def counted(querysets: list[QuerySet[Product]]) -> list[Counted]:
    """The counts of each list. What is kept costs nothing; of several threads that want the rest, one counts."""
    lists = [_List(queryset) for queryset in querysets]
    wanted = {each.key: each for each in lists}
    kept = cache_of("counts").get_many(wanted)
    if len(kept) < len(wanted):
        with single_flight(lists[0].key):
            kept |= cache_of("counts").get_many(wanted)
            kept |= _count_and_keep([each for key, each in wanted.items() if key not in kept])
    return [kept[each.key] for each in lists]


def _count_and_keep(lists: list[_List]) -> dict[str, Counted]:
    found = _count(lists) if lists else {}
    for key, each in found.items():
        if each.total > MAX_INSTANT:
            cache_of("counts").set(key, each, ESTIMATE_SECONDS if each.is_estimate else EXACT_SECONDS)
    return found


# -- the two ways -------------------------------------------------------------------------------------------------


def _count(lists: list[_List]) -> dict[str, Counted]:
    table = _rows_in_table()
    share = min(1.0, SAMPLE_ROWS / table)
    found = _estimated(_expected_long(lists), share) if table > MAX_EXACT else {}
    doubtful = [each for each in lists if each.key not in found or found[each.key].total < MIN_SEEN / share]
    exact = _exact(doubtful)
    found |= {key: each for key, each in exact.items() if each.total <= MAX_EXACT}
    return found | _estimated([each for each in doubtful if each.key not in found], share)


def _exact(lists: list[_List]) -> dict[str, Counted]:
    """Counts over the first MAX_EXACT + 1 rows, in no order: `total` says where there are more."""
    queries = [(f"{each.sql} LIMIT {MAX_EXACT + 1}", "matched", each.parameters) for each in lists]
    return {each.key: Counted(counts, False) for each, counts in zip(lists, _run(queries), strict=True)}


def _estimated(lists: list[_List], share: float) -> dict[str, Counted]:
    """A sample's counts, scaled up; the prices are the whole list's."""
    queries = [(each.sampled(share), f"({each.sql}) AS whole", 3 * each.parameters) for each in lists]
    return {each.key: Counted(_scaled(counts, share), True) for each, counts in zip(lists, _run(queries), strict=True)}


def _run(queries: list[tuple[str, str, tuple[Any, ...]]]) -> list[Counts]:
    """The counts of each of (rows, where the prices are looked for, parameters), all in one query."""
    if not queries:
        return []
    found: list[Counts] = [{facet: {} for facet in FACETS} for _ in queries]
    parts = [
        _COUNTS.format(list=number, rows=rows, priced=priced, brands=MAX_BRANDS)
        for number, (rows, priced, _) in enumerate(queries)
    ]
    with reading_connection().cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [value for query in queries for value in query[2]])
        for number, facet, value, count in cursor.fetchall():
            found[number][facet][value] = count
    return found


def _scaled(counts: Counts, share: float) -> Counts:
    """Two digits: more would claim what a sample does not know."""
    return {
        facet: {value: int(float(f"{count / share:.2g}")) for value, count in values.items()}
        for facet, values in counts.items()
    }


# -- what the planner knows ---------------------------------------------------------------------------------------


def _expected_long(lists: list[_List]) -> list[_List]:
    union = " UNION ALL ".join(f"({each.sql})" for each in lists)
    with reading_connection().cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {union}", [value for each in lists for value in each.parameters])
        plan = cursor.fetchone()[0]
    plan = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    plans = [plan] if len(lists) == 1 else plan["Plans"]
    return [each for each, one in zip(lists, plans, strict=True) if one["Plan Rows"] > MAX_EXACT]


def _rows_in_table() -> float:
    """What the statistics say; 1 where there are none yet, so that the sample is everything."""
    rows: float | None = cache_of("counts").get("rows-in-table")
    if rows is None:
        with reading_connection().cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'catalogue_product'::regclass")
            rows = max(1.0, cursor.fetchone()[0])
        cache_of("counts").set("rows-in-table", rows, EXACT_SECONDS)
    return rows
