"""A table for the admin's import, read by import_zalora's own steps: columns, ids, variants, prices, statuses."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tablib

from catalogue.attributes import public_keys
from catalogue.importer.errors import ImportProblem
from catalogue.importer.headers import PRICE_FIELDS
from catalogue.importer.image_finder import ImageFinder
from catalogue.importer.progress import Progress
from catalogue.importer.refused_rows import REASON
from catalogue.importer.report import Report
from catalogue.importer.row_reader import RowReader
from catalogue.importer.source import Source
from catalogue.importer.source_product import SourceProduct
from catalogue.importer.staging_table import StagedProduct

ATTRIBUTES = "attributes of the table"  # a column of the dataset: the cells that are no fields, as JSON
DEFAULTS = "defaults of the table"  # what only a new product takes, as JSON: hidden for an unknown status
_JSON_COLUMNS = ("attributes", "private_attributes")  # of the admin's own export
_DEFAULTS = ("name", "is_active", "availability", "currency")
_CHUNK = 500


class ProductTable(tablib.Dataset):
    """One row for each product, with the names of a product's fields; REASON says why one cannot be imported.

    `header` is the table's as written; `rows` are the cells that each row was made of. `left_out` tells of cells that
    are not understood, whose products are imported without them; `notes` what the columns were taken for.
    """

    header: list[str]
    rows: list[list[list[str]]]
    left_out: list[str]
    notes: list[str]


@dataclass
class _Problems(Report):
    """Keeps every refusal of the product that is being read, and those of cells alone."""

    found: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def refuse(
        self, kind: str, *, reason: str, value: str = "", line: int | None = None, column: str | None = None
    ) -> None:
        super().refuse(kind, reason=reason, value=value, line=line, column=column)
        told = f"Line {line}: {column + ': ' if column else ''}{reason}"
        self.found.append(told)
        if kind == "value":
            self.left_out.append(told)


def read_table(content: bytes) -> ProductTable:
    """Raises ValueError where the file cannot be read, or its columns cannot be told apart."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "import.csv"
        path.write_bytes(content)
        report = _Problems()
        source = Source(report=report, progress=Progress(is_shown=False))
        try:
            source.read(path, chosen={}, has_category=True, needs_price=False)
        except ImportProblem as error:
            raise ValueError(str(error)) from error
        own = {number: header for number, header in enumerate(source.columns.headers) if header in _JSON_COLUMNS}
        source.columns.of.setdefault("ignored", []).extend(own)
        source.staging.create_products()
        return _as_table(source, report, own)


def _as_table(source: Source, report: _Problems, own: dict[int, str]) -> ProductTable:
    reader = RowReader(
        columns=source.columns,
        finder=ImageFinder(
            columns=source.columns, staging=source.staging, report=report, folder=None, csv_folder=Path()
        ),
        report=report,
        currency=None,
        public_keys=public_keys(),
        is_known_category=source.is_known_category,
        marks=source.marks,
    )
    cells = {record.line: record.values for record in source.records()}
    refused = report.refused_lines
    found: list[tuple[dict[str, str], list[list[str]]]] = [_refused(line, refused, cells) for line in refused]
    for staged in _products(source):
        report.found.clear()
        product = reader.read_cells(staged)
        lines = [record.line for record in staged.records]
        if product is None:
            reason = " ".join(dict.fromkeys(report.found))
            found.append(({"sku": staged.sku, REASON: reason}, [cells[line] for line in lines]))
            continue
        row = _fields(product, reader)
        first = staged.records[0].values
        row |= {name: first[number] for number, name in own.items() if number < len(first)}
        if (currency := source.columns.cell(first, "currency")) and source.columns.of.keys().isdisjoint(PRICE_FIELDS):
            row["currency"] = currency
        found.append((row, [cells[line] for line in lines if line not in refused]))
        found += [_refused(line, refused, cells) for line in lines if line in refused]
    table = ProductTable(headers=list(dict.fromkeys(["sku", *(name for row, _cells in found for name in row)])))
    for row, _cells in found:
        table.append([row.get(name, "") for name in table.headers])
    table.header = source.columns.headers
    table.rows = [rows for _row, rows in found]
    table.left_out = report.left_out
    table.notes = report.notes
    return table


def _refused(
    line: int, reasons: Mapping[int, str], cells: Mapping[int, list[str]]
) -> tuple[dict[str, str], list[list[str]]]:
    return {"sku": "", REASON: f"Line {line}: {reasons[line]}"}, [cells[line]]


def _products(source: Source) -> Iterator[StagedProduct]:
    after = 0
    while batch := list(source.staging.products(after, _CHUNK)):
        for after, staged in batch:  # noqa: B007  (where the next batch begins)
            yield staged


def _fields(product: SourceProduct, reader: RowReader) -> dict[str, str]:
    """What the table says of a product, as text by field."""
    values: dict[str, Any] = {"sku": product.sku, **product.fields}
    if values.get("price") is None or not reader.prices.names_currency:
        values.pop("currency", None)  # the product keeps its own
    if "is_active" in values:
        values["is_active"] = int(values["is_active"])
    if product.attributes or product.private_attributes:
        values[ATTRIBUTES] = json.dumps([product.attributes, product.private_attributes])
    values[DEFAULTS] = json.dumps({name: value for name, value in product.defaults.items() if name in _DEFAULTS})
    return {name: "" if value is None else str(value) for name, value in values.items()}
