"""The nearest garments in SQL: full pages whatever the filter, for all garments of a photo in a few statements.

An HNSW index is filtered *after* its scan, so a narrow filter would leave a page short. There are two strategies, and
the planner's own estimate of how many rows match chooses:

- exact, for few rows: all their distances are computed. Where most of the products pass the filter, only the nearest
  vectors are joined with the products, more of them until the page is full; where few do, the products come first;
- approximate, for many: the index is scanned (pgvector's iterative scan), the filter joined to what it gives, each
  product taken once. Where the scan ends before the page is full (its bounds, or rows that the graph does not reach),
  everything that it has not finalised is computed exactly.

The scan gives the same rows in the same order however many are read, nearest first but for some that it meets late. So
a product is finalised only when LOOK_AHEAD others have been met that are farther (or none is, and the answer exact,
where a scan ends sooner). What is finalised depends on the rows before it alone: every page is a slice of one and the
same list, with no product twice and none missing, whatever limits and offsets cut it. On a page distances ascend. Over
a page's border they may not: what is met late, past LOOK_AHEAD, stands on a later page than it should. To order those
too, everything would have to be read; to hold them back to the end would hide what is near.

A wrong estimate costs time, never rows: the exact strategy gives up past MAX_COMPARED times the rows it was meant for,
and a scan that finds little ends at MAX_SCAN_ROWS; each falls back to the other.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isqrt
from typing import Any

import numpy as np

from catalogue.querysets import ProductQuerySet
from search.models import Encoder
from search.retrieval import indexes
from search.retrieval.estimates import estimates, product_counts
from search.retrieval.nearest_sql import (
    EXACT_SETTINGS,
    FEW_ROWS_SETTINGS,
    SCAN_SETTINGS,
    GarmentSQL,
    fetch,
    fetch_each,
    vector_text,
)

# The exact strategy's time grows with the rows that match, the scan's with the rows that do not. They cost the same
# near this many times the square root of all rows; benchmarks/nearest.py measures both.
EXACT_FACTOR = 20
MIN_EXACT_ROWS = 8_000  # so few are compared in a hundredth of a second, and exactly
ALL_ROWS = 10**12  # where there is no index yet
MAX_COMPARED = 8  # times the rows that the exact strategy is for
LOOK_AHEAD = 32  # products; a step's first rows are the ones that the step before has missed
ROWS_A_PRODUCT = 2  # read for each at first; a scan that ends too soon is done again with twice as many
MOSTLY_PASSING = 4  # vectors for each that passes: up to so many, vectors are compared before products are joined
CANDIDATES_A_PRODUCT = 4  # of the nearest vectors, joined with the products at first; then MORE times as many
MORE = 8


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A product's nearest garment. box: x0, y0, x1, y1 in 0..1 of the image. distance: cosine, 0..2."""

    product_id: int
    image_id: int
    ordinal: int
    garment_type: str
    box: tuple[float, ...]
    distance: float


@dataclass(frozen=True, slots=True)
class NearestPage:
    """A page of one garment's list, nearest first, and how many products match in all."""

    neighbours: list[Neighbour]
    count: int | None  # None: not asked for, and not known without another query


