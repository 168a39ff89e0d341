"""Single cells: ids, yes and no, availability, addresses, dates, and why a cell is refused."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from catalogue.importer.status_words import BARE_NO, BARE_YES, NO, YES
from catalogue.importer.text import clean_text, is_nothing

MAX_URL = 1000
_SLASHED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:,?\s+\d{1,2}:\d\d.*)?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})((?:[T ]+\d.*)?)")
# What programs write for a date: 20251231, seconds since 1970 (also thousandths), a spreadsheet's days since 1899.
_DATE_NUMBER = re.compile(r"(?:19|20)\d{6}|[1-4]\d{9}(?:\d{3})?|[3-6]\d{4}(?:\.\d+)?")
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(/[!-~]*)?")
_DOUBTS = re.compile(r"[?¿≠~]|^\s*[-−‒–—(!]")  # with one of these a word of either list says something else
# Availability -> how it is written, without spaces and punctuation. Longer phrases are read by patterns below.
_AVAILABILITY = {
    "in_stock": {
        "instock", "instoreonly", "onlineonly", "available", "yes", "ya", "y", "true", "ready", "readystock",
        "tersedia", "ada", "adastok", "stoktersedia", "onstock", "auflager", "enstock", "disponible",
    },
    "limited": {"limitedavailability", "lowstock", "limited", "lowinstock", "stokterbatas", "terbatas", "stokmenipis"},
    "preorder": {
        "preorder", "presale", "backorder", "backordered", "onbackorder", "onorder", "madetoorder", "po", "pesan",
        "availablefororder", "comingsoon", "segera",
    },
    "out_of_stock": {
        "outofstock", "soldout", "discontinued", "unavailable", "notavailable", "no", "n", "false", "habis",
        "stokhabis", "kosong", "stokkosong", "tidaktersedia", "tidak", "tidakada", "oos", "outstock", "reserved",
    },
}  # fmt: skip


class Refused(ValueError):
    """A cell that cannot be understood; the message is the reason."""


def parse_sku(value: str) -> str:
    """The id as text, leading zeros kept. What spreadsheets do to ids is undone: `="0012"`, `'0012`, `12.0`."""
    if value.isascii() and value.isalnum():
        return value
    text = clean_text(value)
    if match := re.fullmatch(r'="?([^"]*)"?|\'(.+)', text):
        text = match[1] or match[2] or ""
    return re.sub(r"^([0-9]+)\.0$", r"\1", text).strip()


def parse_bool(value: str) -> bool | None:
    """Whether a product is shown; None for an empty cell. Raises Refused for words that do not say."""
    if is_nothing(value):
        return None
    word = re.sub(r"\.0+$", "", value.strip().casefold())
    if word != "-1":
        word = "" if _DOUBTS.search(word) else re.sub(r"[\W_]+", "", without_accents(word))
    if word in YES:
        return True
    if word in NO:
        return False
    raise Refused("It says neither yes nor no; true, aktif, 1 or false, tidak, 0 would.")


def parse_hidden(value: str) -> bool | None:
    """Whether a cell of a column such as "Archived" hides its product; None for an empty one. Raises Refused."""
    found = parse_bool(value)
    word = re.sub(r"[\W_]+|\.0+$", "", without_accents(value.strip().casefold()))
    is_bare = word in BARE_YES or word in BARE_NO  # other words say themselves whether it is shown: "archived"
    return found if found is None or is_bare else not found


def without_accents(text: str) -> str:
    """The text, its letters without accents: "publié" becomes "publie"."""
    if text.isascii():
        return text
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def parse_availability(value: str) -> str | None:
    """in_stock, limited, preorder or out_of_stock; None for an empty cell. Raises Refused for other words.

    Read are words in English and Indonesian, phrases such as "Only 3 left", numbers of pieces, schema.org addresses.
    """
    if is_nothing(value):
        return None
    text = re.sub(r"^(https?://)?(www\.)?schema\.org/", "", clean_text(value), flags=re.IGNORECASE).casefold()
    word = re.sub(r"[\W_]+", "", text)
    for availability, words in _AVAILABILITY.items():
        if word in words:
            return availability
    if re.fullmatch(r"-?[0-9]+(\.0+)?", text):
        return "in_stock" if float(text) > 0 else "out_of_stock"
    if match := re.search(r"\b(?:only|hanya|tinggal|sisa|last)\b\D*([0-9]+)|([0-9]+)\s*(?:left|tersisa|lagi)\b", text):
        return "limited" if int(match[1] or match[2]) else "out_of_stock"
    if match := re.fullmatch(r"([0-9]+) (?:in stock|pieces|pcs|available|tersedia|stok)", text):
        return "in_stock" if int(match[1]) else "out_of_stock"
    raise Refused("It does not say whether the product is available; in stock, out of stock, preorder, habis would.")


def parse_date_cell(value: str, month_first: bool | None = None) -> dt.datetime | None:
    """A date or date with time, in the shop's time zone where it names none. Raises Refused for what is none.

    `month_first` says what 3/4/2025 means: without it the day stands first, unless the year has two digits.
    """
    if is_nothing(value) or value.startswith("0000-00-00"):
        return None
    text = clean_text(value)
    if match := _YEAR_FIRST.fullmatch(text):
        text = f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}{match[4]}"
    found = _date_of_number(text)
    with suppress(ValueError):
        found = found or parse_datetime(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d([T ]+\d\d?:\d\d.*)?", text):
        with suppress(ValueError):
            found = found or parse_date(text[:10])
    found = found or _parse_slashed(text, month_first)
    if found is None:
        raise Refused("It is no date; 2025-12-31 or 31/12/2025 is.")
    if not isinstance(found, dt.datetime):
        found = dt.datetime(found.year, found.month, found.day)  # noqa: DTZ001  (made aware below)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def looks_like_date(value: str) -> bool:
    """Whether it is written as dates are, be it with digits alone."""
    text = value.strip()
    return any(pattern.fullmatch(text) for pattern in (_SLASHED, _YEAR_FIRST, _DATE_NUMBER))


def _date_of_number(text: str) -> dt.date | dt.datetime | None:
    if not _DATE_NUMBER.fullmatch(text):
        return None
    if len(text) == 8 and text.isdecimal():
        with suppress(ValueError):
            return dt.datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  (a day, made aware below)
        return None
    if len(text) >= 10 and text.isdecimal():
        return dt.datetime.fromtimestamp(int(text[:10]), dt.UTC)
    return dt.date(1899, 12, 30) + dt.timedelta(days=int(float(text)))


def _parse_slashed(text: str, month_first: bool | None) -> dt.date | None:
    match = _SLASHED.fullmatch(text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if year < 100:
        if month_first is None and first != second:
            raise Refused("Its day cannot be told from its month; 2025-12-31 says.")
        year += 2000
    day, month = (second, first) if month_first else (first, second)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def is_month_first(cells: Iterable[str]) -> bool | None:
    """Whether the dates among these cells are written as 12/31/2025. None where none tells, or some are otherwise."""
    found = set()
    for cell in cells:
        match = _SLASHED.fullmatch(cell.strip())
        if match and max(int(match[1]), int(match[3])) > 12:
            found.add(int(match[3]) > 12)
    return found.pop() if len(found) == 1 else None


def parse_url(value: str) -> str:
    """An address of http or https. Raises Refused for another."""
    text = value.strip()
    if _PLAIN_URL.fullmatch(text) and len(text) <= MAX_URL:
        return text
    if is_nothing(text):
        return ""
    if text.startswith("//"):
        text = "https:" + text
    if not is_url(text) or re.search(r"[\s\x00-\x1f]", text):
        raise Refused("It is no address that begins with http:// or https://.")
    if len(text) > MAX_URL:
        raise Refused(f"An address has {MAX_URL:,} characters at the most.")
    return text


def is_url(text: str) -> bool:
    """Whether it is an address of http or https with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
