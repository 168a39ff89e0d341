"""Each encoder's own two indexes, both partial: no row of another encoder is in them.

- the graph: HNSW on the cast to the encoder's dimension (Malkov and Yashunin, 2016; pgvector README);
- by category and product, with the vectors in it: what is compared exactly is read in one place, and not fetched row by
  row out of a table several times as wide. A million vectors of 256 numbers take 600 MB in it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, connection

from catalogue.reading_connection import reading_connection
from search.models import Encoder

M = 16  # edges a node; pgvector's default
EF_CONSTRUCTION = 200  # candidates while building: recall@10 0.998 of exact at ef_search 120, where 96 gave 0.982
BUILD_LOCK = 7_046_029_254_386_355  # any number that no other advisory lock of this database uses
LOCK_PAUSE_S = 0.5
MAX_NAME = 63  # bytes of a name in PostgreSQL
MAX_BUILD_MB = 2048  # of memory for a build: enough for a million vectors of 512 numbers; beyond it the build is slower
NOTICED_ROWS = 20_000  # fewer are indexed in seconds
BUILD_S_A_ROW = 0.00055  # 551 s for both indexes of a million vectors of 256 numbers: benchmarks/README.md
MAX_COVERED = 1280  # numbers: an entry of a b-tree may have 2,704 bytes. Longer vectors are compared out of the table


def index_name(encoder: Encoder) -> str:
    """The graph's name."""
    return _name("embedding_hnsw_", encoder)


def covering_index_name(encoder: Encoder) -> str:
    """The name of the index by category and product."""
    return _name("embedding_covering_", encoder)


def _name(prefix: str, encoder: Encoder) -> str:
    """A longer name than PostgreSQL has room for ends in a hash, or two encoders could share it."""
    name = f"{prefix}{encoder.pk.replace('-', '_')}"
    if len(name) > MAX_NAME:
        name = f"{name[: MAX_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return name


def has_index(encoder: Encoder) -> bool:
    """Whether the graph is there and finished; one whose build was cut off is not."""
    return _is_finished(index_name(encoder))


def _is_finished(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        row = cursor.fetchone()
    return bool(row and row[0])


def indexed_rows(encoder: Encoder) -> int | None:
    """How many rows the finished graph has, as the statistics say; None where there is none."""
    with reading_connection().cursor() as cursor:
        cursor.execute(
            "SELECT c.reltuples FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid "
            "WHERE c.oid = to_regclass(%s) AND i.indisvalid",
            [index_name(encoder)],
        )
        row = cursor.fetchone()
    return max(0, int(row[0])) if row else None


def create_index(encoder: Encoder) -> None:
    """Builds of both what is not there: beside the running site, or plainly where a transaction is open."""
    for name, definition in _definitions(encoder).items():
        if _is_finished(name):
            continue
        _drop(name)
        if connection.in_atomic_block:
            connection.check_constraints()  # no index can be made while foreign keys wait to be checked
        with connection.cursor() as cursor, _memory_to_build(encoder):
            cursor.execute(
                f"CREATE INDEX {'' if connection.in_atomic_block else 'CONCURRENTLY'} {name} "
                f"ON search_garmentembedding {definition} WHERE encoder_id = '{encoder.pk}'"
            )


def _definitions(encoder: Encoder) -> dict[str, str]:
    definitions = {
        index_name(encoder): f"USING hnsw ((vector::halfvec({encoder.dimensions})) halfvec_cosine_ops) "
        f"WITH (m = {M}, ef_construction = {EF_CONSTRUCTION})"
    }
    if encoder.dimensions <= MAX_COVERED:
        definitions[covering_index_name(encoder)] = (
            "(category_id, product_id) INCLUDE (found_by_type, garment_type, vector)"
        )
    return definitions


@contextmanager
def building_alone() -> Iterator[None]:
    """Bars other sessions from building indexes; waits until they have.

    It asks again and again: a session that waits inside a statement is one that CREATE INDEX CONCURRENTLY waits for.
    """
    with connection.cursor() as cursor:
        while not _takes_lock(cursor):
            time.sleep(LOCK_PAUSE_S)
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # else the lock goes with the connection
            cursor.execute("SELECT pg_advisory_unlock(%s)", [BUILD_LOCK])


def _takes_lock(cursor: Any) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [BUILD_LOCK])
    return bool(cursor.fetchone()[0])


def build_notice(encoder: Encoder) -> str | None:
    """What the graph's build will take, for a person who waits; None where it is there or takes a moment."""
    rows = encoder.embeddings.count()
    if rows < NOTICED_ROWS or has_index(encoder):
        return None
    wanted = _memory_mb(encoder, rows)
    minutes = BUILD_S_A_ROW * rows / 60
    notice = (
        f"The index of {rows:,} vectors is built now: about {minutes:.0f} minutes on two cores, with "
        f"{min(wanted, MAX_BUILD_MB):.0f} MB of the database server's memory."
    )
    if wanted > MAX_BUILD_MB:
        notice += f" It would use {wanted:.0f} MB; with less it takes several times as long."
    return notice


def _memory_mb(encoder: Encoder, rows: int) -> float:
    per_row = 2 * encoder.dimensions + 60 * M  # the vector and its edges, as pgvector 0.8 holds them while it builds
    return rows * per_row * 1.25 / 2**20


@contextmanager
def _memory_to_build(encoder: Encoder) -> Iterator[None]:
    """As much `maintenance_work_mem` as the graph takes, if the server's own is less: spilling costs several times."""
    wanted = min(MAX_BUILD_MB, _memory_mb(encoder, encoder.embeddings.count()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting::int / 1024 FROM pg_settings WHERE name = 'maintenance_work_mem'")
        before = cursor.fetchone()[0]
        if wanted <= before:
            yield
            return
        cursor.execute(f"SET maintenance_work_mem = '{int(wanted)}MB'")
        yield
        cursor.execute("RESET maintenance_work_mem")


def drop_index(encoder: Encoder) -> None:
    """Removes both indexes, finished or not."""
    _drop(index_name(encoder), covering_index_name(encoder))


def _drop(*names: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {', '.join(names)}")


def analyse() -> None:
    """Lets the planner know what was loaded: its estimate chooses how a search is done (search/retrieval/nearest.py).

    Outside a transaction PostgreSQL also notes which pages everybody sees: the covering index needs no table then.
    """
    with connection.cursor() as cursor:
        if not connection.in_atomic_block:
            # What was deleted is left to autovacuum: to take it out of the graph can take minutes.
            cursor.execute("VACUUM (INDEX_CLEANUP OFF) search_garmentembedding")
        cursor.execute("ANALYZE search_garmentembedding, catalogue_product, catalogue_productimage, catalogue_category")
