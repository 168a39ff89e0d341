"""The admin's boxes that look rows up while somebody types."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect

MOST_DIGITS = 18


class NumberedAutocompleteSelect(AutocompleteSelect):
    """Shows a form again whose value is no key at all: Django asks the database for such a row, and fails."""

    def optgroups(self, name: str, value: list[str], attr: dict[str, Any] | None = None) -> Any:
        keys = [each for each in map(str, value) if each.isascii() and each.isdigit() and len(each) <= MOST_DIGITS]
        return super().optgroups(name, keys, attr)


class NumberedAutocompleteMixin:
    """For a ModelAdmin with `autocomplete_fields`."""

    def formfield_for_foreignkey(self: Any, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = NumberedAutocompleteSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
