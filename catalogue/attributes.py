"""Which attributes of products are public: those whose names the merchant lists as `PublicAttribute`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from catalogue.attribute_names import attribute_key
from catalogue.models import PublicAttribute


def public_keys() -> frozenset[str]:
    """The keys of the public attributes' names."""
    return frozenset(PublicAttribute.objects.values_list("key", flat=True))


def split_attributes(
    attributes: Mapping[str, Any], keys: Collection[str] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The public ones and the private ones of these attributes. `keys` are those of `public_keys`, if at hand."""
    known = public_keys() if keys is None else keys
    public = {name: value for name, value in attributes.items() if attribute_key(name) in known}
    return public, {name: value for name, value in attributes.items() if name not in public}


def apply_public_attributes() -> int:
    """Moves all products' attributes to where the list says; returns how many products changed.

    One statement for all products, which makes their search documents anew.
    """
    keys = public_keys()
    with connection.cursor() as cursor:
        cursor.execute(_NAMES)
        names = [name for (name,) in cursor.fetchall()]
        public = [name for name in names if attribute_key(name) in keys]
        private = [name for name in names if attribute_key(name) not in keys]
        cursor.execute(_MOVE, {"public": public, "private": private})
        return int(cursor.rowcount)


_NAMES = """
    SELECT DISTINCT jsonb_object_keys(attributes) FROM catalogue_product WHERE jsonb_typeof(attributes) = 'object'
    UNION
    SELECT DISTINCT jsonb_object_keys(private_attributes) FROM catalogue_product
    WHERE jsonb_typeof(private_attributes) = 'object'"""
_MOVE = """
    UPDATE catalogue_product SET
        attributes = coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(private_attributes || attributes)
                               WHERE key = ANY(%(public)s)), '{}'),
        private_attributes = coalesce((SELECT jsonb_object_agg(key, value)
                                       FROM jsonb_each(attributes || private_attributes)
                                       WHERE key = ANY(%(private)s)), '{}')
    WHERE jsonb_typeof(attributes) = 'object' AND jsonb_typeof(private_attributes) = 'object'
      AND (attributes ?| %(private)s OR private_attributes ?| %(public)s)"""
