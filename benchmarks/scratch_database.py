"""A database of a benchmark's own on the configured server, filled by COPY and dropped in the end."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

NAME = "fashion_benchmark"


@contextmanager
def scratch_database(name: str = NAME, *, keep: bool = False) -> Iterator[None]:
    """Django on an empty, migrated database called `name`; the site's own is not touched."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DEBUG", "1")  # needs no settings of a site; what DEBUG costs is switched off below
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.DEBUG = False
    connection.settings_dict["TEST"]["NAME"] = name
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0, keepdb=keep)


def load_products(count: int, *, photos: int, categories: bool = True) -> None:
    """`count` products with `photos` images each: price 0..count-1 in random order, 16 categories, 500 brands.

    categories: whether to make the categories 1 to 16 too.
    """
    if categories:
        _execute(
            "INSERT INTO catalogue_category (id, name, name_en, name_id, slug, garment_types, position) "
            "SELECT i, 'Category ' || i, '', '', 'category-' || i, '{}', i FROM generate_series(1, 16) i"
        )
    _execute(
        "SET session_replication_role = replica",  # no triggers, no foreign-key checks: the rows are right
        f"""INSERT INTO catalogue_product (id, sku, name, category_id, brand, description, price, currency, url,
                                           is_active, attributes, private_attributes, availability, colours,
                                           category_words, created_at, updated_at)
            SELECT i, 'sku-' || i, 'Garment ' || i, 1 + (hashint4(i) & {15 if categories else 7}),
                  'Brand ' || (hashint4(i + 7) & 511), '',
                   (i::bigint * 7919) % {count}, 'IDR', '', true, '{{}}', '{{}}', '', '{{}}', '', now(), now()
            FROM generate_series(1, {count}) i""",
        f"""INSERT INTO catalogue_productimage (id, product_id, file, sha256, width, height, position, source,
                                                source_etag, source_modified)
            SELECT i, 1 + (i - 1) / {photos}, 'made-up/' || i, repeat(md5(i::text), 2), 48, 64, (i - 1) % {photos},
                   '', '', ''
            FROM generate_series(1, {count * photos}) i""",
        "SET session_replication_role = DEFAULT",
    )


def load_typed_products(count: int, garment_types: Sequence[str]) -> None:
    """`count` products with an image each; those that have a garment type are in the category that holds it alone."""
    from django.db import connection

    from catalogue.choices import GarmentTypeChoices
    from catalogue.models import Category

    Category.objects.bulk_create(
        Category(id=number, name=kind, slug=kind, garment_types=[kind], position=number)
        for number, kind in enumerate(GarmentTypeChoices.values, start=1)
    )
    numbers = {kind: number for number, kind in enumerate(GarmentTypeChoices.values, start=1)}
    load_products(count, photos=1, categories=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalogue_product p SET category_id = c.id "
            "FROM unnest(%s::int[]) WITH ORDINALITY AS c (id, product) WHERE p.id = c.product",
            [[numbers[kind] for kind in garment_types]],
        )


def load_vectors(vectors: np.ndarray, encoder: str, *, photos: int, garment_types: Sequence[str] | None = None) -> None:
    """One row an image for (R, D) float16 vectors, by binary COPY. garment_types: of each row, by default none."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for start in range(0, len(vectors), 20_000):
            block = _copy_block(vectors[start : start + 20_000], start, encoder, photos)
            cursor.cursor.copy_expert(f"COPY search_garmentembedding ({COLUMNS}) FROM STDIN (FORMAT binary)", block)
        if garment_types is not None:
            cursor.execute(
                "UPDATE search_garmentembedding e SET garment_type = t.kind FROM unnest(%s::text[]) WITH ORDINALITY "
                "AS t (kind, image) WHERE e.image_id = t.image",
                [list(garment_types)],
            )
        cursor.execute(
            "UPDATE search_garmentembedding e SET category_id = p.category_id FROM catalogue_product p "
            "WHERE p.id = e.product_id"
        )
        cursor.execute("SET session_replication_role = DEFAULT")
        # Without the rows that the updates have left: autovacuum would guess too low how many there are.
        cursor.execute("VACUUM (FULL, ANALYZE) search_garmentembedding")


COLUMNS = "image_id, encoder_id, ordinal, product_id, garment_type, box, score, pixels_sha256, fingerprint, vector"


def _copy_block(vectors: np.ndarray, start: int, encoder: str, photos: int) -> io.BytesIO:
    """PostgreSQL's binary COPY format: a header, fixed-size rows, a trailer."""
    name, dimensions = encoder.encode(), vectors.shape[1]
    box = np.frombuffer(
        b"".join([np.array([1, 0, 701, 4, 1], ">i4").tobytes()] + [_float8(v) for v in (0.0, 0.0, 1.0, 1.0)]), "u1"
    )
    fields = [
        ("image", ">i8"), ("encoder", f"S{len(name)}"), ("ordinal", ">i2"), ("product", ">i8"), ("type", "S0"),
        ("box", "u1", (len(box),)), ("score", ">f8"), ("sha", "S64"), ("print", "S4"),
        ("vector", [("size", ">i2"), ("unused", ">i2"), ("values", ">f2", (dimensions,))]),
    ]  # fmt: skip
    layout: list[Any] = [("count", ">i2")]
    for field, *kind in fields:
        layout += [(f"{field}_bytes", ">i4")] + ([(field, *kind)] if kind[0] != "S0" else [])
    rows = np.zeros(len(vectors), layout)
    rows["count"] = len(fields)
    for field, *kind in fields:
        rows[f"{field}_bytes"] = np.dtype([("x", *kind)]).itemsize if kind[0] != "S0" else 0
    images = start + 1 + np.arange(len(vectors))
    rows["image"], rows["product"] = images, 1 + (images - 1) // photos
    rows["encoder"], rows["sha"], rows["print"], rows["box"], rows["score"] = name, b"0" * 64, b"made", box, 1
    rows["vector"]["size"], rows["vector"]["values"] = dimensions, vectors
    return io.BytesIO(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff")


def _float8(value: float) -> bytes:
    return np.array(8, ">i4").tobytes() + np.array(value, ">f8").tobytes()


def _execute(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
