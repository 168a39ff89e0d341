"""What must be so before the site can search."""

from django.core.checks import Error, Tags, register
from django.db import connections


@register(Tags.database)
def pgvector_is_there(app_configs=None, databases=None, **kwargs) -> list[Error]:
    """The database must be a PostgreSQL that has pgvector to offer, 0.8 or later."""
    errors = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            errors.append(_error(f"it is {connection.vendor}; PostgreSQL with pgvector is needed", "E001"))
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
            row = cursor.fetchone()
        if row is None:
            errors.append(_error("this PostgreSQL server has no extension 'vector' (pgvector)", "E002"))
        elif tuple(int(part) for part in row[0].split(".")[:2]) < (0, 8):
            errors.append(_error(f"its pgvector is {row[0]}; 0.8.0 or later is needed for iterative scans", "E003"))
    return errors


def _error(reason: str, number: str) -> Error:
    return Error(
        f"The database that DATABASE_URL names can't be searched: {reason}.",
        hint="Install pgvector on that server (Debian: postgresql-NN-pgvector), or unset DATABASE_URL to let the "
        "project run its own PostgreSQL.",
        id=f"search.{number}",
    )
