"""The import from end to end: `import_catalogue(options, ...)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection, reset_queries
from django.utils import timezone

from catalogue.importer.download import Downloads
from catalogue.importer.image_finder import ImageFinder
from catalogue.importer.loader import Loader, batches
from catalogue.importer.photo_reader import PhotoReader
from catalogue.importer.prefetch import prefetch
from catalogue.importer.progress import Progress
from catalogue.importer.report import Report
from catalogue.importer.row_reader import RowReader, SourceProduct
from catalogue.importer.source import Source
from catalogue.models import Product

IMPORT_LOCK = 7_046_029_254_386_354  # any number that no other advisory lock of this database uses
CHUNK = 1_000
TABLES = (".csv", ".tsv", ".txt")


class ImportProblem(Exception):
    """The import cannot begin; the message says what to do."""


@dataclass(frozen=True)
class Options:
    """`csv` is a file, or a folder that holds one or only photos; `columns` is FIELD -> HEADERs."""

    csv: Path
    images: Path | None = None
    columns: dict[str, list[str]] = field(default_factory=dict)
    currency: str = "IDR"
    dry_run: bool = False
    download: bool = False
    allow_private_hosts: bool = False
    prune: bool = False
    deactivate_missing: bool = False


def import_catalogue(options: Options, *, report: Report, progress: Progress) -> None:
    """Imports or updates what `options` name, and says in `report` what became of it.

    Raises ImportProblem, and UnknownColumns, before anything is written.
    """
    csv, folder = _csv_and_folder(options)
    with _alone(options.dry_run):
        source = Source(report=report, progress=progress)
        if folder:
            source.scan_folder(folder, is_given=options.images is not None or csv is None)
        if csv:
            source.read(csv, chosen=options.columns)
        _load(source, options, csv_folder=(csv or folder).parent)
        if options.deactivate_missing:
            _deactivate_missing(source, report, options.dry_run)


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
def _alone(dry_run: bool) -> Iterator[None]:
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
    rows = RowReader(columns=source.columns, finder=finder, report=report, currency=options.currency)
    downloads = _downloads(options)
    reader = PhotoReader(folder=source.folder, downloads=downloads)
    loader = Loader(reader=reader, report=report, dry_run=options.dry_run, prune=options.prune)
    try:
        for batch in prefetch(batches(_products(source, rows))):
            loader.load(batch)
            reset_queries()  # with DEBUG Django keeps them, a megabyte each
    finally:
        reader.close()
        if downloads:
            downloads.close()
    _note_skipped(report, finder, reader)


def _downloads(options: Options) -> Downloads | None:
    if not options.download or options.dry_run:
        return None
    return Downloads(folder=settings.VAR_DIR / "downloads", allow_private=options.allow_private_hosts)


def _products(source: Source, rows: RowReader) -> Iterator[SourceProduct]:
    """The products that have rows, in the file's order, then those of folders that no row has named."""
    total = source.staging.create_products()
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
            advance(1)
        after = chunk[-1][0]


def _note_skipped(report: Report, finder: ImageFinder, reader: PhotoReader) -> None:
    if finder.skipped["path"]:
        paths = finder.skipped["path"]
        report.notes.append(f"{paths} image paths were not looked up: --images DIR names their folder.")
    if reader.skipped["address"]:
        report.notes.append(f"{reader.skipped['address']} image addresses were not fetched: --download does that.")


def _deactivate_missing(source: Source, report: Report, dry_run: bool) -> None:
    """Hides the active products that the source does not name; a source without any product hides none."""
    if not source.staging.number_of_products():
        report.notes.append("Nothing was read, so nothing was deactivated.")
        return
    after = 0
    while found := list(
        Product.objects.filter(is_active=True, pk__gt=after).order_by("pk").values_list("pk", "sku")[:CHUNK]
    ):
        after = found[-1][0]
        missing = [pk for pk, sku in found if not source.staging.has_product(sku)]
        if missing:
            report.products["deactivated"] += len(missing)
        if missing and not dry_run:
            Product.objects.filter(pk__in=missing).update(is_active=False, updated_at=timezone.now())
