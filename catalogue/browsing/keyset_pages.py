"""Pages of a list that cost the same however deep they lie.

A page begins after the last row of the page before it (`?after=`), found through the index that orders the list; an
offset would read and throw away every row before it. A list in order of relevance has no such index: it is short, and
cut off at MAX_RANKED.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db.models import QuerySet

from catalogue.models import Product
from catalogue.querysets import MAX_RANKED

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class Page:
    """Some products of a list, and the `after` of the next page: empty on the last one."""

    products: list[Product]
    next_after: str
    is_first: bool


def page_of(products: QuerySet[Product], *, ordering: str, after: str = "", size: int = PAGE_SIZE) -> Page:
    """The page that follows `after`; an `after` that means nothing is the first page.

    `ordering` is the order that `products` are in: newest, price, -price, name, or empty for relevance.
    """
    start = min(_number(after) or 0, MAX_RANKED)
    parts = _beyond(products, ordering, after) if ordering else [products[start:]]
    rows = _read(parts, size + 1)
    if len(rows) <= size:
        return Page(rows, "", is_first=not after)
    if ordering:
        return Page(rows[:size], _position(rows[size - 1], ordering), is_first=not after)
    next_start = start + size
    return Page(rows[:size], str(next_start) if next_start < MAX_RANKED else "", is_first=not after)


def _read(parts: list[QuerySet[Product]], limit: int) -> list[Product]:
    """The first `limit` rows of the parts, one after another; a part that is not needed is not asked."""
    rows: list[Product] = []
    for part in parts:
        if len(rows) < limit:
            rows += part[: limit - len(rows)]
    return rows


def _position(product: Product, ordering: str) -> str:
    if ordering == "newest":
        return str(product.pk)
    value = product.name if ordering == "name" else product.price
    return f"{product.pk}~{'' if value is None else value}"


def _beyond(products: QuerySet[Product], ordering: str, after: str) -> list[QuerySet[Product]]:
    pk_text, _, value = after.partition("~")
    pk = _number(pk_text)
    if pk is None:
        return [products]
    if ordering == "newest":
        return [products.filter(pk__lt=pk)]
    if ordering == "name":
        return [products.filter(name__gte=value).exclude(name=value, pk__lte=pk)]
    return _beyond_price(products, ordering, pk, value)


def _beyond_price(products: QuerySet[Product], ordering: str, pk: int, value: str) -> list[QuerySet[Product]]:
    """Prices run up or down, equal ones by id, and products without a price come last: as a part of their own,
    because "beyond this price or without one" is no range of an index."""
    unpriced = products.filter(price__isnull=True)
    if not value:
        return [unpriced.filter(pk__gt=pk)]
    try:
        price = Decimal(value)
    except InvalidOperation:
        return [products]
    if not price.is_finite():
        return [products]
    further = products.filter(price__lte=price) if ordering == "-price" else products.filter(price__gte=price)
    return [further.exclude(price=price, pk__lte=pk), unpriced]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
