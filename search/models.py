"""How it is found: the vectors, and the encoders that made them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from catalogue.choices import GarmentTypeChoices
from catalogue.models import Category, Product, ProductImage
from search.querysets import EncoderQuerySet, GarmentEmbeddingQuerySet


class Encoder(models.Model):
    """An encoder whose vectors are stored. Exactly one serves; `switch_encoder` says which."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    dimensions = models.PositiveSmallIntegerField(_("dimensions"))
    fingerprint = models.CharField(_("fingerprint"), max_length=16, help_text=_("Changes when the weights do."))
    # {garment type or "": [strong, close]}: largest distances of these words; retrieval/calibration.py.
    calibration = models.JSONField(_("calibration"), default=dict, blank=True)
    is_serving = models.BooleanField(_("serving"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = EncoderQuerySet.as_manager()

    class Meta:
        verbose_name = _("encoder")
        verbose_name_plural = _("encoders")
        constraints = [
            models.UniqueConstraint(fields=["is_serving"], condition=Q(is_serving=True), name="one_encoder_serves"),
            models.CheckConstraint(condition=Q(dimensions__gt=0, dimensions__lte=4000), name="encoder_dimensions"),
            # The name stands in index names and partial-index conditions.
            models.CheckConstraint(condition=Q(name__regex=r"^[a-z0-9][a-z0-9-]*$"), name="encoder_name_is_slug"),
        ]

    def __str__(self) -> str:
        return self.name


class GarmentEmbedding(models.Model):
    """One vector: of a whole catalogue photo (ordinal 0) or of a garment found in it (ordinal 1 and up)."""

    pk = models.CompositePrimaryKey("image_id", "encoder_id", "ordinal")
    # No index of each key's own: the primary key begins with the image, those of Meta with the other two.
    image = models.ForeignKey(ProductImage, on_delete=models.CASCADE, related_name="embeddings", db_index=False)
    encoder = models.ForeignKey(Encoder, on_delete=models.CASCADE, related_name="embeddings", db_index=False)
    ordinal = models.PositiveSmallIntegerField(_("ordinal"))
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="embeddings", db_index=False)
    garment_type = models.CharField(_("garment type"), max_length=12, choices=GarmentTypeChoices, blank=True)
    box = ArrayField(models.FloatField(), size=4, verbose_name=_("box"), help_text=_("x0, y0, x1, y1 in 0..1"))
    score = models.FloatField(_("score"), help_text=_("The detector's, 0..1; 1 for the whole photo."))
    pixels_sha256 = models.CharField(_("SHA-256 of the photo's file"), max_length=64)
    fingerprint = models.CharField(_("fingerprint"), max_length=34, help_text=_("Of the encoder and the detector."))
    # The product's, as a column of the covering index (retrieval/indexes.py): searches for a garment type go by it.
    category = models.ForeignKey(
        Category,
        on_delete=models.DO_NOTHING,
        related_name="+",
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    # False for a whole photo that shows a garment of the category's types: its background would be compared too.
    found_by_type = models.BooleanField(_("found by garment type"), default=True, db_default=True, editable=False)
    # As they were when the photo was embedded: they decide which of its garments are stored. None: not recorded.
    category_types = ArrayField(
        models.CharField(max_length=12), verbose_name=_("garment types of the category"), null=True, editable=False
    )
    colours = ArrayField(models.CharField(max_length=8), verbose_name=_("colours"), null=True, editable=False)
    # No dimension: encoders of any size share the column. Each has two partial indexes (search/retrieval/indexes.py).
    vector = HalfVectorField(_("vector"))

    objects = GarmentEmbeddingQuerySet.as_manager()

    class Meta:
        verbose_name = _("garment embedding")
        verbose_name_plural = _("garment embeddings")
        indexes = [
            models.Index(fields=["product", "encoder"], name="embedding_of_product"),
            models.Index(fields=["encoder", "garment_type", "category"], name="embedding_of_category"),
        ]

    def __str__(self) -> str:
        return f"{self.image_id}/{self.encoder_id}/{self.ordinal}"
