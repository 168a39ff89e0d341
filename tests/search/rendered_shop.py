"""A small shop drawn by the sample catalogue, imported and embedded with the bundled models: the real thing, small."""

import json
import os
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from demo.publish import EDITION, render_sample
from search.embedding import pipeline as embedding
from search.vision.cards import choose

PRODUCTS, SCENES = 32, 6
SHARED_DATA = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))


@cache
def rendered_folder():
    """Where the small shop lies; drawn once a machine, since it is the same every time."""
    folder = settings.VAR_DIR / "test-sample" / f"{PRODUCTS}-edition-{EDITION}"
    for _ in render_sample(folder, PRODUCTS, processes=2, scenes=SCENES):
        pass
    return folder


def import_rendered_shop():
    """Imports and embeds it in the open transaction; returns the encoder."""
    folder = rendered_folder()
    call_command("import_zalora", str(folder / "zalora" / "data-zalora.csv"), verbosity=0)
    return embed_everything()


def embed_everything():
    encoder = embedding.register_encoder(choose("encoder").name)
    for _ in embedding.embed_photos(encoder):
        pass
    embedding.finish(encoder)
    encoder.refresh_from_db()
    return encoder


def scenes():
    """(path, truth) of each street scene."""
    folder = rendered_folder() / "scenes"
    described = json.loads((folder / "scenes.json").read_text())
    described = described["scenes"] if isinstance(described, dict) else described
    return [(folder / scene["file"], scene) for scene in described]
