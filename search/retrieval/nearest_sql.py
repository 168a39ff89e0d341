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
from django.db import connection

from catalogue.models import Category
from catalogue.querysets import ProductQuerySet
from search.models import Encoder

# Nearer than two different garments come, farther than two files of one photo: a garment that the detector took for
# another type is found by its own photo.
NEAR_DUPLICATE_DISTANCE = 0.1

EXACT_SETTINGS = """
    SET LOCAL jit = off;
    SET LOCAL random_page_cost = 1.1;
"""
# For few rows, starting the processes takes longer than they save, and other requests want the cores as well.
FEW_ROWS_SETTINGS = f"{EXACT_SETTINGS} SET LOCAL max_parallel_workers_per_gather = 0;"

Statement = tuple[str, list[Any]]  # SQL and its parameters


class GarmentSQL:
    """The rows that match: vectors of one encoder whose product is in `products` and may be of the garment type.

    With a `garment_type`, products of categories that hold the type; and near duplicates that were detected as that
    type on products of other categories. `vector`: as pgvector reads it (`vector_text`).
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
        """A row for each vector that matches, to be counted or estimated."""
        parts = [f"SELECT 1 FROM {source} WHERE {where}" for source, where, _ in self.branches]
        return " UNION ALL ".join(parts), [value for _, _, values in self.branches for value in values]

    def matching_products(self, *, most: int | None = None) -> Statement:
        """A row for each product that matches and has a vector, to be counted; at most `most`."""
        parts = [
            f"(SELECT p.id FROM {source} WHERE {where} AND EXISTS (SELECT 1 FROM search_garmentembedding e "
            "WHERE e.product_id = p.id AND e.encoder_id = %s))"
            for source, where, _ in self.product_branches
        ]
        parameters = [value for _, _, values in self.product_branches for value in [*values, self.encoder.pk]]
        limit = "" if most is None else " LIMIT %s"
        return f"{' UNION ALL '.join(parts)}{limit}", parameters if most is None else [*parameters, most]

    def estimated_products(self) -> Statement:
        """The same without the look at each product's vectors, for the planner to estimate."""
        parts = [f"SELECT 1 FROM {source} WHERE {where}" for source, where, _ in self.product_branches]
        return " UNION ALL ".join(parts), [value for _, _, values in self.product_branches for value in values]

    def scan(self, rows: int) -> Statement:
        """The first `rows` matching rows in the order of the index: Neighbour's fields."""
        (filtered, values), (matching, types) = self.filtered, self._any_branch
        query = f"""
            SELECT e.product_id, e.image_id, e.ordinal, e.garment_type, e.box, {self.distance} AS distance
            FROM search_garmentembedding e JOIN {filtered} ON p.id = e.product_id
            WHERE e.encoder_id = %s AND {matching}
            ORDER BY {self.distance} LIMIT %s"""
        return query, [self.vector, *values, self.encoder.pk, *types, self.vector, rows]

    def exact(self, limit: int, offset: int, compared: int | None, without: Sequence[int] = ()) -> Statement:
        """The slice of all products in the order of their distance, those of the numbers `without` left out.

        Rows: how many vectors were compared, at most `compared`; how many products they belong to; then Neighbour's
        fields, which are NULL in the one row of an empty slice. Many rows are compared, and only product and distance
        of each are carried along, so that they can come out of an index alone. What else is asked of a row is fetched
        for those of the slice.
        """
        # A vector of zeros has no direction: its distance is NaN, and it is put where what is most unlike is.
        distance = f"LEAST({self.distance}, 2)"
        branches = [
            f"SELECT e.product_id, {is_misread} AS is_misread, {distance} AS distance"
            f" FROM {source} WHERE {where} {'AND e.product_id <> ALL(%s)' if without else ''}"
            for is_misread, (source, where, _) in zip(("FALSE", "TRUE"), self.branches, strict=False)
        ]
        known = [list(without)] if without else []
        parameters = [value for _, _, values in self.branches for value in [self.vector, *values, *known]]
        query = f"""
            WITH best AS MATERIALIZED (
                SELECT product_id, bool_or(is_misread) AS is_misread, min(distance) AS distance, count(*) AS number
                FROM ({" UNION ALL ".join(branches)} LIMIT %s) AS matching GROUP BY product_id
            ),
            slice AS MATERIALIZED (SELECT * FROM best ORDER BY distance, product_id LIMIT %s OFFSET %s)
            SELECT compared.*, nearest.* FROM (
                SELECT coalesce(sum(number), 0)::bigint AS number, count(*) AS products FROM best
            ) AS compared LEFT JOIN (
                SELECT DISTINCT ON (e.product_id)
                    e.product_id, e.image_id, e.ordinal, e.garment_type, e.box, slice.distance
                FROM slice JOIN search_garmentembedding e ON e.product_id = slice.product_id
                WHERE e.encoder_id = %s AND {distance} = slice.distance
                    AND (NOT slice.is_misread OR e.garment_type = %s)
                ORDER BY e.product_id, e.image_id, e.ordinal
            ) AS nearest ON TRUE"""
        return query, [
            *parameters, compared, limit, offset, self.encoder.pk, self.vector, self.garment_type,
        ]  # fmt: skip

    # -- conditions ---------------------------------------------------------------------------------------------

    @cached_property
    def filtered(self) -> Statement:
        """The products as a table `p` (id, category_id)."""
        try:
            query, parameters = self.products.order_by().values("id", "category_id").query.sql_with_params()
        except EmptyResultSet:  # Django knows that nothing can match, and has no SQL for it
            query, parameters = "SELECT NULL::bigint AS id, NULL::bigint AS category_id WHERE FALSE", ()
        return f"({query}) AS p", list(parameters)

    @cached_property
    def categories(self) -> list[int] | None:
        """The categories that hold the garment type; None where that is no restriction."""
        if self.garment_type is None:
            return None
        return list(Category.objects.holding(self.garment_type).values_list("id", flat=True))

    @property
    def _any_branch(self) -> Statement:
        if self.categories is None:
            return "TRUE", []
        condition = (
            f"(p.category_id = ANY(%s) OR (e.garment_type = %s AND {self.distance} < {NEAR_DUPLICATE_DISTANCE}))"
        )
        return condition, [self.categories, self.garment_type, self.vector]

    @cached_property
    def product_branches(self) -> list[tuple[str, str, list[Any]]]:
        """(table p, condition, parameters) of the matching products, none of them in two branches."""
        filtered, values = self.filtered
        if self.categories is None:
            return [(filtered, "TRUE", values)]
        misread, parameters = self._detected_elsewhere
        is_near = (
            "EXISTS (SELECT 1 FROM search_garmentembedding e WHERE e.product_id = p.id AND e.encoder_id = %s "
            f"AND e.garment_type = %s AND {self.distance} < {NEAR_DUPLICATE_DISTANCE})"
        )
        return [
            (filtered, "p.category_id = ANY(%s)", [*values, self.categories]),
            (misread, is_near, [*parameters, self.encoder.pk, self.garment_type, self.vector]),
        ]

    @cached_property
    def branches(self) -> list[tuple[str, str, list[Any]]]:
        """(tables e and p, condition, parameters) of the matching rows; apart, each with an index to start from."""
        filtered, values = self.filtered
        source = "search_garmentembedding e JOIN {} ON p.id = e.product_id"
        start = [*values, self.encoder.pk]
        if self.categories is None:
            return [(source.format(filtered), "e.encoder_id = %s", start)]
        misread, parameters = self._detected_elsewhere
        return [
            (source.format(filtered), "e.encoder_id = %s AND p.category_id = ANY(%s)", [*start, self.categories]),
            (
                source.format(misread),
                f"e.encoder_id = %s AND e.garment_type = %s AND {self.distance} < {NEAR_DUPLICATE_DISTANCE}",
                [*parameters, self.encoder.pk, self.garment_type, self.vector],
            ),
        ]

    @cached_property
    def _detected_elsewhere(self) -> Statement:
        """As table p, the products of other categories with a garment that was detected as the type, however unlike.

        They are found without their vectors, in an index a twentieth as large; few are, and only theirs are read.
        """
        filtered, values = self.filtered
        query = (
            f"SELECT DISTINCT e.product_id AS id FROM search_garmentembedding e JOIN {filtered} ON p.id = e.product_id "
            "WHERE e.encoder_id = %s AND e.garment_type = %s AND p.category_id <> ALL(%s)"
        )
        return f"({query}) AS p", [*values, self.encoder.pk, self.garment_type, self.categories]


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
    with connection.cursor() as cursor:
        if not settings or connection.get_autocommit():
            cursor.execute(f"{settings}{query}", parameters)
            return list(cursor.fetchall())
        cursor.execute(f"SAVEPOINT nearest;{settings}{query}", parameters)
        rows = list(cursor.fetchall())
        cursor.execute("ROLLBACK TO SAVEPOINT nearest; RELEASE SAVEPOINT nearest")  # only reads happened
        return rows


def vector_text(vector: np.ndarray | Sequence[float]) -> str:
    """The vector ((D,) floats) as pgvector reads it. Raises ValueError for one that has no direction."""
    numbers = np.asarray(vector, np.float64)
    length = np.linalg.norm(numbers)
    if not (np.isfinite(length) and length > 0):
        raise ValueError("The vector has no direction: it is all zeros, or has numbers that are not finite.")
    return "[" + ",".join(f"{value:.7g}" for value in numbers / length) + "]"
