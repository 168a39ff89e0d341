"""The SQL of a search for one garment: which rows match, and the statements of the exact and the approximate strategy.

Every statement is also valid on Citus with the vectors distributed: no correlated subquery reads from a reference
table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet

from catalogue.models import Category
from catalogue.querysets import ProductQuerySet
from catalogue.reading_connection import reading_connection
from search.models import Encoder

# Nearer than two different garments come, farther than two files of one photo: a garment that the detector took for
# another type is found by its own photo.
NEAR_DUPLICATE_DISTANCE = 0.1
EF_SEARCH = 200  # candidates a step of the scan holds: recall@10 of a million rows 0.988, where 100 gave 0.961
MAX_SCAN_ROWS = 20_000

EXACT_SETTINGS = """
    SET LOCAL jit = off;
    SET LOCAL random_page_cost = 1.1;
"""
# For few rows, starting the processes takes longer than they save, and other requests want the cores as well.
FEW_ROWS_SETTINGS = f"{EXACT_SETTINGS} SET LOCAL max_parallel_workers_per_gather = 0;"
SCAN_SETTINGS = f"""
    SET LOCAL jit = off;
    SET LOCAL hnsw.iterative_scan = 'relaxed_order';
    SET LOCAL hnsw.ef_search = {EF_SEARCH};
    SET LOCAL hnsw.max_scan_tuples = {MAX_SCAN_ROWS};
    SET LOCAL hnsw.scan_mem_multiplier = 16;
    SET LOCAL max_parallel_workers_per_gather = 0;
    SET LOCAL enable_seqscan = off;
    SET LOCAL enable_bitmapscan = off;
    SET LOCAL enable_sort = off;
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
"""

Statement = tuple[str, list[Any]]  # SQL and its parameters
Branch = tuple[str, str, list[Any]]  # tables, condition, parameters


class GarmentSQL:
    """The rows that match: vectors of one encoder whose product is in `products` and may be of the garment type.

    With a `garment_type`, rows that typed searches find (`GarmentEmbedding.found_by_type`) of categories that hold the
    type; and near duplicates that were detected as that type on products of other categories. Without one, all rows.
    `vector`: as pgvector reads it (`vector_text`).
    """

    def __init__(
        self, vector: str, *, encoder: Encoder, products: ProductQuerySet, garment_type: str | None = None
    ) -> None:
        self.vector = vector
        self.encoder = encoder
        self.products = products
        self.garment_type = garment_type

    @property
    def distance(self) -> str:
        """The cosine distance of row e; its one parameter is the vector."""
        # Written as in the index of the encoder (indexes.py), or the planner would not use it.
        size = f"halfvec({self.encoder.dimensions})"
        return f"(e.vector::{size} <=> %s::{size})"

    # -- statements ---------------------------------------------------------------------------------------------

    def matching_rows(self) -> Statement:
        """A row for each vector that matches, for the planner to estimate."""
        return self._all_branches("1", self._branches_without_equality)

    def comparable_rows(self) -> Statement:
        """The same without regard to `products`."""
        return self._all_branches("1", self._branches_of_vectors)

    def matching_products(self, *, most: int) -> Statement:
        """A row for each product that matches and has a vector, to be counted; at most `most`."""
        rows, parameters = self._all_branches("e.product_id", self.branches)
        return f"SELECT DISTINCT product_id FROM ({rows}) AS matching LIMIT %s", [*parameters, most]

    def estimated_products(self) -> Statement:
        """The same for the planner to estimate: without near duplicates, since it knows nothing of a union's values."""
        return self._all_branches("DISTINCT e.product_id", self._branches_without_equality[:1])

    def scan(self, rows: int) -> Statement:
        """The first `rows` matching rows in the order of the graph: Neighbour's fields."""
        (filtered, values), (matching, types) = self.filtered, self._any_branch
        query = f"""
            SELECT e.product_id, e.image_id, e.ordinal, e.garment_type, e.box, {self.distance} AS distance
            FROM search_garmentembedding e JOIN {filtered} ON p.id = e.product_id
            WHERE e.encoder_id = %s AND {matching}
            ORDER BY {self.distance} LIMIT %s"""
        return query, [self.vector, *values, self.encoder.pk, *types, self.vector, rows]

    def exact(
        self,
        limit: int,
        offset: int,
        compared: int | None,
        *,
        candidates: int | None = None,
        without: Sequence[int] = (),
    ) -> Statement:
        """The slice of all products in the order of their distance, those of the numbers `without` left out.

        candidates: only so many of the nearest vectors are joined with the products, for where most of them pass; None:
        the products are joined first, for where few do.
        Rows: how many vectors were compared, at most `compared`; how many candidates there were; how many products they
        belong to; then Neighbour's fields, which are NULL in the one row of an empty slice. Many rows are compared, and
        only product and distance of each are carried along, so that they can come out of an index alone. What else is
        asked of a row is fetched for those of the slice.
        """
        filtered, values = self.filtered
        branches = self.branches if candidates is None else self._branches_of_vectors
        matching, parameters = self._distances(branches, without)
        passing, join_values = (
            ("near", []) if candidates is None else (f"near JOIN {filtered} ON p.id = product_id", values)
        )
        query = f"""
            WITH compared AS MATERIALIZED ({matching} LIMIT %s),
            near AS MATERIALIZED (SELECT * FROM compared ORDER BY distance, product_id LIMIT %s),
            best AS MATERIALIZED (
                SELECT product_id, bool_or(is_misclassified) AS is_misclassified, min(distance) AS distance
                FROM {passing} GROUP BY product_id
            ),
            slice AS MATERIALIZED (SELECT * FROM best ORDER BY distance, product_id LIMIT %s OFFSET %s)
            SELECT (SELECT count(*) FROM compared), (SELECT count(*) FROM near), total.products, nearest.* FROM (
                SELECT count(*) AS products FROM best
            ) AS total LEFT JOIN (
                SELECT DISTINCT ON (e.product_id)
                    e.product_id, e.image_id, e.ordinal, e.garment_type, e.box, slice.distance
                FROM slice JOIN search_garmentembedding e ON e.product_id = slice.product_id
                WHERE e.encoder_id = %s AND {self._bounded_distance} = slice.distance
                    AND (NOT slice.is_misclassified OR e.garment_type = %s)
                ORDER BY e.product_id, NOT e.found_by_type, e.image_id, e.ordinal
            ) AS nearest ON TRUE"""
        return query, [
            *parameters, compared, candidates, *join_values, limit, offset,
            self.encoder.pk, self.vector, self.garment_type,
        ]  # fmt: skip

    def _distances(self, branches: list[Branch], without: Sequence[int]) -> Statement:
        """product_id, is_misclassified and distance of every row of the branches."""
        left_out = "AND e.product_id <> ALL(%s)" if without else ""
        parts = [
            f"SELECT e.product_id, {is_misclassified} AS is_misclassified, {self._bounded_distance} AS distance "
            f"FROM {source} WHERE {where} {left_out}"
            for is_misclassified, (source, where, _) in zip(("FALSE", "TRUE"), branches, strict=False)
        ]
        known = [list(without)] if without else []
        return " UNION ALL ".join(parts), [
            value for _, _, values in branches for value in [self.vector, *values, *known]
        ]

    @staticmethod
    def _all_branches(columns: str, branches: list[Branch]) -> Statement:
        parts = [f"SELECT {columns} FROM {source} WHERE {where}" for source, where, _ in branches]
        return " UNION ALL ".join(parts), [value for _, _, values in branches for value in values]

    # -- conditions ---------------------------------------------------------------------------------------------

    @cached_property
    def filtered(self) -> Statement:
        """The products as a table `p` (id, category_id)."""
        try:
            query, parameters = self.products.order_by().values("id", "category_id").query.sql_with_params()
        except EmptyResultSet:  # Django knows that nothing can match, and has no SQL for it
            query, parameters = "SELECT NULL::bigint AS id, NULL::bigint AS category_id WHERE FALSE", ()
        return f"({query}) AS p", list(parameters)

    @property
    def categories(self) -> list[int] | None:
        """The categories that hold the garment type; None where that is no restriction."""
        if self.garment_type is None:
            return None
        return [pk for pk, types in self.held_types.items() if not types or self.garment_type in types]

    @property
    def _other_categories(self) -> list[int]:
        # By name, since an index can't be searched for what is unlike.
        return [pk for pk in self.held_types if pk not in (self.categories or ())]

    @cached_property
    def held_types(self) -> dict[int, list[str]]:
        """The garment types of every category, by its id; settable, so that several searches share a query."""
        return dict(Category.objects.values_list("id", "garment_types"))

    @property
    def _bounded_distance(self) -> str:
        # A vector of zeros has no direction: its distance is NaN, and it is put where what is most unlike is.
        return f"LEAST({self.distance}, 2)"

    @property
    def _any_branch(self) -> Statement:
        """The condition of a row in either branch."""
        if self.categories is None:
            return "TRUE", []
        condition = (
            "((e.category_id = ANY(%s) AND e.found_by_type) "
            f"OR (e.garment_type = %s AND {self.distance} < {NEAR_DUPLICATE_DISTANCE}))"
        )
        return condition, [self.categories, self.garment_type, self.vector]

    @cached_property
    def branches(self) -> list[Branch]:
        """(tables e and p, condition, parameters) of the matching rows; apart, each with an index to start from."""
        # The category is compared too: it leads the covering index (indexes.py), whose next column is the product.
        source, *others = self._branches_without_equality
        return [(f"{source[0]} AND p.category_id = e.category_id", *source[1:]), *others]

    @cached_property
    def _branches_without_equality(self) -> list[Branch]:
        """The same rows for the planner's estimates: it takes the categories' equality for one condition more, and
        would expect too few by as many times as there are categories."""
        filtered, values = self.filtered
        joined = f"search_garmentembedding e JOIN {filtered} ON p.id = e.product_id"
        return [(joined, where, [*values, *parameters]) for _, where, parameters in self._branches_of_vectors]

    @cached_property
    def _branches_of_vectors(self) -> list[Branch]:
        """The same of the vectors alone: of the categories that hold the type, and near duplicates of others."""
        table = "search_garmentembedding e"
        if self.categories is None:
            return [(table, "e.encoder_id = %s", [self.encoder.pk])]
        near = (
            "e.encoder_id = %s AND e.garment_type = %s AND e.category_id = ANY(%s) "
            f"AND {self.distance} < {NEAR_DUPLICATE_DISTANCE}"
        )
        return [
            (
                table,
                "e.encoder_id = %s AND e.category_id = ANY(%s) AND e.found_by_type",
                [self.encoder.pk, self.categories],
            ),
            (table, near, [self.encoder.pk, self.garment_type, self._other_categories, self.vector]),
        ]


