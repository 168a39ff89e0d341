"""Prices as people type them: 199000, 199.000, 199,000, Rp 199.000, 19.99."""

from __future__ import annotations

import re
from decimal import Decimal

# Prices have two decimals at most, so a point or comma before exactly three digits groups thousands in any language.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?P<mark>[.,'’ ])\d{3}(?:(?P=mark)\d{3})*(?:[.,]\d{1,2})?", re.ASCII)
_PLAIN = re.compile(r"\d+(?:[.,]\d{1,2})?", re.ASCII)
_CURRENCY = re.compile(r"^\s*(?:Rp\.?|IDR|US\$|S\$|USD|SGD|EUR|GBP|[$€£¥])\s*", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def price_of_text(text: str) -> Decimal:
    """The amount that `text` names, with two decimals at most. Raises ValueError where it is no price."""
    number = _SPACES.sub(" ", _CURRENCY.sub("", text)).strip()
    if len(number) > 24:
        raise ValueError(f"{text[:24]!r}... is no price.")
    if _GROUPED.fullmatch(number):
        whole, decimals = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", number, re.ASCII).groups()  # type: ignore[union-attr]  # it matches any text
        return Decimal(re.sub(r"\D", "", whole) + ("." + decimals if decimals else ""))
    if _PLAIN.fullmatch(number):
        return Decimal(number.replace(",", "."))
    raise ValueError(f"{text!r} is no price.")
