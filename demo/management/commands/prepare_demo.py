"""The demo's catalogue: renders it, imports it through import_zalora and embeds it; again: only what is missing."""

import hashlib
import json
import secrets
import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS

from catalogue.models import Category, InfoPage, ProductImage
from demo.publish import EDITION
from demo.shop_texts import CATEGORY_NAMES, CONTACT
from search.embedding.pipeline import photos_to_embed, register_encoder
from search.models import Encoder
from search.vision.cards import available, choose


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--products", type=int, metavar="N", help="render only about so many (default: all)")

    def handle(self, *, products: int | None, verbosity: int, **options) -> None:
        folder = settings.VAR_DIR / "sample"
        self.check(databases=[DEFAULT_DB_ALIAS])  # `migrate` leaves it out when it is called from here
        call_command("migrate", verbosity=0)
        self._render(folder, products)
        self._import(folder / "zalora" / "data-zalora.csv")
        self._write_texts()
        self._embed()
        self._publish_scenes(folder / "scenes")
        self._make_admin()

    def _render(self, folder: Path, products: int | None) -> None:
        """The stamp lies in the folder and is written last: half a catalogue has none."""
        stamp = folder / "complete"
        asked = f"{products or 'all'} products, edition {EDITION}"
        if stamp.exists() and stamp.read_text() == asked:
            return
        self.stdout.write("Rendering the sample catalogue")
        call_command("render_sample", str(folder), **({"products": products} if products else {}))
        stamp.write_text(asked)

    def _import(self, csv: Path) -> None:
        # By content: a beanie looks the same from behind, and the importer takes a product's picture once.
        pictures = {hashlib.sha256(file.read_bytes()).digest() for file in csv.parent.glob("*/*/*.jpg")}
        if ProductImage.objects.count() >= len(pictures):
            return
        self.stdout.write("Importing it with import_zalora")
        call_command("import_zalora", str(csv), images=str(csv.parent))

    def _write_texts(self) -> None:
        """What is empty; what somebody has written in the admin stays."""
        for slug, (name_en, name_id) in CATEGORY_NAMES.items():
            Category.objects.filter(slug=slug, name_en="", name_id="").update(name_en=name_en, name_id=name_id)
        InfoPage.objects.filter(slug="contact", text_en="", text_id="").update(**CONTACT)

    def _embed(self) -> None:
        """Embeds what is missing; where an earlier release's encoder serves that this one lacks, moves to its own."""
        serving = Encoder.objects.serving()
        is_here = serving is not None and serving.pk in available("encoder")
        encoder = register_encoder(serving.pk if serving and is_here else choose("encoder").name)
        if serving is None or photos_to_embed(encoder).exists():
            self.stdout.write("Embedding the photos")
            call_command("embed_catalogue", encoder=encoder.pk)
        if serving and not is_here:
            call_command("switch_encoder", encoder.pk, stdout=self.stdout)

    def _publish_scenes(self, folder: Path) -> None:
        """The example photos of the photo page."""
        target = Path(settings.MEDIA_ROOT) / "samples" / "scenes"
        scenes = json.loads((folder / "scenes.json").read_text())
        if target.exists() and len(list(target.glob("*.jpg"))) == len(list(folder.glob("*.jpg"))):
            return
        target.mkdir(parents=True, exist_ok=True)
        for file in sorted(folder.iterdir()):
            shutil.copyfile(file, target / file.name)
        self.stdout.write(f"{len(scenes)} example scenes in {target}")

    def _make_admin(self) -> None:
        if get_user_model().objects.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(9)
        get_user_model().objects.create_superuser("admin", password=password)
        note = settings.VAR_DIR / "demo-admin.txt"
        note.touch(mode=0o600)
        note.write_text(f"user admin, password {password}\n")
