"""Photo in, products out. Page, API and commands all call these functions, so they cannot disagree."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction

from catalogue.browsing.filters import ProductFilters
from search.answer_types import PhotoAnswer
from search.models import Encoder
from search.photo import cache as photo_cache
from search.photo.answer import DEFAULT_LIMIT, MAX_LIMIT, PageRequest, answer_of, since
from search.photo.cache import CachedPhoto, PhotoExpired
from search.retrieval.similar_products import complementary_products, related_products, similar_products
from search.serving import NotReady, model_of, serving_encoder
from search.vision.analysis import analyse_photo
from search.vision.detector import load_detector
from search.vision.photo_decoding import decode_photo

__all__ = [
    "DEFAULT_LIMIT",
    "MAX_LIMIT",
    "NotReady",
    "PhotoExpired",
    "cached_photo_file",
    "complementary_products",
    "delete_photo",
    "related_products",
    "search_photo",
    "search_query",
    "similar_products",
    "switch_encoder",
]

# Its threads start with the first photo, so in each forked process anew.
_background = ThreadPoolExecutor(max_workers=2, thread_name_prefix="webp")


def search_photo(*, photo: bytes, filters: ProductFilters | None = None, client: str = "", **page: Any) -> PhotoAnswer:
    """The garments of a photo (an image file's bytes) and for each the nearest products.

    `page`: PageRequest's fields. client: who sent it, for its share of the photo cache. Raises PhotoError for what is
    no photo, NotReady before the first embedding, ValueError for a garment, box, limit or offset out of range.
    """
    request, started = PageRequest(**page), time.perf_counter()
    pixels = decode_photo(photo)
    timing = {"decode": since(started)}
    encoder = serving_encoder()
    webp = _background.submit(photo_cache.to_webp, pixels)  # mostly outside of Python, while the models run
    seen = analyse_photo(
        pixels, detector=load_detector(settings.DETECTOR), encoder=model_of(encoder), with_whole=request.whole
    )
    cached = CachedPhoto(
        webp=webp.result(),
        size=(pixels.shape[1], pixels.shape[0]),
        garments=seen.garments,
        whole=seen.whole,
        encoder=encoder.pk,
        fingerprint=encoder.fingerprint,
    )
    query = photo_cache.store(cached, client=client)
    timing |= seen.timing
    return answer_of(query, cached, encoder, filters or ProductFilters(), request, timing=timing, started=started)


def search_query(*, query: str, filters: ProductFilters | None = None, **page: Any) -> PhotoAnswer:
    """The same for an earlier answer's `query`: the cached photo is neither sent nor analysed again.

    Raises PhotoExpired where the photo is no longer cached, NotReady and ValueError as `search_photo`.
    """
    request, started = PageRequest(**page), time.perf_counter()
    encoder = serving_encoder()
    cached = photo_cache.load(query)
    timing = {"decode": 0.0, "detect": 0.0, "embed": 0.0}
    if (cached.encoder, cached.fingerprint) != (encoder.pk, encoder.fingerprint):
        cached, timing = _analysed_again(query, cached, encoder)
    return answer_of(query, cached, encoder, filters or ProductFilters(), request, timing=timing, started=started)


def delete_photo(query: str) -> None:
    """Deletes a cached photo now."""
    photo_cache.delete(query)


def cached_photo_file(query: str) -> bytes | None:
    """The photo of an earlier search as a WebP file, None when it has expired."""
    try:
        return photo_cache.load(query).webp
    except PhotoExpired:
        return None


def switch_encoder(*, name: str) -> Encoder:
    """Makes `name` the encoder that answers, in one transaction. Raises ValueError where it has no vectors."""
    with transaction.atomic():
        encoders = {encoder.pk: encoder for encoder in Encoder.objects.select_for_update()}
        if name not in encoders:
            raise ValueError(
                f"Encoder {name!r} has no vectors; those that have: {', '.join(sorted(encoders)) or 'none'}. "
                f"Run `manage.py embed_catalogue --encoder {name}` first."
            )
        Encoder.objects.filter(is_serving=True).exclude(pk=name).update(is_serving=False)
        Encoder.objects.filter(pk=name).update(is_serving=True)
    encoders[name].is_serving = True
    return encoders[name]


def _analysed_again(query: str, cached: CachedPhoto, encoder: Encoder) -> tuple[CachedPhoto, dict[str, float]]:
    """After a switch of encoders: the cached photo with vectors of the one that serves now, and the stages' times."""
    seen = analyse_photo(
        cached.pixels(), detector=load_detector(settings.DETECTOR), encoder=model_of(encoder), with_whole=False
    )
    cached = replace(
        cached, garments=seen.garments, whole=seen.whole, encoder=encoder.pk, fingerprint=encoder.fingerprint
    )
    photo_cache.store(cached, query=query)
    return cached, {"decode": 0.0, **seen.timing}
