"""Prices within a search: "dress under 200000", "gaun di bawah 200rb", "bag between 100k and 250k", "tas murah"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from catalogue.browsing.price_text import price_of_text

_AMOUNT = r"(?:rp\.?|idr|us\$|\$|€|£)?\s*(\d[\d.,]*)\s*(k|rb|ribu|thousand|jt|juta|million)?\b"
_FACTORS = {"k": 1_000, "rb": 1_000, "ribu": 1_000, "thousand": 1_000, "jt": 10**6, "juta": 10**6, "million": 10**6}
_BELOW = (
    r"under|below|less than|cheaper than|up to|at most|max(?:imum)?"
    r"|di ?bawah|kurang dari|maks(?:imum|imal)?|hingga|sampai"
)
_ABOVE = r"over|above|more than|at least|min(?:imum|imal)?|di ?atas|lebih dari|mulai(?: dari)?"
_BETWEEN = re.compile(
    rf"\b(?:between|antara|from|dari)\s+{_AMOUNT}\s*(?:and|to|dan|sampai|hingga|-|–)\s*{_AMOUNT}", re.IGNORECASE
)
_BOUND = re.compile(rf"\b(?:(?P<below>{_BELOW})|{_ABOVE})\s+{_AMOUNT}", re.IGNORECASE)
_CHEAP = re.compile(r"\b(?:cheap|cheapest|affordable|murah|termurah|terjangkau)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PriceWords:
    """What a search says of prices, and its other words."""

    rest: str
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    is_cheapest_first: bool = False


def read_price_words(text: str) -> PriceWords:
    """The price bounds that `text` names. An amount that is no price stays a word."""
    low = high = None
    if (match := _BETWEEN.search(text)) and '"' not in match.group():
        low, high = _amount(match[1], match[2] or match[4]), _amount(match[3], match[4])
        if low is not None and high is not None:
            text, (low, high) = _without(text, match), sorted((low, high))
        else:
            low = high = None
    while match := _BOUND.search(text):
        amount = _amount(match[2], match[3])
        if amount is None:
            break
        low, high = (low, amount) if match["below"] else (amount, high)
        text = _without(text, match)
    rest = _CHEAP.sub(" ", text)
    return PriceWords(" ".join(rest.split()), low, high, is_cheapest_first=rest != text)


def _amount(number: str, factor: str | None) -> Decimal | None:
    try:
        amount = price_of_text(number.rstrip(".,"))
    except ValueError:
        return None
    amount *= _FACTORS[factor.lower()] if factor else 1
    return amount if amount < 10**12 else None


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
