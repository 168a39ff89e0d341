"""What an import tells whoever runs it, beside its refusals: what is shown, and what was not asked, fetched or used."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.importer.image_finder import ImageFinder
from catalogue.importer.loader import Loader
from catalogue.importer.photo_folder import TEXTS, shown_path
from catalogue.importer.photo_reader import PhotoReader
from catalogue.importer.report import LISTED, Report
from catalogue.importer.row_reader import RowReader
from catalogue.importer.source import Source
from catalogue.importer.staging_table import MAX_PHOTOS

NAMED = 20  # files, categories, products named in one note


def note_attributes(report: Report, rows: RowReader) -> None:
    public, private = rows.attributes.names
    if public:
        report.notes.append(f"Shown to everybody as attributes: {', '.join(public)}.")
    if private:
        report.notes.append(
            f"Kept for staff only: {', '.join(private)}. "
            "The list of public attributes in the admin says which are shown."
        )


def note_what_happened(
    source: Source, *, names_currency: bool, rows: RowReader, loader: Loader, finder: ImageFinder, reader: PhotoReader
) -> None:
    """What was not asked, fetched, understood or used. `names_currency`: whoever runs the import has said which."""
    report = source.report
    _note_categories(report, loader)
    _note_statuses(report, rows)
    prices = rows.prices
    if prices.several_prices:
        report.notes.append(
            f"Products with variants of several prices, of which the lowest is shown: {prices.several_prices}."
        )
    if prices.default_currency and not names_currency:
        [(code, count)] = prices.default_currency.items()
        report.notes.append(
            f"{count} prices name no currency: those of new products are taken for {code}, others keep theirs; "
            f"--currency says otherwise."
        )
    if prices.without_price:
        report.notes.append(f"Products without a price: {prices.without_price}.")
    if prices.outside_dates:
        report.notes.append(f"{prices.outside_dates} sale prices are not asked today, by their dates.")
    if finder.skipped["path"]:
        paths = finder.skipped["path"]
        report.notes.append(f"{paths} image paths were not looked up: --images DIR names their folder.")
    if reader.skipped["address"]:
        report.notes.append(f"{reader.skipped['address']} image addresses were not fetched: --download does that.")
    _note_large_folders(source)
    if source.is_folder_given:
        _note_unused_files(source)


def _note_categories(report: Report, loader: Loader) -> None:
    """New categories whose garment types the name does not tell."""
    if loader.new_categories:
        report.notes.append(
            f"New categories that hold any type, because their names say nothing of it: "
            f"{some(list(loader.new_categories.values()))}. A photo's garments of every type are looked for in them; "
            f"say in the admin, under Categories, what they hold."
        )


def _note_statuses(report: Report, rows: RowReader) -> None:
    if rows.statuses.kept_back:
        report.notes.append(f"Hidden today by a date of publication or a password: {rows.statuses.kept_back}.")
    if rows.statuses.unknown_statuses:
        words = some([f"{word!r} ({count})" for word, count in rows.statuses.unknown_statuses.most_common()])
        report.notes.append(
            f"Status words that are not understood: {words}. New products with them are hidden. If "
            f"{rows.columns.header('is_active')!r} does not say what is shown, give it another meaning with --column "
            f"attribute=HEADER."
        )


def _note_large_folders(source: Source) -> None:
    if folders := source.staging.large_folders_without_row(only_beside_rows=not source.is_folder_given):
        named = some([f"{folder} ({count:,})" for folder, count in folders])
        source.report.notes.append(
            f"Folders of more than {MAX_PHOTOS} photos that no row names are no products: {named}."
        )


def _note_unused_files(source: Source) -> None:
    count, paths = source.staging.unused_photos(LISTED)
    names = [name for name in map(shown_path, paths) if not name.casefold().endswith(TEXTS)]
    count -= len(paths) - len(names)
    source.report.unused_files = names
    if count:
        source.report.notes.append(f"{count} files of the photo folder belong to no product: {some(names)}.")


def some(items: Sequence[str]) -> str:
    more = len(items) - NAMED
    return ", ".join(items[:NAMED]) + (f" and {more} more" if more > 0 else "")
