"""The photo cache: a shopper's photo in Django's cache, so that refining a search needs no second upload.

An entry lives for `PHOTO_QUERY_SECONDS` (30 minutes by default), or until its client has stored PHOTO_CLIENT_BYTES of
later photos. Nothing of a photo reaches the database, the media storage or a log.
"""

from __future__ import annotations

import io
import pickle
import re
import secrets
import time
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.core.cache import BaseCache
from django.utils.crypto import salted_hmac
from PIL import Image

from access.named_caches import cache_of
from search.vision.analysis import DetectedGarment

SLOT_BYTES = 64_000  # the unit of a client's share
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
    whole: DetectedGarment | None  # None until somebody asks for it, where there are garments
    encoder: str
    fingerprint: str
    expires_at: float = field(default_factory=_default_end)  # seconds since the epoch

    def pixels(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB."""
        with Image.open(io.BytesIO(self.webp)) as image:
            return np.array(image.convert("RGB"))


def store(photo: CachedPhoto, *, query: str | None = None, client: str = "") -> str:
    """Caches the photo until its `expires_at` and returns the id under which `load` finds it.

    query: an earlier id to store it under. client: who sent it, an address for example. Its photos have
    PHOTO_CLIENT_BYTES together; the earliest are deleted past them. Without a client there is no such limit.
    """
    query = query or secrets.token_urlsafe(16)
    _cache().set(_key(query), photo, timeout=max(1, round(photo.expires_at - time.time())))
    if client:
        _keep_to_share(client, query, len(pickle.dumps(photo)))
    return query


def load(query: str) -> CachedPhoto:
    """The photo cached under this id. Raises PhotoExpired."""
    photo = _cache().get(_key(query)) if _QUERY.fullmatch(query) else None
    is_of_earlier_release = not hasattr(photo, "expires_at")
    if photo is None or is_of_earlier_release or photo.expires_at <= time.time():  # caches count whole seconds
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
    Image.fromarray(pixels).save(file, "WEBP", quality=90, method=0)  # a quarter faster than 2, 8 % larger
    return file.getvalue()


def _keep_to_share(client: str, query: str, size: int) -> None:
    """Gives the photo as many of the client's slots as it has bytes for, and deletes the photos that had them.

    The slots are taken in turn by one atomic step of the cache, so that photos of the same moment get different ones.
    """
    number = max(1, settings.PHOTO_CLIENT_BYTES // SLOT_BYTES)
    wanted = min(number, 1 + size // SLOT_BYTES)
    cache, name = _cache(), salted_hmac("photo-client", client).hexdigest()
    seconds = settings.PHOTO_QUERY_SECONDS
    cache.add(f"photo-client:{name}", 0, seconds)
    try:
        last = cache.incr(f"photo-client:{name}", wanted)
    except ValueError:  # it has expired or was pushed out at this very moment
        return
    cache.touch(f"photo-client:{name}", seconds)  # as long as the last photo's slots
    slots = [f"photo-client:{name}:{place % number}" for place in range(last - wanted, last)]
    cache.delete_many({_key(earlier) for earlier in cache.get_many(slots).values()})
    cache.set_many(dict.fromkeys(slots, query), seconds)


def _cache() -> BaseCache:
    """Photos' own: it fails where it does not answer, and another might lose them."""
    return cache_of("photos")


def _key(query: str) -> str:
    return f"photo-query:{query}"
