"""The nearest garments in SQL: one query that fills its page, whatever the filter.

An HNSW index is filtered *after* its scan, so a narrow filter would leave a page short. Two ways through:

- few rows match (the planner's own estimate says how many): all their distances are computed, exactly;
- many match: the index is scanned in steps (pgvector's iterative scan) through a cursor, each product is taken at its
  first and therefore nearest row, and the cursor is read on until the page is full. Where the scan ends first (its
  memory bound, or rows that the graph does not reach), the exact way adds the products that are missing.

The scan gives the same rows in the same order however many are read, and which way is taken depends on the filter
alone. So every page is a slice of one and the same list: no product twice, none missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection, transaction

from catalogue.models import Category
from catalogue.querysets import ProductQuerySet
from search.models import Encoder

# Below this many rows the exact way is the faster one; benchmarks/nearest.py measures where they cross.
EXACT_ROWS = 4_000
EF_SEARCH = 200  # candidates a step of the index scan holds; benchmarks/nearest.py: recall@10 against time
MAX_SCAN_ROWS = 60_000
MISREAD_DISTANCE = 0.1  # nearer than two different garments come, farther than two shots of one photo
COUNT_UP_TO = 10_000  # past this a count is the planner's estimate

_SCAN_SETTINGS = f"""
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
    """

    def __init__(
        self,
        vector: np.ndarray | Sequence[float],
        *,
        encoder: Encoder,
        products: ProductQuerySet,
        garment_type: str | None = None,
        exact_rows: int = EXACT_ROWS,
    ) -> None:
        if len(vector) != encoder.dimensions:
            raise ValueError(
                f"The vector has {len(vector)} dimensions; {encoder.name}'s have {encoder.dimensions}, and vectors of "
                "two encoders are never compared."
            )
        self.encoder = encoder
        self.products = products
        self.garment_type = garment_type
        self.exact_rows = exact_rows
        self._vector = "[" + ",".join(f"{value:.7g}" for value in vector) + "]"

    # -- answers ------------------------------------------------------------------------------------------------

    def page(self, *, limit: int, offset: int = 0) -> list[Neighbour]:
        """Exactly min(limit, matching products - offset) neighbours."""
        if self.is_exact:
            return self._exact(limit=limit, offset=offset)
        found = self._scan(offset + limit)
        missing = offset + limit - len(found)
        if missing > 0:
            known = [neighbour.product_id for neighbour in found]
            beyond = max(0, offset - len(found))
            found += self._exact(limit=missing - beyond, offset=beyond, without=known)
            return found[offset - beyond :]
        return found[offset:]

    def count(self) -> int:
        """How many products match: exactly up to COUNT_UP_TO, the planner's estimate beyond."""
        branches = [
            f"(SELECT p.id FROM {self._filtered[0]} WHERE {where} AND EXISTS (SELECT 1 FROM search_garmentembedding e "
            f"WHERE e.product_id = p.id AND e.encoder_id = %s) LIMIT {COUNT_UP_TO + 1})"
            for where, _ in self._product_branches
        ]
        parameters = [
            value for _, values in self._product_branches for value in [*self._filtered[1], *values, self.encoder.pk]
        ]
        row = _rows(f"SELECT count(*) FROM ({' UNION ALL '.join(branches)}) AS matching", parameters)[0]
        return row[0] if row[0] <= COUNT_UP_TO else max(row[0], self._estimated_products)

    @cached_property
    def is_exact(self) -> bool:
        """Whether few enough rows match to compare them all."""
        return self.estimated_rows <= self.exact_rows

    @cached_property
    def estimated_rows(self) -> int:
        """How many vectors the planner expects to match."""
        return sum(
            _estimate(f"SELECT 1 FROM {source} WHERE {where}", values) for source, where, values in self._branches
        )

    def explain(self) -> str:
        """PostgreSQL's plan for the way through the index."""
        query, parameters = self._scan_query
        with _settings(_SCAN_SETTINGS):
            return "\n".join(row[0] for row in _rows(f"EXPLAIN {query}", parameters))

    # -- the two ways -------------------------------------------------------------------------------------------

    def _scan(self, wanted: int) -> list[Neighbour]:
        """Up to `wanted` products in the order in which the index gives them."""
        query, parameters = self._scan_query
        found: dict[int, Neighbour] = {}
        with _settings(_SCAN_SETTINGS), connection.chunked_cursor() as cursor:
            cursor.execute(query, parameters)
            while len(found) < wanted and (rows := cursor.fetchmany(max(32, 2 * (wanted - len(found))))):
                for row in rows:
                    found.setdefault(row[0], Neighbour(*row))
        return list(found.values())[:wanted]

    def _exact(self, *, limit: int, offset: int, without: Sequence[int] = ()) -> list[Neighbour]:
        """A slice of all that match in the order of their true distance."""
        branches = [
            f"SELECT e.product_id, e.image_id, e.ordinal, e.garment_type, e.box, {self._distance} AS distance "
            f"FROM {source} WHERE {where} AND e.product_id <> ALL(%s)"
            for source, where, _ in self._branches
        ]
        parameters = [value for _, _, values in self._branches for value in [self._vector, *values, list(without)]]
        query = f"""
            SELECT * FROM (
                SELECT DISTINCT ON (product_id) * FROM ({" UNION ALL ".join(branches)}) AS matching
                ORDER BY product_id, distance, image_id, ordinal
            ) AS nearest
            ORDER BY distance, product_id LIMIT %s OFFSET %s"""
        return [Neighbour(*row) for row in _rows(query, [*parameters, limit, offset])]

    # -- SQL ----------------------------------------------------------------------------------------------------

    @property
    def _distance(self) -> str:
        # Written as in the index of the encoder (search/indexes.py), or the planner would not see that it fits.
        size = f"halfvec({self.encoder.dimensions})"
        return f"(e.vector::{size} <=> %s::{size})"

    @cached_property
    def _scan_query(self) -> Condition:
        (filtered, values), (matching, types) = self._filtered, self._any_branch
        query = f"""
            SELECT e.product_id, e.image_id, e.ordinal, e.garment_type, e.box, {self._distance} AS distance
            FROM search_garmentembedding e JOIN {filtered} ON p.id = e.product_id
            WHERE e.encoder_id = %s AND {matching}
            ORDER BY {self._distance}"""
        return query, [self._vector, *values, self.encoder.pk, *types, self._vector]

    @cached_property
    def _filtered(self) -> Condition:
        """The products as a table `p` (id, category_id)."""
        query, parameters = self.products.order_by().values("id", "category_id").query.sql_with_params()
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
        condition = f"(p.category_id = ANY(%s) OR (e.garment_type = %s AND {self._distance} < {MISREAD_DISTANCE}))"
        return condition, [self._categories, self.garment_type, self._vector]

    @cached_property
    def _product_branches(self) -> list[Condition]:
        """Conditions on p, no product in two of them."""
        if self._categories is None:
            return [("TRUE", [])]
        elsewhere = (
            "p.category_id <> ALL(%s) AND p.id IN (SELECT e.product_id FROM search_garmentembedding e "
            f"WHERE e.encoder_id = %s AND e.garment_type = %s AND {self._distance} < {MISREAD_DISTANCE})"
        )
        return [
            ("p.category_id = ANY(%s)", [self._categories]),
            (elsewhere, [self._categories, self.encoder.pk, self.garment_type, self._vector]),
        ]

    @cached_property
    def _branches(self) -> list[tuple[str, str, list[Any]]]:
        """(tables e and p, condition, parameters) of the matching rows; apart, each with an index to start from."""
        filtered, values = self._filtered
        source = f"search_garmentembedding e JOIN {filtered} ON p.id = e.product_id"
        start = [*values, self.encoder.pk]
        if self._categories is None:
            return [(source, "e.encoder_id = %s", start)]
        return [
            (source, "e.encoder_id = %s AND p.category_id = ANY(%s)", [*start, self._categories]),
            (
                source,
                "e.encoder_id = %s AND e.garment_type = %s AND p.category_id <> ALL(%s) "
                f"AND {self._distance} < {MISREAD_DISTANCE}",
                [*start, self.garment_type, self._categories, self._vector],
            ),
        ]

    @property
    def _estimated_products(self) -> int:
        filtered, values = self._filtered
        return sum(
            _estimate(f"SELECT 1 FROM {filtered} WHERE {where}", [*values, *more])
            for where, more in self._product_branches
        )


def _rows(query: str, parameters: list[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def _estimate(query: str, parameters: list[Any]) -> int:
    plan = _rows(f"EXPLAIN (FORMAT JSON) {query}", parameters)[0][0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return int(plan[0]["Plan"]["Plan Rows"])


@contextmanager
def _settings(statements: str) -> Iterator[None]:
    """Runs the block under settings that are gone after it, also inside somebody else's transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statements)
        yield
        transaction.set_rollback(True)  # only reads happened; this puts the settings back
