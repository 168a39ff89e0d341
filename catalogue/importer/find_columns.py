"""Maps columns to fields: by the header, else by the cells. A price is never told by its cells."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from catalogue.importer.aliases import KEPT, ODOO, STANDARD_PRICE, STRUCK_PRICES
from catalogue.importer.column_cells import ENOUGH, has_currency, is_taken, looks_like_price, share
from catalogue.importer.column_guesses import match_cells
from catalogue.importer.column_headers import is_status, match_headers
from catalogue.importer.columns import ColumnContext, Columns, Rows, UnknownColumns, explain
from catalogue.importer.headers import (
    PRICE_FIELDS,
    currency_of_word,
    currency_sign,
    fields_of_key,
    has_price_word,
    header_key,
    header_keys,
    header_words,
    is_cost_header,
    names_other_number,
    names_sale,
    names_sale_date,
)
from catalogue.importer.values import is_month_first

# Words that hardly anything but a status is.
STATUS_WORDS = frozenset({
    "publish", "published", "unpublished", "draft", "draf", "private", "privat", "pending", "trash", "archived",
    "hidden", "unlisted", "visible", "entwurf", "brouillon", "borrador", "rascunho", "bozza", "terbit", "diterbitkan",
    "konsep", "disembunyikan", "publié", "publicado", "pubblicato", "veröffentlicht", "草稿", "已发布", "上架", "下架",
    "archiviert", "archivado", "опубликовано", "не опубликовано", "черновик", "скрыт", "скрыто", "taslak", "yayında",
    "gizli", "szkic", "opublikowany", "ukryty", "ฉบับร่าง", "เผยแพร่", "bản nháp", "đã đăng", "مسودة", "منشور", "下書き",
    "公開", "非公開", "公開中", "未上架", "已下架",
})  # fmt: skip
DISCOUNT_WORDS = frozenset({
    "discount", "diskon", "potongan", "rabatt", "remise", "reduction", "descuento", "desconto", "sconto", "korting",
})  # fmt: skip
DATE_FIELDS = ("sale_start", "sale_end", "publish_start", "publish_end")
_NEARLY_ALL = 0.9
_OPTION = r"\b(attribute|option|opsi|atribut|variation|variasi|varian)"
_PAIR = re.compile(rf"{_OPTION}\s*_?(\d+)\s*_?(name|nama|value|nilai)")
_PAIR_NUMBER_LAST = re.compile(rf"{_OPTION}\s*_?(name|nama|value|nilai)\s*_?(\d+)")  # Squarespace's


def find_columns(
    headers: Sequence[str],
    rows: Rows,
    *,
    chosen: dict[str, list[str]],
    context: ColumnContext,
    has_price: bool = True,
    needs_price: bool = True,
) -> Columns:
    """What the columns of a table with these `headers` and first `rows` mean; `chosen` is FIELD -> HEADERs.

    `has_price` False says that the table has no price, `needs_price` False that it may have none. Raises
    UnknownColumns where a chosen header is not there, and where several columns or none may be the price.
    """
    columns = Columns(headers=[" ".join(header.split()) for header in headers])
    for name, wanted in chosen.items():
        columns.of[name] = [number_of(columns.headers, header) for header in wanted]
    columns.pairs = _pairs(columns)
    match_headers(columns, rows, context, has_price)
    _match_parent(columns)
    match_cells(columns, rows, context)
    if has_price and needs_price and chosen.keys().isdisjoint(PRICE_FIELDS):
        check_price(columns, rows)
    check_status(columns, rows)
    check_sale_dates(columns, rows)
    check_sale_cells(columns, rows)
    dates = [number for name in DATE_FIELDS for number in columns.of.get(name, ())]
    columns.is_month_first = is_month_first(row[n] for row in rows for n in dates if n < len(row))
    columns.currency = currency_of_headers(columns)
    _note_doubles(columns)
    _note_nameless(columns, rows)
    _note_discounts(columns, rows)
    return columns


def number_of(headers: Sequence[str], wanted: str) -> int:
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
        match = _PAIR.match(header.casefold()) or _PAIR_NUMBER_LAST.match(header.casefold())
        if match and not is_taken(columns, number):
            place, kind = (match[2], match[3]) if match[2].isdecimal() else (match[3], match[2])
            found.setdefault((match[1], place), {})[kind in ("name", "nama")] = number
    return [(both[True], both[False]) for both in found.values() if len(both) == 2]


def _match_parent(columns: Columns) -> None:
    """Beside a column of variants' ids, "Product ID" is the product's where the SKU is the id: Squarespace's export."""
    if "variant_sku" in columns.of and "parent" not in columns.of:
        for number, header in enumerate(columns.headers):
            if "productid" in header_keys(header) and not is_taken(columns, number):
                columns.of["parent"] = [number]
                return


def check_price(columns: Columns, rows: Rows) -> None:
    """Raises UnknownColumns where no header names the price, but a column may hold one."""
    if "price" in columns.of:
        return
    named = columns.of.get("regular_price", [])
    keys = {key for header in columns.headers for key in header_keys(header)}
    if STANDARD_PRICE in keys and named and ODOO.isdisjoint(keys):
        raise UnknownColumns(
            f"The price may be the standard price or {columns.header('regular_price')!r}. Say which with --column "
            f"price=HEADER; nothing was imported."
        )
    if "sale_price" in columns.of:
        return
    struck = [columns.headers[number] for number in named]
    candidates = _price_candidates(columns, rows)
    if any(STRUCK_PRICES.isdisjoint(header_keys(header)) for header in struck):
        candidates = [header for header in candidates if has_price_word(header) and not _is_cost_of_odoo(header, keys)]
        if not candidates:
            return
        candidates, struck = [*struck, *candidates], []
    costs = [columns.headers[number] for number in columns.of.get("cost", ())]
    if not candidates and not costs and not struck:
        return
    cost = f" {', '.join(map(repr, costs))} is a cost, and never shown." if costs else ""
    cost += f" {', '.join(map(repr, struck))} is what was asked before, or is recommended." if struck else ""
    found = f" It may be one of {', '.join(map(repr, candidates))}." if candidates else ""
    raise UnknownColumns(
        f"No header says which column is the price.{found}{cost} Say which with --column price=HEADER, or --no-price "
        f"to import without prices; nothing was imported. The headers are: {', '.join(map(repr, columns.headers))}."
    )


