"""What a product costs by its rows: price, sale price within its dates, price before, currency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from django.utils import timezone

from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.prices import parse_currency, parse_price
from catalogue.importer.report import Report
from catalogue.importer.values import Refused, parse_bool, parse_date_cell

T = TypeVar("T")

FALLBACK_CURRENCY = "IDR"
_CENT = Decimal("0.01")
_SHORT = 30  # characters


class _CellRefused(Refused):
    """A cell that cannot be understood, and where it stands."""

    def __init__(self, reason: str, record: Record, name: str, cell: str) -> None:
        super().__init__(reason)
        self.record, self.name, self.cell = record, name, cell


class PriceReader:
    """Reads price columns. `currency` is that of prices that name none, and of signs that may mean several."""

    def __init__(self, *, columns: Columns, report: Report, currency: str | None) -> None:
        self.columns = columns
        self.report = report
        self.default = columns.currency or currency
        self.now = timezone.now()
        self.fields = [name for name in ("price", "regular_price", "sale_price") if name in columns.of]
        default = self.default
        self._parse_price = _remembering(lambda text: parse_price(text, default))
        self._parse_currency = _remembering(lambda text: parse_currency(text, default))
        self.several_prices = 0  # products whose variants cost differently
        self.outside_dates = 0  # sale prices that are not asked today

    def read(self, records: Sequence[Record]) -> dict[str, Any]:
        """The product's price, price before and currency; nothing where the file has no price column.

        Of variants the lowest price counts. Raises Refused, after reporting it, where a price cannot be understood and
        no variant has another.
        """
        if not self.fields:
            return {}
        if len(records) == 1:
            return self._read_single(records[0])
        found: list[dict[str, Any]] = []
        problems: list[_CellRefused] = []
        for record in records:
            try:
                found.append(self._read_row(record))
            except _CellRefused as error:
                problems.append(error)
            if not self.columns.has_variants and (problems or found[-1]["price"] is not None):
                break
        priced = [row for row in found if row["price"] is not None]
        self._report(problems, is_row_refused=not priced)
        if problems and not priced:
            raise problems[0]
        self.several_prices += len({row["price"] for row in priced}) > 1
        return min(priced, key=lambda row: row["price"]) if priced else found[0]

    def _read_single(self, record: Record) -> dict[str, Any]:
        try:
            return self._read_row(record)
        except _CellRefused as error:
            self._report([error], is_row_refused=True)
            raise

    def _report(self, problems: Sequence[_CellRefused], *, is_row_refused: bool) -> None:
        """Reports the cells; the first refuses the product where no other row has a price."""
        for number, problem in enumerate(problems):
            kind = "product" if is_row_refused and number == 0 else "value"
            column = self.columns.header(problem.name)
            self.report.refuse(
                kind, line=problem.record.line or None, column=column, value=problem.cell, reason=str(problem)
            )

    def _read_row(self, record: Record) -> dict[str, Any]:
        """A row's own. Raises _CellRefused."""
        amounts: dict[str, Decimal | None] = {}
        currencies: dict[str, None] = {}
        for name in self.fields:
            cell = self.columns.cell(record.values, name)
            amounts[name], currency = self._parse(record, name, cell, self._parse_price)
            if currency:
                currencies[currency] = None
        if len(currencies) > 1:
            reason = "Its prices are in several currencies."
            raise _CellRefused(reason, record, self.fields[0], ", ".join(currencies))
        currency = next(iter(currencies), None) or self._currency_of_column(record)
        price, before = self._asked(record, amounts)
        row = {"price": price, "currency": currency or self.default or FALLBACK_CURRENCY}
        return row | ({"compare_at_price": before} if self.fields != ["price"] else {})

    def _currency_of_column(self, record: Record) -> str | None:
        cell = self.columns.cell(record.values, "currency")
        if not cell:
            return None
        return self._parse(record, "currency", cell, self._parse_currency)

    def _asked(self, record: Record, amounts: dict[str, Decimal | None]) -> tuple[Decimal | None, Decimal | None]:
        """What is asked today, and the higher price before."""
        regular, sale = amounts.get("regular_price"), amounts.get("sale_price")
        price = amounts.get("price")
        price = price if price is not None else regular
        if sale and (price is None or sale < price) and self._is_on_sale(record):
            before = max((amount for amount in (price, regular) if amount is not None), default=None)
            price = sale
        else:
            before = regular
        return _cents(price), _cents(before if before and price is not None and before > price else None)

    def _is_on_sale(self, record: Record) -> bool:
        """Whether the row and the sale's dates say so; what is not understood ends the sale, and is reported."""
        try:
            if self._parse(record, "on_sale", self.columns.cell(record.values, "on_sale"), parse_bool) is False:
                return False
            start, end = self._dates(record)
        except _CellRefused as error:
            self._report([error], is_row_refused=False)
            self.outside_dates += 1
            return False
        is_on = (start is None or start <= self.now) and (end is None or self.now <= end)
        self.outside_dates += not is_on
        return is_on

    def _dates(self, record: Record) -> tuple[dt.datetime | None, dt.datetime | None]:
        """When the sale starts and ends. Google writes both into one cell: 2025-01-01T00:00/2025-01-31T24:00."""
        first, slash, second = self.columns.cell(record.values, "sale_start").partition("/")
        if not (slash and "-" in first and "-" in second):
            first, second = self.columns.cell(record.values, "sale_start"), ""
        second = second or self.columns.cell(record.values, "sale_end")
        start = self._parse(record, "sale_start", first, parse_date_cell)
        end = self._parse(record, "sale_end", second, parse_date_cell)
        if end and len(second.strip()) <= 10:  # the day is part of the sale
            end += dt.timedelta(days=1)
        return start, end

    def _parse(self, record: Record, name: str, cell: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(cell)
        except Refused as error:
            raise _CellRefused(str(error), record, name, cell) from error


def _remembering(parse: Callable[[str], T]) -> Callable[[str], T]:
    """`parse`, which remembers short cells: the same stand in many rows."""
    remembered = lru_cache(maxsize=20_000)(parse)
    return lambda text: remembered(text) if len(text) <= _SHORT else parse(text)


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_CENT)
