"""The nearest garments in SQL: one query that fills its page, whatever the filter.

An HNSW index is filtered *after* its scan, so a narrow filter would leave a page short. Two ways through, chosen by the
planner's own estimate of how many rows match:

- few: all their distances are computed, exactly;
- many: the index is scanned (pgvector's iterative scan), the filter joined to what it gives, each product taken once.
  Where the scan ends before the page is full (its bounds, or rows that the graph does not reach), everything that it
  has not settled is computed exactly.

The scan gives the same rows in the same order however many are read, nearest first but for some that it meets late. So
a product is settled only when LOOK_AHEAD others have been met that are farther (or nothing is settled, and the answer
exact, where a scan ends sooner). What is settled depends on the rows before it alone: every page is a slice of one and
the same list, with no product twice and none missing, whatever limits and offsets cut it. On a page distances ascend.
Over a page's border they may not: what is met late, past LOOK_AHEAD, stands on a later page than it should. To order
those too, everything would have to be read; to hold them back to the end would hide what is near.

A wrong estimate costs time, never rows: the exact way gives up past MAX_COMPARED times the rows it was meant for, and a
scan that finds little ends at MAX_SCAN_ROWS; each hands over to the other.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import isqrt
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection

from catalogue.models import Category
from catalogue.querysets import ProductQuerySet
from search.models import Encoder
from search.retrieval import indexes

# The exact way's time grows with the rows that match, the scan's with the rows that do not. They cost the same near
# this many times the square root of all rows; benchmarks/nearest.py measures both.
EXACT_FACTOR = 20
MIN_EXACT_ROWS = 8_000  # so few are compared in a hundredth of a second, and exactly
ALL_ROWS = 10**12  # where there is no index yet
MAX_COMPARED = 8  # times the rows that the exact way is for
EF_SEARCH = 200  # candidates a step of the scan holds: recall@10 of a million rows 0.988, where 100 gave 0.961
LOOK_AHEAD = 32  # products; a step's first rows are the ones that the step before has missed
ROWS_A_PRODUCT = 2  # read for each at first; a scan that ends too soon is done again with twice as many
MAX_SCAN_ROWS = 20_000
NEAR_DUPLICATE_DISTANCE = 0.1  # nearer than two different garments come, farther than two shots of one photo
COUNT_UP_TO = 10_000  # past this a count is the planner's estimate

_EXACT_SETTINGS = """
    SET LOCAL jit = off;
    SET LOCAL random_page_cost = 1.1;
"""
# For few rows, starting the processes takes longer than they save, and other requests want the cores as well.
_FEW_ROWS_SETTINGS = f"{_EXACT_SETTINGS} SET LOCAL max_parallel_workers_per_gather = 0;"
_SCAN_SETTINGS = f"""
    SET LOCAL jit = off;
    SET LOCAL hnsw.iterative_scan = 'relaxed_order';
    SET LOCAL hnsw.ef_search = {EF_SEARCH};
    SET LOCAL hnsw.max_scan_tuples = {MAX_SCAN_ROWS};
    SET LOCAL hnsw.scan_mem_multiplier = 16;
    SET LOCAL enable_seqscan = off;
    SET LOCAL enable_bitmapscan = off;
    SET LOCAL enable_sort = off;
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
"""

Condition = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A product's nearest garment. box: x0, y0, x1, y1 in 0..1 of the image. distance: cosine, 0..2."""

    product_id: int
    image_id: int
    ordinal: int
    garment_type: str
    box: tuple[float, ...]
    distance: float


