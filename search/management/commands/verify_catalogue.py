"""Checks that image files, rows, vectors and thumbnails agree. With --repair, mends what can be mended.

Every photo is read and decoded. Exit status 1 where something disagrees and was not repaired.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.utils import Error as DatabaseError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from catalogue.models import ProductImage
from catalogue.verification import Finding, VerificationError, check_files, check_images
from search.embedding.verification import check_vectors

NAMES_SHOWN = 10  # of each kind; --verbosity 2 shows all


@dataclass
class _Kind:
    """What was found of one kind: how much, and the names that are shown."""

    number: int = 0
    repaired: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, finding: Finding, shown: int | None) -> None:
        self.number += 1
        self.repaired += finding.is_repaired
        if shown is None or len(self.names) < shown:
            self.names.append(finding.name)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="deletes image rows whose file is lost, files and thumbnails that nothing names, and wrong vectors; "
            "takes a file that holds another photo for the image's; embeds what is missing",
        )

    def handle(self, *, repair: bool, verbosity: int, **options: Any) -> None:
        found: dict[str, _Kind] = {}
        shown = None if verbosity > 1 else NAMES_SHOWN
        try:
            for finding in self._findings(repair, quiet=verbosity == 0):
                found.setdefault(finding.kind, _Kind()).add(finding, shown)
        except VerificationError as error:
            raise CommandError(str(error)) from error
        except DatabaseError:
            raise
        except Exception as error:  # whatever a storage raises that is out of reach
            self._report(found)
            reason = f"{type(error).__name__}: {error}".strip()
            raise CommandError(f"The media storage does not answer ({reason}). Not everything was checked.") from error
        self._report(found)
        left = sum(kind.number - kind.repaired for kind in found.values())
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

    def _report(self, found: dict[str, _Kind]) -> None:
        for name, kind in found.items():
            self.stdout.write(f"{kind.number} {name}" + (f", {kind.repaired} repaired" if kind.repaired else ""))
            for one in kind.names:
                self.stdout.write(f"  {one}")
            if len(kind.names) < kind.number:
                self.stdout.write(f"  and {kind.number - len(kind.names)} more")
        if not found:
            self.stdout.write("Files, rows, vectors and thumbnails agree.")
