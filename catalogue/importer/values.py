"""Single cells: ids, yes and no, availability, addresses, dates, and why a cell is refused."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from catalogue.importer.text import clean_text, is_nothing

MAX_URL = 1000
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(/[!-~]*)?")
YES = frozenset({
    "1", "true", "t", "yes", "y", "on", "ya", "iya", "aktif", "active", "activated", "enabled", "enable", "available",
    "tersedia", "instock", "published", "publish", "live", "visible", "tampil", "ditampilkan", "ready", "online",
    "public", "catalogsearch", "catalog", "search", "shopandsearchresults", "both", "dijual", "terbit",
})  # fmt: skip
NO = frozenset({
    "0", "-1", "2", "false", "f", "no", "n", "off", "tidak", "tdk", "nonaktif", "tidakaktif", "inactive",
    "deactivated", "disabled", "disable", "unavailable", "tidaktersedia", "outofstock", "soldout", "habis",
    "stokhabis", "kosong", "unpublished", "unpublish", "draft", "draf", "konsep", "hidden", "deleted", "dihapus",
    "archived", "archive", "arsip", "diarsipkan", "discontinued", "private", "privat", "pribadi", "pending",
    "pendingreview", "menunggu", "trash", "trashed", "sampah", "unlisted", "future", "scheduled", "autodraft",
    "inherit", "offline", "disembunyikan", "sembunyi", "notvisible", "notvisibleindividually", "suspended", "banned",
    "blocked", "rejected", "ditolak", "expired", "tidakditampilkan",
})  # fmt: skip
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
    word = word if word == "-1" else re.sub(r"[\W_]+", "", word)
    if word in YES:
        return True
    if word in NO:
        return False
    raise Refused("It says neither yes nor no; true, aktif, 1 or false, tidak, 0 would.")


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


def parse_date_cell(value: str) -> dt.datetime | None:
    """A date or date with time, in the shop's time zone where it names none. Raises Refused for what is none."""
    if is_nothing(value):
        return None
    text = clean_text(value)
    try:
        found: dt.date | dt.datetime | None = parse_datetime(text) or parse_date(text[:10])
    except ValueError:
        found = None
    if match := re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", text):
        try:
            found = dt.date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            found = None
    if found is None:
        raise Refused("It is no date; 2025-12-31 or 31/12/2025 is.")
    if not isinstance(found, dt.datetime):
        found = dt.datetime(found.year, found.month, found.day)  # noqa: DTZ001  (made aware below)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


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
