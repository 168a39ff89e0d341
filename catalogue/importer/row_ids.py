"""Which product a row is of: by its id, that of its parent, or the row above."""

from __future__ import annotations

import re
from functools import cached_property

from catalogue.importer.aliases import RECORD_PARTS
from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.headers import is_known_header
from catalogue.importer.image_lists import split_images
from catalogue.importer.staging_table import StagingTable
from catalogue.importer.text import clean_text
from catalogue.importer.values import is_url, parse_sku
from catalogue.models import Product

MAX_SKU = int(Product._meta.get_field("sku").max_length or 0)
_LOST = "It belongs to the product above it, whose row was refused."


# The id of a row that sums the others up, without spaces and punctuation.
_TOTALS = frozenset({
    "total", "totals", "grandtotal", "subtotal", "sum", "jumlah", "jumlahtotal", "totalkeseluruhan", "summe", "gesamt",
    "gesamtsumme", "totaux", "totale", "totaal", "suma", "toplam", "итого", "всего", "合计", "总计", "合計", "รวม",
})  # fmt: skip
_LONGEST_TOTAL = 24  # characters, with spaces and punctuation
_FIRST_LINES = 10  # where a template names its columns once more, as programs call them
_ENOUGH_HEADERS = 3


def no_product(record: Record, columns: Columns) -> str:
    """Why the row is of no product, "" for others: it repeats the header, or sums up the rows above."""
    number = columns.of.get("sku", (0,))[0]
    sku = record.values[number].strip() if number < len(record.values) else ""
    if not sku or record.problem or any(letter.isdecimal() for letter in sku):
        return ""
    if columns.headers and " ".join(sku.split()).casefold() == columns.headers[number].casefold():
        return "It repeats the header."
    if record.line <= _FIRST_LINES and is_known_header(sku):
        filled = [cell for cell in record.values if cell.strip()]
        if sum(map(is_known_header, filled)) >= max(_ENOUGH_HEADERS, len(filled) / 2):
            return "It names the columns once more."
    if len(sku) <= _LONGEST_TOTAL and re.sub(r"[\W_]+", "", sku.casefold()) in _TOTALS:
        return "It looks like the totals of other rows."
    return ""


class RowIds:
    """Reads ids of the records in their order: a variant's row may leave the product to the row above."""

    def __init__(self, *, columns: Columns, staging: StagingTable) -> None:
        self.columns = columns
        self.staging = staging
        self._above: str | None = ""  # the product of the row above as it writes it; None: that row cannot be read

    def read(self, record: Record) -> tuple[str, str]:
        """The id of the record's product, and what is wrong with it; one of the two is empty."""
        if record.problem:
            self._above = None
            return "", record.problem
        if self.columns.names_parent_once and self._above is None and self._leaves_parent_out(record):
            return "", _LOST
        if self.columns.names_parent_once:
            self._name_parent(record)
        if self.columns.cell(record.values, "record_kind").strip().casefold() in RECORD_PARTS:
            return self._above or "", "" if self._above else _LOST
        sku = self._own(record.values) or self.of_image(record.values)
        problem = "" if sku else "The id is empty."
        if len(sku) > MAX_SKU:
            problem = f"An id has {MAX_SKU} characters at the most."
        if "record_kind" in self.columns.of:
            self._above = None if problem else sku
        return sku, problem

    def of_image(self, values: list[str]) -> str:
        """The product's folder in the path of the row's first image, `<Category>/<id>/<file>`."""
        for number in self.columns.of.get("images", ()):
            for text in split_images(values[number] if number < len(values) else ""):
                parts = text.replace("\\", "/").split("/")
                if not is_url(text) and len(parts) > 1 and self.staging.has_product_folder(parts[-2]):
                    return clean_text(parts[-2])
        return ""

    def _leaves_parent_out(self, record: Record) -> bool:
        return not self.columns.cell(record.values, "parent") and not self.columns.cell(record.values, "name")

    def _name_parent(self, record: Record) -> None:
        """Writes the product into a variant's row that leaves it empty, as Squarespace's behind the product's do."""
        number = self.columns.of["parent"][0]
        if number >= len(record.values):
            return
        if record.values[number]:
            self._above = record.values[number]
        elif not self.columns.cell(record.values, "name"):
            record.values[number] = self._above or ""

    def _own(self, values: list[str]) -> str:
        """The id that the row names: of a variant its parent's."""
        own = parse_sku(self.columns.cell(values, "sku"))
        number = self._row_id_column
        row_id = parse_sku(values[number]) if number is not None and number < len(values) else ""
        if row_id and not own:
            own = row_id
        if row_id and own:
            self.staging.add_row_id(row_id, own)
        parent = parse_sku(self.columns.cell(values, "parent")) if "parent" in self.columns.of else ""
        return self.staging.with_zeros(parent or own)

    @cached_property
    def _row_id_column(self) -> int | None:
        """The column ID of WooCommerce, by which variants without an own SKU name their parent: id:44."""
        if "parent" not in self.columns.of:
            return None
        used = self.columns.of["sku"]
        return next(
            (n for n, header in enumerate(self.columns.headers) if header.casefold() == "id" and n not in used), None
        )
