"""Builds a product from its rows and its folder, reporting every cell that cannot be understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from catalogue.attribute_names import attribute_key
from catalogue.category_garment_types import garment_types_of_category
from catalogue.importer.categories import MAX_SLUG, category_name, category_paths, category_slug, choose_category
from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.image_finder import ImageFinder, SourceImage
from catalogue.importer.report import Report
from catalogue.importer.row_prices import PriceReader
from catalogue.importer.staging_table import StagedProduct
from catalogue.importer.text import clean_paragraphs, clean_text, is_nothing
from catalogue.importer.values import Refused, parse_availability, parse_bool, parse_url
from catalogue.models import Category, Product

MAX_NAME = int(Product._meta.get_field("name").max_length or 0)
MAX_BRAND = int(Product._meta.get_field("brand").max_length or 0)
MAX_CATEGORY = min(int(Category._meta.get_field("name").max_length or 0), MAX_SLUG)
MAX_ATTRIBUTE = 2_000
MAX_VARIANTS = 200  # rows of one product whose cells are kept
_AVAILABILITY_ORDER = ("in_stock", "limited", "preorder", "out_of_stock")
_NO_OPTION = {"title", "defaulttitle"}  # what Shopify writes for a product without variants


@dataclass(slots=True)
class SourceProduct:
    """What the source says of one product.

    `fields` overwrite what the catalogue has; `defaults` (a name made of category and id, hidden for an unknown status)
    only serve a product that is new. Fields that the file has no column for are in neither. `attributes` are those
    shown to everybody, `private_attributes` those for staff.
    """

    sku: str
    line: int | None
    fields: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    private_attributes: dict[str, Any] = field(default_factory=dict)
    images: list[SourceImage] = field(default_factory=list)
    category_names: dict[str, str] = field(default_factory=dict)  # its category's name_en, name_id
    has_all_images: bool = True  # False: one that it names was not found, so what it no longer names is unknown


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
    ) -> None:
        self.columns = columns
        self.finder = finder
        self.report = report
        self.prices = PriceReader(columns=columns, report=report, currency=currency)
        self.default_category = category_name(default_category) if default_category else ""
        self.unknown_statuses: Counter[str] = Counter()
        self.merged_rows = 0
        self._choose_category = cache(lambda cells: choose_category(cells, is_known_category))
        self._attributes = [
            (number, header[:MAX_NAME], attribute_key(header) in public_keys) for number, header in columns.attributes
        ]
        self._is_public = cache(lambda name: attribute_key(name) in public_keys)

    @property
    def attribute_names(self) -> tuple[list[str], list[str]]:
        """The headers kept as attributes: the public ones and the private ones."""
        public = [header for _number, header, is_public in self._attributes if is_public]
        return public, [header for _number, header, is_public in self._attributes if not is_public]

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
        """The records that describe the same product as the first: one a photo, or one a variant."""
        if len(records) < 2:
            return records
        if self.columns.has_variants:  # the product's own row before those of its variants
            self.merged_rows += len(records) - 1
            return sorted(records, key=lambda record: bool(self.columns.cell(record.values, "parent")))
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
        for name in ("price", "regular_price", "sale_price", "brand", "category"):
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
        cells = tuple(cell for record in records for cell in self.columns.cells(record.values, "category"))
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
                self._refuse("value", records[0], "name", "", reason)
        self._read_status(product, records[0])
        self._read_availability(product, records)
        try:
            product.fields |= self.prices.read(self._shown_variants(records))
        except Refused as error:
            raise RowRefused from error
        self._read_attributes(product, records)

    def _shown_variants(self, records: list[Record]) -> list[Record]:
        """The product's row and the variants that their own status does not hide: only those have a say in prices."""
        return records[:1] + [record for record in records[1:] if not self._is_hidden(record)]

    def _is_hidden(self, record: Record) -> bool:
        try:
            return self._status(record) is False
        except Refused:
            return True

    def _read_status(self, product: SourceProduct, record: Record) -> None:
        """Shown if every status column says so. A word that is not understood hides a new product, and is reported."""
        if "is_active" not in self.columns.of:
            return
        try:
            status = self._status(record)
        except Refused as error:
            cell = " / ".join(self.columns.cells(record.values, "is_active"))
            self.unknown_statuses[clean_text(cell)[:40]] += 1
            reason = f"{error} A new product is hidden, one that the catalogue has stays as it is."
            self._refuse("value", record, "is_active", cell, reason)
            product.defaults["is_active"] = False
            return
        if status is not None:
            product.fields["is_active"] = status

    def _status(self, record: Record) -> bool | None:
        """What the status columns say together; None where all are empty. Raises Refused for words that say neither."""
        found: bool | None = None
        problem: Refused | None = None
        for cell in self._status_cells(record):
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

    def _status_cells(self, record: Record) -> list[str]:
        """The cells of the status columns. "none", else an empty cell, is a visibility that PrestaShop writes."""
        cells = self.columns.cells(record.values, "is_active")
        for number in self.columns.of.get("is_active", ()):
            is_visibility = "visib" in self.columns.headers[number].casefold()
            if is_visibility and number < len(record.values) and record.values[number].strip().casefold() == "none":
                cells.append("hidden")
        return cells

    def _read_availability(self, product: SourceProduct, records: list[Record]) -> None:
        """The best of the variants' availabilities; what is not understood is reported, and left as it was."""
        found = []
        for record in records:
            cell = self.columns.cell(record.values, "availability")
            try:
                found.append(parse_availability(cell))
            except Refused as error:
                self._refuse("value", record, "availability", cell, str(error))
                product.defaults["availability"] = ""
        known = [value for value in found if value]
        if known:
            product.fields["availability"] = min(known, key=_AVAILABILITY_ORDER.index)

    def _read_text(self, product: SourceProduct, records: list[Record], name: str, longest: int) -> None:
        if name not in self.columns.of:
            return
        record, cell = self._cell(records, name)
        text = clean_text(cell)
        if len(text) > longest:
            self._refuse("value", record, name, cell, f"It has more than {longest} characters, and is cut off there.")
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
            self._refuse("value", record, name, cell, str(error))

    # -- attributes ---------------------------------------------------------------------------------------------

    def _read_attributes(self, product: SourceProduct, records: list[Record]) -> None:
        values = records[0].values
        if "colour" in self.columns.of:
            self._put(product, "colour", self._texts(records, self.columns.of["colour"][0]))
        if "stock" in self.columns.of:
            self._put(product, "stock", [clean_text(self.columns.cell(values, "stock"))])
        for number, name, is_public in self._attributes:
            texts = self._texts(records, number)
            self._put_into(product.attributes if is_public else product.private_attributes, name, texts)
        for name, texts in self._options(records).items():
            self._put(product, name, texts)
        if self.columns.has_variants and len(records) > 1:
            product.private_attributes["variants"] = [self._variant(record) for record in records[:MAX_VARIANTS]]

    def _texts(self, records: list[Record], number: int) -> list[str]:
        """What a column says of the product: its first row's cell, or all that differ among its variants."""
        rows = records if self.columns.has_variants else records[:1]
        if all(number >= len(record.values) for record in rows):
            return []
        cells = [record.values[number] for record in rows if number < len(record.values)]
        return [clean_text(cell) for cell in cells if not is_nothing(cell)] or [""]

    def _options(self, records: list[Record]) -> dict[str, list[str]]:
        """The attributes whose name stands in a cell beside their value, as "Option1 Name", "Option1 Value"."""
        found: dict[str, list[str]] = {}
        for name_column, value_column in self.columns.pairs:
            name = ""
            for record in records:
                if max(name_column, value_column) >= len(record.values):
                    continue
                cell, value = clean_text(record.values[name_column]), clean_text(record.values[value_column])
                name = cell or name  # Shopify writes it in the first row only
                if name and value and attribute_key(name) not in _NO_OPTION:
                    found.setdefault(name[:MAX_NAME], []).append(value)
        return found

    def _put(self, product: SourceProduct, name: str, texts: list[str]) -> None:
        self._put_into(product.attributes if self._is_public(name) else product.private_attributes, name, texts)

    @staticmethod
    def _put_into(attributes: dict[str, Any], name: str, texts: list[str]) -> None:
        """Several values become a list of those that differ: "S, M, L"."""
        if not texts:
            return
        if len(texts) > 1:
            texts = list(dict.fromkeys(part for text in texts for part in text.split(", ")))
        attributes[name] = ", ".join(texts)[:MAX_ATTRIBUTE]

    def _variant(self, record: Record) -> dict[str, str]:
        """A variant's cells by header, kept for staff: nothing of its row is lost."""
        return {
            header: clean_text(value)[:MAX_ATTRIBUTE]
            for header, value in zip(self.columns.headers, record.values, strict=False)
            if header and not is_nothing(value)
        }

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

    def _refuse_row(self, records: list[Record], staged: StagedProduct, name: str, value: str, reason: str) -> None:
        if records:
            self._refuse("product", records[0], name, value, reason)
        else:
            self.report.refuse("product", value=value or staged.sku, reason=reason)
        raise RowRefused


def _category_of_folder(staged: StagedProduct) -> str:
    """The category whose folder holds the product's: of several the first that is no copy."""
    folders = dict.fromkeys(photo.category for photo in staged.photos if photo.category)
    return category_name(min(folders, key=lambda folder: "copy" in folder.lower())) if folders else ""
