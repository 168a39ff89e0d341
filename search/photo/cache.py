"""The photo cache: a shopper's photo in Django's cache, so that refining a search needs no second upload.

An entry lives for `PHOTO_QUERY_SECONDS` (30 minutes by default). Nothing of a photo reaches the database, the media
storage or a log. The in-process cache, which is the default, drops an expired entry only when it is read; a timer reads
it on time.
"""

from __future__ import annotations

import io
import re
import secrets
import threading
import time
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.core.cache import BaseCache, caches
from django.core.cache.backends.locmem import LocMemCache
from PIL import Image

from search.vision.analysis import DetectedGarment

_QUERY = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits: cannot be guessed


def _default_end() -> float:
    return time.time() + float(settings.PHOTO_QUERY_SECONDS)


class PhotoExpired(LookupError):
    """No photo is cached under this id: there never was one, its time to live is over, or it was deleted."""


@dataclass(frozen=True, slots=True, eq=False)
class CachedPhoto:
    """A photo that was searched with: its pixels as WebP, and what one encoder made of it."""

    webp: bytes
    size: tuple[int, int]  # width, height in pixels
    garments: list[DetectedGarment]
    whole: DetectedGarment
    encoder: str
    fingerprint: str
    expires_at: float = field(default_factory=_default_end)  # seconds since the epoch

    def pixels(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB."""
        with Image.open(io.BytesIO(self.webp)) as image:
            return np.array(image.convert("RGB"))


def store(photo: CachedPhoto, *, query: str | None = None) -> str:
    """Caches the photo until its `expires_at` and returns the id under which `load` finds it.

    query: the earlier id, for a photo that is stored again.
    """
    query = query or secrets.token_urlsafe(16)
    _cache().set(_key(query), photo, timeout=max(1, round(photo.expires_at - time.time())))
    if isinstance(_cache(), LocMemCache):
        _drop_on_time(_key(query))
    return query


def load(query: str) -> CachedPhoto:
    """The photo cached under this id. Raises PhotoExpired."""
    photo = _cache().get(_key(query)) if _QUERY.fullmatch(query) else None
    if photo is None or not hasattr(photo, "expires_at"):  # the second: stored by an earlier release
        minutes = settings.PHOTO_QUERY_SECONDS // 60
        raise PhotoExpired(
            f"This photo has expired: photos are deleted {minutes} minutes after the upload. Please send it again."
        )
    return photo


def delete(query: str) -> None:
    """Deletes the photo now; does nothing when there is none."""
    if _QUERY.fullmatch(query):
        _cache().delete(_key(query))


def to_webp(pixels: np.ndarray) -> bytes:
    """(H, W, 3) uint8 RGB as a WebP file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=90, method=2)
    return file.getvalue()


def _drop_on_time(key: str) -> None:
    timer = threading.Timer(settings.PHOTO_QUERY_SECONDS + 1, _cache().get, [key])  # a get drops what is expired
    timer.daemon = True
    timer.start()


def _cache() -> BaseCache:
    """Photos' own, where the settings have one: it fails where it does not answer, and another might forget them."""
    return caches["photos" if "photos" in settings.CACHES else "default"]


def _key(query: str) -> str:
    return f"photo-query:{query}"