class NearestGarments:
    """The products of `products` by the distance of their nearest garment to `vector` ((D,) floats), nearest first.

    With a `garment_type`, only products of categories that hold the type; and garments that were detected as that type
    elsewhere, if they are almost the same: a product whose photo the detector misclassified is found by that photo.
    exact_rows: up to how many estimated rows are compared exactly; None: as many as that is the faster strategy for.
    Raises ValueError for a vector of another size than the encoder's, or without a direction.
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
        self.sql = GarmentSQL(vector_text(vector), encoder=encoder, products=products, garment_type=garment_type)
        self._exact_rows = exact_rows
        self._estimated_rows: int | None = None
        self._comparable_rows = 0

    def page(self, *, limit: int, offset: int = 0) -> list[Neighbour]:
        """Exactly min(limit, matching products - offset) neighbours, nearest first."""
        return nearest_pages([self], limit=limit, offset=offset, counted=False)[0].neighbours

    def count(self) -> int:
        """How many products match: exactly up to a bound (estimates.py), the planner's estimate beyond."""
        return product_counts([self.sql])[0]

    @property
    def is_exact(self) -> bool:
        """Whether few enough rows match to compare them all."""
        return self.exact_rows > 0 and self.estimated_rows <= self.exact_rows

    @property
    def exact_rows(self) -> int:
        """Up to how many estimated rows the exact strategy is taken."""
        if self._exact_rows is None:
            if self.estimated_rows <= MIN_EXACT_ROWS:
                return MIN_EXACT_ROWS  # enough to know; the index's size would be one more query
            indexed = indexes.indexed_rows(self.encoder)
            self._exact_rows = ALL_ROWS if indexed is None else max(MIN_EXACT_ROWS, EXACT_FACTOR * isqrt(indexed))
        return self._exact_rows

    @property
    def estimated_rows(self) -> int:
        """How many vectors the planner expects to match."""
        if self._estimated_rows is None:
            _estimate_rows([self])
        return self._estimated_rows or 0

    @property
    def is_vectors_first(self) -> bool:
        """Whether the exact strategy compares vectors before it joins the products."""
        return self._comparable_rows <= min(self.exact_rows, MOSTLY_PASSING * self.estimated_rows)

    @property
    def most_compared(self) -> int:
        """Past how many rows the exact strategy gives up."""
        return MAX_COMPARED * self.exact_rows

    def explain(self) -> str:
        """PostgreSQL's plan for the first page, by the strategy that is taken."""
        if self.is_exact:
            candidates = CANDIDATES_A_PRODUCT * 24 if self.is_vectors_first else None
            query, parameters = self.sql.exact(24, 0, 1 + self.most_compared, candidates=candidates)
            settings = FEW_ROWS_SETTINGS
        else:
            (query, parameters), settings = self.sql.scan(100), SCAN_SETTINGS
        return "\n".join(row[0] for row in fetch((f"EXPLAIN {query}", parameters), settings=settings))


def nearest_pages(
    searches: Sequence[NearestGarments], *, limit: int, offset: int = 0, counted: bool = True
) -> list[NearestPage]:
    """The same page of each search's list, by one statement a strategy and one for the estimate.

    searches: of one encoder and one set of products. counted: whether every page is to have its `count`; where the
    strategy or a page that is the last says it, it is there in any case.
    """
    _find_categories(searches)
    _estimate_rows([search for search in searches if search._exact_rows != 0])
    _find_index_size(searches)
    exact = [number for number, search in enumerate(searches) if search.is_exact]
    found = zip(exact, _exact_pages([searches[number] for number in exact], limit, offset), strict=True)
    pages = {number: page for number, page in found if page is not None}
    rest = [number for number in range(len(searches)) if number not in pages]
    pages |= dict(zip(rest, _approximate_pages([searches[n] for n in rest], limit, offset), strict=True))
    unknown = [number for number, page in pages.items() if page.count is None and counted]
    for number, count in zip(unknown, product_counts([searches[n].sql for n in unknown]), strict=True):
        pages[number] = NearestPage(pages[number].neighbours, count)
    return [pages[number] for number in range(len(searches))]


# -- the exact strategy -------------------------------------------------------------------------------------------


def _exact_pages(searches: Sequence[NearestGarments], limit: int, offset: int) -> list[NearestPage | None]:
    """A page for each; None where more rows match than the strategy is for."""
    candidates = CANDIDATES_A_PRODUCT * (offset + limit)
    pages: dict[int, NearestPage | None] = {}
    while unfinished := [number for number in range(len(searches)) if number not in pages]:
        statements = [
            search.sql.exact(
                limit, offset, search.most_compared + 1, candidates=candidates if search.is_vectors_first else None
            )
            for search in (searches[number] for number in unfinished)
        ]
        for number, rows in zip(unfinished, fetch_each(statements, FEW_ROWS_SETTINGS), strict=True):
            compared, joined, products = rows[0][:3]
            if compared > searches[number].most_compared:
                pages[number] = None
            elif products >= offset + limit or joined == compared:
                count = products if joined == compared else None
                pages[number] = NearestPage(_neighbours_of_exact(rows), count)
        candidates *= MORE
    return [pages[number] for number in range(len(searches))]


def _all_others(search: NearestGarments, limit: int, offset: int, without: Sequence[int]) -> list[Neighbour]:
    """A slice of all that match but the products `without`, in the order of their true distance."""
    statement = search.sql.exact(limit, offset, None, without=without)
    return _neighbours_of_exact(fetch(statement, settings=EXACT_SETTINGS))


