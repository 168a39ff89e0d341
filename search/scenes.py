"""The example photos that anybody can try: street scenes that the sample catalogue brings along."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from django.core.cache import cache
from django.core.files.storage import default_storage

FOLDER = "samples/scenes"
_PICTURE = re.compile(r"[\w-]+\.(jpe?g|png|webp)")
KEPT_SECONDS = 60


def scenes() -> list[str]:
    """Their names in the media storage, in order; empty where the sample catalogue was never rendered."""
    names = cache.get("photo-scenes")
    if names is None:
        names = _listed()
        cache.set("photo-scenes", names, KEPT_SECONDS)
    return names


def scene_photo(name: str) -> bytes | None:
    """The file of one of `scenes()`, None for any other name."""
    if name not in scenes():
        return None
    with default_storage.open(name) as file:
        return file.read()


def _listed() -> list[str]:
    try:
        files = default_storage.listdir(FOLDER)[1]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [str(PurePosixPath(FOLDER, name)) for name in sorted(files) if _PICTURE.fullmatch(name)]
