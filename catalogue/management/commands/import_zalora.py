"""Fills the catalogue from a Zalora CSV and its folder of photos, or from any other shop's or a product feed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.markup import escape

from catalogue.currencies import CODES
from catalogue.importer.aliases import FIELDS, SEVERAL
from catalogue.importer.columns import UnknownColumns
from catalogue.importer.encodings import UnknownEncoding
from catalogue.importer.errors import ImportProblem
from catalogue.importer.progress import Progress
from catalogue.importer.report import SHOWN, Report, ReportFile
from catalogue.importer.run import Options, import_catalogue

EPILOG = """
Columns are recognised by their header, in English or Indonesian and as WooCommerce, Shopify, PrestaShop, Magento and
Google Merchant write them. A price is known by its header alone: where several columns or none may be it, the import
stops and lists them. Costs (Harga Beli, HPP, Wholesale price) are never shown. Columns that mean nothing here are kept
as attributes: those on the admin's list of public attributes (size, material, care ...) are shown, all others are for
staff only.

A product's photos are those that its rows name, those of its folder <Category>/<id>/, and those called by its id
(2001_1.jpg). A folder without a row becomes a product too. Photos are judged by content: x.jpg.1 is as good as x.jpg.
Another photo at a path that was imported before replaces the one that was there.

A status that is not understood hides a new product and leaves a known one as it is. Running it again changes nothing
but what differs in the file. Only the columns that the file has are updated; an empty cell empties its field, except
for the name. Products and images that the file no longer names stay, unless --deactivate-missing and --prune are given;
a hidden product is shown again only by a column that says so.

A row whose id, category or price cannot be understood is refused; any other cell is left out and reported. Neither
stops the rest.

Exit status: 0; 1 where the import stopped or could import nothing, and with --strict where anything was refused.
docs/importing.md has the details.
"""


class Command(BaseCommand):
    help = __doc__

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            *args, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "csv", type=Path, metavar="CSV", help="the table, a product feed as XML, or a folder that holds the table"
        )
        parser.add_argument("--images", type=Path, metavar="DIR", help="the photos; default: those beside the CSV")
        parser.add_argument("--download", action="store_true", help="fetch images that are given as addresses")
        parser.add_argument(
            "--refresh-images", action="store_true",
            help="as --download, and ask for images fetched earlier again: those that have changed are replaced",
        )  # fmt: skip
        parser.add_argument(
            "--allow-private-hosts", action="store_true", help="download from this machine and the local network too"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; write and fetch nothing")
        parser.add_argument(
            "--column", action="append", default=[], metavar="FIELD=HEADER",
            help=f"what a column holds, by its header or as #1, #2 ...; again for more. Fields: {', '.join(FIELDS)}",
        )  # fmt: skip
        parser.add_argument(
            "--currency", type=str.upper, metavar="CODE",
            help="ISO code, of prices that name none (default IDR) and of signs that may mean several, as kr",
        )  # fmt: skip
        parser.add_argument("--no-price", action="store_true", help="the file has no price, whatever its columns hold")
        parser.add_argument("--encoding", default="", metavar="NAME", help="the CSV's, as gbk or cp1252; else detected")
        parser.add_argument(
            "--default-category", default="", metavar="NAME", help="of products for which the source says none"
        )
        parser.add_argument("--strict", action="store_true", help="exit with 1 where anything was refused")
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help=f"write every refusal, not the first {SHOWN}: .csv or .json"
        )
        parser.add_argument(
            "--refused", type=Path, metavar="FILE",
            help="write the refused rows there, with their columns and the reason, to be corrected and imported",
        )  # fmt: skip
        parser.add_argument(
            "--trust-source", action="store_true",
            help="import also what looks like a report, a backup of the shop's photos or another shop's folder",
        )  # fmt: skip
        parser.add_argument(
            "--prune", action="store_true", help="remove a product's imported images that the source no longer has"
        )
        parser.add_argument(
            "--deactivate-missing", action="store_true", help="hide every product that the source does not name"
        )

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        report = Report(file=self._report_file(options["report"]))
        progress = Progress(is_shown=verbosity > 0)
        try:
            with progress:
                import_catalogue(self._options(options), report=report, progress=progress)
        except (ImportProblem, UnknownColumns, UnknownEncoding) as error:
            raise CommandError(str(error)) from error
        finally:
            report.close()
        if verbosity > 0:
            self._show(report, options)
        if not report.has_products:
            raise CommandError("Nothing was imported: the source holds no product that can be used.", returncode=1)
        if options["strict"] and report.number_of_refusals:
            raise CommandError(f"{report.number_of_refusals} refused, as shown.", returncode=1)

    def _options(self, options: dict[str, Any]) -> Options:
        return Options(
            csv=Path(options["csv"]),  # call_command may bring a text
            images=Path(options["images"]) if options["images"] else None,
            columns=self._columns(options["column"]),
            currency=self._currency(options["currency"]),
            encoding=options["encoding"],
            default_category=options["default_category"],
            has_price=not options["no_price"],
            dry_run=options["dry_run"],
            download=options["download"],
            refresh_images=options["refresh_images"],
            allow_private_hosts=options["allow_private_hosts"],
            prune=options["prune"],
            deactivate_missing=options["deactivate_missing"],
            trust_source=options["trust_source"],
            refused=Path(options["refused"]) if options["refused"] else None,
        )

    def _currency(self, code: str | None) -> str | None:
        if code and code.upper() not in CODES:
            raise CommandError(f"--currency {code}: it is no currency. An ISO 4217 code is, as IDR, USD or EUR.")
        return code.upper() if code else None

    def _columns(self, given: list[str]) -> dict[str, list[str]]:
        columns: dict[str, list[str]] = {}
        for text in given:
            name, equals, header = text.partition("=")
            if not equals or name not in FIELDS or not header:
                raise CommandError(f"--column {text!r}: FIELD=HEADER is expected, FIELD one of {', '.join(FIELDS)}.")
            if name in columns and name not in SEVERAL:
                raise CommandError(f"--column {text!r}: {name} is given already, as {columns[name][0]!r}.")
            columns.setdefault(name, []).append(header)
        return columns

    def _report_file(self, path: Path | None) -> ReportFile | None:
        try:
            return ReportFile(Path(path)) if path else None
        except (OSError, ValueError) as error:
            raise CommandError(f"--report {error}") from error

    def _show(self, report: Report, options: dict[str, Any]) -> None:
        console = Console(file=cast(IO[str], self.stdout), width=None if self.stdout.isatty() else 200)
        for note in report.notes:
            console.print(escape(note), highlight=False)
        for refusal in report.refusals:
            console.print(escape(str(refusal)), style="yellow", highlight=False)
        more = report.number_of_refusals - len(report.refusals)
        if more:
            where = options["report"] or "--report FILE"
            console.print(f"... and {more} more refusals: {escape(str(where))} has all.", style="yellow")
        if options["dry_run"]:
            console.print("A dry run: nothing was written. It would be:")
        for name, counts in report.summary.items():
            words = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count or what in _ALWAYS)
            console.print(f"{name.capitalize()}: {words}.", highlight=False)


_ALWAYS = {"created", "updated", "unchanged", "refused"}
