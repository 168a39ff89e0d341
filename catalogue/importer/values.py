"""Single cells: what a price, a currency, a yes or no, a list of images look like, and why a cell is refused."""

from __future__ import annotations

import ast
import html
import json
import re
import unicodedata
from decimal import Decimal
from urllib.parse import urlsplit

from django.utils.html import strip_tags

NOTHING = {"", "-", "--", "nan", "null", "none", "n/a", "na", "#n/a", "nil", "\\n"}
SYMBOLS = {
    "rp": "IDR", "rupiah": "IDR", "$": "USD", "us$": "USD", "s$": "SGD", "sg$": "SGD", "a$": "AUD", "hk$": "HKD",
    "nt$": "TWD", "€": "EUR", "£": "GBP", "¥": "JPY", "rm": "MYR", "₱": "PHP", "฿": "THB", "₫": "VND", "₹": "INR",
    "₩": "KRW",
}  # fmt: skip
CODES = frozenset({
    "IDR", "USD", "SGD", "AUD", "HKD", "TWD", "EUR", "GBP", "JPY", "MYR", "PHP", "THB", "VND", "INR", "KRW", "CNY",
    "NZD", "CAD", "CHF", "SEK", "NOK", "DKK", "PLN", "TRY", "AED", "SAR", "BRL",
})  # fmt: skip
MAX_PRICE = Decimal(10) ** 12
YES = frozenset({
    "1", "1.0", "true", "t", "yes", "y", "on", "ya", "aktif", "active", "enabled", "available", "tersedia", "instock",
    "published", "publish", "live", "visible", "tampil", "ready",
})  # fmt: skip
NO = frozenset({
    "0", "0.0", "false", "f", "no", "n", "off", "tidak", "nonaktif", "tidakaktif", "inactive", "disabled",
    "unavailable", "tidaktersedia", "outofstock", "soldout", "habis", "kosong", "unpublished", "draft", "hidden",
    "deleted", "dihapus", "archived", "discontinued",
})  # fmt: skip


class Refused(ValueError):
    """A cell that cannot be understood; the message is the reason."""


def clean_text(value: str) -> str:
    """One line of plain text: no HTML entities, control characters or runs of space."""
    if "&" in value:
        value = html.unescape(value)
    if not value.isprintable():
        value = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in value)
    return " ".join(value.split())


def clean_paragraphs(value: str) -> str:
    """Plain text of several lines: no markup, no control characters but the line's end."""
    if "<" in value or "&" in value:
        value = html.unescape(strip_tags(re.sub(r"<(br|/p|/li|/div)\b[^>]*>", "\n", value, flags=re.IGNORECASE)))
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(clean_text(line) for line in lines)).strip()


def is_nothing(value: str) -> bool:
    return value.strip().casefold() in NOTHING


def parse_sku(value: str) -> str:
    """The id as text, leading zeros kept. What spreadsheets do to ids is undone: `="0012"`, `'0012`, `12.0`."""
    text = clean_text(value)
    if match := re.fullmatch(r'="?([^"]*)"?|\'(.+)', text):
        text = match[1] or match[2] or ""
    return re.sub(r"^([0-9]+)\.0$", r"\1", text).strip()


def parse_price(value: str) -> tuple[Decimal | None, str | None]:
    """The amount and the currency that a text such as "Rp 199.000" names; None for what it does not say.

    Raises Refused for words, ranges, negative and too large numbers and for more than two decimals.
    """
    if is_nothing(value):
        return None, None
    text = unicodedata.normalize("NFKC", value).strip()
    number, currency = _split_currency(text)
    if re.match(r"^(-|−|\()", number):
        raise Refused("A price cannot be negative.")
    amount = _amount(re.sub(r"[.,](-+|–|—)$", "", number))
    if amount >= MAX_PRICE:
        raise Refused(f"A price is below {MAX_PRICE:,}.")
    return amount, currency


_PRICE = re.compile(
    r"(?P<minus>[-−(]?)\s*(?P<before>[^\d(−-]*?)\.?\s*(?P<number>[-−(]?\s*[0-9].*?)\s*(?P<after>[^\d.,)–—-]*)"
)


def _split_currency(text: str) -> tuple[str, str | None]:
    """The text without its currency, and that currency. Raises Refused for words that are none."""
    match = _PRICE.fullmatch(text)
    if not match:
        raise Refused("It is not a number.")
    currency = None
    for word in (match["before"].strip(), match["after"].strip()):
        if word:
            currency = _currency(word)
            if currency is None:
                raise Refused(f"It is not a price: “{word}” is no currency.")
    return match["minus"] + match["number"].strip(), currency


def _currency(word: str) -> str | None:
    word = word.strip(" .:")
    return word.upper() if word.upper() in CODES else SYMBOLS.get(word.casefold())


