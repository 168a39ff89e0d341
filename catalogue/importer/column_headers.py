"""Maps columns to fields by their headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from catalogue.importer.aliases import (
    ACTIONS,
    ALIASES,
    AMBIGUOUS,
    DATE_WORDS,
    HANDLES,
    ON_WORDS,
    RECORD_HEADERS,
    RECORD_KINDS,
    SEVERAL,
    WEAK_PRICE_ALIASES,
)
from catalogue.importer.categories import is_program_word
from catalogue.importer.column_cells import ENOUGH, is_image, is_taken, share
from catalogue.importer.columns import ColumnContext, Columns, Rows, UnknownColumns
from catalogue.importer.headers import (
    PRICE_FIELDS,
    has_price_word,
    header_key,
    header_keys,
    header_words,
    is_cost_header,
    is_known_header,
    is_price_header,
    is_price_with_or_without_tax,
    names_sale,
    names_sale_date,
    names_status,
)
from catalogue.importer.text import is_nothing
from catalogue.importer.values import Refused, looks_like_date, parse_bool


def match_headers(columns: Columns, rows: Rows, context: ColumnContext, has_price: bool) -> None:
    keys = [header_keys(header) for header in columns.headers]
    skipped = _fields_not_matched(columns, has_price)
    _match_handle(columns, keys, rows)
    for name in (name for name in ALIASES if name not in columns.of and name not in skipped):
        numbers = _numbers_of_field(name, columns, keys, rows, context)
        if name == "sku":
            numbers = _best_ids(columns, numbers, rows, context)
        elif name == "images":
            numbers = _without_thumbnails(sorted(numbers), keys)
        elif name in ("price", "sale_price"):
            numbers = _strong(numbers, keys) or numbers
            _check_single(columns, name, [*numbers, *_taxed(columns, numbers, name)])
        elif name == "description":
            numbers = _for_shoppers(numbers, keys) or numbers
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
        if is_taken(columns, number) or not _header_allows(name, columns.headers[number]):
            continue
        known = [aliases.index(key) for key in found if key in aliases]
        if not known and _words_mean(name, columns.headers[number], rows, number):
            known = [len(aliases)]
        if known and name == "brand" and "vendor" in found and not _is_shop_export(keys):
            continue  # elsewhere it is whom the merchant buys from
        if known and _fits(name, columns.headers[number], rows, number, context):
            ranks[number] = min(known)
    return sorted(ranks, key=lambda number: (ranks[number], number))


def _is_shop_export(keys: Sequence[Sequence[str]]) -> bool:
    """Whether it is one of Shopify's, which calls the brand a vendor."""
    return any(not HANDLES.isdisjoint(found) for found in keys)


def _header_allows(name: str, header: str) -> bool:
    if name == "category_name_en":  # "Kategori EN", but not the German word
        return header.strip().casefold() != "kategorien"
    return is_price_header(header, name) if name in PRICE_FIELDS else True


def _words_mean(name: str, header: str, rows: Rows, number: int) -> bool:
    """Whether a header that no alias is means the field by its words, and its cells agree."""
    if name == "cost":
        return is_cost_header(header) and has_price_word(header)
    if name in ("sale_start", "sale_end"):
        return names_sale_date(header) == name
    if name == "on_sale":
        told = names_sale(header) and not ON_WORDS.isdisjoint(header_words(header))
        return told and share(rows, number, is_status) == 1
    if name == "record_kind":
        return not RECORD_HEADERS.isdisjoint(header_keys(header)) and share(rows, number, is_record_kind) == 1
    if name == "is_active":
        told = names_status(header) or not ACTIONS.isdisjoint(header_keys(header))
        return told and share(rows, number, is_status) == 1  # 0 for a column without cells
    return False


def is_record_kind(value: str) -> bool:
    return value.strip().casefold() in RECORD_KINDS


def is_status(value: str) -> bool:
    try:
        return parse_bool(value) is not None
    except Refused:
        return False


def _match_handle(columns: Columns, keys: Sequence[Sequence[str]], rows: Rows) -> None:
    """Takes the handle of a product page for the product's id where its variants, with an SKU each, share it."""
    handles = [number for number, found in enumerate(keys) if not HANDLES.isdisjoint(found)]
    skus = [number for number, found in enumerate(keys) if found and found[0] == "sku"]
    if not (handles and skus) or {"sku", "parent", "variant_sku"} & columns.of.keys():
        return
    cells = [row[handles[0]] for row in rows if handles[0] < len(row) and row[handles[0]]]
    if columns.pairs or len(set(cells)) < len(cells):
        columns.of |= {"sku": handles[:1], "variant_sku": skus[:1]}


def _for_shoppers(numbers: Sequence[int], keys: Sequence[Sequence[str]]) -> list[int]:
    """Odoo has a description for customers beside one that is an internal note."""
    return [number for number in numbers if {"descriptionsale", "descriptionforcustomers"} & set(keys[number])]


