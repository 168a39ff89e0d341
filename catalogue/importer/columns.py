"""Maps columns to fields: by the header, else by the cells. A price is never told by its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from catalogue.importer.aliases import ALIASES, AMBIGUOUS, FIELDS, KEPT, SEVERAL, WEAK_PRICE_ALIASES
from catalogue.importer.categories import is_program_word
from catalogue.importer.headers import (
    CURRENCY_WORDS,
    PRICE_FIELDS,
    currency_of_word,
    fields_of_key,
    has_price_word,
    header_key,
    header_keys,
    header_words,
    is_cost_header,
    is_known_header,
    is_price_header,
    names_other_number,
    says_nothing,
)
from catalogue.importer.image_lists import split_images
from catalogue.importer.prices import parse_price
from catalogue.importer.text import is_nothing
from catalogue.importer.values import Refused, is_url, parse_sku

_ENOUGH = 0.6  # of a column's cells must look like the field
_PAIR = re.compile(r"\b(attribute|option|opsi|atribut|variation|variasi|varian)\s*_?(\d+)\s*_?(name|nama|value|nilai)")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class ColumnContext:
    """Lookups in the photo folder and the database: is a text the name of a product's folder, a photo, a category?"""

    is_product_folder: Callable[[str], bool]
    is_photo: Callable[[str], bool]
    is_category: Callable[[str], bool]


@dataclass
class Columns:
    """Field -> the numbers of its columns. All other columns become the products' attributes.

    `pairs` are columns of an attribute's name and its value, as in "Option1 Name", "Option1 Value".
    """

    headers: list[str]
    of: dict[str, list[int]] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    currency: str | None = None  # what the price's header names, as in "Harga (Rp)"
    notes: list[str] = field(default_factory=list)

    def cells(self, values: Sequence[str], name: str) -> list[str]:
        """The field's cells that hold something."""
        return [
            values[number]
            for number in self.of.get(name, ())
            if number < len(values) and not is_nothing(values[number])
        ]

    def cell(self, values: Sequence[str], name: str) -> str:
        """The first of the field's cells that holds something; "" for a field without a column."""
        for number in self.of.get(name, ()):
            if number < len(values) and not is_nothing(values[number]):
                return values[number]
        return ""

    def header(self, name: str) -> str:
        """The headers of the field's columns; the field's own name where it has none."""
        return " / ".join(self.headers[number] for number in self.of.get(name, ())) or name

    @property
    def has_variants(self) -> bool:
        """Whether several rows of one product are its variants: there is a column for the product and one for each."""
        return "parent" in self.of or "variant_sku" in self.of

    @property
    def attributes(self) -> list[tuple[int, str]]:
        """The columns kept as attributes with their names; the second of two columns `size` is `size 2`."""
        used = {number for name, numbers in self.of.items() if name not in KEPT for number in numbers}
        used |= {number for pair in self.pairs for number in pair}
        names: dict[str, int] = {}
        found = []
        for number, header in enumerate(self.headers):
            if header:
                names[header] = names.get(header, 0) + 1
                name = header if names[header] == 1 else f"{header} {names[header]}"
                if number not in used:
                    found.append((number, name))
        return found


class UnknownColumns(ValueError):
    """The columns cannot be told apart; the message lists the headers and how to name them."""


def find_columns(
    headers: Sequence[str],
    rows: Rows,
    *,
    chosen: dict[str, list[str]],
    context: ColumnContext,
    has_price: bool = True,
) -> Columns:
    """What the columns of a table with these `headers` and first `rows` mean; `chosen` is FIELD -> HEADERs.

    `has_price` False says that the table has no price. Raises UnknownColumns where a chosen header is not there, and
    where several columns or none may be the price.
    """
    columns = Columns(headers=[" ".join(header.split()) for header in headers])
    for name, wanted in chosen.items():
        columns.of[name] = [_number_of(columns.headers, header) for header in wanted]
    columns.pairs = _pairs(columns)
    _match_headers(columns, rows, context, has_price)
    _match_cells(columns, rows, context)
    if has_price:
        _check_price(columns, rows)
    columns.currency = _currency_of_headers(columns)
    _note_doubles(columns)
    return columns


