"""JSON that people and programs write: what neither the database nor an answer could hold is refused as it is read."""

from __future__ import annotations

import json
from typing import Any


def check_json(value: Any) -> None:
    """Raises ValueError for what Python reads as JSON and nobody else does.

    These are halves of surrogate pairs, numbers that are infinite or none, and what is nested too deeply.
    """
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("Half of a surrogate pair is no character.") from error
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error


def check_storable(value: Any) -> None:
    """Raises ValueError for what PostgreSQL's jsonb does not hold: the same, and null characters."""
    check_json(value)
    if "\\u0000" in json.dumps(value):
        raise ValueError("Null characters are not allowed.")
