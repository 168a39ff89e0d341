"""A batch of products in temporary tables, compared with the catalogue and written there by a few statements.

`import_row` has a row for each product of the batch: what the source says, and in `given` which of it overwrites what
the catalogue has. `import_match` has a row for each that the catalogue knows, and what differs. Both last as long as
the connection. `position` numbers the products of the batch: a table of their variants, of which a product has several,
would refer to it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from django.db import connection

from catalogue.category_garment_types import is_renamed
from catalogue.category_words import WORDS_OF_CATEGORY
from catalogue.importer.categories import category_slug
from catalogue.importer.source_product import SourceProduct

# Fields -> the value of a product for which the source says nothing.
_WORDS: dict[str, Any] = {"name": "", "brand": "", "description": ""}  # text search reads them
_OTHERS: dict[str, Any] = {
    "price": None, "compare_at_price": None, "currency": "IDR", "url": "", "is_active": True, "availability": "",
}  # fmt: skip
_FIELDS = _WORDS | _OTHERS
_quote = encode_basestring
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
_BIT = {name: 1 << number for number, name in enumerate([*_FIELDS, "category"])}
_TYPES = {"price": "numeric(14, 2)", "compare_at_price": "numeric(14, 2)", "is_active": "boolean"}

# New documents wait in a list until so many are taken into the index together, which takes a tenth off an insert's time
# where the default is 4 MB. Searches read the list meanwhile, and `index_pending_documents` empties it in the end.
PENDING = "16MB"

_COLUMNS = (
    "position", "sku", "given", "category_id", *_FIELDS,
    "attributes", "not_attributes", "private_attributes", "not_private_attributes",
)  # fmt: skip
_TABLES = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS import_row (
    position integer, sku text, given integer, category_id bigint,
    {", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in _FIELDS)},
    attributes jsonb, not_attributes text[],  -- those to set, and the names of those to remove
    private_attributes jsonb, not_private_attributes text[]
);
CREATE TEMPORARY TABLE IF NOT EXISTS import_match (
    position integer, product_id bigint, is_moved boolean, has_other_words boolean, has_other_values boolean
);
TRUNCATE import_row, import_match;
SET LOCAL gin_pending_list_limit = '{PENDING}';
"""
_TEXTS = ", ".join(name for name in ("sku", *_FIELDS) if name not in _TYPES)
_COPY = f"COPY import_row ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({_TEXTS}))"


def _value(name: str) -> str:
    """The SQL of a known product's value after the import."""
    column = "category_id" if name == "category" else name
    return f"CASE WHEN s.given & {_BIT[name]} <> 0 THEN s.{column} ELSE p.{column} END"


def _attributes(name: str) -> str:
    """The same of its attributes: the source's over those that it has. What is stored in another form is left out."""
    has = f"CASE jsonb_typeof(p.{name}) WHEN 'object' THEN p.{name} ELSE '{{}}' END"
    return f"({has} - s.not_{name}) || s.{name}"


_NEW_WORDS = {name: _value(name) for name in _WORDS} | {"attributes": _attributes("attributes")}
_NEW_VALUES = {name: _value(name) for name in _OTHERS} | {"private_attributes": _attributes("private_attributes")}
_CATEGORY = _value("category")


def _differs(values: Mapping[str, str]) -> str:
    return " OR ".join(f"{value} IS DISTINCT FROM p.{name}" for name, value in values.items())


_MATCH = f"""
INSERT INTO import_match
SELECT s.position, p.id, {_CATEGORY} IS DISTINCT FROM p.category_id, {_differs(_NEW_WORDS)}, {_differs(_NEW_VALUES)}
FROM import_row s JOIN catalogue_product p ON p.sku = s.sku
"""
_COUNT = """
SELECT count(*), count(*) FILTER (WHERE is_moved OR has_other_words OR has_other_values) FROM import_match
"""
_SET_VALUES = ", ".join(f"{name} = {value}" for name, value in _NEW_VALUES.items())
_SET_WORDS = ", ".join(f"{name} = {value}" for name, value in _NEW_WORDS.items())
# Two statements, for a document is made by every statement that names one of its columns. Where the category is gone,
# its words are NULL, and the database refuses that.
_UPDATE_WORDS = f"""
UPDATE catalogue_product p SET {_SET_WORDS}, {_SET_VALUES}, category_id = {_CATEGORY},
    category_words = (SELECT {WORDS_OF_CATEGORY} FROM catalogue_category WHERE id = {_CATEGORY}),
    updated_at = statement_timestamp()
FROM import_match m JOIN import_row s USING (position)
WHERE p.id = m.product_id AND (m.is_moved OR m.has_other_words)
"""
_UPDATE_VALUES = f"""
UPDATE catalogue_product p SET {_SET_VALUES}, updated_at = statement_timestamp()
FROM import_match m JOIN import_row s USING (position)
WHERE p.id = m.product_id AND m.has_other_values AND NOT (m.is_moved OR m.has_other_words)
"""
_OWN = ("sku", "category_id", *_FIELDS, "attributes", "private_attributes")
# Without a category's row the words are NULL, and the database says so. Somebody else may have made the same product
# since the comparison: then it is overwritten.
_INSERT = f"""
INSERT INTO catalogue_product ({", ".join(_OWN)}, category_words, colours, created_at, updated_at)
SELECT {", ".join(f"s.{name}" for name in _OWN)}, {WORDS_OF_CATEGORY}, '{{}}', statement_timestamp(),
    statement_timestamp()
FROM import_row s LEFT JOIN catalogue_category ON catalogue_category.id = s.category_id
WHERE NOT EXISTS (SELECT FROM import_match m WHERE m.position = s.position)
ORDER BY s.position
ON CONFLICT (sku) DO UPDATE SET
    {", ".join(f"{name} = EXCLUDED.{name}" for name in (*_OWN[1:], "category_words", "updated_at"))}
"""
# A renaming waits until these products are there to be changed with the others.
_LOCK_CATEGORIES = "SELECT FROM catalogue_category WHERE id IN (SELECT category_id FROM import_row) FOR SHARE"
_MOVED = "SELECT product_id FROM import_match WHERE is_moved"
# Where the category holds one type, a name says no other.
_RENAMED = f"""
SELECT p.id, p.name, s.name, c.garment_types FROM import_match m JOIN import_row s USING (position)
JOIN catalogue_product p ON p.id = m.product_id JOIN catalogue_category c ON c.id = {_CATEGORY}
WHERE m.has_other_words AND s.given & {_BIT["name"]} <> 0 AND s.name <> p.name AND cardinality(c.garment_types) <> 1
"""
_WITH_IMAGES = """
SELECT s.sku, m.product_id FROM import_match m JOIN import_row s USING (position)
WHERE EXISTS (SELECT FROM catalogue_productimage i WHERE i.product_id = m.product_id)
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch: how many products are created, updated, unchanged; the keys of those in another category,
    and of those whose name says another garment.

    In a dry run, what would become of it.
    """

    created: int
    updated: int
    unchanged: int
    moved: list[int]
    renamed: list[int]


