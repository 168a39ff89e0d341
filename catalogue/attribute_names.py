"""Names of attributes, compared without case, spaces and punctuation."""

from __future__ import annotations

import re
import unicodedata


def attribute_key(name: str) -> str:
    """What spellings of an attribute's name have in common: "Sleeve length", "sleeve_length 2" -> "sleevelength"."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"(?<=\D)\d+$", "", re.sub(r"[\W_]+", "", plain))
