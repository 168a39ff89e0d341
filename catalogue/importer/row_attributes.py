"""A product's attributes: the columns that are no fields, those shown to everybody apart from those for staff."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from catalogue.attribute_names import attribute_key
from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.source_product import MAX_NAME, SourceProduct
from catalogue.importer.text import clean_cell, is_nothing

MAX_ATTRIBUTE = 2_000
MAX_VARIANTS = 200  # rows of one product whose cells are kept
_ATTRIBUTE_PAIR = re.compile(r'([A-Za-z0-9_]+)=("(?:[^"]|"")*"|.*?)(?=,[A-Za-z0-9_]+=|$)', re.DOTALL)
_NO_OPTION = {"title", "defaulttitle"}  # what Shopify writes for a product without variants


class AttributeReader:
    """Reads attributes. `public_keys` are the keys of those that everybody sees."""

    def __init__(self, *, columns: Columns, public_keys: Collection[str]) -> None:
        self.columns = columns
        self._is_public = cache(lambda name: attribute_key(name) in public_keys)
        own = [(number, header[:MAX_NAME]) for number, header in columns.attributes]
        self._own = [(number, name, self._is_public(name)) for number, name in own]
        colour = [(number, "colour", self._is_public("colour")) for number in columns.of.get("colour", ())[:1]]
        self._columns = colour + self._own

    @property
    def names(self) -> tuple[list[str], list[str]]:
        """The headers kept as attributes: the public ones and the private ones."""
        public = [name for _number, name, is_public in self._own if is_public]
        return public, [name for _number, name, is_public in self._own if not is_public]

    def read(self, product: SourceProduct, records: Sequence[Record]) -> None:
        """Fills the attributes of a product that has these records: a single one, one a photo, or one a variant."""
        if "stock" in self.columns.of:
            self._put(product, "stock", [clean_cell(self.columns.cell(records[0].values, "stock"))])
        if self.columns.has_variants and len(records) > 1:
            for number, name, is_public in self._columns:
                texts = _texts_of_variants(records, number)
                _put_into(product.attributes if is_public else product.private_attributes, name, texts)
        else:
            self._read_single(product, records[0].values)
        for name, texts in self._options(records).items():
            self._put(product, name, texts)
        if "attribute_pairs" in self.columns.of:
            for name, texts in self._pairs_in_cells(records).items():
                self._put(product, name, texts)
        if self.columns.has_variants and len(records) > 1:
            product.private_attributes["variants"] = [self._variant(record) for record in records[:MAX_VARIANTS]]

    def _read_single(self, product: SourceProduct, values: Sequence[str]) -> None:
        public, private, width = product.attributes, product.private_attributes, len(values)
        for number, name, is_public in self._columns:
            if number < width:
                (public if is_public else private)[name] = clean_cell(values[number])[:MAX_ATTRIBUTE]

    def _options(self, records: Sequence[Record]) -> dict[str, list[str]]:
        """The attributes whose name stands in a cell beside their value, as "Option1 Name", "Option1 Value"."""
        found: dict[str, list[str]] = {}
        for name_column, value_column in self.columns.pairs:
            name = ""
            for record in records:
                if max(name_column, value_column) >= len(record.values):
                    continue
                cell, value = clean_cell(record.values[name_column]), clean_cell(record.values[value_column])
                name = cell or name  # Shopify writes it in the first row only
                if name and value and attribute_key(name) not in _NO_OPTION:
                    found.setdefault(name[:MAX_NAME], []).append(value)
        return found

    def _pairs_in_cells(self, records: Sequence[Record]) -> dict[str, list[str]]:
        """What Magento writes into one cell: color=Red,size=M,features=Zip|Pockets."""
        found: dict[str, list[str]] = {}
        for record in records:
            for cell in self.columns.cells(record.values, "attribute_pairs"):
                for name, value in _ATTRIBUTE_PAIR.findall(cell):
                    text = clean_cell(value.strip('"').replace('""', '"').replace("|", ", "))
                    if text:
                        found.setdefault(name[:MAX_NAME], []).append(text)
        return found

    def _put(self, product: SourceProduct, name: str, texts: list[str]) -> None:
        _put_into(product.attributes if self._is_public(name) else product.private_attributes, name, texts)

    def _variant(self, record: Record) -> dict[str, str]:
        """A variant's cells by header, kept for staff: nothing of its row is lost."""
        return {
            header: clean_cell(value)[:MAX_ATTRIBUTE]
            for header, value in zip(self.columns.headers, record.values, strict=False)
            if header and not is_nothing(value)
        }


def _texts_of_variants(records: Sequence[Record], number: int) -> list[str]:
    """What a column says of the product: all cells, of which `_put_into` keeps those that differ."""
    cells = [record.values[number] for record in records if number < len(record.values)]
    return [text for cell in cells if (text := clean_cell(cell))] or ([""] if cells else [])


def _put_into(attributes: dict[str, Any], name: str, texts: list[str]) -> None:
    """Several values become a list of those that differ: "S, M, L"."""
    if not texts:
        return
    if len(texts) > 1:
        texts = list(dict.fromkeys(part for text in texts for part in text.split(", ")))
    attributes[name] = ", ".join(texts)[:MAX_ATTRIBUTE]
