"""The import from end to end: `import_catalogue(options, ...)`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import connection, reset_queries
from django.utils import timezone

from catalogue.attributes import public_keys
from catalogue.importer.download import FOLDER, Downloads
from catalogue.importer.errors import RERUN, ImportProblem
from catalogue.importer.image_finder import ImageFinder
from catalogue.importer.loader import Loader, batches
from catalogue.importer.notes import note_attributes, note_what_happened, some
from catalogue.importer.photo_folder import TABLES
from catalogue.importer.photo_reader import PhotoReader
from catalogue.importer.prefetch import prefetch
from catalogue.importer.product_rows import index_pending_documents
from catalogue.importer.progress import Progress
from catalogue.importer.refused_rows import open_refused
from catalogue.importer.report import LISTED, Report
from catalogue.importer.row_reader import RowReader
from catalogue.importer.source import Source
from catalogue.importer.source_checks import check_folder, check_folder_fits
from catalogue.importer.source_product import SourceProduct
from catalogue.models import Product

IMPORT_LOCK = 7_046_029_254_386_354  # any number that no other advisory lock of this database uses
CHUNK = 1_000
MAX_REFUSED_SHARE = 0.1  # of the rows, beyond which a missing product may well be one of those


@dataclass(frozen=True)
class Options:
    """`csv` is a file, or a folder that holds one or only photos; `columns` is FIELD -> HEADERs.

    `currency` is that of prices that name none (the shop's, IDR, if it is None), `encoding` the CSV's (found by looking
    if it is ""), `default_category` that of products without one.
    `trust_source` imports what looks like no catalogue; `refused` is where the refused rows are written.
    """

    csv: Path
    images: Path | None = None
    columns: dict[str, list[str]] = field(default_factory=dict)
    currency: str | None = None
    encoding: str = ""
    default_category: str = ""
    has_price: bool = True
    dry_run: bool = False
    download: bool = False
    refresh_images: bool = False
    allow_private_hosts: bool = False
    prune: bool = False
    deactivate_missing: bool = False
    trust_source: bool = False
    refused: Path | None = None


def import_catalogue(options: Options, *, report: Report, progress: Progress) -> None:
    """Imports or updates what `options` name, and says in `report` what became of it.

    Raises UnknownColumns and UnknownEncoding before anything is written, ImportProblem before or where the disk or the
    database cannot go on.
    """
    csv, folder = _csv_and_folder(options)
    with _import_lock(options.dry_run), _refused_file(options.refused, csv or options.csv) as refused:
        source = Source(report=report, progress=progress)
        if folder:
            source.scan_folder(folder, is_given=options.images is not None or csv is None)
        if source.is_folder_given and not options.trust_source:
            check_folder(source.staging)
        if csv:
            source.read(
                csv, chosen=options.columns, encoding=options.encoding, has_price=options.has_price,
                is_trusted=options.trust_source, has_category=bool(options.default_category),
            )  # fmt: skip
        source.staging.create_products()
        if source.is_folder_given and not options.trust_source:
            check_folder_fits(source.staging, source.columns)
        _load(source, options, csv_folder=(csv or options.csv).parent)
        if refused and (rows := source.write_refused(refused)):
            report.notes.append(f"{rows} refused rows are in {options.refused}: correct them there and import that.")
        if options.deactivate_missing:
            _deactivate_missing(source, report, options.dry_run)


@contextmanager
def _refused_file(path: Path | None, source: Path) -> Iterator[TextIO | None]:
    """The file for refused rows, empty: opened first, so that a path that cannot be written is no late surprise."""
    if path is None:
        yield None
        return
    try:
        file = open_refused(path, source)
    except (OSError, ValueError) as error:
        raise ImportProblem(f"--refused: {error}") from error
    with file:
        yield file


def _csv_and_folder(options: Options) -> tuple[Path | None, Path | None]:
    csv, folder = options.csv, options.images
    if folder is not None and not folder.is_dir():
        raise ImportProblem(f"{folder} is no folder. --images names the one that holds <Category>/<id>/<photo>.")
    if csv.is_dir():
        tables = sorted(path for path in csv.iterdir() if path.suffix.lower() in TABLES)
        if len(tables) > 1:
            raise ImportProblem(f"{csv} holds several tables: {', '.join(path.name for path in tables)}. Name one.")
        return (tables[0] if tables else None), folder or csv
    if not csv.is_file():
        raise ImportProblem(f"There is no file {csv}.")
    return csv, folder or csv.resolve().parent


@contextmanager
def _import_lock(dry_run: bool) -> Iterator[None]:
    """Holds a lock that goes with the connection: two imports at once would each undo what the other does."""
    with connection.cursor() as cursor:
        if not dry_run:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK])
            if not cursor.fetchone()[0]:
                raise ImportProblem("Another import is running. Start this one when it has ended.")
        try:
            yield
        finally:
            if not dry_run and connection.is_usable():
                connection.cursor().execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])


def _load(source: Source, options: Options, *, csv_folder: Path) -> None:
    report = source.report
    finder = ImageFinder(
        columns=source.columns, staging=source.staging, report=report, folder=source.folder, csv_folder=csv_folder
    )
    rows = RowReader(
        columns=source.columns, finder=finder, report=report, currency=options.currency, public_keys=public_keys(),
        is_known_category=source.is_known_category, default_category=options.default_category, marks=source.marks,
    )  # fmt: skip
    note_attributes(report, rows)
    downloads = _downloads(options)
    reader = PhotoReader(folder=source.folder, downloads=downloads, refresh=options.refresh_images)
    loader = Loader(reader=reader, report=report, dry_run=options.dry_run, prune=options.prune)
    try:
        for batch in prefetch(batches(_products(source, rows))):
            loader.load(batch)
            reset_queries()  # with DEBUG Django keeps them, a megabyte each
        if not options.dry_run:
            index_pending_documents()
    except sqlite3.OperationalError as error:
        raise ImportProblem(f"The temporary folder takes no more data: {error}. {RERUN}") from error
    finally:
        reader.close()
        if downloads:
            downloads.close()
    note_what_happened(
        source, names_currency=bool(options.currency), rows=rows, loader=loader, finder=finder, reader=reader
    )


def _downloads(options: Options) -> Downloads | None:
    if not (options.download or options.refresh_images) or options.dry_run:
        return None
    return Downloads(folder=settings.VAR_DIR / FOLDER, allow_private=options.allow_private_hosts)


def _products(source: Source, rows: RowReader) -> Iterator[SourceProduct]:
    """The products that have rows, in the file's order, then those of folders that no row has named."""
    total = source.staging.number_of_products()
    advance = source.progress.step("Importing products", total=total)
    yield from _read(source, rows, 0, advance)
    if source.is_folder_given or source.staging.has_photos_of_rows():
        added = source.staging.add_folders_without_row(only_beside_rows=not source.is_folder_given) - total
        if added:
            advance = source.progress.step("Importing folders without a row", total=added)
            yield from _read(source, rows, total, advance)


def _read(source: Source, rows: RowReader, after: int, advance: Callable[[int], None]) -> Iterator[SourceProduct]:
    """The products behind position `after`."""
    while chunk := source.staging.products(after, CHUNK):
        for _position, staged in chunk:
            if product := rows.read(staged):
                yield product
        advance(len(chunk))
        after = chunk[-1][0]


# -- what the source no longer names --------------------------------------------------------------------------------


def _deactivate_missing(source: Source, report: Report, dry_run: bool) -> None:
    """Hides the active products that the source does not name, unless too little of it could be read to tell."""
    if problem := _reason_against_deactivation(source, report):
        report.notes.append(f"Nothing was deactivated: {problem}")
        return
    after = 0
    while found := list(
        Product.objects.filter(is_active=True, pk__gt=after).order_by("pk").values_list("pk", "sku")[:CHUNK]
    ):
        after = found[-1][0]
        missing = {pk: sku for pk, sku in found if not source.staging.has_product(sku)}
        if missing:
            report.products["deactivated"] += len(missing)
            report.deactivated += list(missing.values())[: LISTED - len(report.deactivated)]
        if missing and not dry_run:
            Product.objects.filter(pk__in=missing).update(is_active=False, updated_at=timezone.now())
    if report.deactivated:
        would = "would be hidden" if dry_run else "were hidden"
        names = some(report.deactivated)
        report.notes.append(f"Products that {would}, because the source does not name them: {names}.")


def _reason_against_deactivation(source: Source, report: Report) -> str:
    if not source.staging.number_of_products():
        return "nothing was read."
    if report.unidentified_rows:
        return f"{report.unidentified_rows} refused rows do not say which product they are of. Correct them first."
    refused = report.products["refused"]
    total = max(report.rows, refused, 1)
    if refused > MAX_REFUSED_SHARE * total:
        return f"{refused} of {total} rows were refused, more than {MAX_REFUSED_SHARE:.0%}. Correct them first."
    return ""
