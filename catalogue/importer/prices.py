"""Prices as shops write them: signs and codes of currencies, thousands and decimals of many countries."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from catalogue.currencies import currencies_of_sign
from catalogue.importer.text import clean_text, is_nothing
from catalogue.importer.values import Refused

MAX_PRICE = Decimal(10) ** 12
_THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
_PLAIN = re.compile(r"[0-9]{1,11}(\.[0-9]{1,2})?")
_PRICE = re.compile(
    r"(?P<minus>[-−(]?)\s*(?P<before>[^\d(−-]*?)\.?\s*(?P<number>[-−(]?\s*[0-9].*?)\s*(?P<after>[^\d.,)–—-]*)"
)


def parse_price(value: str, default: str | None = None) -> tuple[Decimal | None, str | None]:
    """The amount and the currency that a text such as "Rp 199.000" names; None for what it does not say.

    `default` is the currency of a sign that may mean several: kr, Rs, $. Raises Refused for words, ranges, negative and
    too large numbers, more than two decimals, and signs that may mean several currencies.
    """
    if _PLAIN.fullmatch(value):  # as most files write most prices
        return Decimal(value), None
    if is_nothing(value):
        return None, None
    text = _plain(value)
    text = re.sub(r"\s*\(\s*[-–−]?\s*[0-9.,]+\s*%[^)]*\)$", "", text)  # "(-20%)" says what it was reduced by
    text = re.sub(r"/[-=]$|(?<=[^\W\d])\.$", "", text)  # "799/-" as Indian shops end a price, "12 lei."
    number, currency = _split_currency(text, default)
    if (currency or default) in _THREE_DECIMALS and re.fullmatch(r"[0-9]+\.[0-9]{3}", number):
        return _with_two_decimals(Decimal(number)), currency
    if re.match(r"^(-|−|\()", number):
        raise Refused("A price cannot be negative.")
    amount = _amount(re.sub(r"[.,](-+|–|—)$", "", number))
    if amount >= MAX_PRICE:
        raise Refused(f"A price is below {MAX_PRICE:,}.")
    return amount, currency


def _plain(value: str) -> str:
    """In compatible characters, all digits as 0 to 9 (Arabic, Persian, Hindi, Thai), without invisible marks."""
    text = unicodedata.normalize("NFKC", value)
    if not text.isascii():
        text = text.translate({0x066B: ".", 0x066C: ","})  # Arabic marks of decimals and thousands
        text = "".join(
            str(unicodedata.decimal(each)) if each.isdecimal() else each
            for each in text
            if unicodedata.category(each) != "Cf"
        )
        text = re.sub(r"(?<=[\u0600-\u06ff])\.(?=[\u0600-\u06ff])", "", text)  # within a currency's name
    return text.strip("\0 \t\r\n")


def parse_currency(value: str, default: str | None = None) -> str | None:
    """The ISO code of a currency column's cell. Raises Refused for what is none."""
    if is_nothing(value):
        return None
    currency = _currency(clean_text(value), default)
    if currency is None:
        raise Refused("It is no currency; an ISO code as in IDR, or a sign as in Rp, is.")
    return currency


def _split_currency(text: str, default: str | None) -> tuple[str, str | None]:
    """The text without its currency, and that currency. Raises Refused for words that are none."""
    match = _PRICE.fullmatch(text)
    if not match:
        raise Refused("It is not a number.")
    currency = None
    for word in (match["before"].strip(), match["after"].strip()):
        if word:
            found = _currency(word, default)
            if found is None:
                raise Refused(f"It is not a price: “{word}” is no currency.")
            if currency not in (None, found):
                raise Refused(f"It names two currencies, {currency} and {found}.")
            currency = found
    return match["minus"] + match["number"].strip(), currency


def _currency(word: str, default: str | None) -> str | None:
    """The code that a sign means. Raises Refused where it means several and `default` is none of them."""
    codes = currencies_of_sign(word)
    if not codes:
        return None
    if default and default in codes:
        return default
    if codes[0] is None:
        raise Refused(f"“{word}” may be {', '.join(filter(None, codes))}: --currency says which.")
    return codes[0]


def _amount(number: str) -> Decimal:
    if re.fullmatch(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]{1,2}", number):  # as spreadsheets write large numbers
        return _with_two_decimals(Decimal(number.replace(",", ".")))
    if not re.fullmatch(r"[0-9][0-9., '’\u00a0]*", number) or number[-1] in ".,":
        raise Refused("It is not a number.")
    number = re.sub(r"(?<=\d)[ '’\u00a0](?=\d{3}(\D|$))", "", number)
    if re.fullmatch(r"[1-9][0-9]?(,[0-9]{2})+,[0-9]{3}(\.[0-9]{1,2})?", number):  # lakhs: 1,29,999.00
        return Decimal(number.replace(",", ""))
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
