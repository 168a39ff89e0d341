"""Maps columns to fields: by the header, else, except for prices, by the cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from catalogue.importer.aliases import ALIASES, AMBIGUOUS, FIELDS, SEVERAL
from catalogue.importer.values import (
    CODES,
    Refused,
    is_nothing,
    is_url,
    parse_bool,
    parse_price,
    parse_sku,
    split_images,
)

_NOISE = AMBIGUOUS | {"zalora", "the", "main", "utama"}
_ENOUGH = 0.6  # of a column's cells must look like the field


@dataclass(frozen=True)
class ColumnContext:
    """Lookups in the photo folder and the database: is a text the name of a product's folder, a photo, a category?"""

    is_product_folder: Callable[[str], bool]
    is_photo: Callable[[str], bool]
    is_category: Callable[[str], bool]


@dataclass
class Columns:
    """Field -> the numbers of its columns. All other columns become the products' attributes."""

    headers: list[str]
    of: dict[str, list[int]] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    currency: str | None = None  # what the price's header names, as in "Harga (Rp)"

    def cell(self, values: Sequence[str], name: str) -> str:
        """The first of the field's cells that holds something; "" for a field without a column."""
        for number in self.of.get(name, ()):
            if number < len(values) and not is_nothing(values[number]):
                return values[number]
        return ""

    def header(self, name: str) -> str:
        return " / ".join(self.headers[number] for number in self.of.get(name, ())) or name

    @property
    def attributes(self) -> list[tuple[int, str]]:
        used = {number for numbers in self.of.values() for number in numbers}
        return [(number, header) for number, header in enumerate(self.headers) if number not in used and header]


class UnknownColumns(ValueError):
    """The columns cannot be told apart; the message lists the headers and how to name them."""


def find_columns(
    headers: list[str],
    rows: Sequence[Sequence[str]],
    *,
    chosen: dict[str, list[str]],
    context: ColumnContext,
) -> Columns:
    """What the columns of a table with these `headers` and first `rows` mean; `chosen` is FIELD -> HEADERs.

    Raises UnknownColumns where nothing tells which column holds the id or where a chosen header is not there.
    """
    columns = Columns(headers=[" ".join(header.split()) for header in headers])
    for name, wanted in chosen.items():
        columns.of[name] = [_number_of(columns.headers, header) for header in wanted]
    _match_headers(columns, rows, context)
    _match_cells(columns, rows, context)
    price = columns.header("price") if "price" in columns.of else ""
    columns.currency = next((_CURRENCY_WORDS[word] for word in _words(price) if word in _CURRENCY_WORDS), None)
    return columns


def explain(headers: Sequence[str], problem: str) -> str:
    """An error's text: `problem`, the headers that were seen, and how to say what they mean."""
    seen = ", ".join(repr(header) for header in headers) or "none"
    return (
        f"{problem} The headers are: {seen}. Say which is which with --column FIELD=HEADER, for example "
        f"--column sku={headers[0] if headers else 'HEADER'!r}. Fields: {', '.join(FIELDS)}."
    )


_CURRENCY_WORDS = {"rp": "IDR", "rupiah": "IDR"} | {code.lower(): code for code in CODES}


def _number_of(headers: Sequence[str], wanted: str) -> int:
    if re.fullmatch(r"#[0-9]+", wanted) and 0 < int(wanted[1:]) <= len(headers):
        return int(wanted[1:]) - 1
    for same in (lambda header: header == wanted, lambda header: _key(_words(header)) == _key(_words(wanted)) != ""):
        for number, header in enumerate(headers):
            if same(header):
                return number
    raise UnknownColumns(explain(headers, f"There is no column {wanted!r}."))


def _words(header: str) -> list[str]:
    """Its words in lower case: "productID (Main)" has product, id and main."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain)
    return re.findall(r"[a-z]+|[0-9]+", plain.lower())


def _key(words: Sequence[str]) -> str:
    return "".join(words)


def _keys(header: str) -> list[str]:
    """The header as aliases are written, from the most literal to the barest."""
    words = _words(header)
    bare = [word for word in words if word not in _NOISE and not word.isdigit()]
    barest = [word for word in bare if word not in _CURRENCY_WORDS]
    return list(dict.fromkeys(key for key in (_key(words), _key(bare), _key(barest)) if key))


def is_known_header(header: str) -> bool:
    """Whether some field's aliases hold it."""
    return any(key in AMBIGUOUS or any(key in aliases for aliases in ALIASES.values()) for key in _keys(header))


def _match_headers(columns: Columns, rows: Sequence[Sequence[str]], context: ColumnContext) -> None:
    keys = [_keys(header) for header in columns.headers]
    for name, aliases in ALIASES.items():
        if name in columns.of:
            continue
        ranks = {
            number: min(aliases.index(key) for key in found if key in aliases)
            for number, found in enumerate(keys)
            if any(key in aliases for key in found)
            and not _is_taken(columns, number)
            and _fits(name, rows, number, context)
        }
        numbers = sorted(ranks, key=lambda number: (ranks[number], number))
        if name == "sku":
            numbers = _best_ids(columns, numbers, rows, context)
        if name == "images":
            numbers = _without_thumbnails(sorted(numbers), keys)
        if numbers:
            columns.of[name] = numbers if name in SEVERAL else numbers[:1]
    _match_ambiguous(columns, keys, rows)


