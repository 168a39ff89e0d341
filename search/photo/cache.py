"""What is kept of a shopper's photo, so that refining needs no second upload: in Django's cache, for half an hour.

Nothing of it reaches the database, the media storage or a log. The cache in one process's memory, which is the default,
drops an expired entry only when it is asked for it; a timer does it on time.
"""

from __future__ import annotations

import io
import re
import secrets
import threading
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from PIL import Image

from search.vision.analysis import SeenGarment

_QUERY = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits: cannot be guessed


class QueryGone(LookupError):
    """No photo is kept under this id: never was, half an hour is over, or it was forgotten on request."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptPhoto:
    """A photo that was searched with: its pixels as WebP, and what one encoder saw in it."""

    webp: bytes
    size: tuple[int, int]  # width, height
    garments: list[SeenGarment]
    whole: SeenGarment
    encoder: str
    fingerprint: str

    def pixels(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB."""
        with Image.open(io.BytesIO(self.webp)) as image:
            return np.array(image.convert("RGB"))


def keep(photo: KeptPhoto, *, query: str | None = None) -> str:
    """Keeps the photo and returns the id by which it is found again; under an earlier id if one is given."""
    query = query or secrets.token_urlsafe(16)
    cache.set(_key(query), photo, timeout=settings.PHOTO_QUERY_SECONDS)
    if isinstance(caches["default"], LocMemCache):
        _drop_on_time(_key(query))
    return query


def recall(query: str) -> KeptPhoto:
    """The photo kept under this id. Raises QueryGone."""
    kept = cache.get(_key(query)) if _QUERY.fullmatch(query) else None
    if kept is None:
        raise QueryGone("This photo is no longer kept: photos are forgotten after half an hour. Please send it again.")
    return kept


def forget(query: str) -> None:
    """Drops the photo now; quiet when there is none."""
    if _QUERY.fullmatch(query):
        cache.delete(_key(query))


def to_webp(pixels: np.ndarray) -> bytes:
    """(H, W, 3) uint8 RGB as a WebP file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=90, method=2)
    return file.getvalue()


def _drop_on_time(key: str) -> None:
    timer = threading.Timer(settings.PHOTO_QUERY_SECONDS + 1, cache.get, [key])  # a get drops what is expired
    timer.daemon = True
    timer.start()


def _key(query: str) -> str:
    return f"photo-query:{query}"
