"""The shop's categories, with what garments each holds."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.category_words import copy_words
from catalogue.choices import GarmentTypeChoices
from catalogue.querysets import CategoryQuerySet


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
