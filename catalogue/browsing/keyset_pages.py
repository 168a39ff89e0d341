"""Pages of a list that cost the same however deep they lie.

A page begins after the last row of the page before it (`?after=`), found through the index that orders the list; an
offset would read and throw away every row before it. A list in order of relevance has no such index: there `after` is
an offset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from catalogue.models import Product
from catalogue.querysets import ProductQuerySet

PAGE_SIZE = 24
MAX_OFFSET = 10_000  # of a list in order of relevance
_PK = re.compile(r"[0-9]{1,18}", re.ASCII)
_PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind the row `pk` with the value `value` of the order, or at an offset."""

    pk: int = 0
    name: str = ""
    price: Decimal | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some products of a list, and the `after` of the next page: empty on the last one."""

    products: list[Product]
    next_after: str
    is_first: bool


def read_cursor(after: str, ordering: str) -> Cursor | None:
    """The cursor that `after` says in a list in this order, None for the first page. Raises ValueError for others.

    `ordering` is newest, price, -price, name, or empty for relevance.
    """
    if not after:
        return None
    pk, mark, value = after.partition("~")
    if not _PK.fullmatch(pk) or "\0" in value or bool(mark) == (ordering in ("", "newest")):
        raise ValueError(f"{after!r} is no position in a list in the order {ordering!r}.")
    if ordering == "":
        if int(pk) > MAX_OFFSET:
            raise ValueError(f"{after!r} is beyond position {MAX_OFFSET}.")
        return Cursor(offset=int(pk))
    if ordering in ("newest", "name"):
        return Cursor(pk=int(pk), name=value)
    if value and not _PRICE.fullmatch(value):
        raise ValueError(f"{value!r} is no price.")
    return Cursor(pk=int(pk), price=Decimal(value) if value else None)


def page_of(products: ProductQuerySet, *, ordering: str, after: str = "", size: int = PAGE_SIZE) -> Page:
    """The page that follows `after`, of products that are narrowed down but not yet ordered, as `for_cards` loads them.

    Raises ValueError for an `after` that `read_cursor` refuses.
    """
    cursor = read_cursor(after, ordering)
    if not ordering:
        return _relevant_page(products, cursor.offset if cursor else 0, size)
    ordered = products.in_order(ordering).for_cards()
    rows = _read([ordered] if cursor is None else _beyond(ordered, ordering, cursor), size + 1)
    next_after = _position(rows[size - 1], ordering) if len(rows) > size else ""
    return Page(rows[:size], next_after, is_first=cursor is None)


def _relevant_page(products: ProductQuerySet, start: int, size: int) -> Page:
    rows = products.most_relevant(start, start + size + 1)
    has_next = len(rows) > size and start + size <= MAX_OFFSET
    return Page(rows[:size], str(start + size) if has_next else "", is_first=start == 0)


def _read(parts: list[ProductQuerySet], limit: int) -> list[Product]:
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


def _beyond(products: ProductQuerySet, ordering: str, cursor: Cursor) -> list[ProductQuerySet]:
    if ordering == "newest":
        return [products.filter(pk__lt=cursor.pk)]
    if ordering == "name":
        return [products.filter(name__gte=cursor.name).exclude(name=cursor.name, pk__lte=cursor.pk)]
    # Prices run up or down, equal ones by id, and products without a price come last: as a part of their own, because
    # "beyond this price or without one" is no range of an index.
    unpriced = products.filter(price__isnull=True)
    if cursor.price is None:
        return [unpriced.filter(pk__gt=cursor.pk)]
    price = cursor.price
    further = products.filter(price__lte=price) if ordering == "-price" else products.filter(price__gte=price)
    return [further.exclude(price=price, pk__lte=cursor.pk), unpriced]
