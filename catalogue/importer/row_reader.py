"""Builds a product from its rows and its folder, reporting every cell that cannot be understood."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

from catalogue.category_garment_types import garment_types_of_category
from catalogue.importer.categories import MAX_SLUG, category_name, category_paths, category_slug, choose_category
from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.image_finder import ImageFinder
from catalogue.importer.price_marks import PriceMarks
from catalogue.importer.report import Report
from catalogue.importer.row_attributes import AttributeReader
from catalogue.importer.row_prices import PriceReader
from catalogue.importer.row_status import StatusReader
from catalogue.importer.source_product import MAX_NAME, CellReport, SourceProduct
from catalogue.importer.staging_table import StagedProduct
from catalogue.importer.text import clean_paragraphs, clean_text
from catalogue.importer.values import Refused, parse_url
from catalogue.models import Category, Product

MAX_BRAND = int(Product._meta.get_field("brand").max_length or 0)
MAX_CATEGORY = min(int(Category._meta.get_field("name").max_length or 0), MAX_SLUG)


class RowRefused(Exception):
    """The row cannot be used; it has been reported."""


class RowReader:
    """Reads products out of staged records. `public_keys` are the keys of attributes that everybody sees.

    `is_known_category` tells of a slug that it is a category's; `default_category` serves products that have none.
    """

    def __init__(
        self,
        *,
        columns: Columns,
        finder: ImageFinder,
        report: Report,
        currency: str | None,
        public_keys: Collection[str],
        is_known_category: Callable[[str], bool],
        default_category: str = "",
        marks: PriceMarks | None = None,
    ) -> None:
        self.columns = columns
        self.finder = finder
        self.report = report
        self.prices = PriceReader(columns=columns, report=report, currency=currency, marks=marks)
        self.default_category = category_name(default_category) if default_category else ""
        self.statuses = StatusReader(columns=columns, report=report)
        self.attributes = AttributeReader(columns=columns, public_keys=public_keys)
        self.cells = CellReport(report, columns)
        self._names_categories = not {"category_name_en", "category_name_id"}.isdisjoint(columns.of)
        self._choose_category = cache(lambda cells: choose_category(cells, is_known_category))

    def read(self, staged: StagedProduct) -> SourceProduct | None:
        """The product, or None where its row is refused."""
        product = SourceProduct(staged.sku, staged.records[0].line if staged.records else None)
        if len(staged.records) > 1:
            product.more_lines = tuple(record.line for record in staged.records[1:])
        records = self._agreeing(staged.records)
        self.finder.find_all(product, records, staged)
        try:
            self._read_category(product, records, staged)
            if records:
                self._read_fields(product, records)
            else:
                product.defaults["category"] = product.fields.pop("category")
        except RowRefused:
            reason = f"It belongs to line {product.line}, which was refused."
            self.report.refuse_lines((record.line for record in staged.records), reason)
            return None
        product.defaults["name"] = _name_of(product)
        return product

    def read_cells(self, staged: StagedProduct) -> SourceProduct | None:
        """What the rows say, photos left out; None where they are refused. They may name no category."""
        product = SourceProduct(staged.sku, staged.records[0].line)
        records = self._agreeing(staged.records)
        try:
            if self._cell(records, "category")[1] or self._category_of_tags(records):
                self._read_category(product, records, staged)
            self._read_fields(product, records)
        except RowRefused:
            return None
        if "category" in product.fields:
            product.defaults["name"] = _name_of(product)
        return product

    # -- several rows of one product ----------------------------------------------------------------------------

    def _agreeing(self, records: list[Record]) -> list[Record]:
        """The records that describe the same product as the first: one a photo, or one a variant."""
        if len(records) < 2:
            return records
        if self.columns.has_variants:  # the product's own row before those of its variants
            return sorted(records, key=lambda record: bool(self.columns.cell(record.values, "parent")))
        kept = records[:1]
        name = self._name_key(records[0])
        for record in records[1:]:
            own = self._name_key(record)
            if own and name and own != name:
                reason = f"Line {records[0].line} has this id with another name. The first is kept."
                self.cells.refuse("product", record, "name", self.columns.cell(record.values, "name"), reason)
            else:
                kept.append(record)
                self._report_differences(records[0], record)
        return kept

    def _name_key(self, record: Record) -> str:
        return clean_text(self.columns.cell(record.values, "name")).casefold()

    def _report_differences(self, first: Record, other: Record) -> None:
        for name in ("price", "regular_price", "sale_price", "brand", "category"):
            kept, own = (self.columns.cell(record.values, name) for record in (first, other))
            if kept and own and clean_text(kept).casefold() != clean_text(own).casefold():
                self.cells.refuse(
                    "value", other, name, own, f"Line {first.line} says {kept!r} of this id, and is kept."
                )

    def _cell(self, records: list[Record], name: str) -> tuple[Record, str]:
        """The field's first cell that holds something, with its record."""
        for record in records:
            if value := self.columns.cell(record.values, name):
                return record, value
        return records[0], ""

    # -- fields -------------------------------------------------------------------------------------------------

    def _read_category(self, product: SourceProduct, records: list[Record], staged: StagedProduct) -> None:
        cells = tuple([cell for record in records for cell in self.columns.cells(record.values, "category")])
        name = self._choose_category(cells) or self._category_of_tags(records) or _category_of_folder(staged)
        name = name or self.default_category
        if not name:
            reason = (
                "There is no category, neither in the row nor in a folder <Category>/<id>; --default-category NAME "
                "gives one to such products."
            )
            self._refuse_row(records, staged, "category", " / ".join(cells), reason)
        if len(name) > MAX_CATEGORY or len(category_slug(name)) > MAX_SLUG:
            reason = f"A category's name has {MAX_CATEGORY} characters at the most."
            self._refuse_row(records, staged, "category", name, reason)
        product.fields["category"] = name
        if self._names_categories:
            product.category_names = self._category_names(records)

    def _category_names(self, records: list[Record]) -> dict[str, str]:
        """What the columns of the category's names in other languages say: the last level of the first path."""
        found = {}
        for column, name in (("category_name_en", "name_en"), ("category_name_id", "name_id")):
            paths = category_paths(self._cell(records, column)[1]) if records else []
            if paths and len(paths[0][-1]) <= MAX_CATEGORY:
                found[name] = paths[0][-1]
        return found

    def _category_of_tags(self, records: list[Record]) -> str:
        """The first tag that names garments; other tags are no categories."""
        for record in records:
            for tags in self.columns.cells(record.values, "tags"):
                name = str(self._choose_category((tags,)))
                if name and self._names_garments(name):
                    return name
        return ""

    @staticmethod
    def _names_garments(name: str) -> bool:
        return bool(garment_types_of_category(category_slug(name)))

    def _read_fields(self, product: SourceProduct, records: list[Record]) -> None:
        self._report_broken_characters(records)
        self._read_text(product, records, "name", MAX_NAME)
        self._read_text(product, records, "brand", MAX_BRAND)
        self._read_parsed(product, records, "url", parse_url)
        if "description" in self.columns.of:
            product.fields["description"] = clean_paragraphs(self._cell(records, "description")[1])
        if not product.fields.get("name"):
            product.fields.pop("name", None)
            if "name" in self.columns.of:
                reason = "The name is empty. A new product is named by its category and id."
                self.cells.refuse("value", records[0], "name", "", reason)
        self.statuses.read(product, records)
        try:
            product.fields |= self.prices.read(self._shown_variants(records))
        except Refused as error:
            raise RowRefused from error
        if "currency" in product.fields and not (self.prices.names_currency or self.prices.default):
            product.defaults["currency"] = product.fields.pop("currency")  # a known product keeps its own
        self.attributes.read(product, records)

    def _shown_variants(self, records: list[Record]) -> list[Record]:
        """The product's row and the variants that their own status does not hide: only those have a say in prices."""
        if len(records) == 1:
            return records
        return records[:1] + [record for record in records[1:] if not self.statuses.is_hidden(record)]

    def _read_text(self, product: SourceProduct, records: list[Record], name: str, longest: int) -> None:
        if name not in self.columns.of:
            return
        record, cell = self._cell(records, name)
        text = clean_text(cell)
        if len(text) > longest:
            reason = f"It has more than {longest} characters, and is cut off there."
            self.cells.refuse("value", record, name, cell, reason)
        product.fields[name] = text[:longest].strip()

    def _read_parsed(
        self, product: SourceProduct, records: list[Record], name: str, parse: Callable[[str], object]
    ) -> None:
        """A field without which the product can be sold: what cannot be understood is left as it was."""
        if name not in self.columns.of:
            return
        record, cell = self._cell(records, name)
        try:
            product.fields[name] = parse(cell)
        except Refused as error:
            self.cells.refuse("value", record, name, cell, str(error))

    def _report_broken_characters(self, records: list[Record]) -> None:
        for record in records:
            if "\ufffd" not in "".join(record.values):
                continue
            for number, value in enumerate(record.values):
                if "\ufffd" in value:
                    column = self.columns.headers[number] if number < len(self.columns.headers) else None
                    reason = "It holds characters that the file's encoding does not know; they are shown as \ufffd."
                    self.report.refuse("value", line=record.line, column=column, value=value, reason=reason)

    # -- refusing -----------------------------------------------------------------------------------------------

    def _refuse_row(self, records: list[Record], staged: StagedProduct, name: str, value: str, reason: str) -> None:
        if records:
            self.cells.refuse("product", records[0], name, value, reason)
        else:
            self.report.refuse("product", value=value or staged.sku, reason=reason)
        raise RowRefused


def _name_of(product: SourceProduct) -> str:
    """What a new product without a name is called."""
    return f"{product.fields.get('category') or product.defaults['category']} {product.sku}"[:MAX_NAME]


def _category_of_folder(staged: StagedProduct) -> str:
    """The category whose folder holds the product's: of several the first that is no copy."""
    folders = dict.fromkeys(photo.category for photo in staged.photos if photo.category)
    return category_name(min(folders, key=lambda folder: "copy" in folder.lower())) if folders else ""