def _fits(name: str, rows: Sequence[Sequence[str]], number: int, context: ColumnContext) -> bool:
    """Whether the cells may be what the header says: a "status" may be "new", a "source" "zalora"."""
    if name == "is_active":
        return _is_empty_or(rows, number, _is_bool)
    if name == "images":
        return _is_empty_or(rows, number, lambda value: re.search(r"[./\\]", value) is not None)
    if name == "url":
        is_photo_column = _share(rows, number, lambda value: _is_image(value.strip(), context)) >= _ENOUGH
        return _is_empty_or(rows, number, lambda value: re.search(r"[./]", value) is not None) and not is_photo_column
    if name in ("category", "brand", "name"):  # a number is some other table's key
        return _is_empty_or(rows, number, lambda value: re.search(r"[^\W\d_]", value) is not None)
    return True


def _is_empty_or(rows: Sequence[Sequence[str]], number: int, test: Callable[[str], bool]) -> bool:
    is_empty = _share(rows, number, lambda value: True) == 0
    return is_empty or _share(rows, number, test) >= 0.5


def _is_bool(value: str) -> bool:
    try:
        return parse_bool(value) is not None
    except Refused:
        return False


def _without_thumbnails(numbers: list[int], keys: list[list[str]]) -> list[int]:
    """Small copies count only where there is nothing else."""
    large = [number for number in numbers if not any("thumb" in key for key in keys[number])]
    return large or numbers


def _best_ids(columns: Columns, named: list[int], rows: Sequence[Sequence[str]], context: ColumnContext) -> list[int]:
    """Of several columns that may be the id, the one whose cells name product folders; else the likeliest header's."""
    free = [
        number
        for number, header in enumerate(columns.headers)
        if number in named or not (_is_taken(columns, number) or is_known_header(header))
    ]
    shares = {number: _share(rows, number, context.is_product_folder) for number in free}
    best = max(free, key=lambda number: (shares[number], number in named), default=None)
    if best is None or shares[best] < _ENOUGH or (named and shares[named[0]] >= shares[best]):
        return named[:1]
    if best not in named:
        columns.guessed.add("sku")
    return [best]


def _match_ambiguous(columns: Columns, keys: list[list[str]], rows: Sequence[Sequence[str]]) -> None:
    for number, found in enumerate(keys):
        if _is_taken(columns, number) or not AMBIGUOUS.intersection(found):
            continue
        name = "name" if _share(rows, number, lambda value: " " in value.strip()) >= 0.5 else "sku"
        if name not in columns.of:
            columns.of[name] = [number]


def _match_cells(columns: Columns, rows: Sequence[Sequence[str]], context: ColumnContext) -> None:
    """Gives the fields that no header names to columns whose cells look like them."""
    looks = {
        "sku": lambda value: context.is_product_folder(parse_sku(value)),
        "images": lambda value: any(_is_image(one, context) for one in split_images(value)),
        "category": context.is_category,
        "price": _is_price,
        "url": is_url,
        "currency": lambda value: value.strip().upper() in CODES,
    }
    for name, looks_like_it in looks.items():
        if name not in columns.of:
            _guess(columns, name, lambda number, test=looks_like_it: _share(rows, number, test))
    if "name" not in columns.of:
        _guess(columns, "name", lambda number: _likeness_to_names(rows, number))


def _guess(columns: Columns, name: str, likeness: Callable[[int], float]) -> None:
    free = [number for number in range(len(columns.headers)) if not _is_taken(columns, number)]
    best = max(free, key=likeness, default=None)
    if best is not None and likeness(best) >= _ENOUGH:
        columns.of[name] = [best]
        columns.guessed.add(name)


def _is_taken(columns: Columns, number: int) -> bool:
    return any(number in numbers for numbers in columns.of.values())


def _share(rows: Sequence[Sequence[str]], number: int, test: Callable[[str], bool]) -> float:
    """The share of the column's cells, empty ones left out, that pass `test`."""
    cells = [row[number] for row in rows if number < len(row) and not is_nothing(row[number])]
    return sum(map(bool, map(test, cells))) / len(cells) if cells else 0.0


def _is_image(text: str, context: ColumnContext) -> bool:
    if is_url(text):
        return re.search(r"\.(jpe?g|png|webp|avif|heic|gif)\b", text, re.IGNORECASE) is not None
    return context.is_photo(text)


def _is_price(value: str) -> bool:
    """A price with a sign or with thousands marked; or a round number, which years and counts seldom are."""
    try:
        amount, currency = parse_price(value)
    except Refused:
        return False
    if amount is None:
        return False
    return currency is not None or amount != int(amount) or (amount >= 1000 and amount % 100 == 0)


def _likeness_to_names(rows: Sequence[Sequence[str]], number: int) -> float:
    """The share of cells that are a few words, weighed by how many of them differ."""
    cells = [row[number] for row in rows if number < len(row) and not is_nothing(row[number])]
    wordy = [cell for cell in cells if 3 <= len(cell) <= 200 and re.search(r"[^\W\d].* .*", cell) and not is_url(cell)]
    if not cells or len(set(wordy)) < 0.5 * len(wordy):
        return 0.0
    return len(wordy) / len(cells)
