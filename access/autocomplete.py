"""The admin's boxes that look rows up while somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
from django.http import HttpRequest

MAX_DIGITS = 18


class NumberedAutocompleteSelect(AutocompleteSelect):
    """Shows a form again whose value is no key at all: Django asks the database for such a row, and fails."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        keys = [each for each in map(str, value) if each.isascii() and each.isdigit() and len(each) <= MAX_DIGITS]
        return super().optgroups(name, keys, attr)


def numbered(admin: ModelAdmin, field: ForeignKey, request: HttpRequest, options: dict[str, Any]) -> dict[str, Any]:
    """The options of `formfield_for_foreignkey`, with this widget for what is among `autocomplete_fields`."""
    if "widget" in options or field.name not in admin.get_autocomplete_fields(request):
        return options
    return options | {"widget": NumberedAutocompleteSelect(field, admin.admin_site, using=options.get("using"))}
