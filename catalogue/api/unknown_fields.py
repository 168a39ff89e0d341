"""Refusing fields that a serializer does not have, which DRF drops in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class KnownFieldsMixin(serializers.Serializer[Any]):
    """Input with a field of another name is an error that lists the names that can be written."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                known = ", ".join(name for name, field in self.fields.items() if not field.read_only)
                raise serializers.ValidationError(
                    {str(name): [f"There is no such field. These can be written: {known}."] for name in unknown}
                )
        return super().to_internal_value(data)
