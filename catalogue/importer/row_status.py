"""Whether a product is shown and whether it can be had, by its status and availability columns."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from django.utils import timezone

from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.report import Report
from catalogue.importer.source_product import CellReport, SourceProduct
from catalogue.importer.text import clean_text
from catalogue.importer.values import Refused, parse_availability, parse_bool, parse_date_cell, parse_hidden

STATUS_FIELDS = ("is_active", "is_hidden", "publish_start", "publish_end", "password")
_REPORTED = STATUS_FIELDS[:-1]  # a password is nobody's concern
_DAY = 10  # characters of a date without a time
_NO_PASSWORD = {"0", "false", "no", "tidak"}  # where the column only says whether there is one
_AVAILABILITY_ORDER = ("in_stock", "limited", "preorder", "out_of_stock")


class StatusReader:
    """Reads both. `unknown_statuses` counts the status words that were not understood."""

    def __init__(self, *, columns: Columns, report: Report) -> None:
        self.columns = columns
        self.cells = CellReport(report, columns)
        self.unknown_statuses: Counter[str] = Counter()
        self.kept_back = 0  # products that a date of publication or a password hides
        self.now = timezone.now()
        self._is_told = any(name in columns.of for name in STATUS_FIELDS)
        self._keeps_back = not {"publish_start", "publish_end", "password"}.isdisjoint(columns.of)
        self._status_of_cells = lru_cache(maxsize=1_000)(_status)
        self._numbers = [
            (number, "visib" in columns.headers[number].casefold()) for number in columns.of.get("is_active", ())
        ]

    def read(self, product: SourceProduct, records: Sequence[Record]) -> None:
        """Fills `is_active` and `availability` of a product with these records; a status is the first one's."""
        if self._is_told:
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
            cell = " / ".join(cell for name in _REPORTED for cell in self.columns.cells(record.values, name))
            self.unknown_statuses[clean_text(cell)[:40]] += 1
            reason = f"{error} A new product is hidden, one that the catalogue has stays as it is."
            self.cells.refuse("value", record, "is_active", cell, reason)
            product.defaults["is_active"] = False
            return
        if status is not None:
            product.fields["is_active"] = status
        if status is False and self._keeps_back:
            self.kept_back += self._status_of_record(record) is not False

    def _status(self, record: Record) -> bool | None:
        """What the columns say together; None where all are empty. Raises Refused for what says neither yes nor no."""
        found = self._status_of_record(record)
        if not self._keeps_back or found is False:
            return found
        in_time = False if self._has_password(record) else self._is_in_time(record)
        return found if in_time is None or (found and in_time) else in_time

    def _status_of_record(self, record: Record) -> bool | None:
        """What words say, whatever the day and the password."""
        hidden = self.columns.cells(record.values, "is_hidden") if "is_hidden" in self.columns.of else ()
        return self._status_of_cells(tuple(self._status_cells(record)), tuple(hidden))

    def _is_in_time(self, record: Record) -> bool | None:
        """Whether the dates of publication say that it is shown today. Raises Refused for what is no date."""
        cells = [self.columns.cell(record.values, name) for name in ("publish_start", "publish_end")]
        start, end = (parse_date_cell(cell, self.columns.is_month_first) for cell in cells)
        if end and len(cells[1].strip()) <= _DAY:  # the day is part of it
            end += dt.timedelta(days=1)
        if (start and start > self.now) or (end and end < self.now):
            return False
        return True if start else None

    def _has_password(self, record: Record) -> bool:
        return any(
            cell.strip().casefold() not in _NO_PASSWORD for cell in self.columns.cells(record.values, "password")
        )

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


def _status(cells: tuple[str, ...], hidden: tuple[str, ...]) -> bool | None:
    found: bool | None = None
    problem: Refused | None = None
    for cell, is_hidden in (*((cell, False) for cell in cells), *((cell, True) for cell in hidden)):
        try:
            value = parse_hidden(cell) if is_hidden else parse_bool(cell)
        except Refused as error:
            problem = error
            continue
        if value is not None:
            found = (value is not is_hidden) and found is not False
    if found is False or problem is None:
        return found
    raise problem
