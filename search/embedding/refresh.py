"""Keeps vectors and colours true while the catalogue is edited: what `catalogue.derived_data` calls.

Within the transaction of the change, rows that would be wrong from its commit on are deleted. After the commit the
photos are embedded: by Celery's workers where CELERY_BROKER_URL is set, else in this process. A failure is logged and
leaves rows missing or stale, which the next `embed_catalogue` makes.
"""

from __future__ import annotations

import logging
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from catalogue.models import Category, Product, ProductImage
from search.models import Encoder, GarmentEmbedding

STALE = "stale"  # no fingerprint of a model: such rows are made anew
IN_PROCESS = 64  # photos, some ten seconds: a larger change without a broker waits for `embed_catalogue`
PER_TASK = 64
logger = logging.getLogger(__name__)


def images_changed(images: QuerySet[ProductImage]) -> None:
    """Deletes the vectors of earlier files; embeds what is missing after the commit."""
    ids = list(images.values_list("pk", flat=True))
    rows = GarmentEmbedding.objects.filter(image__in=ids)
    replaced = set(rows.exclude(pixels_sha256=F("image__sha256")).values_list("image", flat=True))
    if replaced:
        rows.filter(image__in=replaced).delete()
    rows.filter(colours=None).update(fingerprint=STALE)  # the product may need the colours of any of its photos
    _embed_after_commit(ids)


def products_moved(products: QuerySet[Product]) -> None:
    """Deletes the garments that the products' categories do not hold; embeds their photos after the commit."""
    for category in Category.objects.filter(pk__in=set(products.order_by().values_list("category", flat=True))):
        vectors = GarmentEmbedding.objects.filter(
            product__in=products.filter(category=category).order_by().values("pk")
        )
        if category.garment_types:
            vectors.filter(ordinal__gt=0).exclude(garment_type__in=category.garment_types).delete()
        vectors.update(category=category.pk)
    _embed_after_commit(list(ProductImage.objects.filter(product__in=products).values_list("pk", flat=True)))


def products_renamed(products: QuerySet[Product]) -> None:
    """Embeds the products' photos anew after the commit. Their vectors are found until they are replaced."""
    images = list(ProductImage.objects.filter(product__in=products).values_list("pk", flat=True))
    GarmentEmbedding.objects.filter(image__in=images, ordinal=0).update(fingerprint=STALE)
    _embed_after_commit(images)


def garment_types_changed(category: Category) -> None:
    """Embeds the category's photos after the commit. Their vectors are found until they are replaced."""
    _embed_after_commit(list(ProductImage.objects.filter(product__category=category).values_list("pk", flat=True)))


def _embed_after_commit(images: list[int]) -> None:
    if images:
        transaction.on_commit(partial(_embed, images), robust=True)


def _embed(images: list[int]) -> None:
    for encoder in Encoder.objects.all():
        try:
            _embed_with(encoder, images)
        except Exception:  # whatever went wrong, the catalogue's change is committed
            logger.exception("Images %s... have no vectors of %s yet; run embed_catalogue.", images[:5], encoder.pk)


def _embed_with(encoder: Encoder, images: list[int]) -> None:
    from search.embedding import pipeline, tasks  # the models' runtime takes its time to import

    if settings.CELERY_BROKER_URL:
        for start in range(0, len(images), PER_TASK):
            tasks.embed_images.delay(encoder.pk, images[start : start + PER_TASK])
    elif len(images) > IN_PROCESS:
        logger.warning("%d photos may be stale for %s; run embed_catalogue.", len(images), encoder.pk)
    else:
        pipeline.embed_images(encoder, images)