class NearestGarments:
    """The products of `products` by the distance of their nearest garment to `vector` ((D,) floats), nearest first.

    With a `garment_type`, only products of categories that hold the type; and garments that were seen as that type
    elsewhere, if they are almost the same: a product whose photo the detector misread is found by that photo.
    exact_rows: up to how many estimated rows are compared exactly; None: as many as that is the faster way for.
    """

    def __init__(
        self,
        vector: np.ndarray | Sequence[float],
        *,
        encoder: Encoder,
        products: ProductQuerySet,
        garment_type: str | None = None,
        exact_rows: int | None = None,
    ) -> None:
        if len(vector) != encoder.dimensions:
            raise ValueError(
                f"The vector has {len(vector)} dimensions; {encoder.name}'s have {encoder.dimensions}, and vectors of "
                "two encoders are never compared."
            )
        self.encoder = encoder
        self.products = products
        self.garment_type = garment_type
        self._exact_rows = exact_rows
        self._vector = _as_text(vector)

    # -- answers ------------------------------------------------------------------------------------------------

    def page(self, *, limit: int, offset: int = 0) -> list[Neighbour]:
        """Exactly min(limit, matching products - offset) neighbours, nearest first."""
        found = self._exact(limit, offset, at_most=MAX_COMPARED * self.exact_rows) if self.is_exact else None
        if found is None:
            found = self._through_index(limit, offset)
        return sorted(found, key=lambda neighbour: (neighbour.distance, neighbour.product_id))

    def count(self) -> int:
        """How many products match: exactly up to COUNT_UP_TO, the planner's estimate beyond."""
        branches = [
            f"(SELECT p.id FROM {source} WHERE {where} AND EXISTS (SELECT 1 FROM search_garmentembedding e "
            "WHERE e.product_id = p.id AND e.encoder_id = %s))"
            for source, where, _ in self._product_branches
        ]
        parameters = [value for _, _, values in self._product_branches for value in [*values, self.encoder.pk]]
        query = f"SELECT count(*) FROM ({' UNION ALL '.join(branches)} LIMIT {COUNT_UP_TO + 1}) AS matching"
        counted = _rows(query, parameters, settings=_FEW_ROWS_SETTINGS)[0][0]
        return counted if counted <= COUNT_UP_TO else max(counted, self._estimated_products)

    @cached_property
    def is_exact(self) -> bool:
        """Whether few enough rows match to compare them all."""
        return self.exact_rows > 0 and self.estimated_rows <= self.exact_rows

    @cached_property
    def exact_rows(self) -> int:
        """Up to how many rows the exact way is taken."""
        if self._exact_rows is not None:
            return self._exact_rows
        if self.estimated_rows <= MIN_EXACT_ROWS:
            return MIN_EXACT_ROWS  # enough to know; the index's size would be one more query
        indexed = indexes.indexed_rows(self.encoder)
        return ALL_ROWS if indexed is None else max(MIN_EXACT_ROWS, EXACT_FACTOR * isqrt(indexed))

    @cached_property
    def estimated_rows(self) -> int:
        """How many vectors the planner expects to match."""
        return sum(
            _estimate(f"SELECT 1 FROM {source} WHERE {where}", values) for source, where, values in self._branches
        )

    def explain(self) -> str:
        """PostgreSQL's plan for the first page, by the way that is taken."""
        query, parameters, settings = (
            (*self._exact_query(24, 0, 1 + MAX_COMPARED * self.exact_rows), _FEW_ROWS_SETTINGS)
            if self.is_exact
            else (*self._scan_query(100), _SCAN_SETTINGS)
        )
        return "\n".join(row[0] for row in _rows(f"EXPLAIN {query}", parameters, settings=settings))

    # -- the two ways -------------------------------------------------------------------------------------------

    def _through_index(self, limit: int, offset: int) -> list[Neighbour]:
        """The slice of what the scan settles and, after that, of all else in the order of true distances."""
        wanted = offset + limit
        rows = ROWS_A_PRODUCT * (wanted + LOOK_AHEAD)
        while True:
            scanned = _rows(*self._scan_query(rows), settings=_SCAN_SETTINGS)
            settled = list(islice(finalised_neighbours(scanned), wanted))
            if len(settled) == wanted:
                return settled[offset:]
            if len(scanned) < rows:
                break
            rows *= 2
        beyond = max(0, offset - len(settled))
        known = [neighbour.product_id for neighbour in settled]
        rest = self._exact(wanted - len(settled) - beyond, beyond, without=known)
        return [*settled[offset:], *(rest or [])]

    def _exact(
        self, limit: int, offset: int, *, at_most: int | None = None, without: Sequence[int] = ()
    ) -> list[Neighbour] | None:
        """A slice of all that match in the order of their true distance; None where more rows match than `at_most`."""
        query, parameters = self._exact_query(limit, offset, None if at_most is None else at_most + 1, without)
        rows = _rows(query, parameters, settings=_EXACT_SETTINGS if at_most is None else _FEW_ROWS_SETTINGS)
        if at_most is not None and rows[0][0] > at_most:
            return None
        return [Neighbour(*row[1:]) for row in rows if row[1] is not None]

    # -- SQL ----------------------------------------------------------------------------------------------------

    @property
    def _distance(self) -> str:
        # Written as in the index of the encoder (indexes.py), or the planner would not use it.
        size = f"halfvec({self.encoder.dimensions})"
        return f"(e.vector::{size} <=> %s::{size})"

    def _scan_query(self, rows: int) -> Condition:
        """The first `rows` matching rows as the index gives them."""
        (filtered, values), (matching, types) = self._filtered, self._any_branch
        query = f"""
            SELECT e.product_id, e.image_id, e.ordinal, e.garment_type, e.box, {self._distance} AS distance
            FROM search_garmentembedding e JOIN {filtered} ON p.id = e.product_id
            WHERE e.encoder_id = %s AND {matching}
            ORDER BY {self._distance} LIMIT %s"""
        return query, [self._vector, *values, self.encoder.pk, *types, self._vector, rows]

    def _exact_query(self, limit: int, offset: int, compared: int | None, without: Sequence[int] = ()) -> Condition:
        """How many rows match, at most `compared`, with each product of the slice of what they give.

        Comparing reads product and vector only, which are all in one index (indexes.py); what else is asked of
        a row is fetched for those of the slice.
        """
        # A vector of zeros has no direction: its distance is NaN, and it is put where what is most unlike is.
        distance = f"LEAST({self._distance}, 2)"
        branches = [
            f"SELECT e.product_id, {is_misread} AS is_misread, {distance} AS distance"
            f" FROM {source} WHERE {where} {'AND e.product_id <> ALL(%s)' if without else ''}"
            for is_misread, (source, where, _) in zip(("FALSE", "TRUE"), self._branches, strict=False)
        ]
        known = [list(without)] if without else []
        parameters = [value for _, _, values in self._branches for value in [self._vector, *values, *known]]
        query = f"""
            WITH best AS MATERIALIZED (
                SELECT product_id, bool_or(is_misread) AS is_misread, min(distance) AS distance, count(*) AS number
                FROM ({" UNION ALL ".join(branches)} LIMIT %s) AS matching GROUP BY product_id
            ),
            slice AS MATERIALIZED (SELECT * FROM best ORDER BY distance, product_id LIMIT %s OFFSET %s)
            SELECT compared.number, nearest.* FROM (
                SELECT coalesce(sum(number), 0)::bigint AS number FROM best
            ) AS compared LEFT JOIN (
                SELECT DISTINCT ON (e.product_id)
                    e.product_id, e.image_id, e.ordinal, e.garment_type, e.box, slice.distance
                FROM slice JOIN search_garmentembedding e ON e.product_id = slice.product_id
                WHERE e.encoder_id = %s AND {distance} = slice.distance
                    AND (NOT slice.is_misread OR e.garment_type = %s)
                ORDER BY e.product_id, e.image_id, e.ordinal
            ) AS nearest ON TRUE"""
        return query, [
            *parameters, compared, limit, offset, self.encoder.pk, self._vector, self.garment_type,
        ]  # fmt: skip

    @cached_property
    def _filtered(self) -> Condition:
        """The products as a table `p` (id, category_id)."""
        try:
            query, parameters = self.products.order_by().values("id", "category_id").query.sql_with_params()
        except EmptyResultSet:  # Django knows that nothing can match, and has no SQL for it
            query, parameters = "SELECT NULL::bigint AS id, NULL::bigint AS category_id WHERE FALSE", ()
        return f"({query}) AS p", list(parameters)

    @cached_property
    def _categories(self) -> list[int] | None:
        """The categories that hold the garment type; None where that is no restriction."""
        if self.garment_type is None:
            return None
        return list(Category.objects.holding(self.garment_type).values_list("id", flat=True))

    @property
    def _any_branch(self) -> Condition:
        if self._categories is None:
            return "TRUE", []
        condition = (
            f"(p.category_id = ANY(%s) OR (e.garment_type = %s AND {self._distance} < {NEAR_DUPLICATE_DISTANCE}))"
        )
        return condition, [self._categories, self.garment_type, self._vector]

    @cached_property
    def _product_branches(self) -> list[tuple[str, str, list[Any]]]:
        """(table p, condition, parameters) of the matching products, none of them in two branches."""
        filtered, values = self._filtered
        if self._categories is None:
            return [(filtered, "TRUE", values)]
        misread, parameters = self._seen_elsewhere
        is_near = (
            "EXISTS (SELECT 1 FROM search_garmentembedding e WHERE e.product_id = p.id AND e.encoder_id = %s "
            f"AND e.garment_type = %s AND {self._distance} < {NEAR_DUPLICATE_DISTANCE})"
        )
        return [
            (filtered, "p.category_id = ANY(%s)", [*values, self._categories]),
            (misread, is_near, [*parameters, self.encoder.pk, self.garment_type, self._vector]),
        ]

    @cached_property
    def _branches(self) -> list[tuple[str, str, list[Any]]]:
        """(tables e and p, condition, parameters) of the matching rows; apart, each with an index to start from."""
        filtered, values = self._filtered
        source = "search_garmentembedding e JOIN {} ON p.id = e.product_id"
        start = [*values, self.encoder.pk]
        if self._categories is None:
            return [(source.format(filtered), "e.encoder_id = %s", start)]
        misread, parameters = self._seen_elsewhere
        return [
            (source.format(filtered), "e.encoder_id = %s AND p.category_id = ANY(%s)", [*start, self._categories]),
            (
                source.format(misread),
                f"e.encoder_id = %s AND e.garment_type = %s AND {self._distance} < {NEAR_DUPLICATE_DISTANCE}",
                [*parameters, self.encoder.pk, self.garment_type, self._vector],
            ),
        ]

    @cached_property
    def _seen_elsewhere(self) -> Condition:
        """As table p, the products of other categories with a garment that was seen as the type, however unlike.

        They are found without their vectors, in an index a twentieth as large; few are, and only theirs are read.
        """
        filtered, values = self._filtered
        query = (
            f"SELECT DISTINCT e.product_id AS id FROM search_garmentembedding e JOIN {filtered} ON p.id = e.product_id "
            "WHERE e.encoder_id = %s AND e.garment_type = %s AND p.category_id <> ALL(%s)"
        )
        return f"({query}) AS p", [*values, self.encoder.pk, self.garment_type, self._categories]

    @property
    def _estimated_products(self) -> int:
        return sum(
            _estimate(f"SELECT 1 FROM {source} WHERE {where}", values)
            for source, where, values in self._product_branches
        )


