"""Text of cells: one line or several, without markup and control characters."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from html.parser import HTMLParser

NOTHING = {"", "-", "--", "nan", "null", "none", "n/a", "na", "#n/a", "nil", "\\n"}
_LONGEST_NOTHING = max(map(len, NOTHING))
_SHORT = 60  # characters
_BLOCKS = {
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_CELLS = {"td", "th"}
_HIDDEN = {"script", "style", "template", "noscript", "title", "head", "iframe", "object", "svg"}
_INLINE = {
    "a", "abbr", "b", "big", "body", "button", "cite", "code", "em", "embed", "font", "html", "i", "img",
    "input", "ins", "label", "link", "mark", "meta", "q", "s", "small", "source", "span", "strike", "strong",
    "sub", "sup", "u", "del", "video", "colgroup", "col", "picture", "o:p",
}  # fmt: skip
_ELEMENTS = _BLOCKS | _CELLS | _HIDDEN | _INLINE
_MARKUP = re.compile(
    r"</?(?:" + "|".join(sorted(_ELEMENTS, key=len, reverse=True)) + r")(?:\s[^<>]*)?/?>|<!--",
    re.IGNORECASE,
)
MAX_UNESCAPES = 3  # text that passed through several programs is escaped as often: &amp;amp;


class _TextParser(HTMLParser):
    """Collects the text; blocks begin and end lines, cells of a table are set apart by a space."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden += 1
        self.parts.append("\n" if tag in _BLOCKS else " " if tag in _CELLS else "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append("\n" if tag in _BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        self.parts.append("\n" if tag in _BLOCKS and tag != "br" else " " if tag in _CELLS else "")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def without_markup(value: str) -> str:
    """The text of HTML, also of escaped HTML; a text that has no HTML elements ("5 < 6", "a<b") stays as it is."""
    for _ in range(MAX_UNESCAPES):
        if "<" in value and _MARKUP.search(value):
            parser = _TextParser()
            parser.feed(value)
            parser.close()
            value = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(parser.parts))
            value = re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<!\n)\n\n(?=\S)", "\n", value))
        elif "&" in value and (plain := html.unescape(value)) != value:
            value = plain
        else:
            break
    return value


def clean_text(value: str) -> str:
    """One line of plain text: no markup, HTML entities, control characters or runs of space."""
    if "&" in value or "<" in value:
        value = without_markup(value)
    return _printable(value)


def clean_paragraphs(value: str) -> str:
    """Plain text of several lines: no markup, no control characters but the line's end."""
    if "<" in value or "&" in value:
        value = without_markup(value)
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_printable(line) for line in lines)).strip()


def is_nothing(value: str) -> bool:
    """Whether a cell is empty, or holds one of the words that programs write for that: null, NaN, N/A, -."""
    if len(value) > _LONGEST_NOTHING and not (value[0].isspace() or value[-1].isspace()):
        return False
    return value.strip().casefold() in NOTHING


def clean_cell(value: str) -> str:
    """`clean_text` of a cell, "" for one that holds nothing. Short ones, which repeat in a column, are remembered."""
    return _remembered(value) if len(value) <= _SHORT else _clean_cell(value)


def _clean_cell(value: str) -> str:
    return "" if is_nothing(value) else clean_text(value)


_remembered = lru_cache(maxsize=20_000)(_clean_cell)


def _printable(value: str) -> str:
    if not value.isprintable():
        value = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in value)
    return " ".join(value.split())
