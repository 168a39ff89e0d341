"""Whether 199.000 means thousands or decimals, by the table's other prices: where they disagree, it is refused."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[0-9][0-9.,]*[0-9]")
_NOT_CURRENCY = re.compile(r"[\d\s.,'’+/=-]+")
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}([.,])[0-9]{3}")
_SINGLE = re.compile(r"([0-9]+)([.,])([0-9]+)")


class PriceMarks:
    """Which marks stand before decimals in prices of each currency sign."""

    def __init__(self) -> None:
        self._decimal: set[tuple[str, str]] = set()  # sign and mark

    def note(self, text: str) -> None:
        """Looks at one price of the table."""
        if "." not in text and "," not in text:
            return
        match = _NUMBER.search(text)
        if match and (mark := _decimal_mark(match[0])):
            self._decimal.add((_sign(text), mark))

    def problem(self, text: str) -> str:
        """Why the price cannot be read, "" where it can: 1.299 beside 19.99 may be 1299, or have three decimals."""
        if "." not in text and "," not in text:
            return ""
        match = _NUMBER.search(text)
        found = match and _AMBIGUOUS.fullmatch(match[0])
        if not found or (_sign(text), found[1]) not in self._decimal:
            return ""
        return f"It may be thousands or decimals: other prices of the file have decimals behind “{found[1]}”."


def _decimal_mark(number: str) -> str:
    """The mark before its decimals; "" where it has none, or cannot be told."""
    if match := _SINGLE.fullmatch(number):
        whole, mark, rest = match.groups()
        return "" if len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0") else mark
    last = max(number.rfind("."), number.rfind(","))
    return number[last] if number.count(number[last]) == 1 else ""


def _sign(text: str) -> str:
    return _NOT_CURRENCY.sub("", text).casefold()
