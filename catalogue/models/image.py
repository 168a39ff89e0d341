"""The photos of products."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.models.product import Product


class ProductImage(models.Model):
    product = models.ForeignKey(Product, verbose_name=_("product"), on_delete=models.CASCADE, related_name="images")
    file = models.ImageField(
        _("file"), upload_to="products", max_length=200, width_field="width", height_field="height"
    )
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, editable=False)  # as it came
    # As it is stored, without metadata; empty in rows of releases that did not note it.
    stored_sha256 = models.CharField(max_length=64, blank=True, editable=False, db_default="")
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    source = models.CharField(
        _("source"), max_length=1000, blank=True, editable=False, help_text=_("The path or URL it was imported from.")
    )
    # What the host said of the file behind the address, to ask for it again only where it has changed.
    source_etag = models.CharField(max_length=300, blank=True, editable=False)
    source_modified = models.CharField(max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("product image")
        verbose_name_plural = _("product images")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "sha256"], name="image_once_a_product"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="image_sha256_is_hex"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="image_has_size"),
        ]
        indexes = [
            models.Index(fields=["product", "position", "id"], name="image_of_product"),
            models.Index(fields=["sha256"], name="image_sha256"),  # does another row share this file?
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.position}"
