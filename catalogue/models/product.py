"""What is sold: products, and which of their attributes shoppers see."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalogue.attribute_names import attribute_key
from catalogue.category_words import CategoryWordsField
from catalogue.choices import AvailabilityChoices, ColourChoices
from catalogue.currencies import validate_currency
from catalogue.models.category import Category
from catalogue.querysets import ProductQuerySet

if TYPE_CHECKING:
    from catalogue.models.image import ProductImage


class Product(models.Model):
    sku = models.CharField(_("SKU"), max_length=120, unique=True, help_text=_("The merchant's own number; unique."))
    name = models.CharField(_("name"), max_length=300)
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="products",
        db_index=False,  # those of its lists serve; an import writes each index anew
    )  # fmt: skip
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    description = models.TextField(_("description"), blank=True)
    price = models.DecimalField(
        _("price"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    compare_at_price = models.DecimalField(
        _("price before"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))], help_text=_("What it costs when it is not on sale."),
    )  # fmt: skip
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="IDR",
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, as in IDR."))],
    )
    url = models.URLField(_("source URL"), max_length=1000, blank=True)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Shown in the shop and found by search."))
    availability = models.CharField(
        _("availability"),
        max_length=12,
        choices=AvailabilityChoices,
        default="",
        blank=True,
        help_text=_("Empty: unknown."),
    )
    attributes = models.JSONField(
        _("attributes"), default=dict, blank=True, help_text=_("Shown to everybody and found by text search.")
    )
    private_attributes = models.JSONField(
        _("private attributes"), default=dict, blank=True,
        help_text=_("For staff only: what an import brought whose name is no public attribute."),
    )  # fmt: skip
    colours = ArrayField(
        models.CharField(max_length=8, choices=ColourChoices),
        verbose_name=_("colours"),
        default=list,
        blank=True,
        help_text=_("The garment's main colours, strongest first; embed_catalogue sees them in its photos."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    category_words = CategoryWordsField(max_length=400, default="", blank=True, editable=False)
    # What text search sees of it (catalogue/browsing/text_search.py): made anew when one of these columns is written.
    document = models.GeneratedField(
        expression=models.Func(
            "name", "brand", "sku", "category_words", "colours", "attributes", "description",
            function="catalogue_document",
        ),
        output_field=SearchVectorField(null=True),
        db_persist=True,
    )  # fmt: skip

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(sku=""), name="product_has_sku"),
            models.CheckConstraint(condition=~Q(name=""), name="product_has_name"),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0), name="product_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(compare_at_price__isnull=True) | Q(compare_at_price__gte=0),
                name="product_compare_at_price_not_negative",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="product_currency_is_iso"),
            models.CheckConstraint(
                condition=Q(colours__contained_by=list(ColourChoices.values)), name="product_colours_known"
            ),
        ]
        indexes = [
            # Each list page's order, hidden products left out: page 5,000 costs what page 1 does.
            models.Index(F("id").desc(), condition=Q(is_active=True), name="product_newest"),
            models.Index("category", F("id").desc(), condition=Q(is_active=True), name="product_category_newest"),
            models.Index("category", "price", "id", condition=Q(is_active=True), name="product_category_price"),
            models.Index("brand", F("id").desc(), condition=Q(is_active=True), name="product_brand_newest"),
            models.Index("price", "id", condition=Q(is_active=True), name="product_price"),
            # Dear first, unpriced last: the two above read backwards would put the unpriced first.
            models.Index(
                F("price").desc(nulls_last=True), "id", condition=Q(is_active=True), name="product_price_desc"
            ),
            models.Index(
                "category",
                F("price").desc(nulls_last=True),
                "id",
                condition=Q(is_active=True),
                name="product_category_price_desc",
            ),
            models.Index("name", "id", condition=Q(is_active=True), name="product_name"),
            GinIndex("document", name="product_document"),
            GinIndex("colours", name="product_colours"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None and {"category", "category_id"}.intersection(update_fields):
            update_fields = {*update_fields, "category_words"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.pk, self.slug])

    def clean(self) -> None:
        super().clean()
        try:
            validate_currency(self.currency)
        except ValidationError as error:
            raise ValidationError({"currency": error}) from error

    @property
    def slug(self) -> str:
        return slugify(self.name)[:80] or "product"

    @property
    def photos(self) -> "list[ProductImage]":
        """Its images in their order; free after `.for_cards()`."""
        loaded: list[ProductImage] | None = self.__dict__.get("loaded_photos")
        return list(self.images.all()) if loaded is None else loaded

    @property
    def main_image(self) -> "ProductImage | None":
        """The first of its images; free after `.for_cards()`."""
        return next(iter(self.photos), None)


class PublicAttribute(models.Model):
    """The name of an attribute that shoppers see: on the product's page, in the API, by text search.

    Products' attributes of other names are private. `catalogue.attributes` compares names by their `key`.
    """

    name = models.CharField(
        _("name"), max_length=120, unique=True, help_text=_("As in the header of a file: material.")
    )
    key = models.CharField(max_length=120, editable=False, db_index=True)

    class Meta:
        verbose_name = _("public attribute")
        verbose_name_plural = _("public attributes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = attribute_key(self.name)
        super().save(*args, **kwargs)
