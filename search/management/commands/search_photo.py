"""Searches the catalogue with a photo: what the API answers with --json, else a table and a contact sheet."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image
from rich.table import Table

from catalogue.browsing.parameters import FILTER_NAMES, ProductFilterParameters
from search import services
from search.api.photo_serializers import PhotoAnswerSerializer
from search.management.console import console_of
from search.terminal_pictures import contact_sheet
from search.vision.photo_decoding import PhotoError, decode_photo


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("photo", type=Path, metavar="PHOTO")
        parser.add_argument("--json", action="store_true", help="what the API answers, on standard output")
        parser.add_argument("--limit", type=int, default=10, metavar="N", help="products a garment (default 10)")
        parser.add_argument("--out", type=Path, metavar="FILE", help="the contact sheet (default var/search/NAME.png)")
        for name in FILTER_NAMES:
            parser.add_argument(f"--{name.replace('_', '-')}", default=None)

    def handle(self, *, photo: Path, limit: int, out: Path | None, **options) -> None:
        given = ProductFilterParameters(data={name: options[name] for name in FILTER_NAMES if options[name]})
        if not given.is_valid():
            raise CommandError("; ".join(f"--{name}: {' '.join(texts)}" for name, texts in given.errors.items()))
        try:
            answer = services.search_photo(photo=photo.read_bytes(), filters=given.filters, limit=limit)
        except (PhotoError, OSError, ValueError, services.NotReady) as error:
            raise CommandError(f"{photo}: {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps(PhotoAnswerSerializer(answer).data, default=str))
            return
        self._show(answer)
        target = out or settings.VAR_DIR / "search" / f"{photo.stem}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        contact_sheet(Image.fromarray(decode_photo(photo)), answer).save(target)
        self.stdout.write(f"Contact sheet: {target}")

    def _show(self, answer) -> None:
        console = console_of(self.stdout)
        for garment in answer.garments:
            title = f"{garment.garment_type or 'whole photo'} ({garment.score:.2f}), {garment.count} products"
            table = Table("distance", "match", "SKU", "product", "brand", "price", title=title)
            for result in garment.results:
                product = result.product
                price = f"{product.currency} {product.price:,.0f}" if product.price is not None else ""
                table.add_row(f"{result.distance:.4f}", result.match, product.sku, product.name, product.brand, price)
            console.print(table)
        timing = ", ".join(f"{stage} {milliseconds:.0f}" for stage, milliseconds in answer.timing.items())
        self.stdout.write(f"Milliseconds: {timing}")