def finalised_neighbours(rows: Iterable[tuple]) -> Iterator[Neighbour]:
    """Each product once, at its nearest row so far, when LOOK_AHEAD others have been met that are farther.

    rows: as Neighbour's fields, in a scan's order. Of equal distances the smaller product number is settled first.
    """
    waiting: dict[int, Neighbour] = {}
    settled: set[int] = set()
    heap: list[tuple[float, int, Neighbour]] = []
    for neighbour in (Neighbour(*row) for row in rows):
        number = neighbour.product_id
        if number in settled or (number in waiting and waiting[number].distance <= neighbour.distance):
            continue
        waiting[number] = neighbour
        heapq.heappush(heap, (neighbour.distance, number, neighbour))
        while len(waiting) > LOOK_AHEAD:
            nearest = heapq.heappop(heap)[-1]
            if waiting.get(nearest.product_id) is nearest:  # else a nearer row has taken its place
                settled.add(nearest.product_id)
                yield waiting.pop(nearest.product_id)


def _as_text(vector: np.ndarray | Sequence[float]) -> str:
    """The vector as pgvector reads it. Raises ValueError for one that has no direction."""
    numbers = np.asarray(vector, np.float64)
    length = np.linalg.norm(numbers)
    if not (np.isfinite(length) and length > 0):
        raise ValueError("The vector has no direction: it is all zeros, or has numbers that are not finite.")
    return "[" + ",".join(f"{value:.7g}" for value in numbers / length) + "]"


def _rows(query: str, parameters: list[Any], *, settings: str = "") -> list[tuple]:
    """The query's rows, under settings that are gone after it, also inside somebody else's transaction.

    One message to the server and not one for each statement: several in one message are a transaction by themselves.
    """
    with connection.cursor() as cursor:
        if not settings or connection.get_autocommit():
            cursor.execute(f"{settings}{query}", parameters)
            return cursor.fetchall()
        cursor.execute(f"SAVEPOINT nearest;{settings}{query}", parameters)
        rows = cursor.fetchall()
        cursor.execute("ROLLBACK TO SAVEPOINT nearest; RELEASE SAVEPOINT nearest")  # only reads happened
        return rows


def _estimate(query: str, parameters: list[Any]) -> int:
    plan = _rows(f"EXPLAIN (FORMAT JSON) {query}", parameters)[0][0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return int(plan[0]["Plan"]["Plan Rows"])