def _price_candidates(columns: Columns, rows: Rows) -> list[str]:
    """The headers of columns without a field that may hold a price."""
    return [
        header
        for number, header in enumerate(columns.headers)
        if not is_taken(columns, number)
        and not is_cost_header(header)
        and (
            share(rows, number, has_currency) >= ENOUGH
            or (not names_other_number(header) and _may_be_price(rows, number, header))
        )
    ]


def _is_cost_of_odoo(header: str, keys: Collection[str]) -> bool:
    return STANDARD_PRICE in header_keys(header) and not ODOO.isdisjoint(keys)


def _may_be_price(rows: Rows, number: int, header: str) -> bool:
    return has_price_word(header) or share(rows, number, looks_like_price) >= ENOUGH


def check_sale_dates(columns: Columns, rows: Rows) -> None:
    """Raises UnknownColumns where the dates of sale prices stand in a column that says neither start nor end."""
    if "sale_price" not in columns.of:
        return
    for number, header in enumerate(columns.headers):
        if not is_taken(columns, number) and names_sale(header) and share(rows, number, _is_date) >= ENOUGH:
            raise UnknownColumns(
                f"{header!r} has dates of a sale, and does not say whether it begins or ends on them. Say which with "
                f"--column sale_start={header!r} or --column sale_end={header!r}, or --column attribute={header!r} "
                f"where it is neither; nothing was imported."
            )


def check_sale_cells(columns: Columns, rows: Rows) -> None:
    """Raises UnknownColumns where a header names the day on which a sale begins or ends, and its cells are none."""
    if "sale_price" not in columns.of:
        return
    for number, header in enumerate(columns.headers):
        known = [
            name for key in header_keys(header) for name in fields_of_key(key) if name in ("sale_start", "sale_end")
        ]
        name = names_sale_date(header) or next(iter(known), "")
        if name and name not in columns.of and not is_taken(columns, number) and share(rows, number, bool):
            raise UnknownColumns(
                f"{header!r} says when a sale begins or ends, but {_first_cell(rows, number)!r} in it is no date. Say "
                f"what it is with --column attribute={header!r}, where sale prices are asked nonetheless, or --column "
                f"ignored=HEADER of the sale price; nothing was imported."
            )


def check_status(columns: Columns, rows: Rows) -> None:
    """Raises UnknownColumns where no header says what is shown, but a column has words such as draft and private."""
    if "is_active" in columns.of or "is_hidden" in columns.of:
        return
    for number, header in enumerate(columns.headers):
        if is_taken(columns, number) or not share(rows, number, _is_status_word):
            continue
        if share(rows, number, is_status) >= _NEARLY_ALL:
            raise UnknownColumns(
                f"No header says which products are shown, but {header!r} has words such as "
                f"{_first_cell(rows, number)!r}. Say whether it does with --column is_active={header!r}, or --column "
                f"attribute={header!r} where it does not; nothing was imported."
            )


def _is_status_word(value: str) -> bool:
    return value.strip().casefold() in STATUS_WORDS


def _first_cell(rows: Rows, number: int) -> str:
    return next((row[number] for row in rows if number < len(row) and row[number].strip()), "")


def currency_of_headers(columns: Columns) -> str | None:
    """What the headers of prices name: a code, or a sign as they write it. Raises UnknownColumns for several."""
    found: dict[str, str] = {}
    for name in PRICE_FIELDS:
        for number in columns.of.get(name, ()):
            if sign := currency_sign(columns.headers[number]):
                found.setdefault(currency_of_word(sign) or sign, columns.headers[number])
    if len(found) > 1:
        raise UnknownColumns(
            f"The columns of prices name several currencies: {', '.join(map(repr, found.values()))}. Leave out all but "
            f"those of one with --column ignored=HEADER; nothing was imported."
        )
    return next(iter(found), None)


def _note_discounts(columns: Columns, rows: Rows) -> None:
    """Says that the source's discounts are not taken off its prices."""
    found = [
        header
        for number, header in enumerate(columns.headers)
        if not is_taken(columns, number) and not DISCOUNT_WORDS.isdisjoint(header_words(header))
        and any(re.search(r"[1-9]", row[number]) for row in rows if number < len(row) and not _is_date(row[number]))
    ]  # fmt: skip
    if found:
        columns.notes.append(
            f"Discounts that are not taken off the prices: {', '.join(map(repr, found))}. --column sale_price=HEADER "
            f"names a column of what is asked."
        )


def _is_date(value: str) -> bool:
    return re.search(r"\d{4}-\d\d|\d[./]\d+[./]\d", value) is not None


def _note_nameless(columns: Columns, rows: Rows) -> None:
    """Says which columns are left out because nothing says what they are."""
    found = [
        f"column {number + 1}"
        for number, header in enumerate(columns.headers)
        if not header and not is_taken(columns, number) and share(rows, number, bool)
    ]
    if found:
        columns.notes.append(f"Left out, because they have no header: {', '.join(found)}.")


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
