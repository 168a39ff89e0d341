"""Currencies that are legal tender today, by ISO 4217 code, and the signs that stand for them."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.core import get_global
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

CODES = frozenset(
    code
    for currencies in get_global("territory_currencies").values()
    for code, _start, end, is_tender in currencies
    if end is None and is_tender
)
# Sign -> the currencies that it may mean, the usual one first; None first: it has no usual one. What CLDR lacks.
_SIGNS: dict[str, tuple[str | None, ...]] = {
    "rupiah": ("IDR",), "idrp": ("IDR",), "us$": ("USD",), "s$": ("SGD",), "sg$": ("SGD",), "a$": ("AUD",),
    "au$": ("AUD",), "c$": ("CAD",), "cad$": ("CAD",), "hk$": ("HKD",), "nt$": ("TWD",), "nz$": ("NZD",),
    "r$": ("BRL",), "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "CLP", "COP", "ARS"),
    "€": ("EUR",), "euro": ("EUR",), "£": ("GBP", "EGP", "LBP", "SYP", "FKP", "GIP"), "rm": ("MYR",),
    "¥": ("JPY", "CNY"), "円": ("JPY",), "元": ("CNY", "TWD", "HKD"), "圆": ("CNY",), "圓": ("TWD", "CNY"),
    "rmb": ("CNY",),
    "yuan": ("CNY",), "yen": ("JPY",), "원": ("KRW",), "₩": ("KRW",), "đ": ("VND",), "₫": ("VND",), "บาท": ("THB",),
    "rs": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"), "₨": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"), "₹": ("INR",),
    "kr": (None, "SEK", "NOK", "DKK", "ISK"), "tl": ("TRY",), "zl": ("PLN",), "руб": ("RUB",), "р": ("RUB",),
    "лв": ("BGN",), "lei": ("RON",), "sfr": ("CHF",), "fr": ("CHF", "XOF", "XAF"), "грн": ("UAH",), "₱": ("PHP",),
    "php": ("PHP",), "dh": ("AED", "MAD"), "dhs": ("AED",), "r": ("ZAR",), "﷼": ("SAR", "QAR", "OMR", "YER", "IRR"),
    "ر.س": ("SAR",), "د.إ": ("AED",), "رس": ("SAR",), "دإ": ("AED",), "جم": ("EGP",), "₦": ("NGN",), "ksh": ("KES",),
}  # fmt: skip
# Countries where shops write the sign of their own currency: their CLDR data are read for signs not listed above.
_LOCALES = (
    "cs",
    "da",
    "en_IN",
    "he",
    "hu",
    "ja",
    "kk",
    "ka",
    "pl",
    "ro",
    "ru",
    "sv",
    "th",
    "tr",
    "uk",
    "vi",
    "zh",
    "id",
    "bn",
)


def currencies_of_sign(sign: str) -> tuple[str | None, ...]:
    """The codes that a sign or code such as "Rp", "kr" or "EUR" may mean, the usual one first; empty for no currency.

    The first is None where no currency is the usual one.
    """
    word = sign.strip(" .:").casefold()
    if word.upper() in CODES:
        return (word.upper(),)
    return _SIGNS.get(word) or _signs_of_cldr().get(word, ())


@cache
def _signs_of_cldr() -> dict[str, tuple[str | None, ...]]:
    found: dict[str, dict[str | None, None]] = {}
    for locale in _LOCALES:
        for code, symbol in Locale.parse(locale).currency_symbols.items():
            word = symbol.strip(" .").casefold()
            if code in CODES and word not in _SIGNS and not word.isdigit():
                found.setdefault(word, {})[code] = None
    return {word: tuple(codes) if len(codes) == 1 else (None, *codes) for word, codes in found.items()}


def validate_currency(value: str) -> None:
    """Raises ValidationError unless `value` is the code of a currency that is legal tender somewhere."""
    if value not in CODES:
        raise ValidationError(
            _("%(value)s is no currency. Allowed is an ISO 4217 code, such as IDR, USD or EUR."),
            params={"value": value}, code="currency",
        )  # fmt: skip
