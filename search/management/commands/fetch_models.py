"""Fetches public models: downloads them, checks their hashes, and exports them to the site's own format.

Interrupted downloads go on where they were. Exporting needs torch (requirements.txt). Nothing changes for the site
until an encoder is embedded with `embed_catalogue --encoder NAME` and switched to, or DETECTOR names a detector.
"""

from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from search import public_models
from search.file_download import DownloadError
from search.management.console import console_of


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        known = ", ".join(model.name for model in public_models.PUBLIC_MODELS)
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"which (default: all): {known}")
        parser.add_argument("--list", action="store_true", help="only say what there is")
        parser.add_argument("--mirror", default="", metavar="URL", help="fetch the files from this folder instead")

    def handle(self, *, names: list[str], mirror: str, **options) -> None:
        names = names or [model.name for model in public_models.PUBLIC_MODELS]
        try:
            models = [public_models.public_model(name, mirror=mirror) for name in names]
        except LookupError as error:
            raise CommandError(str(error)) from error
        if options["list"]:
            return self._list(models)
        failures = [str(failure) for model in models if (failure := self._fetch(model))]
        if failures:
            raise CommandError("\n".join(failures) + "\nThe site is as it was.")

    def _list(self, models) -> None:
        for model in models:
            state = "at hand" if public_models.is_fetched(model) else "not fetched"
            self.stdout.write(f"{model.name} ({model.kind}, {state}): {model.about}. {model.licence}")

    def _fetch(self, model) -> Exception | None:
        if public_models.is_fetched(model):
            self.stdout.write(f"{model.name} is at hand.")
            return None
        try:
            self._download(model)
            self.stdout.write(f"{model.weights.name} has sha256 {public_models.recorded_sha256(model)}")
            self.stdout.write(f"Exporting {model.name}")
            folder, report = public_models.export(model)
        except (DownloadError, public_models.ExportError) as error:
            return error
        self.stdout.write(report)
        self.stdout.write(self.style.SUCCESS(f"{model.name} is at hand: {folder}"))
        return None

    def _download(self, model) -> None:
        columns = [TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()]
        with Progress(*columns, console=console_of(self.stderr)) as progress:
            task = progress.add_task(model.weights.name, total=None)
            for done, total in public_models.download(model):
                progress.update(task, completed=done, total=total)
