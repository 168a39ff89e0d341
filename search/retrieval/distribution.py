"""Vectors over several servers, with Citus: which tables go where, and the statements that do it.

The vectors are distributed by their image; the tables that they are joined with are on every server. PostgreSQL's own
planner searches each shard by that shard's own indexes, and the coordinator merges the shards' nearest rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from search.models import Encoder, GarmentEmbedding
from search.retrieval import indexes

DISTRIBUTED = GarmentEmbedding._meta.db_table
DISTRIBUTION_COLUMN = "image_id"
# Each after those that it refers to.
REFERENCE_TABLES = ("catalogue_category", "catalogue_product", "catalogue_productimage", "search_encoder")


class NotDistributable(RuntimeError):
    """The database can't distribute tables; the message says what is missing."""


def check_citus() -> int:
    """How many servers hold shards. Raises NotDistributable where Citus or its servers are missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT installed_version FROM pg_available_extensions WHERE name = 'citus'")
        row = cursor.fetchone()
        if row is None:
            raise NotDistributable(
                "This PostgreSQL server has no extension 'citus'. Install Citus 13 or later on the coordinator and on "
                "each worker, add citus to shared_preload_libraries, start them again, and run "
                "CREATE EXTENSION citus and CREATE EXTENSION vector in the site's database on each."
            )
        if row[0] is None:
            raise NotDistributable("Citus is installed and not set up: run CREATE EXTENSION citus as a superuser.")
        cursor.execute("SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards")
        servers = int(cursor.fetchone()[0])
    if not servers:
        raise NotDistributable("No server holds shards: add workers with SELECT citus_add_node('HOST', 5432).")
    return servers


def statements(done: frozenset[str], *, shards: int) -> Iterator[str]:
    """What distributes the tables that are not `done`."""
    for table in REFERENCE_TABLES:
        if table not in done:
            yield f"SELECT create_reference_table('{table}')"
    if DISTRIBUTED not in done:
        yield f"SELECT create_distributed_table('{DISTRIBUTED}', '{DISTRIBUTION_COLUMN}', shard_count := {shards})"


def distributed_tables() -> frozenset[str]:
    """The names of the tables that Citus knows as reference or distributed tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT logicalrelid::text FROM pg_dist_partition WHERE partmethod = 'h' OR repmodel = 't'")
        return frozenset(name for (name,) in cursor.fetchall())


def distribute(*, shards: int) -> Iterator[str]:
    """Distributes what is not, and builds each encoder's indexes on the shards; yields each statement before it runs.

    Indexes are dropped first: to move rows into an HNSW graph takes many times as long as to build it afterwards.
    """
    wanted = list(statements(distributed_tables(), shards=shards))
    encoders = list(Encoder.objects.order_by("pk"))
    if any(DISTRIBUTED in statement for statement in wanted):
        for encoder in encoders:
            indexes.drop_index(encoder)
    for statement in wanted:
        yield statement
        with connection.cursor() as cursor:
            cursor.execute(statement)
    for encoder in encoders:
        yield f"CREATE INDEX ... ({encoder.pk})"
        with indexes.building_alone():
            indexes.create_index(encoder)
    yield "VACUUM, ANALYZE"
    indexes.analyse()
