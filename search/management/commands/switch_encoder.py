"""Moves the site over to another encoder's vectors, in one transaction; and back as easily."""

from django.core.management.base import BaseCommand, CommandError

from search import services
from search.embedding.pipeline import photos_to_embed
from search.models import Encoder
from search.retrieval.indexes import create_index


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("name", help="an encoder that embed_catalogue --encoder NAME has filled")
        parser.add_argument("--force", action="store_true", help="although photos lack vectors of it")

    def handle(self, *, name: str, force: bool, **options) -> None:
        encoder = Encoder.objects.filter(pk=name).first()
        missing = photos_to_embed(encoder).count() if encoder else 0
        if missing and not force:
            raise CommandError(
                f"{missing} photos have no current vectors of {name} and would not be found. "
                f"Run `manage.py embed_catalogue --encoder {name}` first, or add --force."
            )
        if encoder:
            create_index(encoder)
        try:
            services.switch_encoder(name=name)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"{name} answers now."))
