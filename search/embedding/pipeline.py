"""Vectors for the catalogue: what is missing or stale, and only that.

A photo's vectors are current when they were made by the same encoder and detector from a file of the same hash, while
the product's category held the same garment types. Each chunk of photos is one transaction, so a killed run resumes
where it was. Vectors of another detector or of an earlier file stay until they are replaced; those of an encoder's
earlier weights do not (`register_encoder`).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np
from django.conf import settings
from django.db.models import Case, F, FilteredRelation, Q, QuerySet, Value, When
from pgvector import HalfVector

from catalogue.category_garment_types import garment_types_of_product
from catalogue.models import Product, ProductImage
from catalogue.ordered_writes import ordered_writes
from search.embedding.photo_stream import Models, StorageAway, analysed
from search.models import Encoder, GarmentEmbedding
from search.retrieval import indexes
from search.retrieval.calibration import calibrate
from search.vision.analysis import DetectedGarment, PhotoAnalysis
from search.vision.cards import choose
from search.vision.nms import box_area, box_iou

CHUNK = 32  # photos a transaction: about a second's work to lose
MAX_STORAGE_FAILURES = 10  # photos in a row: then the storage is away, and not a file
MOVED_AT_ONCE = 1_000  # products
SAME_PLACE = 0.5  # IoU of two boxes that show one garment
logger = logging.getLogger(__name__)


class EmbeddingError(RuntimeError):
    """The run cannot go on; the message says what to do."""


@dataclass(slots=True)
class EmbeddingReport:
    """What one run did: photos looked at, vectors stored; `unreadable` holds (image id, file, reason)."""

    photos: int = 0
    vectors: int = 0
    unreadable: list[tuple[int, str, str]] = field(default_factory=list)


def fingerprint_of(encoder_name: str) -> str:
    """Of the encoder's and the detector's weights together: another pair would see the photo differently."""
    return f"{choose('encoder', encoder_name).fingerprint}-{choose('detector', settings.DETECTOR).fingerprint}"


def register_encoder(name: str) -> Encoder:
    """The row of the encoder called `name`, made or brought up to date. Raises ModelError for an unknown name.

    Where the name stands for other weights now, the vectors of the earlier ones go in the same transaction: distances
    between the two mean nothing, however alike the two models are.
    """
    card = choose("encoder", name)
    dimensions = card.dimensions or 0
    with ordered_writes():
        encoder, is_new = Encoder.objects.select_for_update().get_or_create(
            name=card.name, defaults={"dimensions": dimensions, "fingerprint": card.fingerprint}
        )
        if not is_new and (encoder.dimensions, encoder.fingerprint) != (dimensions, card.fingerprint):
            encoder.embeddings.all().delete()
            indexes.drop_index(encoder)  # last: until the commit it keeps searches waiting
            encoder.dimensions, encoder.fingerprint = dimensions, card.fingerprint
            encoder.save(update_fields=["dimensions", "fingerprint"])
    return encoder


def photos_to_embed(encoder: Encoder) -> QuerySet[ProductImage]:
    """The images whose vectors are missing or stale.

    Each embedded image has one row of ordinal 0. It is joined: Citus refuses a correlated subquery here.
    """
    whole = FilteredRelation("embeddings", condition=Q(embeddings__encoder=encoder, embeddings__ordinal=0))
    held = Q(whole__category_types=None) | Q(whole__category_types=F("product__category__garment_types"))
    is_current = Q(whole__pixels_sha256=F("sha256"), whole__fingerprint=fingerprint_of(encoder.pk)) & held
    return (
        ProductImage.objects.alias(whole=whole)
        .alias(is_current=Case(When(is_current, then=Value(True)), default=Value(False)))
        .filter(is_current=False)
        .select_related("product__category")
    )


def ids_to_embed(encoder: Encoder) -> Iterator[int]:
    """The ids of the images whose vectors are missing or stale, ascending; as of when each is asked for."""
    return (image.pk for image in _in_chunks(photos_to_embed(encoder).only("pk").select_related(None)))


def embed_photos(
    encoder: Encoder,
    *,
    limit: int | None = None,
    images: Sequence[int] | None = None,
    in_bulk: bool = False,
    provider: str | None = None,
) -> Iterator[EmbeddingReport]:
    """Embeds what is missing or stale, at most `limit` photos; yields the growing report after every photo.

    images: the ids of the only photos to look at, None for all. in_bulk: with models of their own for many photos at
    once, for a process that does nothing else. provider: of ONNX Runtime, in place of OpenVINO.
    """
    report = EmbeddingReport()
    follow_categories(images)
    done: list[tuple[ProductImage, list[DetectedGarment]]] = []
    failures = 0
    asked = photos_to_embed(encoder) if images is None else photos_to_embed(encoder).filter(pk__in=images)
    for image, seen in _analysed(asked, encoder, limit, in_bulk=in_bulk, provider=provider):
        if isinstance(seen, Exception):
            report.unreadable.append((image.pk, str(image.file.name), str(seen)))
            logger.warning("Image %s (%s) is skipped: %s", image.pk, image.file.name, seen)
        else:
            garments = garments_of_product(seen.garments, image.product)
            done.append((image, [seen.whole, *garments] if seen.whole else garments))
        if len(done) == CHUNK or (done and isinstance(seen, StorageAway)):
            report.vectors += _store(done, encoder)
            done = []
        failures = _check_storage(seen, failures)
        report.photos += 1
        yield report
    report.vectors += _store(done, encoder)
    yield report


def embed_images(encoder: Encoder, images: Sequence[int], *, in_bulk: bool = False) -> EmbeddingReport:
    """Embeds those of these images that need it, and gives their products the colours of their first photo."""
    *_, report = embed_photos(encoder, images=images, in_bulk=in_bulk)
    with ordered_writes():
        follow_first_photos(set(ProductImage.objects.filter(pk__in=images).values_list("product", flat=True)), encoder)
    return report


def finish(encoder: Encoder, *, recalibrate: bool = True) -> None:
    """After a run: the index, the planner's numbers, the calibration; and an encoder to serve if none does.

    One run at a time: two that build the same index would wait for each other for ever.
    """
    with indexes.building_alone():
        indexes.create_index(encoder)
        indexes.analyse()
    if recalibrate:
        calibrate(encoder)
    if not Encoder.objects.filter(is_serving=True).exists():
        Encoder.objects.filter(pk=encoder.pk).update(is_serving=True)


# -- steps --------------------------------------------------------------------------------------------------------


def _in_chunks(images: QuerySet[ProductImage]) -> Iterator[ProductImage]:
    """Keyset pages: what a chunk's transaction adds does not shift the next page, and no cursor stays open."""
    last = 0
    while chunk := list(images.filter(pk__gt=last).order_by("pk")[: 8 * CHUNK]):
        yield from chunk
        last = chunk[-1].pk


