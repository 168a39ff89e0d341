"""Which column is which field, and the errors where that cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from catalogue.importer.aliases import FIELDS, KEPT
from catalogue.importer.text import is_nothing

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class ColumnContext:
    """Lookups in the photo folder and the database: is a text the name of a product's folder, a photo, a category?"""

    is_product_folder: Callable[[str], bool]
    is_photo: Callable[[str], bool]
    is_category: Callable[[str], bool]


@dataclass
class Columns:
    """Field -> the numbers of its columns. All other columns become the products' attributes.

    `pairs` are columns of an attribute's name and its value, as in "Option1 Name", "Option1 Value".
    """

    headers: list[str]
    of: dict[str, list[int]] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    currency: str | None = None  # what the price's header names, a code or a sign, as in "Harga (Rp)"
    is_month_first: bool | None = None  # how dates such as 12/31/2025 are written; None: no cell tells
    notes: list[str] = field(default_factory=list)

    def cells(self, values: Sequence[str], name: str) -> list[str]:
        """The field's cells that hold something."""
        return [
            values[number]
            for number in self.of.get(name, ())
            if number < len(values) and not is_nothing(values[number])
        ]

    def cell(self, values: Sequence[str], name: str) -> str:
        """The first of the field's cells that holds something; "" for a field without a column."""
        for number in self.of.get(name, ()):
            if number < len(values) and not is_nothing(values[number]):
                return values[number]
        return ""

    def header(self, name: str) -> str:
        """The headers of the field's columns; the field's own name where it has none."""
        return " / ".join(self.headers[number] for number in self.of.get(name, ())) or name

    @property
    def has_variants(self) -> bool:
        """Whether several rows of one product are its variants: there is a column for the product and one for each."""
        return not self.of.keys().isdisjoint({"parent", "variant_sku", "record_kind"})

    @cached_property
    def names_parent_once(self) -> bool:
        """Whether a variant's row may leave the product empty: it stands in the row before."""
        return "parent" in self.of and "variant_sku" in self.of

    @property
    def attributes(self) -> list[tuple[int, str]]:
        """The columns kept as attributes with their names; the second of two columns `size` is `size 2`."""
        used = {number for name, numbers in self.of.items() if name not in KEPT for number in numbers}
        used |= {number for pair in self.pairs for number in pair}
        names: dict[str, int] = {}
        found = []
        for number, header in enumerate(self.headers):
            if header:
                names[header] = names.get(header, 0) + 1
                name = header if names[header] == 1 else f"{header} {names[header]}"
                if number not in used:
                    found.append((number, name))
        return found


class UnknownColumns(ValueError):
    """The columns cannot be told apart; the message lists the headers and how to name them."""


def explain(headers: Sequence[str], problem: str, example: str = "sku") -> str:
    """An error's text: `problem`, the headers that were seen, and how to say what they mean."""
    seen = ", ".join(repr(header) for header in headers) or "none"
    return (
        f"{problem} The headers are: {seen}. Say which is which with --column FIELD=HEADER, for example "
        f"--column {example}={headers[0] if headers else 'HEADER'!r}. Fields: {', '.join(FIELDS)}."
    )
