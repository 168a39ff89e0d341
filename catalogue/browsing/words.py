"""How texts are cut into words: as the database's function `catalogue_search_text` (migration 0005) cuts documents."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_COMBINING = re.compile("[\u0300-\u036f]")


def plain(text: str) -> str:
    """In small letters and without accents: Café becomes cafe."""
    return _COMBINING.sub("", unicodedata.normalize("NFKD", _COMBINING.sub("", text).lower()))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text; signs part them: T-Shirt becomes t and shirt."""
    return tuple(_WORD.findall(plain(text)))
