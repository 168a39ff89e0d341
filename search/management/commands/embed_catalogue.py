"""Computes the embeddings of the catalogue's photos that are missing or stale, and only those.

Killed and started again, it goes on where it was. The site answers throughout.
"""

from functools import partial

from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from search.embedding import pipeline as embedding
from search.management.console import console_of
from search.models import Encoder
from search.retrieval import indexes
from search.serving import how_to_replace
from search.vision.cards import ModelError, available, choose
from search.vision.onnx_runtime import CUDA, check_provider


class RateColumn(ProgressColumn):
    """Photos a second, of the last half minute."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f} photos/s" if task.speed and task.total else "")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        names = ", ".join(available("encoder"))
        parser.add_argument("--encoder", metavar="NAME", help=f"one of: {names} (default: the one that serves)")
        parser.add_argument("--limit", type=int, metavar="N", help="at most this many photos")
        parser.add_argument(
            "--device", choices=["cpu", "cuda"], default="cpu", help="cuda needs onnxruntime-gpu (docs/operate.md)"
        )
        parser.add_argument(
            "--distributed",
            action="store_true",
            help="have Celery's workers do it (CELERY_BROKER_URL; celery -A config worker)",
        )

    def handle(
        self, *, encoder: str | None, limit: int | None, device: str, distributed: bool, verbosity: int, **options
    ) -> None:
        if device == "cuda" and distributed:
            raise CommandError("--device cuda is for this machine; with --distributed the workers have their own.")
        if limit is not None and limit < 1:
            raise CommandError(f"--limit is {limit}; it must be 1 or more.")
        try:
            if device == "cuda":
                check_provider(CUDA)
            name = choose("encoder", encoder or self._serving()).name
            registered = embedding.register_encoder(name)
            report = self._run(registered, limit, verbosity, self._way(distributed, device))
        except (ModelError, embedding.EmbeddingError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{report.photos - len(report.unreadable)} photos embedded with {name}: {report.vectors} vectors."
        )
        for image, file, reason in report.unreadable:
            self.stderr.write(f"Skipped image {image} ({file}): {reason}")

    def _serving(self) -> str | None:
        serving = Encoder.objects.serving()
        if serving and serving.pk not in available("encoder"):
            raise CommandError(f"The model of {serving.pk}, which serves, is no longer here. {how_to_replace()}")
        return serving.pk if serving else None

    def _way(self, is_distributed: bool, device: str):
        if not is_distributed:
            return partial(embedding.embed_photos, in_bulk=True, provider=CUDA if device == "cuda" else None)
        from search.embedding.distributed import embed_photos  # Celery takes its time to import

        return embed_photos

    def _run(self, encoder, limit: int | None, verbosity: int, embed_photos) -> embedding.EmbeddingReport:
        total = embedding.photos_to_embed(encoder).count()
        console = console_of(self.stderr, quiet=verbosity == 0)
        columns = [
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            RateColumn(),
            TimeRemainingColumn(),
        ]
        report = embedding.EmbeddingReport()
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("Embedding photos", total=min(total, limit or total))
            for report in embed_photos(encoder, limit=limit):
                progress.update(task, completed=report.photos)
            if notice := indexes.build_notice(encoder):
                console.print(notice)
            progress.update(progress.add_task("Index and calibration", total=None))
            embedding.finish(encoder, recalibrate=report.photos > 0)
        return report
