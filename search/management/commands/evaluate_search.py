"""Measures the search on the catalogue: leave one photo out and find its product among all others.

recall@1/5/10 and mAP from stored vectors, recall of the index against exact distances, how often
each match word is right, and milliseconds of each stage.
"""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.table import Table

from search import services
from search.evaluation import leave_one_out as evaluation
from search.evaluation.evaluation_plots import distance_histogram, worst_misses
from search.management.console import console_of
from search.models import Encoder
from search.serving import serving_encoder


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="the figures as JSON on standard output, no pictures")
        parser.add_argument("--encoder", metavar="NAME", help="default: the one that serves")
        parser.add_argument("--sample", type=int, default=2000, metavar="N", help="photos to ask with (default 2000)")
        parser.add_argument("--out", type=Path, metavar="DIR", help="for the pictures (default var/evaluation)")

    def handle(self, *, encoder: str | None, sample: int, out: Path | None, **options) -> None:
        try:
            chosen = Encoder.objects.get(pk=encoder) if encoder else serving_encoder()
            found = evaluation.evaluate(chosen, sample=sample)
        except Encoder.DoesNotExist as error:
            known = ", ".join(Encoder.objects.values_list("pk", flat=True)) or "none"
            raise CommandError(f"There are no vectors of {encoder!r}; there are of: {known}.") from error
        except services.NotReady as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(found.as_dict(), indent=2))
            return
        self._show(found)
        out = out or settings.VAR_DIR / "evaluation"
        out.mkdir(parents=True, exist_ok=True)
        worst_misses(found).save(out / "misses.png")
        distance_histogram(found).save(out / "distances.png")
        self.stdout.write(f"Pictures: {out}/misses.png, {out}/distances.png")

    def _show(self, found: evaluation.Evaluation) -> None:
        self.stdout.write(
            f"{found.encoder}: asked with {found.queries:,} photos of a catalogue of {found.products:,} products, "
            f"{found.rows:,} vectors."
        )
        table = Table("measure", "value")
        for rank, share in found.recall.items():
            table.add_row(f"recall{rank}", f"{share:.3f}")
        table.add_row("mAP", f"{found.mean_average_precision:.3f}")
        table.add_row("recall@10 of the index, of exact search", f"{found.ann_recall_at_10:.3f}", end_section=True)
        for word, measured in found.match_strength.items():
            table.add_row(
                f"{word} matches that are right", f"{measured['precision']:.3f} of {measured['matches']:,.0f}"
            )
        table.add_section()
        for stage, values in found.latency_ms.items():
            table.add_row(f"{stage}, ms", f"p50 {values['p50']:6.1f}   p95 {values['p95']:6.1f}")
        console_of(self.stdout).print(table)
