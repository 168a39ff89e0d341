"""Photo in, products out. Page, API and commands all call these functions, so they cannot disagree."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from functools import partial

import numpy as np
from django.conf import settings
from django.db import transaction
from prometheus_client import Histogram

from catalogue.models import Product
from catalogue.querysets import ProductQuerySet
from search.answers import Box, Filters, GarmentAnswer, PhotoAnswer
from search.models import Encoder
from search.photo import cache as photo_cache
from search.photo.cache import CachedPhoto, PhotoExpired
from search.photo.shoe_pairs import pairs_of
from search.retrieval.fusion import fused_page
from search.retrieval.nearest import NearestGarments, Neighbour
from search.retrieval.results import results_of
from search.retrieval.similar_products import complementary_products, related_products, similar_products
from search.vision import cards
from search.vision.analysis import DetectedGarment, analyse_photo, encode_box
from search.vision.cards import ModelError
from search.vision.detector import load_detector
from search.vision.encoder import Encoder as VisionEncoder
from search.vision.encoder import load_encoder
from search.vision.photo import decode_photo

__all__ = [
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

DEFAULT_LIMIT, MAX_LIMIT = 24, 100
STAGE_SECONDS = Histogram(
    "photo_search_stage_seconds",
    "How long each stage of a photo search took.",
    ["stage"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class NotReady(RuntimeError):
    """The catalogue has no vectors to search yet; the message says what to run."""


def search_photo(*, photo: bytes, filters: Filters | None = None, **page) -> PhotoAnswer:
    """The garments of a photo (an image file's bytes) and for each the nearest products.

    `page` is that of `search_query`. Raises PhotoError for what is no photo, NotReady before the first embedding.
    """
    started = time.perf_counter()
    pixels = decode_photo(photo)
    timing = {"decode": _since(started)}
    encoder = serving_encoder()
    seen = analyse_photo(pixels, detector=load_detector(settings.DETECTOR), encoder=_model_of(encoder))
    kept = CachedPhoto(
        webp=photo_cache.to_webp(pixels),
        size=(pixels.shape[1], pixels.shape[0]),
        garments=seen.garments,
        whole=seen.whole,
        encoder=encoder.pk,
        fingerprint=encoder.fingerprint,
    )
    query = photo_cache.store(kept)
    timing |= seen.timing
    return _answer(query, kept, encoder, filters or Filters(), timing=timing, started=started, **page)


def search_query(*, query: str, filters: Filters | None = None, **page) -> PhotoAnswer:
    """The same for an earlier answer's `query`, without the photo being sent or looked at again.

    garment: the index of the only garment to search for, None for every one. box: x0, y0, x1, y1 in 0..1, drawn by
    hand: one more garment, and the only one to search for. whole: the same with the whole photo. limit: products a
    garment, 1 to MAX_LIMIT. offset: how many to pass over.
    Raises PhotoExpired when the photo is no longer kept, ValueError for a garment, box, limit or offset out of range.
    """
    started = time.perf_counter()
    encoder = serving_encoder()
    kept = photo_cache.load(query)
    timing = {"decode": 0.0, "detect": 0.0, "embed": 0.0}
    if (kept.encoder, kept.fingerprint) != (encoder.pk, encoder.fingerprint):
        kept, timing = _look_again(query, kept, encoder)
    return _answer(query, kept, encoder, filters or Filters(), timing=timing, started=started, **page)


def delete_photo(query: str) -> None:
    """Drops a photo now."""
    photo_cache.delete(query)


def cached_photo_file(query: str) -> bytes | None:
    """The photo of an earlier search as a WebP file, None when it is no longer kept."""
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


def serving_encoder() -> Encoder:
    """The encoder that answers. Raises NotReady before the catalogue has vectors."""
    encoder = Encoder.objects.serving()
    if encoder is None:
        raise NotReady("The catalogue has no embeddings yet. Run `manage.py embed_catalogue`.")
    return encoder


def _model_of(encoder: Encoder) -> VisionEncoder:
    """The model that made the encoder's vectors. Raises NotReady where another or none stands under its name."""
    try:
        model = load_encoder(encoder.pk)
        if not _made_vectors_of(encoder, model):  # its files may have been replaced since this process read them
            cards.available.cache_clear()
            load_encoder.cache_clear()
            model = load_encoder(encoder.pk)
    except ModelError as error:
        raise NotReady(f"{error} Run `manage.py switch_encoder` with another.") from error
    if not _made_vectors_of(encoder, model):
        raise NotReady(
            f"{encoder.pk} has other weights now than its stored vectors were made with. "
            "Run `manage.py embed_catalogue`."
        )
    return model


def _made_vectors_of(encoder: Encoder, model: VisionEncoder) -> bool:
    return (model.card.fingerprint, model.dimensions) == (encoder.fingerprint, encoder.dimensions)


# -- one answer ---------------------------------------------------------------------------------------------------


def _answer(
    query: str,
    kept: CachedPhoto,
    encoder: Encoder,
    filters: Filters,
    *,
    timing: dict[str, float],
    started: float,
    garment: int | None = None,
    box: Box | None = None,
    whole: bool = False,
    limit: int = DEFAULT_LIMIT,
    offset: int = 0,
) -> PhotoAnswer:
    _check_page(limit, offset)
    seen, wanted = _asked_for(kept, encoder, garment=garment, box=box, whole=whole, timing=timing)
    search_started = time.perf_counter()
    products = filtered_products(filters)
    pairs = pairs_of(kept.garments, kept.size)
    garments = [
        _garment_answer(index, one, encoder, filters, products, limit=limit, offset=offset)
        if index in wanted
        else _unsearched(index, one)
        for index, one in enumerate(seen)
    ]
    garments = [replace(each, pair=pairs.get(each.index, ())) for each in garments]
    timing |= {"search": _since(search_started), "total": _since(started)}
    return PhotoAnswer(query, *kept.size, garments, _noted(timing), encoder.pk, limit, offset)


def _asked_for(
    kept: CachedPhoto,
    encoder: Encoder,
    *,
    garment: int | None,
    box: Box | None,
    whole: bool,
    timing: dict[str, float],
) -> tuple[list[DetectedGarment], Collection[int]]:
    """What was seen, with the box or the whole photo at its end where that is asked for, and which to search for."""
    seen = list(kept.garments) or [kept.whole]
    if box is not None:
        started = time.perf_counter()
        seen.append(encode_box(kept.pixels(), _checked_box(box), encoder=_model_of(encoder)))
        timing["embed"] += _since(started)
    elif whole and kept.garments:
        seen.append(kept.whole)
    if box is not None or whole:
        return seen, [len(seen) - 1]
    if garment is not None and not 0 <= garment < len(seen):
        raise ValueError(f"garment is {garment}; this photo has the garments 0 to {len(seen) - 1}.")
    return seen, range(len(seen)) if garment is None else [garment]


def _noted(timing: dict[str, float]) -> dict[str, float]:
    """The stages' milliseconds for the answer; the metrics have them too."""
    for stage, milliseconds in timing.items():
        STAGE_SECONDS.labels(stage).observe(milliseconds / 1000)
    return {stage: round(milliseconds, 1) for stage, milliseconds in timing.items()}


def _look_again(query: str, kept: CachedPhoto, encoder: Encoder) -> tuple[CachedPhoto, dict[str, float]]:
    """After a switch of encoders: the kept photo as the one that serves now sees it."""
    seen = analyse_photo(kept.pixels(), detector=load_detector(settings.DETECTOR), encoder=_model_of(encoder))
    kept = replace(kept, garments=seen.garments, whole=seen.whole, encoder=encoder.pk, fingerprint=encoder.fingerprint)
    photo_cache.store(kept, query=query)
    return kept, {"decode": 0.0, **seen.timing}


def _unsearched(index: int, seen: DetectedGarment) -> GarmentAnswer:
    return GarmentAnswer(
        index, seen.label, seen.garment_type, seen.score, seen.box, seen.polygons, colours=seen.colours
    )


def _garment_answer(
    index: int,
    seen: DetectedGarment,
    encoder: Encoder,
    filters: Filters,
    products: ProductQuerySet,
    *,
    limit: int,
    offset: int,
) -> GarmentAnswer:
    search = NearestGarments(
        seen.vector,
        encoder=encoder,
        products=products,
        garment_type=filters.garment_type or (None if filters.category else seen.garment_type),
    )
    if filters.q.strip():
        neighbours = fused_page(search, limit=limit, offset=offset, text_ranks=partial(_text_ranks, products))
    else:
        neighbours = search.page(limit=limit, offset=offset)
    return replace(
        _unsearched(index, seen),
        results=results_of(neighbours, encoder, colours=seen.colours, garment_type=seen.garment_type),
        count=offset + len(neighbours) if _is_last(neighbours, limit, offset) else search.count(),
        searched=True,
    )


def _is_last(page: list[Neighbour], limit: int, offset: int) -> bool:
    """Whether the list ends on this page, so that nothing need be counted."""
    return len(page) < limit and bool(page or offset == 0)


def filtered_products(filters: Filters) -> ProductQuerySet:
    """The visible products that pass; `garment_type` is not theirs but their garments' and is left to the search."""
    products = Product.objects.visible()
    exact = {"category__slug": filters.category, "brand": filters.brand}
    products = products.filter(**{field: value for field, value in exact.items() if value})
    if filters.price_min is not None:
        products = products.filter(price__gte=filters.price_min)
    if filters.price_max is not None:
        products = products.filter(price__lte=filters.price_max)
    if filters.colour:
        products = products.filter(colours__contains=[filters.colour])
    return products.matching_text(filters.q) if filters.q.strip() else products


def _text_ranks(products: ProductQuerySet, ids: list[int]) -> dict[int, float]:
    """How well the words fit each of these products, which `matching_text` has chosen."""
    return dict(products.filter(pk__in=ids).order_by().values_list("pk", "rank"))


def _check_page(limit: int, offset: int) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise ValueError(f"limit is {limit}; it may be 1 to {MAX_LIMIT}.")
    if offset < 0:
        raise ValueError(f"offset is {offset}; it may be 0 and up.")


def _checked_box(box: Box) -> Box:
    x0, y0, x1, y1 = box
    if not (np.isfinite(box).all() and 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
        raise ValueError(f"box is {box}; it must be x0, y0, x1, y1 with 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1.")
    return box


def _since(started: float) -> float:
    return 1000 * (time.perf_counter() - started)
