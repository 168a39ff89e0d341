"""Opens a source: the CSV's records and the folder's paths go to the staging table, headers are mapped to fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from django.conf import settings

from catalogue.category_garment_types import garment_types_of_category, is_known_category
from catalogue.importer.categories import category_name, category_slug, choose_category
from catalogue.importer.columns import ColumnContext, Columns, UnknownColumns, explain
from catalogue.importer.csv_records import Record
from catalogue.importer.dialect import find_dialect
from catalogue.importer.find_columns import find_columns
from catalogue.importer.headers import PRICE_FIELDS, is_known_header
from catalogue.importer.photo_folder import FoundFile, scan
from catalogue.importer.price_marks import PriceMarks
from catalogue.importer.prices import parse_price
from catalogue.importer.product_feed import is_feed
from catalogue.importer.progress import Progress
from catalogue.importer.refused_rows import write_refused
from catalogue.importer.report import Report
from catalogue.importer.row_ids import MAX_SKU, RowIds, no_product
from catalogue.importer.source_checks import check_header, check_is_catalogue
from catalogue.importer.staging_table import StagingTable
from catalogue.importer.table import Table
from catalogue.importer.values import Refused, is_url, parse_sku
from catalogue.models import Category, Product

SAMPLE_ROWS = 200
DEPTH_BESIDE_CSV = 4  # without --images a CSV may lie in a home folder, which is not to be walked to its end
MAX_CELLS = 200  # of a row that cannot be read, where the id is looked for


class Source:
    """A CSV file, a folder of photos, or both, staged. `folder` is where the photos are, None where there are none."""

    def __init__(self, *, report: Report, progress: Progress) -> None:
        self.report = report
        self.progress = progress
        self.staging = StagingTable()
        self.columns = Columns(headers=[])
        self.folder: Path | None = None
        self.is_folder_given = False
        self.table: Table | None = None
        self.marks = PriceMarks()

    def scan_folder(self, folder: Path, *, is_given: bool) -> None:
        """Stages the paths below `folder`; not `is_given`: the folder beside the CSV, which may hold anything."""
        self.folder, self.is_folder_given = folder, is_given
        advance = self.progress.step(f"Looking through {folder}")
        depth = 16 if is_given else DEPTH_BESIDE_CSV
        # The shop's own photos lie in folders of two hex digits, which would pass for products called 12 or 07.
        own = [Path(settings.MEDIA_ROOT), settings.VAR_DIR]
        files = scan(folder, on_refused=self._refuse_file if is_given else _ignore, max_depth=depth, leave_out=own)
        self.staging.add_photos(_counted(files, advance))

    def read(
        self,
        path: Path,
        *,
        chosen: dict[str, list[str]],
        encoding: str = "",
        has_price: bool = True,
        is_trusted: bool = False,
        has_category: bool = False,
        needs_price: bool = True,
    ) -> None:
        """Stages the records of the CSV at `path`. `has_category`: there is one for products that name none.

        Not `needs_price`: a table may change products without a word on prices.

        Raises UnknownColumns where its header cannot be understood, UnknownEncoding, and ImportProblem for a report
        unless it `is_trusted`.
        """
        _check_is_text(path)
        self.table = Table(path, None if is_feed(path) else find_dialect(path, encoding))
        advance = self.progress.step(f"Reading {path.name}", total=path.stat().st_size)
        done = 0

        def on_position(position: int) -> None:
            nonlocal done
            advance(position - done)
            done = position

        records = self.table.records(on_position)
        header = next(records, None)
        if header is None:
            raise UnknownColumns(f"{path} is empty.")
        if not is_trusted:
            check_header(header.values)
            check_is_catalogue(header.values)
        sample = list(islice(records, SAMPLE_ROWS))
        records = chain(sample, records)
        if self.table.dialect and self._is_data(header.values):
            sample, records = [header, *sample], chain([header], records)
            header = Record(0, [f"column {number}" for number in range(1, len(header.values) + 1)])
            self.table = replace(self.table, has_header=False)
            self.report.notes.append("The file has no header: its columns are called column 1, column 2 and so on.")
        rows = [record.values for record in sample if not record.problem]
        self.columns = find_columns(
            header.values, rows, chosen=chosen, context=self._context(), has_price=has_price, needs_price=needs_price
        )
        self._check_columns(rows, has_category)
        self.report.notes.append(f"{path.name}: {self.table.words}. {self._words()}")
        self.report.notes += self.columns.notes
        self.staging.add_records(self._with_skus(records))
        on_position(path.stat().st_size)

    def write_refused(self, file: TextIO) -> int:
        """Writes the rows that were refused as a table of the same columns, and returns how many."""
        if self.table is None:
            return 0
        records = self.table.records()
        header = next(records).values if self.table.has_header else self.columns.headers
        rows = ((record.line, record.values) for record in records)
        return write_refused(file, header, rows, self.report.refused_lines)

    def records(self) -> Iterator[Record]:
        """The table's records once more, as they were read."""
        return islice(self.table.records(), int(self.table.has_header), None) if self.table else iter(())

    # -- columns ------------------------------------------------------------------------------------------------

    def is_known_category(self, slug: str) -> bool:
        """Whether a category is called so: in the catalogue, as a folder, or in the tables of garment types."""
        return slug in self._known_categories or is_known_category(slug)

    @cached_property
    def _known_categories(self) -> set[str]:
        known = {category_slug(category_name(folder)) for folder in self.staging.category_folders()}
        return known | set(Category.objects.values_list("slug", flat=True))

    def _context(self) -> ColumnContext:
        _ = self._known_categories  # asked of the database here: rows are read in a thread without a connection

        def is_category(value: str) -> bool:
            slug = category_slug(category_name(value))
            if self.is_known_category(slug) or garment_types_of_category(slug):
                return True
            return bool(garment_types_of_category(category_slug(choose_category([value], self.is_known_category))))

        return ColumnContext(
            is_product_folder=lambda value: self.staging.has_product_folder(self.staging.with_zeros(parse_sku(value))),
            is_photo=lambda value: "." in value and bool(self.staging.photos_named(_file_name(value))),
            is_category=is_category,
        )

    def _is_data(self, header: list[str]) -> bool:
        """Whether the first line is a row already: no header that anybody knows, but addresses, files or prices."""
        if any(is_known_header(cell) for cell in header):
            return False
        return any(
            is_url(cell) or _has_currency(cell) or self.staging.has_product_folder(parse_sku(cell))
            or (self.staging.photos_named(_file_name(cell)) and "." in cell)
            for cell in header if cell.strip()
        )  # fmt: skip

    def _check_columns(self, rows: list[list[str]], has_category: bool) -> None:
        headers = self.columns.headers
        if "sku" not in self.columns.of:
            ids = RowIds(columns=self.columns, staging=self.staging)
            told = sum(bool(ids.of_image(row)) for row in rows)
            if not rows or told < 0.6 * len(rows):
                raise UnknownColumns(explain(headers, "No column says which product a row is of."))
        has_category = has_category or not {"category", "tags"}.isdisjoint(self.columns.of)
        if not has_category and not self.staging.category_folders():
            problem = (
                "No column holds the category, and there is no folder <Category>/<id> that would tell; "
                "--default-category NAME gives all products one."
            )
            raise UnknownColumns(explain(headers, problem))

    def _words(self) -> str:
        """Which field each column is, for whoever runs the import."""
        told = [
            f"{name} = {self.columns.header(name)!r}{' (by its cells)' * (name in self.columns.guessed)}"
            for name in self.columns.of
        ]
        return f"Columns: {', '.join(told)}."

    # -- ids ----------------------------------------------------------------------------------------------------

    def _with_skus(self, records: Iterator[Record]) -> Iterator[tuple[str, Record]]:
        """The records with their products' ids; those without one are refused."""
        ids = RowIds(columns=self.columns, staging=self.staging)
        for record in records:
            self.report.rows += 1
            if reason := no_product(record, self.columns):
                self.report.refuse("product", line=record.line, value=", ".join(record.values), reason=reason)
                continue
            sku, problem = ids.read(record)
            if not problem:
                self._note_prices(record.values)
                yield sku, record
                continue
            column = None if record.problem else self.columns.header("sku")
            value = ", ".join(record.values) if record.problem else sku
            self.report.refuse("product", line=record.line, column=column, value=value, reason=problem)
            self._note_refused(record)

    def _note_prices(self, values: list[str]) -> None:
        for number in self._price_numbers:
            if number < len(values):
                self.marks.note(values[number])

    @cached_property
    def _price_numbers(self) -> list[int]:
        return [number for name in PRICE_FIELDS for number in self.columns.of.get(name, ())]

    def _note_refused(self, record: Record) -> None:
        """Notes which product the row may be of: it is neither missing nor one that only has a folder."""
        cells = [parse_sku(value.strip(' "')) for value in record.values[:MAX_CELLS]]
        self.staging.mark_mentioned(cell for cell in cells if cell)
        number = self.columns.of.get("sku", [0])[0]
        own = cells[number] if number < len(cells) else ""
        # Cells before the broken place are where they belong; behind it only a known id tells.
        if not own or (number > 0 and not Product.objects.filter(sku=own[:MAX_SKU]).exists()):
            self.report.unidentified_rows += 1
        self._mark_folders_refused(record)

    def _mark_folders_refused(self, record: Record) -> None:
        for value in record.values:
            for sku in (parse_sku(value), *value.replace("\\", "/").split("/")[-2:-1]):
                if self.staging.has_product_folder(sku):
                    self.staging.mark_refused(sku)

    def _refuse_file(self, path: str, reason: str) -> None:
        self.report.refuse("image", value=path, reason=reason)


def _check_is_text(path: Path) -> None:
    with open(path, "rb") as file:
        begin = file.read(4)
    if begin.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")):
        raise UnknownColumns(f"{path} is a spreadsheet or an archive. Save the table in it as CSV and import that.")


def _file_name(value: str) -> str:
    return value.strip().replace("\\", "/").rpartition("/")[2]


def _has_currency(cell: str) -> bool:
    try:
        return parse_price(cell)[1] is not None
    except Refused:
        return False


def _counted(files: Iterator[FoundFile], advance: Callable[[int], None]) -> Iterator[FoundFile]:
    for file in files:
        advance(1)
        yield file


def _ignore(path: str, reason: str) -> None:
    """What lies beside the CSV is nobody's concern."""
