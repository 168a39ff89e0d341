"""What a list of products is narrowed down to, and the orders that it can be in.

The list pages, the REST API and photo search all narrow with `ProductQuerySet.filtered(ProductFilters(...))`, so the
same filter never means two things. `parameters.py` reads the values from a request.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db.models import F
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from catalogue.models import Category

MAX_QUERY_LENGTH = 200  # PostgreSQL parses the whole of it in each language

# Each ends with the id, so that a page boundary never falls between two equals. Products without a price come last.
ORDERINGS: dict[str, tuple[Any, ...]] = {
    "newest": ("-id",),
    "price": (F("price").asc(nulls_last=True), "id"),
    "-price": (F("price").desc(nulls_last=True), "id"),
    "name": ("name", "id"),
}
ORDERING_LABELS = [
    ("newest", _("Newest first")),
    ("price", _("Price, low to high")),
    ("-price", _("Price, high to low")),
    ("name", _("Name, A to Z")),
]


@dataclass(frozen=True, slots=True)
class ProductFilters:
    """A product passes where it meets all of them; of several values of one filter it meets any. Empty: no bound.

    Fields have the names of the request's parameters. `colour` is met by any of the product's colours, `garment_type`
    by a category that holds the type, `q` by every word of it.
    """

    category: tuple[Category, ...] = ()
    garment_type: str = ""
    brand: tuple[str, ...] = ()
    colour: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    q: str = ""

    def without(self, *names: str) -> Self:
        """The same filters but these: a facet's counts ignore its own choice, or no second one could be offered."""
        defaults: dict[str, Any] = {field.name: field.default for field in fields(self) if field.name in names}
        return replace(self, **defaults)

    def has_any(self, *names: str) -> bool:
        """Whether one of the filters with these names is set."""
        return any(getattr(self, name) not in ((), "", None) for name in names)