def write_products(products: Sequence[SourceProduct], categories: Mapping[str, int], *, dry_run: bool) -> Written:
    """Creates and updates these products, in the caller's transaction. `categories` are keys by slug.

    Raises the database's errors: DataError and IntegrityError where it refuses one of the products.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.cursor.copy_expert(_COPY, _table(products, categories))
        cursor.execute(_LOCK_CATEGORIES if not dry_run else "SELECT 1")
        cursor.execute(_MATCH)
        cursor.execute(_COUNT)
        known, updated = cursor.fetchone()
        cursor.execute(_MOVED)
        moved = [key for (key,) in cursor.fetchall()]
        cursor.execute(_RENAMED)
        renamed = [key for key, before, after, held in cursor.fetchall() if is_renamed(before, after, held)]
        if not dry_run:
            if updated:
                cursor.execute(_UPDATE_WORDS)
                cursor.execute(_UPDATE_VALUES)
            if known < len(products):
                cursor.execute(_INSERT)
    return Written(len(products) - known, updated, known - updated, moved, renamed)


def index_pending_documents() -> None:
    """Takes the documents that still wait into the index of the text search, before autovacuum would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gin_clean_pending_list(oid) FROM pg_class "
            "WHERE oid = to_regclass('product_document') AND pg_has_role(relowner, 'USAGE')"  # PostgreSQL demands it
        )


def keys_of_products_with_images(products: Iterable[SourceProduct]) -> dict[str, int]:
    """Keys by sku of the batch's products that have images, in the catalogue or in the source."""
    named = [product.sku for product in products if product.images]
    with connection.cursor() as cursor:
        cursor.execute(_WITH_IMAGES)
        found = dict(cursor.fetchall())
        if named:
            cursor.execute("SELECT sku, id FROM catalogue_product WHERE sku = ANY(%s)", [named])
            found |= dict(cursor.fetchall())
    return found


def _table(products: Sequence[SourceProduct], categories: Mapping[str, int]) -> io.StringIO:
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    for position, product in enumerate(products):
        write(_row(position, product, categories))
    text.seek(0)
    return text


def _row(position: int, product: SourceProduct, categories: Mapping[str, int]) -> list[Any]:
    """The product as `_COLUMNS`."""
    fields, defaults = product.fields, product.defaults
    public, private = product.attributes, product.private_attributes
    given = 0
    for name in fields:
        given |= _BIT[name]
    values = [fields[name] if name in fields else defaults.get(name, value) for name, value in _FIELDS.items()]
    category = fields["category"] if "category" in fields else defaults["category"]
    return [
        position, product.sku, given, categories.get(category_slug(category)), *values,
        _json(public), _removed(public, private), _json(private), _removed(private, public),
    ]  # fmt: skip


def _json(attributes: Mapping[str, Any]) -> str:
    """Without the empty ones."""
    return "{" + ",".join([_pair(name, value) for name, value in attributes.items() if value != ""]) + "}"


def _pair(name: str, value: object) -> str:
    return f"{_quote(name)}:{_quote(value) if isinstance(value, str) else _encode(value)}"


def _removed(own: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The names that a known product loses: an empty cell removes one, and one that is private now is not public."""
    return _text_array((*(name for name, value in own.items() if value == ""), *other))


@lru_cache(maxsize=1_000)  # a file's rows mostly have the same columns
def _text_array(names: tuple[str, ...]) -> str:
    quoted = (name.replace("\\", "\\\\").replace('"', '\\"') for name in names)
    return "{" + ",".join(f'"{name}"' for name in quoted) + "}"