def _analysed(
    asked: QuerySet[ProductImage], encoder: Encoder, limit: int | None, *, in_bulk: bool, provider: str | None
) -> Iterator[tuple[ProductImage, PhotoAnalysis | Exception]]:
    """Each image and what it shows; the models are loaded where there is one."""
    images = islice(_in_chunks(asked), limit)
    first = next(images, None)
    if first is not None:
        yield from analysed(chain([first], images), Models.load(encoder.pk, in_bulk=in_bulk, provider=provider))


def _check_storage(seen: PhotoAnalysis | Exception, failures: int) -> int:
    """How many photos in a row the storage did not give. Raises EmbeddingError where it gives none any more."""
    failures = failures + 1 if isinstance(seen, StorageAway) else 0
    if failures >= MAX_STORAGE_FAILURES:
        raise EmbeddingError(
            f"The media storage does not answer ({seen}). What was embedded is stored: run it again to go on."
        )
    return failures


def garments_of_product(garments: list[DetectedGarment], product: Product) -> list[DetectedGarment]:
    """Which of a photo's garments is the product: those of its name's type, else the largest of its category's types
    (all of them, where its name says nothing), else the largest.

    A model who wears the skirt that is sold also wears shoes that are not, and those are often surer than a skirt that
    was taken for something else. But one garment that was seen as two types is kept as both, or the same photo would
    not find itself by the one that its category does not hold.
    """
    held = product.category.garment_types
    named = garment_types_of_product(product.name, held)
    boxes = np.array([garment.box for garment in garments], np.float32).reshape(-1, 4)
    for types in (named, held):
        fits = np.array([not types or garment.garment_type in types for garment in garments], bool)
        if fits.any():
            if types != named:  # a top that was taken for a jacket, and not the trousers that are worn with it
                fits = np.arange(len(boxes)) == np.where(fits, box_area(boxes), -1).argmax()
            is_sold = np.flatnonzero((box_iou(boxes, boxes[fits]) >= SAME_PLACE).any(axis=1))
            own_type_first = sorted(is_sold, key=lambda index: not fits[index])
            return [garments[index] for index in own_type_first]
    return [garments[int(box_area(boxes).argmax())]] if garments else []