def _amount(number: str) -> Decimal:
    if re.fullmatch(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]{1,2}", number):  # as spreadsheets write large numbers
        return _with_two_decimals(Decimal(number.replace(",", ".")))
    if not re.fullmatch(r"[0-9][0-9., '’\u00a0]*", number) or number[-1] in ".,":
        raise Refused("It is not a number.")
    number = re.sub(r"(?<=\d)[ '’\u00a0](?=\d{3}(\D|$))", "", number)
    marks = re.findall(r"[^0-9]", number)
    if not marks:
        return Decimal(number)
    whole, _, decimals = number.rpartition(marks[-1])
    if _is_grouped(number, marks[-1]) and len(set(marks)) == 1:
        return Decimal(number.replace(marks[-1], ""))
    rest = set(marks[:-1])
    if marks[-1] not in ".," or marks[-1] in rest or len(rest) > 1 or (rest and not _is_grouped(whole, rest.pop())):
        raise Refused("Its points and commas do not make a number.")
    return _with_two_decimals(Decimal(f"{re.sub('[^0-9]', '', whole)}.{decimals}"))


def _is_grouped(number: str, mark: str) -> bool:
    """Whether `mark` stands between thousands in it: 199.000, 1.299.000, but neither 0.125 nor 1299.000."""
    return re.fullmatch(rf"[1-9][0-9]{{0,2}}({re.escape(mark)}[0-9]{{3}})+", number) is not None


def _with_two_decimals(amount: Decimal) -> Decimal:
    rounded = amount.quantize(Decimal("0.01")) if amount < MAX_PRICE else amount
    if rounded != amount:
        raise Refused("A price has two decimals at the most.")
    return rounded


def parse_currency(value: str) -> str | None:
    """The ISO code of a currency column's cell. Raises Refused for what is none."""
    if is_nothing(value):
        return None
    text = clean_text(value)
    currency = _currency(text) or (text.upper() if re.fullmatch(r"[A-Z]{3}", text) else None)
    if currency is None:
        raise Refused("It is no currency; three letters as in IDR, or a sign as in Rp, are.")
    return currency


def parse_bool(value: str) -> bool | None:
    """Whether a product is active. Raises Refused for words that do not say."""
    if is_nothing(value):
        return None
    word = re.sub(r"[\W_]+", "", value.casefold()) if "." not in value else value.strip()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Refused("It says neither yes nor no; true, aktif, 1 or false, tidak, 0 would.")


def parse_url(value: str) -> str:
    """An address of http or https. Raises Refused for another."""
    text = value.strip()
    if is_nothing(text):
        return ""
    if text.startswith("//"):
        text = "https:" + text
    if not is_url(text) or re.search(r"[\s\x00-\x1f]", text):
        raise Refused("It is no address that begins with http:// or https://.")
    if len(text) > 1000:
        raise Refused("An address has 1,000 characters at the most.")
    return text


def is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def split_images(value: str) -> list[str]:
    """The paths and addresses in one cell: a JSON or Python list, or several separated by ; | , line ends or space.

    A comma or space separates only where something like a new path or address follows it, since both occur in names.
    """
    text = value.strip().replace("\0", "")
    if is_nothing(text):
        return []
    if text[0] in "[({\"'":
        listed = _literal_list(text)
        if listed is not None:
            return listed
    parts = re.split(r"\s*[;|\n\r\t]\s*", text)
    parts = [piece for part in parts for piece in re.split(r"\s*,\s*(?=https?://|//)|\s+(?=https?://)", part)]
    parts = [piece for part in parts for piece in _split_names(part)]
    return [part.strip(" \"'") for part in parts if part.strip(" \"'") and not is_nothing(part)]


def _literal_list(text: str) -> list[str] | None:
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return [item for item in _texts(found) if not is_nothing(item)]
    return None


def _texts(found: object) -> list[str]:
    if isinstance(found, str):
        return [found.strip()]
    if isinstance(found, dict):  # {"url": "...", "width": 3}: what looks like a file or an address
        found = [item for item in found.values() if not isinstance(item, str) or "/" in item or "." in item]
    if isinstance(found, (list, tuple, set)):
        return [text for item in found for text in _texts(item)]
    return []


_NAME_END = r"\.(?:jpe?g|png|webp|avif|heic|heif|gif|bmp|tiff?)(?:\.\d+)?(?:\?[^\s,]*)?"


def _split_names(part: str) -> list[str]:
    """`a.jpg, b.jpg` and `a.jpg b.jpg` are two; `red, long.jpg` and an address with commas are one."""
    if is_url(part):
        return [part]
    return re.sub(rf"({_NAME_END})(?:\s*,\s*|\s+)(?=\S)", "\\1\0", part, flags=re.IGNORECASE).split("\0")
