"""Errors of the installation, said in sentences where a management command meets them."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError, ProgrammingError

from config.embedded_postgres import EmbeddedPostgresError
from search.vision.cards import ModelError

INSUFFICIENT_PRIVILEGE, UNDEFINED_TABLE = "42501", "42P01"  # SQLSTATE
EXPLAINED = (ImproperlyConfigured, EmbeddedPostgresError, ModelError, OperationalError, ProgrammingError)


def explanation(error: Exception) -> str | None:
    """What is wrong and what to do about it; None for an error that is not the installation's."""
    if isinstance(error, (ImproperlyConfigured, EmbeddedPostgresError, ModelError)):
        return str(error)
    if isinstance(error, OperationalError):
        return f"The database does not answer as it should: {str(error).strip()}"
    state, reason = getattr(error.__cause__, "pgcode", None), str(error).strip()
    if state == UNDEFINED_TABLE:
        return f"The database lacks a table ({reason.splitlines()[0]}): run manage.py migrate."
    return _privilege(reason) if state == INSUFFICIENT_PRIVILEGE else None


def _privilege(reason: str) -> str:
    if "extension" in reason:
        return (
            f"The database user may not create the extension pgvector ({reason.splitlines()[0]}). "
            "Let a superuser run this once in the site's database: CREATE EXTENSION vector;"
        )
    return f"The database user lacks a privilege: {reason}"
