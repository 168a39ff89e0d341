"""Headers as aliases are written: folded, and from the most literal spelling to the barest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from catalogue.currencies import CODES, currencies_of_sign
from catalogue.importer.aliases import (
    ALIASES,
    AMBIGUOUS,
    COST_PARTS,
    COST_WORDS,
    END_WORDS,
    NEUTRAL_PRICE_WORDS,
    NO_STATUS_WORDS,
    OTHER_NUMBERS,
    SALE_STEMS,
    START_WORDS,
    STATUS_STEMS,
)

CURRENCY_WORDS = {"rp": "IDR", "rupiah": "IDR"} | {code.lower(): code for code in CODES}
PRICE_FIELDS = ("price", "regular_price", "sale_price")
_NOISE = AMBIGUOUS | {"zalora", "the", "main", "utama"}
_PRICE_WORDS = {
    "price", "prices", "harga", "prix", "preis", "precio", "preco", "prezzo", "prijs", "pris", "cena",
    "amount", "价格", "单价",
}  # fmt: skip
# Most currency codes are no words of headers; these are: ALL, TOP, ...
CODES_THAT_ARE_WORDS = {"all", "top", "bam", "mad", "gel", "mop", "pen", "try", "nad", "cup", "lak"}


def header_words(header: str) -> list[str]:
    """Its words in lower case and without accents: "productID (Main)" has product, id and main."""
    plain = unicodedata.normalize("NFKD", header).replace("ß", "ss")
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain)
    return re.findall(r"[^\W\d_]+|[0-9]+", plain.lower())


def header_key(words: Sequence[str]) -> str:
    """The words as an alias is written."""
    return "".join(words)


@cache
def header_keys(header: str) -> tuple[str, ...]:
    """The header as aliases are written, from the most literal to the barest: without brackets, noise, currencies."""
    found = []
    for text in (header, re.sub(r"\(.*?\)|\[.*?\]|\{.*?\}", " ", header)):
        words = header_words(text)
        bare = [word for word in words if word not in _NOISE and not word.isdigit()]
        barest = [word for word in bare if currency_of_word(word) is None]
        found += [header_key(words), header_key(bare), header_key(barest)]
    return tuple(dict.fromkeys(key for key in found if key))


def currency_of_word(word: str) -> str | None:
    """The currency that a word of a header names, as in "Price (USD)" or "harga_rp"."""
    return None if word in CODES_THAT_ARE_WORDS else CURRENCY_WORDS.get(word)


def is_known_header(header: str) -> bool:
    """Whether some field's aliases hold it."""
    return any(key in AMBIGUOUS or fields_of_key(key) for key in header_keys(header))


@cache
def fields_of_key(key: str) -> tuple[str, ...]:
    """The fields among whose aliases `key` is."""
    return tuple(name for name, aliases in ALIASES.items() if key in aliases)


def is_cost_header(header: str) -> bool:
    """Whether it speaks of what the merchant pays or earns, also in brackets: "Price (wholesale)", "Harga modal"."""
    words = header_words(header)
    if any(key in ALIASES["cost"] for key in header_keys(header)) or not COST_WORDS.isdisjoint(words):
        return True
    return any(part in header.casefold() for part in COST_PARTS)


def is_price_header(header: str, name: str) -> bool:
    """Whether it may be the price field `name`: no cost, and nothing in brackets that makes it another number."""
    if is_cost_header(header):
        return False
    bracketed = " ".join(first or second for first, second in re.findall(r"\((.*?)\)|\[(.*?)\]", header))
    words = [word for word in header_words(bracketed) if not currencies_of_sign(word)]  # a number may be a factor
    literal = header_key(header_words(header))
    return literal in ALIASES[name] or all(word in NEUTRAL_PRICE_WORDS for word in words)


def names_other_number(header: str) -> bool:
    """Whether it names a number that is no money: a weight, a rating, a size; but not "Price with tax"."""
    words = OTHER_NUMBERS.intersection(header_words(header))
    return bool(words - NEUTRAL_PRICE_WORDS if has_price_word(header) else words)


def is_price_with_or_without_tax(header: str) -> bool:
    """Whether all that it says is a price, and of the tax: "Price with VAT", "Gross price", "Prix HT"."""
    words = [word for word in header_words(header) if currency_of_word(word) is None]
    rest = [word for word in words if word not in _PRICE_WORDS]
    return len(rest) < len(words) and bool(rest) and all(word in NEUTRAL_PRICE_WORDS for word in rest)


def has_price_word(header: str) -> bool:
    """Whether it has the word price, or harga."""
    return bool(_PRICE_WORDS.intersection(header_words(header)))


def says_nothing(header: str) -> bool:
    """Whether it is a mere number or letter, as programs name columns: "column 3", "Unnamed: 2", "x"."""
    return re.fullmatch(r"(column|kolom|field|unnamed|col)?[\W_]*\d*|\w{0,2}", header.strip().casefold()) is not None


def currency_sign(header: str) -> str:
    """The currency that a header names, as it is written there: "$" in "Price ($)", "kr" in "Pris (kr)"; else ""."""
    for word in header_words(header):
        if currency_of_word(word):
            return word
    for match in re.finditer(r"[A-Za-z]{0,3}[$€£¥₹₩₫₱฿₺₽₴]|\(\s*([^\W\d_]{1,4}\.?)\s*\)", header):
        if currencies_of_sign(sign := match[1] or match[0]):
            return sign
    return ""


def names_sale(header: str) -> bool:
    """Whether it is about a sale: a price, a day, a name."""
    return any(word.startswith(SALE_STEMS) for word in header_words(header))


def names_sale_date(header: str) -> str:
    """sale_start or sale_end, where its words say so: "SpecialPrice Start", "Tanggal promo berakhir"; else ""."""
    words = header_words(header)
    if not names_sale(header):
        return ""
    return "sale_start" if not START_WORDS.isdisjoint(words) else "sale_end" if not END_WORDS.isdisjoint(words) else ""


def names_status(header: str) -> bool:
    """Whether its words are about being shown: "Dipublikasikan", "Sichtbarkeit im Katalog"."""
    words = header_words(header)
    return NO_STATUS_WORDS.isdisjoint(words) and any(word.startswith(STATUS_STEMS) for word in words)
