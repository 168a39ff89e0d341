from pathlib import Path
from typing import IO, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from demo.publish import render_sample


class Command(BaseCommand):
    """Draws the shop's stock: we may not hand on anybody's photographs, and a demo needs some."""

    help = "Renders the sample catalogue as a Zalora download under OUT/zalora, and street scenes under OUT/scenes."

    def add_arguments(self, parser):
        parser.add_argument("out", type=Path)
        parser.add_argument("--products", type=int, default=420)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--processes", type=int, default=2)

    def handle(self, *, out, products, seed, processes, verbosity, **options):
        drawn = 0
        console = Console(file=cast(IO[str], self.stdout), quiet=verbosity == 0)
        columns = (
            TextColumn("Rendering the sample catalogue"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        try:
            with Progress(*columns, console=console) as progress:
                task = progress.add_task("render", total=None)
                for done, total, files in render_sample(out, products, seed, processes):
                    progress.update(task, completed=done, total=total)
                    drawn += files
        except ValueError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"{drawn} pictures drawn under {out}; those that were there already were kept.")
