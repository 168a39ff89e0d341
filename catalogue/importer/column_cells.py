"""What the cells of a column look like."""

from __future__ import annotations

import re
from collections.abc import Callable

from catalogue.importer.columns import ColumnContext, Columns, Rows
from catalogue.importer.prices import parse_price
from catalogue.importer.text import is_nothing
from catalogue.importer.values import Refused, is_url

ENOUGH = 0.6  # of a column's cells must look like the field


def is_taken(columns: Columns, number: int) -> bool:
    return any(number in numbers for numbers in columns.of.values()) or any(number in pair for pair in columns.pairs)


def share(rows: Rows, number: int, test: Callable[[str], bool]) -> float:
    """The share of the column's cells, empty ones left out, that pass `test`."""
    cells = [row[number] for row in rows if number < len(row) and not is_nothing(row[number])]
    return sum(map(bool, map(test, cells))) / len(cells) if cells else 0.0


def is_image(text: str, context: ColumnContext) -> bool:
    if is_url(text):
        return re.search(r"\.(jpe?g|png|webp|avif|heic|gif)\b", text, re.IGNORECASE) is not None
    return context.is_photo(text)


def has_currency(value: str) -> bool:
    try:
        return parse_price(value)[1] is not None
    except Refused:
        return False


def looks_like_price(value: str) -> bool:
    """A price with a sign or with thousands marked; or a round number, which years and counts seldom are."""
    try:
        amount, currency = parse_price(value)
    except Refused:
        return False
    if amount is None:
        return False
    return currency is not None or amount != int(amount) or (amount >= 1000 and amount % 100 == 0)