def explain(headers: Sequence[str], problem: str, example: str = "sku") -> str:
    """An error's text: `problem`, the headers that were seen, and how to say what they mean."""
    seen = ", ".join(repr(header) for header in headers) or "none"
    return (
        f"{problem} The headers are: {seen}. Say which is which with --column FIELD=HEADER, for example "
        f"--column {example}={headers[0] if headers else 'HEADER'!r}. Fields: {', '.join(FIELDS)}."
    )


def _number_of(headers: Sequence[str], wanted: str) -> int:
    if re.fullmatch(r"#[0-9]+", wanted) and 0 < int(wanted[1:]) <= len(headers):
        return int(wanted[1:]) - 1
    key = header_key(header_words(wanted))
    for number, header in enumerate(headers):
        if header == " ".join(wanted.split()):
            return number
    for number, header in enumerate(headers):
        if key and header_key(header_words(header)) == key:
            return number
    raise UnknownColumns(explain(headers, f"There is no column {wanted!r}."))


def _pairs(columns: Columns) -> list[tuple[int, int]]:
    """The columns of an attribute's name and of its value, by their numbers: "Attribute 1 name", "Option1 Value"."""
    found: dict[tuple[str, str], dict[bool, int]] = {}
    for number, header in enumerate(columns.headers):
        match = _PAIR.match(header.casefold())
        if match and not _is_taken(columns, number):
            found.setdefault((match[1], match[2]), {})[match[3] in ("name", "nama")] = number
    return [(both[True], both[False]) for both in found.values() if len(both) == 2]


# -- by header ------------------------------------------------------------------------------------------------------


def _match_headers(columns: Columns, rows: Rows, context: ColumnContext, has_price: bool) -> None:
    keys = [header_keys(header) for header in columns.headers]
    skipped = _fields_not_matched(columns, has_price)
    for name in (name for name in ALIASES if name not in columns.of and name not in skipped):
        numbers = _numbers_of_field(name, columns, keys, rows, context)
        if name == "sku":
            numbers = _best_ids(columns, numbers, rows, context)
        elif name == "images":
            numbers = _without_thumbnails(sorted(numbers), keys)
        elif name in ("price", "sale_price"):
            numbers = _strong(numbers, keys) or numbers
            _check_single(columns, name, numbers)
        if numbers:
            columns.of[name] = numbers if name in SEVERAL else numbers[:1]
    if "parent" in columns.of and "sku" not in columns.of:
        columns.of["sku"] = columns.of.pop("parent")
    _match_ambiguous(columns, keys, rows)


def _fields_not_matched(columns: Columns, has_price: bool) -> set[str]:
    if not has_price:
        return {*PRICE_FIELDS, "sale_start", "sale_end"}
    # Who names the price's column has named what is asked: no other column may change it.
    return {"sale_price", "sale_start", "sale_end"} if "price" in columns.of else set()


def _numbers_of_field(
    name: str, columns: Columns, keys: Sequence[Sequence[str]], rows: Rows, context: ColumnContext
) -> list[int]:
    """The free columns whose header means the field, the likeliest first."""
    aliases = ALIASES[name]
    ranks = {}
    for number, found in enumerate(keys):
        if _is_taken(columns, number) or not _header_allows(name, columns.headers[number]):
            continue
        known = [aliases.index(key) for key in found if key in aliases]
        if name == "cost" and not known and is_cost_header(columns.headers[number]) and _is_money(columns, number):
            known = [len(aliases)]
        if known and _fits(name, rows, number, context):
            ranks[number] = min(known)
    return sorted(ranks, key=lambda number: (ranks[number], number))


def _header_allows(name: str, header: str) -> bool:
    return is_price_header(header, name) if name in PRICE_FIELDS else True


def _is_money(columns: Columns, number: int) -> bool:
    return has_price_word(columns.headers[number])


def _strong(numbers: Sequence[int], keys: Sequence[Sequence[str]]) -> list[int]:
    """Those of the columns whose header is a price by itself, not only where there is no other."""
    return [number for number in numbers if not WEAK_PRICE_ALIASES.intersection(keys[number])]


