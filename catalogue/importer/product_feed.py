"""A product feed as XML, as Google Merchant and others have it: an <item> (RSS) or <entry> (Atom) for each row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from catalogue.importer.columns import UnknownColumns
from catalogue.importer.csv_records import MAX_CHARACTERS_A_RECORD, Record

_ITEMS = {"item", "entry"}
_CHUNK = 65_536


def is_feed(path: Path) -> bool:
    """Whether the file is XML."""
    with open(path, "rb") as file:
        begin = file.read(256).removeprefix(b"\xef\xbb\xbf").lstrip()
    return begin.startswith((b"<?xml", b"<rss", b"<feed")) or begin.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<"))


def read_feed(path: Path) -> Iterator[Record]:
    """The feed's items as records with their lines, the names of their elements first.

    An element that is there several times is one cell of several lines. Raises UnknownColumns where it is no feed.
    """
    names: dict[str, None] = {}
    for _line, item in _items(path):
        names.update(dict.fromkeys(item))
    if not names:
        raise UnknownColumns(f"{path} is XML without an <item> or <entry>: no product feed.")
    yield Record(1, list(names))
    for line, item in _items(path):
        yield Record(line, [item.get(name, "") for name in names])


def _items(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    reader = _Reader()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                reader.parser.Parse(chunk, False)
            except expat.ExpatError as error:
                raise UnknownColumns(f"{path} is no XML that can be read: {error}.") from error
            yield from reader.found
            reader.found.clear()
    try:
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnknownColumns(f"{path} is no XML that can be read: {error}.") from error


class _Reader:
    """Collects items: line -> the text of their elements. Elements within elements are left out."""

    def __init__(self) -> None:
        self.found: list[tuple[int, dict[str, str]]] = []
        self.item: dict[str, list[str]] | None = None
        self.line = 0
        self.depth = 0  # within the item
        self.text: list[str] = []
        self.size = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.item is None:
            if _local(name) in _ITEMS:
                self.item, self.depth, self.line, self.size = {}, 0, self.parser.CurrentLineNumber, 0
            return
        self.depth += 1
        self.text = [attributes["href"]] if _local(name) == "link" and "href" in attributes else []  # Atom's

    def end(self, name: str) -> None:
        if self.item is None:
            return
        if self.depth == 0:
            cells = {tag: "\n".join(texts) for tag, texts in self.item.items()}
            self.found.append((self.line, cells))
            self.item = None
            return
        if self.depth == 1 and (text := "".join(self.text).strip()):
            self.item.setdefault(_local(name), []).append(text)
        self.text = []
        self.depth -= 1

    def data(self, text: str) -> None:
        self.size += len(text)
        if self.item is not None and self.depth == 1 and self.size < MAX_CHARACTERS_A_RECORD:
            self.text.append(text)

    def refuse_doctype(self, *_declaration: object) -> None:
        raise UnknownColumns("The XML declares a document type, which may stand for anything: no product feed has one.")


def _local(name: str) -> str:
    """The name without its prefix: g:id is id."""
    return name.rpartition(":")[2]
