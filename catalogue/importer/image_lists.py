"""The paths and addresses of images in one cell."""

from __future__ import annotations

import ast
import json
import re

from catalogue.importer.text import is_nothing
from catalogue.importer.values import is_url

_EXTENSION = r"\.(?:jpe?g|png|webp|avif|heic|heif|gif|bmp|tiff?)"
_NAME_END = rf"{_EXTENSION}(?:\.\d+)?(?:\?[^\s,]*)?"
# What follows a separator when a new image begins: an address, or a path that ends as pictures do.
_NEXT_IS_ADDRESS = r"(?=(?:https?:)?//)"
_NEXT_IS_PATH = rf"(?=[^;|?&=\s][^;|?&=]*{_EXTENSION}\b)"
_PHP_STRING = re.compile(r's:\d+:"(.*?)";')


def split_images(value: str) -> list[str]:
    """The paths and addresses in one cell: a list as JSON, Python or PHP writes it, or several that are separated.

    Separators are ; | , line ends and spaces. Within an address they count only where a new address or path follows;
    a comma or space within a path only behind the extension of a picture. "&amp;" is read as "&".
    """
    text = value.strip().replace("\0", "").replace("&amp;", "&")
    if is_nothing(text):
        return []
    listed = literal_list(text)
    if listed is not None:
        return [item for item in listed if not is_nothing(item)]
    parts = [piece for line in re.split(r"\s*[\n\r\t]\s*", text) for piece in _split(line)]
    return [part.strip(" \"'") for part in parts if part.strip(" \"'") and not is_nothing(part)]


def literal_list(text: str) -> list[str] | None:
    """The texts of a list in JSON, Python's, PHP's or PostgreSQL's notation; None for a text that is no such list."""
    if re.match(r"a:\d+:\{", text):
        return _PHP_STRING.findall(text) or None
    if not text or text[0] not in "[({\"'":
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return _texts(found)
    if re.fullmatch(r"\{[^{}:]*\}", text):
        return [part.strip(' "') for part in text[1:-1].split(",")]
    return None


def _texts(found: object) -> list[str]:
    if isinstance(found, str):
        return [found.strip()]
    if isinstance(found, dict):  # {"url": "...", "width": 3}: what looks like a file or an address
        found = [item for item in found.values() if not isinstance(item, str) or "/" in item or "." in item]
    if isinstance(found, (list, tuple, set)):
        return [text for item in found for text in _texts(item)]
    return []


def _split(line: str) -> list[str]:
    parts = re.split(rf"\s*[;|,]\s*{_NEXT_IS_ADDRESS}|\s+{_NEXT_IS_ADDRESS}", line)
    return [piece for part in parts for piece in (_split_address(part) if _is_address(part) else _split_paths(part))]


def _is_address(text: str) -> bool:
    return is_url(text) or text.startswith("//")


def _split_address(text: str) -> list[str]:
    """An address, and the paths behind it: `http://a/1.jpg;2.jpg` is two, `http://a/1.jpg?a=1;b=2` one."""
    pieces = re.split(rf"(?<![?&])\s*[;|]\s*{_NEXT_IS_PATH}", text)
    return pieces if "?" not in pieces[0] else [text]


def _split_paths(part: str) -> list[str]:
    """`a.jpg, b.jpg` and `a.jpg b.jpg` are two; `red, long.jpg` is one."""
    pieces = re.split(r"\s*[;|]\s*", part)
    pattern = rf"({_NAME_END})(?:\s*,\s*|\s+)(?=\S)"
    return [name for piece in pieces for name in re.sub(pattern, "\\1\0", piece, flags=re.IGNORECASE).split("\0")]