def _check_single(columns: Columns, name: str, numbers: Sequence[int]) -> None:
    """Raises UnknownColumns where several headers that differ may be the field."""
    different = dict.fromkeys(header_key(header_words(columns.headers[number])) for number in numbers)
    if len(different) > 1:
        found = ", ".join(repr(columns.headers[number]) for number in numbers)
        what = "price" if name == "price" else "price of a sale"
        raise UnknownColumns(
            f"Several columns may be the {what}: {found}. Say which with --column {name}=HEADER; nothing was imported."
        )


def _fits(name: str, rows: Rows, number: int, context: ColumnContext) -> bool:
    """Whether the cells may be what the header says: a "source" may be "zalora", a "type" "variable"."""
    if name == "images":
        return _is_empty_or(rows, number, lambda value: re.search(r"[./\\]", value) is not None)
    if name == "url":
        is_photo_column = _share(rows, number, lambda value: _is_image(value.strip(), context)) >= _ENOUGH
        return _is_empty_or(rows, number, lambda value: re.search(r"[./]", value) is not None) and not is_photo_column
    if name == "category":
        return _is_empty_or(rows, number, lambda value: _has_letter(value) and not is_program_word(value))
    if name in ("brand", "name"):  # a number is some other table's key
        return _is_empty_or(rows, number, _has_letter)
    if name == "availability":
        return _is_empty_or(rows, number, lambda value: not re.fullmatch(r"\d{4}-\d\d-\d\d.*", value.strip()))
    return True


def _has_letter(value: str) -> bool:
    return re.search(r"[^\W\d_]", value) is not None


def _is_empty_or(rows: Rows, number: int, test: Callable[[str], bool]) -> bool:
    is_empty = _share(rows, number, lambda value: True) == 0
    return is_empty or _share(rows, number, test) >= 0.5


def _without_thumbnails(numbers: list[int], keys: Sequence[Sequence[str]]) -> list[int]:
    """Small copies count only where there is nothing else."""
    large = [number for number in numbers if not any("thumb" in key or key == "smallimage" for key in keys[number])]
    return large or numbers


def _best_ids(columns: Columns, named: list[int], rows: Rows, context: ColumnContext) -> list[int]:
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


def _match_ambiguous(columns: Columns, keys: Sequence[Sequence[str]], rows: Rows) -> None:
    for number, found in enumerate(keys):
        if _is_taken(columns, number) or not AMBIGUOUS.intersection(found):
            continue
        name = "name" if _share(rows, number, lambda value: " " in value.strip()) >= 0.5 else "sku"
        if name not in columns.of:
            columns.of[name] = [number]


# -- by cells -------------------------------------------------------------------------------------------------------


def _match_cells(columns: Columns, rows: Rows, context: ColumnContext) -> None:
    """Gives fields that no header names to columns that no header explains, where the cells look like the field.

    A name and an address are shown to everybody, so only a column whose header says nothing at all is taken for one.
    """
    looks: dict[str, Callable[[str], bool]] = {
        "sku": lambda value: context.is_product_folder(parse_sku(value)),
        "images": lambda value: any(_is_image(one, context) for one in split_images(value)),
        "category": context.is_category,
        "url": is_url,
        "currency": lambda value: value.strip().lower() in CURRENCY_WORDS,
    }
    for name, looks_like_it in looks.items():
        if name not in columns.of:
            _guess(columns, name, _cells_test(rows, looks_like_it), is_shown=name == "url")
    if "name" not in columns.of:
        _guess(columns, "name", lambda number: _likeness_to_names(rows, number), is_shown=True)


def _cells_test(rows: Rows, test: Callable[[str], bool]) -> Callable[[int], float]:
    return lambda number: _share(rows, number, test)


def _guess(columns: Columns, name: str, likeness: Callable[[int], float], *, is_shown: bool) -> None:
    free = [
        number
        for number, header in enumerate(columns.headers)
        if not _is_taken(columns, number)
        and (not is_known_header(header) or (name == "images" and _is_address_header(header)))
        and not is_cost_header(header)
        and (says_nothing(header) or not is_shown)
    ]
    best = max(free, key=likeness, default=None)
    if best is not None and likeness(best) >= _ENOUGH:
        columns.of[name] = [best]
        columns.guessed.add(name)


