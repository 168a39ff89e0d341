"""Cells that a spreadsheet would run as a formula: written with an apostrophe before them, read without it."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")


def escape_formula(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet takes for a formula. Numbers, also negative, stay."""
    return f"'{text}" if text and _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unescape_formula(text: str) -> str:
    """What `escape_formula` made the text of."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text, 1) else text
