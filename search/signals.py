"""The search knows of every change at commit.

Deletions cascade and hiding is part of the query, so those need nothing. A photo that is new or replaced loses its old
vectors in the same transaction and is looked at right after it; loads that bypass signals (import_zalora) are followed
by `embed_catalogue`.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from catalogue.models import Category, ProductImage
from search.models import Encoder, GarmentEmbedding

STALE = "stale"  # no fingerprint of weights: embed_catalogue makes such rows anew
logger = logging.getLogger(__name__)


@receiver(post_save, sender=ProductImage)
def image_saved(sender, instance: ProductImage, raw: bool = False, **kwargs) -> None:
    """Drops vectors of earlier pixels or an earlier product; has the missing ones made after the commit."""
    stale = GarmentEmbedding.objects.filter(image=instance)
    stale.exclude(pixels_sha256=instance.sha256, product=instance.product_id).delete()
    if not raw:
        transaction.on_commit(lambda: _embed(instance.pk), robust=True)


def _embed(image_id: int) -> None:
    from search.embedding.pipeline import embed_image

    for encoder in Encoder.objects.all():
        try:
            embed_image(image_id, encoder)
        except Exception:  # the photo is saved; embed_catalogue will try again
            logger.exception("Image %s has no vectors of %s yet; run embed_catalogue.", image_id, encoder.pk)


@receiver(pre_save, sender=Category)
def category_saved(sender, instance: Category, **kwargs) -> None:
    """Which of a photo's garments is the product depends on what its category holds: it must be looked at anew."""
    before = Category.objects.filter(pk=instance.pk).values_list("garment_types", flat=True).first()
    if before is not None and set(before) != set(instance.garment_types):
        GarmentEmbedding.objects.filter(product__category=instance).update(fingerprint=STALE)