def _neighbours_of_exact(rows: Iterable[tuple[Any, ...]]) -> list[Neighbour]:
    """Nearest first, of rows as `GarmentSQL.exact` returns them."""
    return _nearest_first([Neighbour(*row[3:]) for row in rows if row[3] is not None])


# -- the approximate strategy -------------------------------------------------------------------------------------


def _approximate_pages(searches: Sequence[NearestGarments], limit: int, offset: int) -> list[NearestPage]:
    """The slice of what each scan finalises and, after that, of all else in the order of true distances."""
    wanted = offset + limit
    rows = ROWS_A_PRODUCT * (wanted + LOOK_AHEAD)
    pages: dict[int, NearestPage] = {}
    while unfinished := [number for number in range(len(searches)) if number not in pages]:
        scans = fetch_each([searches[number].sql.scan(rows) for number in unfinished], SCAN_SETTINGS)
        for number, scanned in zip(unfinished, scans, strict=True):
            finalised = list(islice(finalised_neighbours(scanned), wanted))
            if len(finalised) == wanted:
                pages[number] = NearestPage(_nearest_first(finalised[offset:]), None)
            elif len(scanned) < rows:
                pages[number] = _completed(searches[number], finalised, limit, offset)
        rows *= 2
    return [pages[number] for number in range(len(searches))]


def _completed(search: NearestGarments, finalised: list[Neighbour], limit: int, offset: int) -> NearestPage:
    """The page of a scan that ended too soon: what it has finalised, then all others exactly."""
    beyond = max(0, offset - len(finalised))
    known = [neighbour.product_id for neighbour in finalised]
    rest = _all_others(search, offset + limit - len(finalised) - beyond, beyond, known)
    page = _nearest_first([*finalised[offset:], *rest])
    is_last = len(page) < limit and (page or offset == 0)
    return NearestPage(page, offset + len(page) if is_last else None)


def finalised_neighbours(rows: Iterable[tuple[Any, ...]]) -> Iterator[Neighbour]:
    """Each product once, at its nearest row so far, when LOOK_AHEAD others have been met that are farther.

    rows: as Neighbour's fields, in a scan's order. Of equal distances the smaller product number comes first.
    """
    waiting: dict[int, Neighbour] = {}
    finalised: set[int] = set()
    heap: list[tuple[float, int, Neighbour]] = []
    for neighbour in (Neighbour(*row) for row in rows):
        number = neighbour.product_id
        if number in finalised or (number in waiting and waiting[number].distance <= neighbour.distance):
            continue
        waiting[number] = neighbour
        heapq.heappush(heap, (neighbour.distance, number, neighbour))
        while len(waiting) > LOOK_AHEAD:
            nearest = heapq.heappop(heap)[-1]
            if waiting.get(nearest.product_id) is nearest:  # else a nearer row has taken its place
                finalised.add(nearest.product_id)
                yield waiting.pop(nearest.product_id)


# -- several searches at once -----------------------------------------------------------------------------------------


def _find_categories(searches: Sequence[NearestGarments]) -> None:
    """Tells each search the categories of its garment type, by one query for all."""
    typed = [search.sql for search in searches if search.sql.garment_type is not None]
    for sql in typed[1:]:
        sql.held_types = typed[0].held_types


def _estimate_rows(searches: Sequence[NearestGarments]) -> None:
    """Lets each search know how many rows the planner expects to match. One statement; a garment type is asked once."""
    of_type = {search.sql.garment_type: search.sql for search in searches if search._estimated_rows is None}
    statements = [statement for sql in of_type.values() for statement in (sql.matching_rows(), sql.comparable_rows())]
    expected = estimates(statements)
    found = dict(zip(of_type, zip(expected[::2], expected[1::2], strict=True), strict=True))
    for search in searches:
        if search._estimated_rows is None:
            search._estimated_rows, search._comparable_rows = found[search.sql.garment_type]


def _find_index_size(searches: Sequence[NearestGarments]) -> None:
    """Tells the searches with many rows how many are taken exactly: the index's size is asked for once."""
    large = [search for search in searches if search._exact_rows is None and search.estimated_rows > MIN_EXACT_ROWS]
    for search in large[1:]:
        search._exact_rows = large[0].exact_rows


def _nearest_first(neighbours: Iterable[Neighbour]) -> list[Neighbour]:
    return sorted(neighbours, key=lambda neighbour: (neighbour.distance, neighbour.product_id))
