"""Transactions that write the catalogue's tables and the vectors of its images, also where Citus distributes these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.db import connection, transaction

SEQUENTIALLY = "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"


@contextmanager
def ordered_writes() -> Iterator[None]:
    """A transaction, as a block or a decorator, that may write products, images and vectors in any order.

    Citus refuses a write to a table that is on all servers after one to the shards in parallel, and the reverse.
    """
    with transaction.atomic():
        if has_citus():
            with connection.cursor() as cursor:
                cursor.execute(SEQUENTIALLY)
        yield


@cache
def has_citus() -> bool:
    """Whether the database has the extension; asked once a process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")
        return bool(cursor.fetchone()[0])
