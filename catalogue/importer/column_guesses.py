"""Gives fields that no header names to columns whose cells look like them."""

from __future__ import annotations

import re
from collections.abc import Callable

from catalogue.importer.column_cells import ENOUGH, is_image, is_taken, looks_like_price, share
from catalogue.importer.columns import ColumnContext, Columns, Rows
from catalogue.importer.headers import (
    currency_of_word,
    fields_of_key,
    header_keys,
    header_words,
    is_cost_header,
    is_known_header,
    says_nothing,
)
from catalogue.importer.image_lists import split_images
from catalogue.importer.text import is_nothing
from catalogue.importer.values import is_url, parse_sku

_IMAGE_STEMS = ("image", "img", "photo", "foto", "gambar", "pic", "bild", "imagen", "file", "media", "path", "thumb")


def match_cells(columns: Columns, rows: Rows, context: ColumnContext) -> None:
    """Gives fields that no header names to columns that no header explains, where the cells look like the field.

    A name and an address are shown to everybody, and a currency is money, so only a column whose header says nothing at
    all is taken for one. An image is shown too: its header must say nothing, or that it is one.
    """
    looks: dict[str, Callable[[str], bool]] = {
        "sku": lambda value: context.is_product_folder(parse_sku(value)),
        "images": lambda value: any(is_image(one, context) for one in split_images(value)),
        "category": context.is_category,
        "url": is_url,
        "currency": lambda value: currency_of_word(value.strip().lower()) is not None,
    }
    for name, looks_like_it in looks.items():
        if name not in columns.of:
            _guess(columns, name, _cells_test(rows, looks_like_it), is_shown=name in ("url", "currency"))
    if "name" not in columns.of:
        _guess(columns, "name", lambda number: _likeness_to_names(rows, number), is_shown=True)


def _cells_test(rows: Rows, test: Callable[[str], bool]) -> Callable[[int], float]:
    return lambda number: share(rows, number, test)


def _guess(columns: Columns, name: str, likeness: Callable[[int], float], *, is_shown: bool) -> None:
    free = [
        number
        for number, header in enumerate(columns.headers)
        if not is_taken(columns, number)
        and (not is_known_header(header) or (name == "images" and _is_address_header(header)))
        and not is_cost_header(header)
        and (says_nothing(header) or not is_shown)
        and (name != "images" or says_nothing(header) or _is_address_header(header) or _names_image(header))
    ]
    best = max(free, key=likeness, default=None)
    if best is not None and likeness(best) >= ENOUGH:
        columns.of[name] = [best]
        columns.guessed.add(name)


def _is_address_header(header: str) -> bool:
    """Whether it means an address, which may be a photo's."""
    return any(fields_of_key(key) == ("url",) for key in header_keys(header))


def _names_image(header: str) -> bool:
    return any(word.startswith(_IMAGE_STEMS) for word in header_words(header))


def _likeness_to_names(rows: Rows, number: int) -> float:
    """The share of cells that are a few words, weighed by how many of them differ."""
    cells = [row[number] for row in rows if number < len(row) and not is_nothing(row[number])]
    wordy = [cell for cell in cells if 3 <= len(cell) <= 200 and re.search(r"[^\W\d].* .*", cell) and not is_url(cell)]
    wordy = [cell for cell in wordy if not looks_like_price(cell)]
    if not cells or len(set(wordy)) < 0.5 * len(wordy):
        return 0.0
    return len(wordy) / len(cells)
