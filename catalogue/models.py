"""What is sold: categories, products and their photos."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.attribute_names import attribute_key
from catalogue.category_words import CategoryWordsField, copy_words
from catalogue.choices import AvailabilityChoices, ColourChoices, GarmentTypeChoices
from catalogue.currencies import validate_currency
from catalogue.querysets import CategoryQuerySet, InfoPageQuerySet, ProductQuerySet


class Category(models.Model):
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(
        _("English name"), max_length=120, blank=True, help_text=_("Shown on English pages; empty: the name.")
    )
    name_id = models.CharField(
        _("Indonesian name"), max_length=120, blank=True, help_text=_("Shown on Indonesian pages; empty: the name.")
    )
    slug = models.SlugField(_("slug"), max_length=140, unique=True)
    garment_types = ArrayField(
        models.CharField(max_length=12, choices=GarmentTypeChoices),
        verbose_name=_("garment types"),
        default=list,
        blank=True,
        help_text=_("What this category holds. A garment in a photo is looked for where its type is held; none: any."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("Small numbers come first."))

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="category_has_name"),
            models.CheckConstraint(
                condition=Q(garment_types__contained_by=list(GarmentTypeChoices.values)),
                name="category_garment_types_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        copy_words([self.pk])

    def get_absolute_url(self) -> str:
        return reverse("category", args=[self.slug])

    @property
    def local_name(self) -> str:
        """Its name in the page's language where there is one, else `name`."""
        return getattr(self, f"name_{get_language()}", "") or self.name

    @property
    def language_of_local_name(self) -> str:
        """The language of `local_name` where it is known and not the page's; else empty."""
        if getattr(self, f"name_{get_language()}", ""):
            return ""
        translations = {self.name_en: "en", self.name_id: "id"}
        language = translations.get(self.name) or settings.CATALOGUE_LANGUAGE
        return "" if language == get_language() else language


class InfoPage(models.Model):
    """A page of text, linked in the footer: about, contact, privacy. One without a text is not shown."""

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    title_en = models.CharField(_("English title"), max_length=120)
    title_id = models.CharField(_("Indonesian title"), max_length=120, blank=True)
    text_en = models.TextField(
        _("English text"), blank=True, help_text=_("An empty line begins a paragraph. Addresses become links.")
    )
    text_id = models.TextField(_("Indonesian text"), blank=True, help_text=_("Empty: the English one is shown."))
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("Small numbers come first."))

    objects = InfoPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.title_en

    def get_absolute_url(self) -> str:
        return reverse("info-page", args=[self.slug])

    @property
    def language(self) -> str:
        """The language that it is shown in: the page's where it has a text in it, else the other."""
        preferred, other = ("id", "en") if get_language() == "id" else ("en", "id")
        return preferred if getattr(self, f"text_{preferred}").strip() else other

    @property
    def title(self) -> str:
        return str(getattr(self, f"title_{self.language}") or self.title_en)

    @property
    def text(self) -> str:
        return str(getattr(self, f"text_{self.language}"))


class SynonymGroup(models.Model):
    """Words that mean the same in a text search."""

    words = models.CharField(
        _("words"),
        max_length=500,
        unique=True,
        help_text=_("Words that mean the same, separated by commas, as in: dress, gaun, terusan."),
    )

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words


class Product(models.Model):
    sku = models.CharField(_("SKU"), max_length=120, unique=True, help_text=_("The merchant's own number; unique."))
    name = models.CharField(_("name"), max_length=300)
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="products"
    )
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
    def main_image(self) -> "ProductImage | None":
        """The first of its images; free after `.for_cards()`."""
        return next(iter(self.images.all()), None)


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


def image_path(image: "ProductImage", filename: str) -> str:
    """Where an image file lies: by its content's hash, so that the same photo twice is one file."""
    suffix = filename.rpartition(".")[2].lower()
    return f"products/{image.sha256[:2]}/{image.sha256[2:]}.{suffix}"


class ProductImage(models.Model):
    product = models.ForeignKey(Product, verbose_name=_("product"), on_delete=models.CASCADE, related_name="images")
    file = models.ImageField(
        _("file"), upload_to=image_path, max_length=200, width_field="width", height_field="height"
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