# -- several statements in one ------------------------------------------------------------------------------------


def union(statements: Sequence[Statement]) -> Statement:
    """One statement whose rows are those of all, each with its statement's number as the first column."""
    parts = [f"(SELECT {number} AS part, q.* FROM ({query}) AS q)" for number, (query, _) in enumerate(statements)]
    return " UNION ALL ".join(parts), [value for _, values in statements for value in values]


def counts(statements: Sequence[Statement]) -> Statement:
    """One statement whose only row says how many rows each of them has."""
    parts = [f"(SELECT count(*) FROM ({query}) AS q)" for query, _ in statements]
    return f"SELECT {', '.join(parts)}", [value for _, values in statements for value in values]


def fetch(statement: Statement, *, settings: str = "") -> list[tuple[Any, ...]]:
    """The statement's rows, under settings that are gone after it, also inside somebody else's transaction.

    One message to the server and not one for each statement: several in one message are a transaction by themselves.
    """
    query, parameters = statement
    connection = reading_connection()
    with connection.cursor() as cursor:
        if not settings or connection.get_autocommit():
            cursor.execute(f"{settings}{query}", parameters)
            return list(cursor.fetchall())
        cursor.execute(f"SAVEPOINT nearest;{settings}{query}", parameters)
        rows = list(cursor.fetchall())
        cursor.execute("ROLLBACK TO SAVEPOINT nearest; RELEASE SAVEPOINT nearest")  # only reads happened
        return rows


def fetch_each(statements: Sequence[Statement], settings: str) -> list[list[tuple[Any, ...]]]:
    """The rows of each statement, by one statement for all."""
    found: list[list[tuple[Any, ...]]] = [[] for _ in statements]
    if statements:
        for number, *row in fetch(union(statements), settings=settings):
            found[number].append(tuple(row))
    return found


def vector_text(vector: np.ndarray | Sequence[float]) -> str:
    """The vector ((D,) floats) as pgvector reads it. Raises ValueError for one that has no direction."""
    numbers = np.asarray(vector, np.float64)
    length = np.linalg.norm(numbers)
    if not (np.isfinite(length) and length > 0):
        raise ValueError("The vector has no direction: it is all zeros, or has numbers that are not finite.")
    return "[" + ",".join(f"{value:.7g}" for value in numbers / length) + "]"
