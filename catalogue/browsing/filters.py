"""How the catalogue is narrowed down and ordered: one FilterSet for the API, the pages and their facets."""

from __future__ import annotations

from typing import Self

import django_filters
from django import forms
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalogue.browsing.text_search import ReadQuery
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.models import Category, Product

MAX_QUERY_LENGTH = 200  # PostgreSQL parses the whole of it three times

# Each ends with the id, so that a page boundary never falls between two equals. Products without a price come last.
ORDERINGS = {
    "newest": ("-id",),
    "price": (F("price").asc(nulls_last=True), "id"),
    "-price": (F("price").desc(nulls_last=True), "id"),
    "name": ("name", "id"),
}
ORDERING_LABELS = [
    ("newest", _("Newest first")),
    ("price", _("Price, low to high")),
    ("-price", _("Price, high to low")),
    ("name", _("Name, A to Z")),
]


class AnyTextsField(forms.MultipleChoiceField):
    """Several texts that need not be known beforehand: looking all brands up costs more than finding nothing."""

    default_validators = [ProhibitNullCharactersValidator(), MaxLengthValidator(120)]

    def valid_value(self, value: str) -> bool:
        return True

    def run_validators(self, value: list[str]) -> None:
        for text in value:
            super().run_validators(text)


class TextsFilter(django_filters.MultipleChoiceFilter):
    """`?brand=A&brand=B`: one of these."""

    field_class = AnyTextsField

    def filter(self, queryset: QuerySet, value: list[str]) -> QuerySet:
        return queryset.filter(**{f"{self.field_name}__in": value}) if value else queryset


class ProductFilterForm(forms.Form):
    def clean(self) -> dict:
        cleaned = super().clean()
        low, high = cleaned.get("price_min"), cleaned.get("price_max")
        if low is not None and high is not None and low > high:
            message = _("price_min (%(low)s) is above price_max (%(high)s).")
            self.add_error("price_min", forms.ValidationError(message, params={"low": low, "high": high}))
        return cleaned


class ProductFilter(django_filters.FilterSet):
    """Narrows and orders a queryset of products; values that make no sense are errors, unknown brands find nothing.

    With `q` and no `ordering` the best match comes first; without both, the newest product.
    """

    category = django_filters.ModelMultipleChoiceFilter(
        queryset=Category.objects.all(), to_field_name="slug", method="of_categories", label=_("Category")
    )
    garment_type = django_filters.ChoiceFilter(
        choices=GarmentTypeChoices.choices, method="of_garment_type", label=_("Garment type")
    )
    brand = TextsFilter(label=_("Brand"))
    price_min = django_filters.NumberFilter("price", "gte", min_value=0, max_digits=14, label=_("Price from"))
    price_max = django_filters.NumberFilter("price", "lte", min_value=0, max_digits=14, label=_("Price to"))
    colour = django_filters.MultipleChoiceFilter(choices=ColourChoices.choices, method="of_colours", label=_("Colour"))
    q = django_filters.CharFilter(method="of_text", max_length=MAX_QUERY_LENGTH, label=_("Words"))
    ordering = django_filters.ChoiceFilter(
        choices=ORDERING_LABELS, method="in_order", empty_label=_("Best match"), label=_("Order")
    )

    class Meta:
        model = Product
        fields: list[str] = []
        form = ProductFilterForm

    def __init__(self, data: QueryDict | None = None, *args, **kwargs) -> None:
        super().__init__(_without_empty(data), *args, **kwargs)
        self.meanings: dict[str, ReadQuery] = {}  # what was typed -> what was looked for

    def without(self, *names: str) -> Self:
        """The same filters but these: a facet's counts ignore its own choice, or no second one could be offered."""
        data = self.data.copy()
        for name in names:
            data.pop(name, None)
        lifted = type(self)(data, queryset=self.queryset, request=self.request)
        lifted.meanings = self.meanings
        return lifted

    def of_categories(self, queryset: QuerySet, name: str, categories: list[Category]) -> QuerySet:
        # The ids and not a join: one category's page walks the index (category, id) from its end.
        ids = [category.pk for category in categories]
        if not ids:
            return queryset
        return queryset.filter(category=ids[0]) if len(ids) == 1 else queryset.filter(category__in=ids)

    def of_garment_type(self, queryset: QuerySet, name: str, garment_type: str) -> QuerySet:
        return queryset.filter(category__in=Category.objects.holding(garment_type))

    def of_colours(self, queryset: QuerySet, name: str, colours: list[str]) -> QuerySet:
        return queryset.filter(colours__overlap=colours) if colours else queryset

    def of_text(self, queryset: QuerySet, name: str, text: str) -> QuerySet:
        if text not in self.meanings:  # looked up once, and not again for each facet
            self.meanings[text] = Product.objects.visible().understood(text)
        return queryset.meaning(self.meanings[text]).order_by("-rank", "-id")

    def in_order(self, queryset: QuerySet, name: str, ordering: str) -> QuerySet:
        return queryset.order_by(*ORDERINGS[ordering])


def _without_empty(data: QueryDict | None) -> QueryDict:
    """A form's empty select sends `colour=`, which means no colour and not the colour ''."""
    kept = QueryDict(mutable=True)
    for name, values in (data or kept).lists():
        kept.setlist(name, [value for value in values if value.strip()])
    return kept
