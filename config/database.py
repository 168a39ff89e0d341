"""Which PostgreSQL: DATABASE_URL's, or the project's own where that is unset."""

from pathlib import Path
from typing import Any

import environ

from config.embedded_postgres import SUPERUSER, EmbeddedPostgres

CONNECT_TIMEOUT_S = 5  # else a host that is away holds a request for minutes


def database_settings(url: str, *, folder: Path) -> dict[str, Any]:
    """The value of DATABASES["default"]: for `url`, or for the embedded server under `folder` where it is empty."""
    if url:
        named: dict[str, Any] = {**environ.Env.db_url_config(url), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        if "postgresql" in named["ENGINE"]:
            named["OPTIONS"] = {"connect_timeout": CONNECT_TIMEOUT_S} | named.get("OPTIONS", {})
        return named
    return {
        "ENGINE": "config.postgresql",
        "NAME": "fashion",
        "USER": SUPERUSER,
        "HOST": str(EmbeddedPostgres(folder).socket_dir),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"embedded": str(folder)},
    }
