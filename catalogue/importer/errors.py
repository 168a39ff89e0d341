"""What ends an import, as sentences for whoever runs it."""

from __future__ import annotations

import errno

from django.db import Error as DatabaseError

# The disk is full, over quota, read-only or broken: the next file will fare no better.
_STORAGE_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
# SQLSTATE classes: insufficient resources, operator intervention, system error, connection exception.
_RESOURCE_CLASSES = {"53", "57", "58", "08"}
RERUN = "What was imported before stays; run the same command again to go on."


class ImportProblem(Exception):
    """The import cannot begin or go on; the message says what to do."""


def storage_problem(error: OSError) -> ImportProblem | None:
    """The problem, where the error is of the storage and not of one file."""
    if error.errno not in _STORAGE_ERRORS:
        return None
    return ImportProblem(f"Photos cannot be stored: {error.strerror}. {RERUN}")


def database_problem(error: DatabaseError) -> ImportProblem | None:
    """The problem, where the error is of the server (disk full, shut down, connection lost) and not of a row."""
    state = str(getattr(error.__cause__, "pgcode", None) or "")
    if state[:2] not in _RESOURCE_CLASSES:
        return None
    return ImportProblem(f"The database cannot go on: {str(error).splitlines()[0]}. {RERUN}")
