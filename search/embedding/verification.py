"""Do vectors agree with the images that they were made of? Finds what does not, and embeds it anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, FloatField, Func, IntegerField, Min, Q, QuerySet

from catalogue.models import ProductImage
from catalogue.verification import Finding
from search.embedding import pipeline
from search.models import Encoder, GarmentEmbedding
from search.retrieval import indexes
from search.vision.cards import ModelError

UNIT_LENGTH = 0.02  # how far from 1 a unit vector of half-precision numbers may be
NAMED = 1_000  # images that are named; more are counted

WRONG_PRODUCT = "vectors of another product than their image's"
WRONG_CATEGORY = "vectors of another category than their product's"
MALFORMED = "vectors of a wrong size or length"
NO_WHOLE_PHOTO = "images with garments' vectors and none of the whole photo"
MISSING_OR_STALE = "images whose vectors are missing or stale"
NO_INDEX = "encoders without a finished index"
NO_MODEL = "encoders whose model is not here"
NONE_SERVES = "catalogues without an encoder that serves"


def check_vectors(*, repair: bool = False) -> Iterator[Finding]:
    """What is wrong with each encoder's vectors. Repaired by deleting wrong ones and embedding their photos."""
    for encoder in Encoder.objects.order_by("pk"):
        try:
            missing = list(pipeline.photos_to_embed(encoder).values_list("pk", flat=True)[: NAMED + 1])
        except ModelError as error:
            yield Finding(NO_MODEL, f"{encoder.pk}: {error}")
            missing = None
        moved = _of_another_category(encoder)
        yield from _named(WRONG_CATEGORY, moved, encoder, repair=repair)
        if repair and moved.exists():
            pipeline.follow_categories()
        wrong = 0
        for kind, rows in _wrong_rows(encoder).items():
            yield from _named(kind, rows, encoder, repair=repair)
            if repair:
                images = rows.order_by().values("image")
                wrong += GarmentEmbedding.objects.of(encoder).filter(image__in=images).delete()[0]
        if missing is not None:
            yield from _check_completeness(encoder, missing, repair=repair, is_incomplete=bool(wrong or missing))
    if ProductImage.objects.exists() and not Encoder.objects.filter(is_serving=True).exists():
        yield Finding(NONE_SERVES, "run manage.py embed_catalogue")


def _named(kind: str, rows: QuerySet[GarmentEmbedding, Any], encoder: Encoder, *, repair: bool) -> Iterator[Finding]:
    """A finding for each image of these rows."""
    for image in rows.order_by("image").values_list("image", flat=True).distinct().iterator():
        yield Finding(kind, f"image {image} ({encoder.pk})", repair)


def _of_another_category(encoder: Encoder) -> QuerySet[GarmentEmbedding]:
    return GarmentEmbedding.objects.of(encoder).exclude(category=F("product__category"))


def _wrong_rows(encoder: Encoder) -> dict[str, QuerySet[GarmentEmbedding, Any]]:
    rows = GarmentEmbedding.objects.of(encoder)
    measured = rows.annotate(
        dimensions=Func(F("vector"), function="vector_dims", output_field=IntegerField()),
        length=Func(F("vector"), function="l2_norm", output_field=FloatField()),
    )
    is_unit = Q(length__gt=1 - UNIT_LENGTH, length__lt=1 + UNIT_LENGTH)
    first = rows.values("image").annotate(first=Min("ordinal"))  # grouped: a NOT IN costs rows times rows
    return {
        WRONG_PRODUCT: rows.exclude(product=F("image__product")),
        MALFORMED: measured.exclude(is_unit, dimensions=encoder.dimensions),
        NO_WHOLE_PHOTO: first.filter(first__gt=0),
    }


def _check_completeness(
    encoder: Encoder, missing: list[int], *, repair: bool, is_incomplete: bool
) -> Iterator[Finding]:
    """Photos to embed, of which at most NAMED are named, and the index."""
    unreadable: set[int] = set()
    if repair and is_incomplete:
        for report in pipeline.embed_photos(encoder):  # noqa: B007  (the last one is the whole run's)
            pass
        unreadable = {image for image, _file, _reason in report.unreadable}
    yield from (
        Finding(MISSING_OR_STALE, f"image {image} ({encoder.pk})", repair and image not in unreadable)
        for image in missing[:NAMED]
    )
    if len(missing) > NAMED:
        yield Finding(MISSING_OR_STALE, f"and others ({encoder.pk})", repair)
    has_index = indexes.has_index(encoder)
    if repair and (is_incomplete or not has_index):
        pipeline.finish(encoder)
    if not has_index:
        yield Finding(NO_INDEX, encoder.pk, repair)
