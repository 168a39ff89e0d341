"""Stops the embedded PostgreSQL under DIR when its last user has ended: `python -m config.postgres_keeper DIR`."""

import sys
from pathlib import Path

from config.embedded_postgres import EmbeddedPostgres

GRACE_S = 2.0  # `make demo` runs several commands one after another

if __name__ == "__main__":
    EmbeddedPostgres(Path(sys.argv[1])).keep_until_unused(grace_s=GRACE_S)
