"""The table that is imported: a CSV, or a product feed as XML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from catalogue.importer.csv_records import Record, read_records
from catalogue.importer.dialect import Dialect
from catalogue.importer.product_feed import read_feed


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read: a CSV, or without a dialect a product feed as XML."""

    path: Path
    dialect: Dialect | None
    has_header: bool = True

    def records(self, on_position: Callable[[int], None] | None = None) -> Iterator[Record]:
        """Its records, the header first. `on_position` is told the bytes of a CSV that were read, now and then."""
        return read_records(self.path, self.dialect, on_position) if self.dialect else read_feed(self.path)

    @property
    def words(self) -> str:
        """Its form, for whoever runs the import."""
        return self.dialect.words if self.dialect else "a product feed as XML"
