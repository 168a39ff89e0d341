"""Reading vectors."""

from __future__ import annotations

from typing import Self

from django.db import models


class EncoderQuerySet(models.QuerySet):
    def serving(self):
        """The encoder whose vectors answer searches, or None before the first `embed_catalogue`."""
        return self.filter(is_serving=True).first()


class GarmentEmbeddingQuerySet(models.QuerySet):
    def of(self, encoder) -> Self:
        """Vectors of one encoder: those of two are never compared."""
        return self.filter(encoder=encoder)