def _is_address_header(header: str) -> bool:
    """Whether it means an address, which may be a photo's."""
    return any(fields_of_key(key) == ("url",) for key in header_keys(header))


def _is_taken(columns: Columns, number: int) -> bool:
    return any(number in numbers for numbers in columns.of.values()) or any(number in pair for pair in columns.pairs)


def _share(rows: Rows, number: int, test: Callable[[str], bool]) -> float:
    """The share of the column's cells, empty ones left out, that pass `test`."""
    cells = [row[number] for row in rows if number < len(row) and not is_nothing(row[number])]
    return sum(map(bool, map(test, cells))) / len(cells) if cells else 0.0


def _is_image(text: str, context: ColumnContext) -> bool:
    if is_url(text):
        return re.search(r"\.(jpe?g|png|webp|avif|heic|gif)\b", text, re.IGNORECASE) is not None
    return context.is_photo(text)


def _likeness_to_names(rows: Rows, number: int) -> float:
    """The share of cells that are a few words, weighed by how many of them differ."""
    cells = [row[number] for row in rows if number < len(row) and not is_nothing(row[number])]
    wordy = [cell for cell in cells if 3 <= len(cell) <= 200 and re.search(r"[^\W\d].* .*", cell) and not is_url(cell)]
    wordy = [cell for cell in wordy if not _looks_like_price(cell)]
    if not cells or len(set(wordy)) < 0.5 * len(wordy):
        return 0.0
    return len(wordy) / len(cells)


# -- money ----------------------------------------------------------------------------------------------------------


def _check_price(columns: Columns, rows: Rows) -> None:
    """Raises UnknownColumns where no header names the price, but a column may hold one."""
    if any(name in columns.of for name in PRICE_FIELDS):
        return
    candidates = [
        header
        for number, header in enumerate(columns.headers)
        if not _is_taken(columns, number)
        and not is_cost_header(header)
        and (
            _share(rows, number, _has_currency) >= _ENOUGH
            or (not names_other_number(header) and _may_be_price(rows, number, header))
        )
    ]
    costs = [columns.headers[number] for number in columns.of.get("cost", ())]
    if not candidates and not costs:
        return
    found = f" It may be one of {', '.join(map(repr, candidates))}." if candidates else ""
    cost = f" {', '.join(map(repr, costs))} is a cost, and never shown." if costs else ""
    raise UnknownColumns(
        f"No header says which column is the price.{found}{cost} Say which with --column price=HEADER, or --no-price "
        f"to import without prices; nothing was imported. The headers are: {', '.join(map(repr, columns.headers))}."
    )


def _may_be_price(rows: Rows, number: int, header: str) -> bool:
    return has_price_word(header) or _share(rows, number, _looks_like_price) >= _ENOUGH


def _has_currency(value: str) -> bool:
    try:
        return parse_price(value)[1] is not None
    except Refused:
        return False


def _looks_like_price(value: str) -> bool:
    """A price with a sign or with thousands marked; or a round number, which years and counts seldom are."""
    try:
        amount, currency = parse_price(value)
    except Refused:
        return False
    if amount is None:
        return False
    return currency is not None or amount != int(amount) or (amount >= 1000 and amount % 100 == 0)


def _currency_of_headers(columns: Columns) -> str | None:
    for name in PRICE_FIELDS:
        for number in columns.of.get(name, ()):
            for word in header_words(columns.headers[number]):
                if currency := currency_of_word(word):
                    return currency
    return None


def _note_doubles(columns: Columns) -> None:
    """Says what becomes of columns that have the same header."""
    numbers: dict[str, list[int]] = {}
    for number, header in enumerate(columns.headers):
        if header:
            numbers.setdefault(header.casefold(), []).append(number)
    attributes = dict(columns.attributes)
    for same in numbers.values():
        if len(same) > 1:
            told = "; ".join(f"column {n + 1} is {_use(columns, attributes, n)}" for n in same)
            columns.notes.append(f"Several columns are called {columns.headers[same[0]]!r}: {told}.")


def _use(columns: Columns, attributes: dict[int, str], number: int) -> str:
    name = next((name for name, numbers in columns.of.items() if number in numbers and name not in KEPT), None)
    return f"the {name}" if name else f"the attribute {attributes.get(number, '')!r}"
