"""A product as its rows and its folder tell it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalogue.importer.categories import MAX_SLUG, category_name, category_slug
from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.image_finder import ImageFinder, SourceImage
from catalogue.importer.report import Report
from catalogue.importer.staging_table import StagedProduct
from catalogue.importer.values import (
    Refused,
    clean_paragraphs,
    clean_text,
    is_nothing,
    parse_bool,
    parse_currency,
    parse_price,
    parse_url,
)  # fmt: skip
from catalogue.models import Category, Product

MAX_NAME = Product._meta.get_field("name").max_length
MAX_BRAND = Product._meta.get_field("brand").max_length
MAX_CATEGORY = min(Category._meta.get_field("name").max_length, MAX_SLUG)
MAX_ATTRIBUTE = 2_000


@dataclass(slots=True)
class SourceProduct:
    """What the source says of one product.

    `fields` are the truth and overwrite what the catalogue has; `defaults` are made up (a name out of category and id)
    and only serve a product that is new. Fields the file has no column for are in neither.
    """

    sku: str
    line: int | None
    fields: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    images: list[SourceImage] = field(default_factory=list)
    has_all_images: bool = True  # False: one that it names cannot be had, so what it no longer names is unknown


class RowRefused(Exception):
    """The row cannot be used; it has been reported."""


class RowReader:
    """Reads products out of staged records, reporting every cell that it cannot understand."""

    def __init__(self, *, columns: Columns, finder: ImageFinder, report: Report, currency: str) -> None:
        self.columns = columns
        self.finder = finder
        self.report = report
        self.currency = columns.currency or currency

    def read(self, staged: StagedProduct) -> SourceProduct | None:
        """The product, or None where its row is refused."""
        product = SourceProduct(staged.sku, staged.records[0].line if staged.records else None)
        records = self._agreeing(staged.records)
        self.finder.find_all(product, records, staged)
        try:
            self._read_category(product, records, staged)
            if records:
                self._read_fields(product, records)
            else:
                product.defaults["category"] = product.fields.pop("category")
        except RowRefused:
            return None
        product.defaults["name"] = f"{(product.fields | product.defaults)['category']} {product.sku}"[:MAX_NAME]
        return product

    # -- several rows of one product ----------------------------------------------------------------------------

    def _agreeing(self, records: list[Record]) -> list[Record]:
        """The records that speak of the same product as the first: one a photo, or one a size."""
        if len(records) < 2:
            return records
        kept = records[:1]
        name = self._name_key(records[0])
        for record in records[1:]:
            own = self._name_key(record)
            if own and name and own != name:
                reason = f"Line {records[0].line} has this id with another name. The first is kept."
                self._refuse("product", record, "name", self.columns.cell(record.values, "name"), reason)
            else:
                kept.append(record)
                self._report_differences(records[0], record)
        return kept

    def _name_key(self, record: Record) -> str:
        return clean_text(self.columns.cell(record.values, "name")).casefold()

    def _report_differences(self, first: Record, other: Record) -> None:
        for name in ("price", "brand", "category"):
            kept, own = (self.columns.cell(record.values, name) for record in (first, other))
            if kept and own and clean_text(kept).casefold() != clean_text(own).casefold():
                self._refuse("value", other, name, own, f"Line {first.line} says {kept!r} of this id, and is kept.")

    def _cell(self, records: list[Record], name: str) -> tuple[Record, str]:
        """The field's first cell that holds something, with its record."""
        for record in records:
            if value := self.columns.cell(record.values, name):
                return record, value
        return records[0], ""

    # -- fields -------------------------------------------------------------------------------------------------

    def _read_category(self, product: SourceProduct, records: list[Record], staged: StagedProduct) -> None:
        record, cell = self._cell(records, "category") if records else (None, "")
        name = category_name(cell) if cell else _category_of_folder(staged)
        if not name:
            reason = "There is no category, neither in the row nor in a folder <Category>/<id>."
            self._refuse_row(record or Record(0, []), "category", cell, reason)
        if len(name) > MAX_CATEGORY or len(category_slug(name)) > MAX_SLUG:
            self._refuse_row(record, "category", cell, f"A category's name has {MAX_CATEGORY} characters at the most.")
        product.fields["category"] = name

    def _read_fields(self, product: SourceProduct, records: list[Record]) -> None:
        self._report_broken_characters(records)
        self._read_price(product, records)
        self._read_text(product, records, "name", MAX_NAME)
        self._read_text(product, records, "brand", MAX_BRAND)
        self._read_parsed(product, records, "url", parse_url)
        self._read_parsed(product, records, "is_active", parse_bool)
        if "description" in self.columns.of:
            product.fields["description"] = clean_paragraphs(self._cell(records, "description")[1])
        if not product.fields.get("name"):
            product.fields.pop("name", None)
            if "name" in self.columns.of:
                reason = "The name is empty. A new product is named by its category and id."
                self._refuse("value", records[0], "name", "", reason)
        if product.fields.get("is_active", False) is None:
            del product.fields["is_active"]
        self._read_attributes(product, records)

    def _read_price(self, product: SourceProduct, records: list[Record]) -> None:
        if "price" not in self.columns.of:
            return
        record, cell = self._cell(records, "price")
        price, currency = self._parse_or_refuse_row(record, "price", cell, parse_price, (None, None))
        if currency is None:
            record, cell = self._cell(records, "currency")
            currency = self._parse_or_refuse_row(record, "currency", cell, parse_currency, None)
        product.fields["price"] = price if price is None else price.quantize(Decimal("0.01"))
        product.fields["currency"] = currency or self.currency

    def _parse_or_refuse_row(self, record: Record, name: str, cell: str, parse: Callable, nothing: Any) -> Any:
        if not cell:
            return nothing
        try:
            return parse(cell)
        except Refused as error:
            self._refuse_row(record, name, cell, str(error))

    def _read_text(self, product: SourceProduct, records: list[Record], name: str, longest: int) -> None:
        if name not in self.columns.of:
            return
        record, cell = self._cell(records, name)
        text = clean_text(cell)
        if len(text) > longest:
            self._refuse("value", record, name, cell, f"It has more than {longest} characters, and is cut off there.")
        product.fields[name] = text[:longest].strip()

    def _read_parsed(self, product: SourceProduct, records: list[Record], name: str, parse: Callable) -> None:
        """A field without which the product can be sold: what cannot be understood is left as it was."""
        if name not in self.columns.of:
            return
        record, cell = self._cell(records, name)
        try:
            product.fields[name] = parse(cell)
        except Refused as error:
            self._refuse("value", record, name, cell, str(error))

    def _read_attributes(self, product: SourceProduct, records: list[Record]) -> None:
        values = records[0].values
        for name in ("colour", "stock"):
            if name in self.columns.of:
                product.attributes[name] = clean_text(self.columns.cell(values, name))[:MAX_ATTRIBUTE]
        for number, header in self.columns.attributes:
            if number < len(values):
                value = "" if is_nothing(values[number]) else clean_text(values[number])
                product.attributes[header[:MAX_NAME]] = value[:MAX_ATTRIBUTE]

    def _report_broken_characters(self, records: list[Record]) -> None:
        for record in records:
            for number, value in enumerate(record.values):
                if "\ufffd" in value:
                    column = self.columns.headers[number] if number < len(self.columns.headers) else None
                    reason = "It holds characters that the file's encoding does not know; they are shown as \ufffd."
                    self.report.refuse("value", line=record.line, column=column, value=value, reason=reason)

    # -- refusing -----------------------------------------------------------------------------------------------

    def _refuse(self, kind: str, record: Record, name: str, value: str, reason: str) -> None:
        self.report.refuse(kind, line=record.line or None, column=self.columns.header(name), value=value, reason=reason)

    def _refuse_row(self, record: Record, name: str, value: str, reason: str) -> None:
        self._refuse("product", record, name, value, reason)
        raise RowRefused


def _category_of_folder(staged: StagedProduct) -> str:
    """The category whose folder holds the product's: of several the first that is no copy."""
    folders = dict.fromkeys(photo.category for photo in staged.photos if photo.category)
    return category_name(min(folders, key=lambda folder: "copy" in folder.lower())) if folders else ""
