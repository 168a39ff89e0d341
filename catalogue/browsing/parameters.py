"""The parameters of lists of products, read from a query string, a form or JSON: one serializer for all of them.

A value that makes no sense is an error that names the value and what is allowed. Pages of the shop read prices as
people type them (`as_typed`); the API takes plain decimal numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import validate_slug
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalogue.browsing.filters import MAX_QUERY_LENGTH, ORDERING_LABELS, ProductFilters
from catalogue.browsing.keyset_pages import read_cursor
from catalogue.browsing.price_text import price_of_text
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.models import Category

MAX_VALUES = 50  # of one filter
FILTER_NAMES = ("category", "garment_type", "brand", "colour", "price_min", "price_max", "q")
Errors = dict[str, list[str]]  # parameter -> sentences


class AnyOfField(serializers.ListField):
    """One text or several; empty ones, which a form's unset fields send, are left out."""

    def to_internal_value(self, data: Any) -> list[Any]:
        values = [data] if isinstance(data, str) else data
        if isinstance(values, (list, tuple)):
            values = [value for value in values if not (isinstance(value, str) and not value.strip())]
            values = list(dict.fromkeys(values)) if all(isinstance(value, str) for value in values) else values
        return list(super().to_internal_value(values))

    def run_child_validation(self, data: Any) -> Any:
        """The child's values; its errors as one list of sentences, as every other field has them."""
        try:
            return super().run_child_validation(data)
        except serializers.ValidationError as error:
            details = error.detail.values() if isinstance(error.detail, dict) else [error.detail]
            raise serializers.ValidationError([text for detail in details for text in detail]) from error


class AllowedChoiceField(serializers.ChoiceField):
    """A choice whose error lists what is allowed."""

    default_error_messages = {"invalid_choice": _("“{input}” is not one of: {allowed}.")}

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and self.allow_blank:
            return ""
        value = str(data).strip() if isinstance(data, str) else ""
        if value not in self.choices:
            allowed = ", ".join(str(choice) for choice in self.choices if choice)
            self.fail("invalid_choice", input=str(data)[:60], allowed=allowed)
        return value


@extend_schema_field({"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"})
class CategoryField(serializers.Field[Category, Any, str, Any]):
    """A category by its slug. All categories are read once for all values of a request."""

    default_error_messages = {
        "unknown": _("There is no category “{input}”. There are: {allowed}."),
    }

    def to_internal_value(self, data: Any) -> Category:
        kept = cast(dict[str, Any], self.context)
        known: dict[str, Category] = kept.get("categories") or {each.slug: each for each in Category.objects.all()}
        kept["categories"] = known
        try:
            validate_slug(data)
            return known[data]
        except (DjangoValidationError, KeyError, TypeError):
            self.fail("unknown", input=str(data)[:60], allowed=", ".join(list(known)[:50]) or "–")

    def to_representation(self, value: Category) -> str:
        return value.slug


class PriceField(serializers.DecimalField):
    """A price of two decimals at most; as people type it where the context says `as_typed`."""

    default_error_messages = {"as_typed": _("“{input}” is not a price. Please write it as in {example}.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, min_value=Decimal(0), allow_null=True, **kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return super().validate_empty_values(None if isinstance(data, str) and not data.strip() else data)

    def to_internal_value(self, data: Any) -> Decimal:
        if self.context.get("as_typed"):
            try:
                return super().to_internal_value(str(price_of_text(str(data))))
            except (ValueError, serializers.ValidationError):
                self.fail("as_typed", input=str(data)[:40], example="199000")
        return super().to_internal_value(data)


class ProductFilterParameters(serializers.Serializer[Any]):
    """What narrows a list of products."""

    category = AnyOfField(
        child=CategoryField(), required=False, max_length=MAX_VALUES, help_text="Slugs; one of these categories."
    )
    garment_type = AllowedChoiceField(
        choices=GarmentTypeChoices.choices, required=False, allow_blank=True,
        help_text="In a category that holds this type.",
    )  # fmt: skip
    brand = AnyOfField(
        child=serializers.CharField(max_length=120), required=False, max_length=MAX_VALUES,
        help_text="One of these brands.",
    )  # fmt: skip
    colour = AnyOfField(
        child=AllowedChoiceField(choices=ColourChoices.choices), required=False, max_length=MAX_VALUES,
        help_text="One of these is among the product's colours.",
    )  # fmt: skip
    price_min = PriceField(required=False, help_text="The lowest price, two decimals at most.")
    price_max = PriceField(required=False, help_text="The highest price, two decimals at most.")
    q = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_QUERY_LENGTH,
        help_text="Words, \"a phrase\", -without; prices too, as in dress under 200000.",
    )  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        low, high = attrs.get("price_min"), attrs.get("price_max")
        if low is not None and high is not None and low > high:
            message = _("The lowest price, %(low)s, is above the highest, %(high)s.") % {
                "low": self._shown(low),
                "high": self._shown(high),
            }
            raise serializers.ValidationError({"price_min": [message], "price_max": [message]})
        return attrs

    def _shown(self, amount: Decimal) -> str:
        """An amount for a message: to people as their language writes it, to programs as they do."""
        decimals = 0 if amount % 1 == 0 else 2
        if self.context.get("as_typed"):
            return number_format(amount, decimal_pos=decimals, force_grouping=True)
        return f"{amount:.{decimals}f}"

    @property
    def filters(self) -> ProductFilters:
        """The filters among the validated values."""
        return filters_of(self.validated_data)


class ListParameters(ProductFilterParameters):
    """What narrows and orders a list."""

    ordering = AllowedChoiceField(
        choices=ORDERING_LABELS, required=False, allow_blank=True,
        help_text="Without it the best match of `q` comes first, else the newest.",
    )  # fmt: skip


class ListPageParameters(ListParameters):
    """A page of the shop: `after` says where it begins."""

    after = serializers.CharField(required=False, allow_blank=True, max_length=400)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        ordering = attrs.get("ordering") or ("" if attrs.get("q") else "newest")
        try:
            read_cursor(attrs.get("after", ""), ordering)
        except ValueError as error:
            raise serializers.ValidationError({"after": [_("This page of the list does not exist.")]}) from error
        return attrs


def filters_of(values: Mapping[str, Any]) -> ProductFilters:
    """The filters among a serializer's validated values."""
    given: dict[str, Any] = {}
    for name in FILTER_NAMES:
        if name in values:
            given[name] = tuple(values[name]) if isinstance(values[name], list) else values[name]
    return ProductFilters(**given)


def read_page_parameters(
    data: QueryDict, serializer: type[ProductFilterParameters] = ListPageParameters
) -> tuple[dict[str, Any], Errors]:
    """The values of a page's address that make sense, and a sentence for each that does not."""
    errors: Errors = {}
    kept = data.copy()
    context: dict[str, Any] = {"as_typed": True}
    while True:
        parameters = serializer(data=kept, context=context)
        if parameters.is_valid():
            return parameters.validated_data, errors
        for name, sentences in parameters.errors.items():
            errors[name] = [str(sentence) for sentence in sentences]
            kept.pop(name, None)
