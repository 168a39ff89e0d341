"""What a product costs by its rows: price, sale price within its dates, price before, currency."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, TypeVar

from django.utils import timezone

from catalogue.importer.columns import Columns, UnknownColumns
from catalogue.importer.csv_records import Record
from catalogue.importer.price_marks import PriceMarks
from catalogue.importer.prices import parse_currency, parse_price
from catalogue.importer.report import Report
from catalogue.importer.values import Refused, parse_bool, parse_date_cell

T = TypeVar("T")

FALLBACK_CURRENCY = "IDR"
_SHORT = 30  # characters
_RANGE = re.compile(r"(?<=\d)/(?=\d{4}-)|\s+(?:[-–—~]|to|until|s/d|sampai|bis|hingga)\s+")  # between two days
_CENT = Decimal("0.01")


class _CellRefused(Refused):
    """A cell that cannot be understood, and where it stands."""

    def __init__(self, reason: str, record: Record, name: str, cell: str) -> None:
        super().__init__(reason)
        self.record, self.name, self.cell = record, name, cell


class PriceReader:
    """Reads price columns. `currency` is that of prices that name none, and of signs that may mean several."""

    def __init__(
        self, *, columns: Columns, report: Report, currency: str | None, marks: PriceMarks | None = None
    ) -> None:
        self.columns = columns
        self.report = report
        self.marks = marks or PriceMarks()
        self.default = _currency_of_header(columns, currency) or currency
        self.now = timezone.now()
        self.fields = [name for name in ("price", "regular_price", "sale_price") if name in columns.of]
        self._parse_price = _remembering(parse_price)
        self._parse_currency = _remembering(parse_currency)
        self._parse_date = partial(parse_date_cell, month_first=columns.is_month_first)
        self.several_prices = 0  # products whose variants cost differently
        self.names_currency = False  # whether the row read last does
        self.without_price = 0  # products for which the price's columns say nothing
        self.default_currency: Counter[str] = Counter()  # prices that name no currency, by the one that was taken
        self.outside_dates = 0  # sale prices that are not asked today

    def read(self, records: Sequence[Record]) -> dict[str, Any]:
        """The product's price, price before and currency; nothing where the file has no price column.

        Of variants the lowest price counts. Raises Refused, after reporting it, where a price cannot be understood and
        no variant has another.
        """
        if not self.fields:
            return {}
        row = self._read_rows(records) if len(records) > 1 else self._read_single(records[0])
        self.without_price += row["price"] is None
        return row

    def _read_rows(self, records: Sequence[Record]) -> dict[str, Any]:
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
        stated = self._currency_of_column(record)
        amounts: dict[str, Decimal | None] = {}
        currencies = dict.fromkeys([stated] if stated else [])
        for name in self.fields:
            cell = self.columns.cell(record.values, name)
            amounts[name], currency = self._parse_amount(record, name, cell, stated or self.default)
            if currency:
                currencies[currency] = None
        if len(currencies) > 1:
            reason = "Its prices are in several currencies."
            raise _CellRefused(reason, record, self.fields[0], ", ".join(currencies))
        currency = next(iter(currencies), None)
        price, before = self._asked(record, amounts) if self._is_price_shown(record) else (None, None)
        self.names_currency = currency is not None or bool(self.columns.currency)
        if price is not None and not self.names_currency:
            self.default_currency[self.default or FALLBACK_CURRENCY] += 1
        row = {"price": price, "currency": currency or self.default or FALLBACK_CURRENCY}
        has_before = self.fields != ["price"] or "discount_mode" in self.columns.of
        return row | ({"compare_at_price": before} if has_before else {})

    def _is_price_shown(self, record: Record) -> bool:
        shown = self._parse(record, "show_price", self.columns.cell(record.values, "show_price"), parse_bool)
        hidden = self._parse(record, "hide_price", self.columns.cell(record.values, "hide_price"), parse_bool)
        return shown is not False and hidden is not True

    def _parse_amount(
        self, record: Record, name: str, cell: str, default: str | None
    ) -> tuple[Decimal | None, str | None]:
        if problem := self.marks.problem(cell):
            raise _CellRefused(problem, record, name, cell)
        amount, currency = self._parse(record, name, cell, lambda text: self._parse_price(text, default))
        if amount == 0 and name == "price":
            self._report([_CellRefused("A price of 0 is taken for none.", record, name, cell)], is_row_refused=False)
        return amount or None, currency

    def _currency_of_column(self, record: Record) -> str | None:
        cell = self.columns.cell(record.values, "currency")
        if not cell:
            return None
        found = self._parse(record, "currency", cell, lambda text: self._parse_currency(text, self.default))
        if found and self.columns.currency and found != self.default:
            reason = f"The header of the price says {self.default}."
            raise _CellRefused(reason, record, "currency", cell)
        return found

    def _asked(self, record: Record, amounts: dict[str, Decimal | None]) -> tuple[Decimal | None, Decimal | None]:
        """What is asked today, and the higher price before."""
        regular, sale = amounts.get("regular_price"), amounts.get("sale_price")
        price = amounts.get("price") if "price" in self.fields else regular
        sale = sale if sale is not None else self._discounted(record, price)
        if sale and (price is None or sale < price) and self._is_on_sale(record):
            before = max((amount for amount in (price, regular) if amount is not None), default=None)
            price = sale
        else:
            before = regular
        return _cents(price), _cents(before if before and price is not None and before > price else None)

    def _discounted(self, record: Record, price: Decimal | None) -> Decimal | None:
        """The price less the row's discount, where a column says whether that is a percentage."""
        mode = self.columns.cell(record.values, "discount_mode").strip().casefold()
        if not mode or price is None:
            return None
        cell = self.columns.cell(record.values, "discount")
        amount = self._parse(record, "discount", cell, lambda text: parse_price(text)[0]) or Decimal(0)
        asked = price - (price * amount / 100 if mode.startswith("percent") else amount)
        return asked if asked > 0 else None

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
        first, *rest = _RANGE.split(self.columns.cell(record.values, "sale_start").strip(), maxsplit=1)
        second = rest[0] if rest else ""
        second = second or self.columns.cell(record.values, "sale_end")
        start = self._parse(record, "sale_start", first, self._parse_date)
        end = self._parse(record, "sale_end", second, self._parse_date)
        if end and len(second.strip()) <= 10:  # the day is part of the sale
            end += dt.timedelta(days=1)
        return start, end

    def _parse(self, record: Record, name: str, cell: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(cell)
        except Refused as error:
            raise _CellRefused(str(error), record, name, cell) from error


def _remembering(parse: Callable[[str, str | None], T]) -> Callable[[str, str | None], T]:
    """`parse`, which remembers short cells: the same stand in many rows."""
    remembered = lru_cache(maxsize=20_000)(parse)
    return lambda text, default: (remembered if len(text) <= _SHORT else parse)(text, default)


def _currency_of_header(columns: Columns, currency: str | None) -> str | None:
    """The code that the price's header names. Raises UnknownColumns for a sign of several currencies."""
    try:
        return parse_currency(columns.currency or "", currency)
    except Refused as error:
        raise UnknownColumns(f"The price's header names {columns.currency!r}: {error}") from error


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_CENT)
