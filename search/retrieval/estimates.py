"""How many rows a search has to look at, as the planner expects, and how many products match."""

from __future__ import annotations

import json
from collections.abc import Sequence

from search.retrieval.nearest_sql import FEW_ROWS_SETTINGS, GarmentSQL, Statement, counts, fetch

COUNT_UP_TO = 1_000  # past this a count is the planner's estimate: to count on would cost over a millisecond
AT_MOST = 10_000  # rows that are counted where the planner says nothing


def estimates(statements: Sequence[Statement]) -> list[int]:
    """How many rows the planner expects of each, by one EXPLAIN, whose plan has a branch for each in their order.

    Where the plan has another form, as with Citus, the rows are counted, each at most to AT_MOST.
    """
    if not statements:
        return []
    query, parameters = counts(statements)
    plan = fetch((f"EXPLAIN (FORMAT JSON) {query}", parameters), settings=FEW_ROWS_SETTINGS)[0][0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    branches = plan[0]["Plan"].get("Plans", [])
    if len(branches) != len(statements):
        bounded: list[Statement] = [(f"{sql} LIMIT %s", [*values, AT_MOST]) for sql, values in statements]
        return [int(number) for number in fetch(counts(bounded), settings=FEW_ROWS_SETTINGS)[0]]
    return [int(count["Plans"][0]["Plan Rows"]) for count in branches]


def product_counts(searches: Sequence[GarmentSQL]) -> list[int]:
    """How many products match each search: the planner's estimate, and counted where that may be under COUNT_UP_TO."""
    found = estimates([search.estimated_products() for search in searches])
    few = [number for number, estimate in enumerate(found) if estimate < 2 * COUNT_UP_TO]
    if few:
        statement = counts([searches[number].matching_products(most=COUNT_UP_TO + 1) for number in few])
        for number, count in zip(few, fetch(statement, settings=FEW_ROWS_SETTINGS)[0], strict=True):
            found[number] = count if count <= COUNT_UP_TO else max(count, found[number])
    return found
