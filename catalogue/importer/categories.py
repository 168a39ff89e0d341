"""Names of categories, from folders ("KnitWear___Cardigan") and from cells ("Women > Dresses", "Dresses;Sale")."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import cache

from django.utils.text import slugify

from catalogue.category_garment_types import garment_types_of_category, is_known_category
from catalogue.importer.image_lists import literal_list
from catalogue.importer.text import clean_text, is_nothing

MAX_SLUG = 140
# What shop systems write into a column called type: no category.
_PROGRAM_WORDS = {
    "simple", "variable", "variation", "configurable", "grouped", "bundle", "bundled", "external", "virtual",
    "downloadable", "affiliate", "product", "variant", "sku", "rule", "storable", "consumable", "service", "p",
    "standard", "physical", "digital", "default", "taxable",
}  # fmt: skip
_LEVELS = re.compile(r"\s*(?:[>›»|/]|::|->|→)\s*|\s+[-–—]\s+")
_LIST = re.compile(r"\s*[;\n\r\t]\s*")
_COMMA = re.compile(r"\s*,\s*")


def is_program_word(text: str) -> bool:
    """Whether a cell says what kind of record a program made of the product, as in "simple, virtual"."""
    words = re.findall(r"[a-z]+", text.casefold())
    return bool(words) and all(word in _PROGRAM_WORDS for word in words)


def choose_category(cells: Iterable[str], is_known: Callable[[str], bool] = is_known_category) -> str:
    """The category of a product by its cells, the likeliest column's first; "" where none holds any.

    Of all paths in all cells the first that names garments counts, and of its levels the deepest that does. Where none
    does, it is the end of the first path. `is_known` tells of a slug that it is a category's, which is never cut.
    """
    fallback = ""
    for cell in cells:
        for path in category_paths(cell, is_known):
            for level in reversed(path):
                if garment_types_of_category(category_slug(level)):
                    return level
            fallback = fallback or path[-1]
    return fallback


def category_paths(cell: str, is_known: Callable[[str], bool] = is_known_category) -> list[list[str]]:
    """The categories in a cell, each as its levels from the top: "A > B, C" is [["A", "B"], ["C"]]."""
    text = cell.strip()
    if is_nothing(text) or is_program_word(text):
        return []
    items = literal_list(text)
    paths = [
        path
        for item in (items if items is not None else [text])
        for part in _LIST.split(item)
        for piece in _cut(part, _COMMA, ", ", is_known)
        if (path := _levels(piece, is_known))
    ]
    return paths


def _levels(text: str, is_known: Callable[[str], bool]) -> list[str]:
    return [name for level in _cut(text, _LEVELS, "/", is_known) if (name := category_name(level))]


def _cut(text: str, separator: re.Pattern[str], joint: str, is_known: Callable[[str], bool]) -> list[str]:
    """The parts between separators; neighbours that together are the name of a known category stay together."""
    parts = [part for part in separator.split(text) if part.strip()]
    found: list[str] = []
    start = 0
    while start < len(parts):
        for length in (3, 2):
            whole = joint.join(parts[start : start + length])
            if start + length <= len(parts) and is_known(category_slug(category_name(whole))):
                break
        else:
            length = 1
        found.append(joint.join(parts[start : start + length]))
        start += length
    return found


@cache  # a few dozen differ among a million rows
def category_name(text: str) -> str:
    """How a shopper reads it: "___" is " & ", "_" a space, "Dress_copy" the same as "Dress"."""
    name = clean_text(text)
    name = re.sub(r"[_ -]+copy([_ ]?\(?\d+\)?)?$|\s*-?\s*\(\d+\)$", "", name, flags=re.IGNORECASE) or name
    return " ".join(name.replace("___", " & ").replace("_", " ").split())


@cache
def category_slug(name: str) -> str:
    """The slug of a category's name; one made of a hash for names in a script that slugs cannot hold."""
    slug = slugify(re.sub(r"[&/|]", " ", name))[:MAX_SLUG].strip("-")
    return slug or "c-" + hashlib.sha256(name.casefold().encode()).hexdigest()[:12]
