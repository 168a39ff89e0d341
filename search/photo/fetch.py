"""A photo from an address that a shopper gave: catalogue.http_fetch, with the bounds of the photo search."""

from __future__ import annotations

from django.conf import settings

from catalogue.http_fetch import FetchError, fetch

__all__ = ["FetchError", "fetch_photo"]

SECONDS = 20  # somebody waits


def fetch_photo(url: str) -> bytes:
    """The file at an http or https address. Raises FetchError: unreachable, private, too large or too slow."""
    return fetch(
        url,
        max_bytes=settings.PHOTO_MAX_BYTES,
        allow_private=settings.PHOTO_URL_PRIVATE_HOSTS,
        total_seconds=SECONDS,
    )
