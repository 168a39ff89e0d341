"""Django's PostgreSQL backend, which starts the embedded server on first use where DATABASE_URL names none."""

from pathlib import Path

from django.db.backends.postgresql import base

from config.embedded_postgres import EmbeddedPostgres

DATABASE_NAME = "fashion"

_servers: dict[str, EmbeddedPostgres] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self):
        params = super().get_connection_params()
        self._embedded = params.pop("embedded", None)
        return params

    def get_new_connection(self, conn_params):
        if self._embedded:
            server = _servers.setdefault(self._embedded, EmbeddedPostgres(Path(self._embedded)))
            server.ensure_running()
            server.create_database(DATABASE_NAME)
        return super().get_new_connection(conn_params)
