"""Which PostgreSQL: DATABASE_URL's, or the project's own where that is unset."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from config.embedded_postgres import SUPERUSER, EmbeddedPostgres

# Else a host that is away holds requests for minutes: 5 s to connect, and about 25 until a dead one is noticed.
PRIMARY_OPTIONS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
# A replica can be done without: 2 s to connect, the least that libpq takes, and about 10 until a dead host is noticed.
REPLICA_OPTIONS = {
    "connect_timeout": 2,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}


def database_settings(url: str, *, folder: Path) -> dict[str, Any]:
    """The value of DATABASES["default"]: for `url`, or for the embedded server under `folder` where it is empty."""
    if url:
        named: dict[str, Any] = {**environ.Env.db_url_config(url), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        if "postgresql" in named["ENGINE"]:
            named["OPTIONS"] = PRIMARY_OPTIONS | named.get("OPTIONS", {})
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


def replica_settings(urls: list[str]) -> dict[str, dict[str, Any]]:
    """DATABASES of the replicas at `urls`: replica_1, replica_2, ... Raises ImproperlyConfigured for another engine."""
    replicas = {}
    for number, url in enumerate(urls, start=1):
        named: dict[str, Any] = {**environ.Env.db_url_config(url), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        if "postgresql" not in named.get("ENGINE", ""):
            raise ImproperlyConfigured(
                f"REPLICA_URLS: entry {number} is no PostgreSQL; postgres://USER:PASSWORD@HOST:PORT/NAME is expected."
            )
        named["OPTIONS"] = REPLICA_OPTIONS | named.get("OPTIONS", {})
        named["TEST"] = {"MIRROR": "default"}
        replicas[f"replica_{number}"] = named
    return replicas