def _store(done: list[tuple[ProductImage, list[DetectedGarment]]], encoder: Encoder) -> int:
    """Replaces the vectors of these photos in one transaction; photos deleted meanwhile are left out."""
    with ordered_writes():
        _check_weights(encoder)
        alive = set(
            ProductImage.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=[image.pk for image, _ in done])
            .values_list("pk", "sha256")
        )
        done = [(image, garments) for image, garments in done if (image.pk, image.sha256) in alive]
        GarmentEmbedding.objects.of(encoder).filter(image__in=[image for image, _ in done]).delete()
        rows = [row for image, garments in done for row in _rows_of(image, garments, encoder)]
        GarmentEmbedding.objects.bulk_create(rows)
        follow_first_photos({image.product_id for image, _ in done}, encoder)
    return len(rows)


def _check_weights(encoder: Encoder) -> None:
    """Raises EmbeddingError where this process has other weights than the encoder is registered with.

    The row stays locked: they cannot become others before what is stored now is seen, and removed with the rest.
    """
    registered = Encoder.objects.select_for_update(no_key=True).values_list("fingerprint", flat=True).get(pk=encoder.pk)
    here = choose("encoder", encoder.pk).fingerprint
    if registered != here:
        raise EmbeddingError(
            f"{encoder.pk} is registered with the weights {registered}, and this process has {here}. Start it again, "
            f"or run `manage.py embed_catalogue --encoder {encoder.pk}` where the new weights are."
        )


def _rows_of(image: ProductImage, garments: list[DetectedGarment], encoder: Encoder) -> list[GarmentEmbedding]:
    """The rows of one photo. Searches for a garment type find the whole of it only where it shows no garment of the
    category's types: its ground would be compared with a garment's."""
    held = image.product.category.garment_types
    is_shown = any(not held or garment.garment_type in held for garment in garments[1:])
    return [
        _row(image, ordinal, garment, encoder, found_by_type=ordinal > 0 or not is_shown)
        for ordinal, garment in enumerate(garments)
    ]


def _row(
    image: ProductImage, ordinal: int, garment: DetectedGarment, encoder: Encoder, *, found_by_type: bool
) -> GarmentEmbedding:
    return GarmentEmbedding(
        image_id=image.pk,
        encoder=encoder,
        ordinal=ordinal,
        product_id=image.product_id,
        garment_type=garment.garment_type or "",
        box=[round(value, 5) for value in garment.box],
        score=garment.score,
        pixels_sha256=image.sha256,
        fingerprint=fingerprint_of(encoder.pk),
        category_id=image.product.category_id,
        found_by_type=found_by_type,
        category_types=image.product.category.garment_types,
        colours=list(garment.colours),
        vector=HalfVector(garment.vector),
    )


def follow_categories(images: Sequence[int] | None = None) -> int:
    """Gives the rows of these images, None for all, the categories that their products have now; returns how many."""
    rows = GarmentEmbedding.objects.exclude(category=F("product__category"))
    if images is not None:
        rows = rows.filter(image__in=images)
    number = 0
    while moved := list(rows.values_list("product", "product__category").distinct()[:MOVED_AT_ONCE]):
        for product, category in moved:
            number += GarmentEmbedding.objects.filter(product=product).update(category=category)
    return number


def follow_first_photos(products: Collection[int], encoder: Encoder) -> None:
    """Gives products (their ids) the colours of the garment on their first photo, where it is embedded; where that does
    not show a garment of the product's type, those of the first that does.
    """
    rows = GarmentEmbedding.objects.of(encoder).filter(product__in=products, ordinal__lte=1).exclude(colours=None)
    seen = defaultdict[int, list[GarmentEmbedding]](list)
    for row in rows.order_by("image__position", "image_id", "-ordinal").defer("vector"):
        seen[row.product_id].append(row)
    changed = []
    for product in Product.objects.filter(pk__in=seen).select_related("category").defer("document"):
        types = garment_types_of_product(product.name, product.category.garment_types)
        own = (row for row in seen[product.pk] if row.garment_type in types)
        colours = next(own, seen[product.pk][0]).colours
        if colours and product.colours != colours:
            product.colours = colours
            changed.append(product)
    Product.objects.bulk_update(changed, ["colours"])
