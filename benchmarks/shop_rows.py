"""A shop of any size, made within the database: a million products with their documents in minutes.

Rows are inserted without triggers and before the indexes are built.
"""

from __future__ import annotations

import time

from django.db import connection, transaction

WORDS = [
    "batik", "dress", "kemeja", "jaket", "denim", "floral", "jeans", "slim", "rok", "plisket", "blouse", "silk",
    "kaos", "polos", "hoodie", "oversize", "linen", "cropped", "stripe", "tenun",
]  # fmt: skip
COLOURS = ["black", "white", "grey", "beige", "brown", "red", "orange", "yellow", "green", "blue", "purple", "pink"]
TABLES = ("catalogue_product", "catalogue_productimage")

# Skewed as real shops are: the square of a number that is spread evenly over 0..1 is small more often than large.
_ROWS = """
INSERT INTO catalogue_product (id, sku, name, category_id, brand, description, price, currency, url, is_active,
                               attributes, private_attributes, availability, colours, category_words,
                               created_at, updated_at)
SELECT i, 'sku-' || i, n.name, c.id, b.name, '', (i::bigint * 7919) % {count}, 'IDR', '', i % 50 <> 0,
       '{{}}', '{{}}', '', CASE WHEN i % 3 = 0 THEN ARRAY[colours[one], colours[1 + one % 12]]
                              ELSE ARRAY[colours[one]] END, c.name, now(), now()
FROM (
    SELECT i, (ARRAY{colours})::varchar[] AS colours,
           1 + floor(12 * {even[0]} ^ 2)::int AS one,
           floor({words} * {even[1]} ^ 2)::int * {words} ^ 2 + floor({words} * {even[2]}) * {words}
               + floor({words} * {even[3]}) AS name_id,
           floor(512 * {even[4]} ^ 2)::int AS brand_id, 1 + (hashint4(i) & 15) AS category_id
    FROM generate_series(1, {count}) AS i
) AS row
JOIN names n ON n.id = name_id JOIN brands b ON b.id = brand_id JOIN categories c ON c.id = row.category_id
ORDER BY i  -- rows lie as they came; a join would lay equal names side by side
"""


def load_shop(count: int) -> float:
    """Fills an empty shop with `count` products and photos and returns the seconds it took; 0 where they are there."""
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalogue_product")
        present = cursor.fetchone()[0]
        if present == count:
            return 0.0
        if present:
            raise SystemExit(f"The database holds {present:,} products and not {count:,}: keep it under another name.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign-key checks
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        indexes = _drop_indexes(cursor)
        _make_parts(cursor)
        even = [f"((hashint4extended(i, {salt}) & 1048575) / 1048576.0)" for salt in range(5)]
        cursor.execute(_ROWS.format(count=count, colours=COLOURS, words=len(WORDS), even=even))
        cursor.execute(
            "INSERT INTO catalogue_productimage (id, product_id, file, sha256, width, height, position, source, "
            "source_etag, source_modified) "
            "SELECT i, i, 'made-up/' || i || '.jpg', repeat(md5(i::text), 2), 480, 640, 0, '', '', '' "
            f"FROM generate_series(1, {count}) AS i"
        )
        for statement in indexes:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return round(time.perf_counter() - started, 1)


def _make_parts(cursor) -> None:
    """The names, brands and categories."""
    words = f"(ARRAY{WORDS})"
    n = len(WORDS)
    cursor.execute(
        "INSERT INTO catalogue_category (id, name, name_en, name_id, slug, garment_types, position) "
        "SELECT i, 'Category ' || i, '', '', 'category-' || i, '{}', i FROM generate_series(1, 16) AS i"
    )
    cursor.execute(
        f"""CREATE TEMP TABLE names AS
            SELECT id, name
            FROM generate_series(0, {n**3 - 1}) AS id,
                 LATERAL (SELECT concat_ws(' ', {words}[1 + id / {n * n}], {words}[1 + id / {n} % {n}],
                                           {words}[1 + id % {n}]) AS name) AS made"""
    )
    cursor.execute("CREATE TEMP TABLE brands AS SELECT id, 'Brand ' || id AS name FROM generate_series(0, 511) AS id")
    cursor.execute("CREATE TEMP TABLE categories AS SELECT id, name FROM catalogue_category")
    cursor.execute("ANALYZE names, brands, categories")


def _drop_indexes(cursor) -> list[str]:
    """Drops all indexes that no constraint needs, and returns the statements that make them again."""
    cursor.execute(
        """SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)
           AND indexname NOT IN (SELECT conname FROM pg_constraint)""",
        [list(TABLES)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in found]
