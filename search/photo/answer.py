"""From a cached photo to its answer: which garments are searched for, and the records that are rendered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.conf import settings
from prometheus_client import Histogram

from catalogue.browsing.filters import ProductFilters
from catalogue.models import Product
from catalogue.querysets import ProductQuerySet
from search.answer_types import Box, GarmentAnswer, PhotoAnswer
from search.models import Encoder
from search.photo.cache import CachedPhoto, store
from search.photo.shoe_pairs import pairs_of
from search.retrieval.fusion import fused_pages
from search.retrieval.nearest import NearestGarments, NearestPage, nearest_pages
from search.retrieval.results import ProductCards, results_of
from search.serving import model_of
from search.vision.analysis import DetectedGarment, whole_of
from search.vision.detector import load_detector
from search.vision.drawn_box import analyse_box

DEFAULT_LIMIT, MAX_LIMIT = 24, 100
STAGE_SECONDS = Histogram(
    "photo_search_stage_seconds",
    "How long each stage of a photo search took.",
    ["stage"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What of a photo's answer is asked for.

    garment: the index of the only garment to search for, None for every one. box: x0, y0, x1, y1 in 0..1, drawn by
    hand: one more garment, and the only one to search for. whole: the same with the whole photo. limit: products a
    garment, 1 to MAX_LIMIT. offset: how many to skip.
    Raises ValueError for a box, limit or offset out of range.
    """

    garment: int | None = None
    box: Box | None = None
    whole: bool = False
    limit: int = DEFAULT_LIMIT
    offset: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            raise ValueError(f"limit is {self.limit}; it may be 1 to {MAX_LIMIT}.")
        if self.offset < 0:
            raise ValueError(f"offset is {self.offset}; it may be 0 and up.")
        if self.box is not None:
            _check_box(self.box)


def answer_of(
    query: str,
    photo: CachedPhoto,
    encoder: Encoder,
    filters: ProductFilters,
    request: PageRequest,
    *,
    timing: dict[str, float],
    started: float,
) -> PhotoAnswer:
    """The answer for a cached photo. timing: milliseconds of the stages so far; started: time.perf_counter() then.

    Raises ValueError for a garment that the photo does not have.
    """
    if photo.whole is None and request.whole and request.box is None:
        photo = _with_whole(query, photo, encoder, timing)
    garments, wanted = _requested(photo, encoder, request, timing)
    search_started = time.perf_counter()
    answers = _searched(garments, wanted, encoder, filters, request)
    pairs = pairs_of(photo.garments, photo.size)
    answers = [replace(each, pair=pairs.get(each.index, ())) for each in answers]
    timing |= {"search": since(search_started), "total": since(started)}
    return PhotoAnswer(
        query, *photo.size, answers, _recorded(timing), encoder.pk, request.limit, request.offset,
        expires_at=photo.expires_at,
    )  # fmt: skip


def _requested(
    photo: CachedPhoto, encoder: Encoder, request: PageRequest, timing: dict[str, float]
) -> tuple[list[DetectedGarment], Sequence[int]]:
    """The photo's garments, followed by the box or the whole photo where requested, and which to search for."""
    garments = list(photo.garments) or _whole(photo)
    if request.box is not None:
        started = time.perf_counter()
        detector = load_detector(settings.DETECTOR)
        garments.append(analyse_box(photo.pixels(), request.box, detector=detector, encoder=model_of(encoder)))
        timing["embed"] += since(started)
    elif request.whole and photo.garments:
        garments += _whole(photo)
    if request.box is not None or request.whole:
        return garments, [len(garments) - 1]
    if request.garment is None:
        return garments, range(len(garments))
    if not 0 <= request.garment < len(garments):
        raise ValueError(f"garment is {request.garment}; this photo has the garments 0 to {len(garments) - 1}.")
    return garments, [request.garment]


def _whole(photo: CachedPhoto) -> list[DetectedGarment]:
    return [photo.whole] if photo.whole is not None else []


def _with_whole(query: str, photo: CachedPhoto, encoder: Encoder, timing: dict[str, float]) -> CachedPhoto:
    """The photo with its vector as a whole, cached with it."""
    started = time.perf_counter()
    photo = replace(photo, whole=whole_of(photo.pixels(), encoder=model_of(encoder)))
    store(photo, query=query)
    timing["embed"] += since(started)
    return photo


def _searched(
    garments: Sequence[DetectedGarment],
    wanted: Sequence[int],
    encoder: Encoder,
    filters: ProductFilters,
    request: PageRequest,
) -> list[GarmentAnswer]:
    """A record for each garment, with a page of products for the wanted ones."""
    products = filtered_products(filters)
    searches = [_search_for(garments[index], encoder, filters, products) for index in wanted]
    if filters.q.strip():
        pages = fused_pages(searches, products, limit=request.limit, offset=request.offset)
    else:
        pages = nearest_pages(searches, limit=request.limit, offset=request.offset)
    cards = ProductCards(neighbour.product_id for page in pages for neighbour in page.neighbours)
    answers = [_unsearched(index, garment) for index, garment in enumerate(garments)]
    if request.box is not None:
        answers[-1] = replace(answers[-1], is_drawn=True)
    for index, page in zip(wanted, pages, strict=True):
        answers[index] = _with_results(answers[index], page, cards, encoder)
    return answers


def _search_for(
    garment: DetectedGarment, encoder: Encoder, filters: ProductFilters, products: ProductQuerySet
) -> NearestGarments:
    """A chosen category or garment type replaces the detected type."""
    garment_type = filters.garment_type or (None if filters.category else garment.garment_type)
    return NearestGarments(garment.vector, encoder=encoder, products=products, garment_type=garment_type)


def _unsearched(index: int, garment: DetectedGarment) -> GarmentAnswer:
    return GarmentAnswer(
        index,
        garment.label,
        garment.garment_type,
        garment.score,
        garment.box,
        garment.polygons,
        colours=garment.colours,
    )


def _with_results(answer: GarmentAnswer, page: NearestPage, cards: ProductCards, encoder: Encoder) -> GarmentAnswer:
    results = results_of(
        page.neighbours, encoder, cards=cards, colours=answer.colours, garment_type=answer.garment_type
    )
    return replace(answer, results=results, count=page.count or 0, searched=True)


def filtered_products(filters: ProductFilters) -> ProductQuerySet:
    """The visible products that pass; `garment_type` is not theirs but their garments' and is left to the search."""
    return Product.objects.visible().filtered(filters.without("garment_type"))


def since(started: float) -> float:
    """Milliseconds since `started`, a time.perf_counter()."""
    return 1000 * (time.perf_counter() - started)


def _check_box(box: Box) -> None:
    x0, y0, x1, y1 = box
    if not (np.isfinite(box).all() and 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
        raise ValueError(f"box is {box}; it must be x0, y0, x1, y1 with 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1.")


def _recorded(timing: dict[str, float]) -> dict[str, float]:
    """The stages' milliseconds for the answer; the metrics have them too."""
    for stage, milliseconds in timing.items():
        STAGE_SECONDS.labels(stage).observe(milliseconds / 1000)
    return {stage: round(milliseconds, 1) for stage, milliseconds in timing.items()}