def _strong(numbers: Sequence[int], keys: Sequence[Sequence[str]]) -> list[int]:
    """Those of the columns whose header is a price by itself, not only where there is no other."""
    return [number for number in numbers if not WEAK_PRICE_ALIASES.intersection(keys[number])]


def _taxed(columns: Columns, numbers: Sequence[int], name: str) -> list[int]:
    """Beside a price's columns those that say the same with or without tax, which may be what shoppers pay."""
    if name != "price" or not numbers:
        return []
    return [
        number
        for number, header in enumerate(columns.headers)
        if number not in numbers and not is_taken(columns, number) and is_price_with_or_without_tax(header)
    ]


def _check_single(columns: Columns, name: str, numbers: Sequence[int]) -> None:
    """Raises UnknownColumns where several headers that differ may be the field."""
    different = dict.fromkeys(header_key(header_words(columns.headers[number])) for number in numbers)
    if len(different) > 1:
        found = ", ".join(repr(columns.headers[number]) for number in numbers)
        what = "price" if name == "price" else "price of a sale"
        raise UnknownColumns(
            f"Several columns may be the {what}: {found}. Say which with --column {name}=HEADER; nothing was imported."
        )


def _fits(name: str, header: str, rows: Rows, number: int, context: ColumnContext) -> bool:
    """Whether the cells may be what the header says: a "source" may be "zalora", a "type" "variable"."""
    if name == "images":
        return _is_empty_or(rows, number, lambda value: re.search(r"[./\\]", value) is not None)
    if name == "url":
        is_photo_column = share(rows, number, lambda value: is_image(value.strip(), context)) >= ENOUGH
        return _is_empty_or(rows, number, lambda value: re.search(r"[./]", value) is not None) and not is_photo_column
    if name == "category":
        return _is_empty_or(rows, number, lambda value: _has_letter(value) and not is_program_word(value))
    if name in ("brand", "name"):  # a number is some other table's key
        return _is_empty_or(rows, number, _has_letter)
    if name in ("sale_start", "sale_end"):  # "Sale price from" is no day
        is_price = has_price_word(header) and DATE_WORDS.isdisjoint(header_words(header))
        return _is_empty_or(rows, number, lambda value: _may_be_date(value, is_price))
    if name == "is_hidden":
        return _is_empty_or(rows, number, is_status)
    if name == "currency":
        return _is_empty_or(rows, number, lambda value: re.search(r"\d", value) is None)
    if name == "availability":
        return _is_empty_or(rows, number, lambda value: not re.fullmatch(r"\d{4}-\d\d-\d\d.*", value.strip()))
    return True


def _may_be_date(value: str, is_price: bool) -> bool:
    """Whether a cell may be a day; `is_price` says that numbers are prices under its header."""
    if looks_like_date(value) and not (is_price and value.strip().isdecimal()):
        return True
    return re.fullmatch(r"[\d.,]+|\D*", value.strip()) is None


def _has_letter(value: str) -> bool:
    return re.search(r"[^\W\d_]", value) is not None


def _is_empty_or(rows: Rows, number: int, test: Callable[[str], bool]) -> bool:
    is_empty = share(rows, number, lambda value: True) == 0
    return is_empty or share(rows, number, test) >= 0.5


def _without_thumbnails(numbers: list[int], keys: Sequence[Sequence[str]]) -> list[int]:
    """Small copies count only where there is nothing else."""
    large = [number for number in numbers if not any("thumb" in key or key == "smallimage" for key in keys[number])]
    return large or numbers


def _best_ids(columns: Columns, named: list[int], rows: Rows, context: ColumnContext) -> list[int]:
    """Of several columns that may be the id, the one whose cells name product folders; else the likeliest header's."""
    free = [
        number
        for number, header in enumerate(columns.headers)
        if number in named or not (is_taken(columns, number) or is_known_header(header))
    ]
    named = sorted(named, key=lambda number: _filled(rows, number) < ENOUGH)  # stable: the likeliest header first
    shares = {number: share(rows, number, context.is_product_folder) for number in free}
    best = max(free, key=lambda number: (shares[number], number in named), default=None)
    if best is None or shares[best] < ENOUGH or (named and shares[named[0]] >= shares[best]):
        return named[:1]
    if best not in named:
        columns.guessed.add("sku")
    return [best]


def _filled(rows: Rows, number: int) -> float:
    """The share of rows whose cell holds something."""
    cells = [row[number] for row in rows if number < len(row)]
    return sum(not is_nothing(cell) for cell in cells) / len(cells) if cells else 1.0


def _match_ambiguous(columns: Columns, keys: Sequence[Sequence[str]], rows: Rows) -> None:
    for number, found in enumerate(keys):
        if is_taken(columns, number) or not AMBIGUOUS.intersection(found):
            continue
        name = "name" if share(rows, number, lambda value: " " in value.strip()) >= 0.5 else "sku"
        if name not in columns.of:
            columns.of[name] = [number]
