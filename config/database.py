"""Which PostgreSQL: DATABASE_URL's, or the project's own where that is unset."""

from pathlib import Path
from typing import Any

import environ

from config.embedded_postgres import SUPERUSER, EmbeddedPostgres


def database_settings(url: str, *, folder: Path) -> dict[str, Any]:
    """The value of DATABASES["default"]: for `url`, or for the embedded server under `folder` where it is empty."""
    if url:
        return {**environ.Env.db_url_config(url), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return {
        "ENGINE": "config.postgresql",
        "NAME": "fashion",
        "USER": SUPERUSER,
        "HOST": str(EmbeddedPostgres(folder).socket_dir),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"embedded": str(folder)},
    }
