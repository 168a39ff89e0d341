"""Reading vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q, Value

from catalogue.category_garment_types import garment_types_of_product

if TYPE_CHECKING:
    from catalogue.models import Product
    from search.models import Encoder, GarmentEmbedding


class EncoderQuerySet(models.QuerySet["Encoder"]):
    def serving(self) -> Encoder | None:
        """The encoder whose vectors answer searches, or None before the first `embed_catalogue`."""
        return self.filter(is_serving=True).first()


class GarmentEmbeddingQuerySet(models.QuerySet["GarmentEmbedding"]):
    def of(self, encoder: Encoder | str) -> Self:
        """Vectors of one encoder: those of two are never compared."""
        return self.filter(encoder=encoder)

    def representative_of(self, product: Product) -> GarmentEmbedding | None:
        """The product's own garment as its first photo shows it: the surest detection, else the whole photo, or None.

        A garment of a type that the product may be goes before one that the detector took for something else.
        """
        held = garment_types_of_product(product.name, product.category.garment_types)
        return (
            self.filter(product=product)
            .annotate(
                is_whole=ExpressionWrapper(Q(ordinal=0), BooleanField()),
                is_misclassified=ExpressionWrapper(~Q(garment_type__in=held), BooleanField()) if held else Value(False),
            )
            .order_by("is_whole", "is_misclassified", "image__position", "image_id", "-score")
            .first()
        )
