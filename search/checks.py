"""What must be so before the site can search."""

import os

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.utils import OperationalError

SOUND_PGVECTOR = (0, 8, 4)


@register(Tags.database)
def pgvector_is_there(app_configs=None, databases=None, **kwargs) -> list[CheckMessage]:
    """The database must be a PostgreSQL with pgvector 0.8 or later; before 0.8.4 there is a warning."""
    errors: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            errors.append(_error(f"it is {connection.vendor}; PostgreSQL with pgvector is needed", "E001"))
            continue
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
                row = cursor.fetchone()
        except OperationalError as error:
            errors.append(_error(f"it cannot be reached ({str(error).strip()})", "E004"))
            continue
        if row is None:
            errors.append(_error("this PostgreSQL server has no extension 'vector' (pgvector)", "E002"))
        elif tuple(int(part) for part in row[0].split(".")[:2]) < (0, 8):
            errors.append(_error(f"its pgvector is {row[0]}; 0.8.0 or later is needed for iterative scans", "E003"))
        elif tuple(int(part) for part in row[0].split(".")[:3]) < SOUND_PGVECTOR:
            errors.append(
                Warning(
                    f"The database has pgvector {row[0]}, which can corrupt HNSW indexes during vacuum.",
                    hint="Upgrade to pgvector 0.8.4 or later, then run ALTER EXTENSION vector UPDATE.",
                    id="search.W002",
                )
            )
    return errors


def _error(reason: str, number: str) -> Error:
    return Error(
        f"The database that DATABASE_URL names can't be searched: {reason}.",
        hint="Name a PostgreSQL with pgvector 0.8 or later (Debian: postgresql-NN-pgvector), or unset DATABASE_URL to "
        "let the project run its own.",
        id=f"search.{number}",
    )


@register(Tags.caches)
def photos_are_shared_between_processes(app_configs=None, **kwargs) -> list[Warning]:
    """A photo kept in one process's memory is not found by its neighbour."""
    processes = int(os.environ.get("WEB_CONCURRENCY") or 1)
    of_one_process = ("LocMemCache", "BoundedMemoryCache", "DummyCache")
    if processes == 1 or not settings.CACHES["default"]["BACKEND"].endswith(of_one_process):
        return []
    return [
        Warning(
            f"WEB_CONCURRENCY is {processes}, and the cache is in each process's own memory: refining a photo search "
            "fails whenever another process answers.",
            hint="Set CACHE_URL to a shared cache, redis://HOST:6379/0 for example.",
            id="search.W001",
        )
    ]
