"""Checks that image files, rows, vectors and thumbnails agree. With --repair, mends what can be mended.

Every photo is read and decoded. Exit status 1 where something disagrees and was not repaired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.utils import Error as DatabaseError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from catalogue.models import ProductImage
from catalogue.verification import Finding, VerificationError, check_files, check_images
from search.embedding.verification import check_vectors

NAMES_SHOWN = 10  # of each kind; --verbosity 2 shows all


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="deletes image rows whose file is lost, files and thumbnails that nothing names, and wrong vectors; "
            "embeds what is missing",
        )

    def handle(self, *, repair: bool, verbosity: int, **options: Any) -> None:
        found: dict[str, list[Finding]] = defaultdict(list)
        try:
            for finding in self._findings(repair, quiet=verbosity == 0):
                found[finding.kind].append(finding)
        except VerificationError as error:
            raise CommandError(str(error)) from error
        except DatabaseError:
            raise
        except Exception as error:  # whatever a storage raises that is out of reach
            self._report(found, verbosity)
            reason = f"{type(error).__name__}: {error}".strip()
            raise CommandError(f"The media storage does not answer ({reason}). Not everything was checked.") from error
        self._report(found, verbosity)
        left = sum(not finding.is_repaired for findings in found.values() for finding in findings)
        if left:
            raise CommandError(f"{left} left to repair." if repair else f"{left} to repair: run it with --repair.")

    def _findings(self, repair: bool, *, quiet: bool) -> Iterator[Finding]:
        """In an order in which one repair is the next one's ground: rows without files first, vectors last."""
        columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
        with Progress(*columns, console=Console(file=self.stderr, quiet=quiet)) as progress:  # type: ignore[arg-type]
            task = progress.add_task("Photos", total=ProductImage.objects.count())
            for checked in check_images(repair=repair):
                progress.advance(task)
                if checked:
                    yield checked
            progress.add_task("Files and thumbnails", total=None)
            yield from check_files(repair=repair)
            progress.add_task("Vectors", total=None)
            yield from check_vectors(repair=repair)

    def _report(self, found: dict[str, list[Finding]], verbosity: int) -> None:
        for kind, findings in found.items():
            repaired = sum(finding.is_repaired for finding in findings)
            self.stdout.write(f"{len(findings)} {kind}" + (f", {repaired} repaired" if repaired else ""))
            shown = findings if verbosity > 1 else findings[:NAMES_SHOWN]
            for finding in shown:
                self.stdout.write(f"  {finding.name}")
            if len(shown) < len(findings):
                self.stdout.write(f"  and {len(findings) - len(shown)} more")
        if not found:
            self.stdout.write("Files, rows, vectors and thumbnails agree.")
