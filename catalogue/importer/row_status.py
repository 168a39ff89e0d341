"""Whether a product is shown and whether it can be had, by its status and availability columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.report import Report
from catalogue.importer.source_product import CellReport, SourceProduct
from catalogue.importer.text import clean_text
from catalogue.importer.values import Refused, parse_availability, parse_bool

_AVAILABILITY_ORDER = ("in_stock", "limited", "preorder", "out_of_stock")


class StatusReader:
    """Reads both. `unknown_statuses` counts the status words that were not understood."""

    def __init__(self, *, columns: Columns, report: Report) -> None:
        self.columns = columns
        self.cells = CellReport(report, columns)
        self.unknown_statuses: Counter[str] = Counter()
        self._status_of_cells = lru_cache(maxsize=1_000)(_status)
        self._numbers = [
            (number, "visib" in columns.headers[number].casefold()) for number in columns.of.get("is_active", ())
        ]

    def read(self, product: SourceProduct, records: Sequence[Record]) -> None:
        """Fills `is_active` and `availability` of a product with these records; a status is the first one's."""
        if self._numbers:
            self._read_status(product, records[0])
        if "availability" in self.columns.of:
            self._read_availability(product, records)

    def is_hidden(self, record: Record) -> bool:
        """Whether the record's own status hides it; one that is not understood does."""
        try:
            return self._status(record) is False
        except Refused:
            return True

    def _read_status(self, product: SourceProduct, record: Record) -> None:
        """Shown if every status column says so. A word that is not understood hides a new product, and is reported."""
        try:
            status = self._status(record)
        except Refused as error:
            cell = " / ".join(self.columns.cells(record.values, "is_active"))
            self.unknown_statuses[clean_text(cell)[:40]] += 1
            reason = f"{error} A new product is hidden, one that the catalogue has stays as it is."
            self.cells.refuse("value", record, "is_active", cell, reason)
            product.defaults["is_active"] = False
            return
        if status is not None:
            product.fields["is_active"] = status

    def _status(self, record: Record) -> bool | None:
        """What the status columns say together; None where all are empty. Raises Refused for words that say neither."""
        return self._status_of_cells(tuple(self._status_cells(record)))

    def _status_cells(self, record: Record) -> list[str]:
        """The cells of the status columns. "none", else an empty cell, is a visibility that PrestaShop writes."""
        cells = self.columns.cells(record.values, "is_active")
        for number, is_visibility in self._numbers:
            if is_visibility and number < len(record.values) and record.values[number].strip().casefold() == "none":
                cells.append("hidden")
        return cells

    def _read_availability(self, product: SourceProduct, records: Sequence[Record]) -> None:
        """The best of the variants' availabilities; what is not understood is reported, and left as it was."""
        found = []
        for record in records:
            cell = self.columns.cell(record.values, "availability")
            try:
                found.append(parse_availability(cell))
            except Refused as error:
                self.cells.refuse("value", record, "availability", cell, str(error))
                product.defaults["availability"] = ""
        known = [value for value in found if value]
        if known:
            product.fields["availability"] = min(known, key=_AVAILABILITY_ORDER.index)


def _status(cells: tuple[str, ...]) -> bool | None:
    found: bool | None = None
    problem: Refused | None = None
    for cell in cells:
        try:
            value = parse_bool(cell)
        except Refused as error:
            problem = error
            continue
        if value is not None:
            found = value and found is not False
    if found is False or problem is None:
        return found
    raise problem
