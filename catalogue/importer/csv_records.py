"""Splits a CSV file into records with line numbers. A broken record never affects the records after it."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from catalogue.formula_cells import unescape_formula
from catalogue.importer.dialect import Dialect

# A description may have paragraphs; a quote that nobody closes would swallow the rest of the file.
MAX_LINES_A_RECORD = 1_000
MAX_CHARACTERS_A_RECORD = 8_000_000
csv.field_size_limit(MAX_CHARACTERS_A_RECORD)


class Record(NamedTuple):
    """`values` are the cells as written; `problem` says why they cannot be used, where they cannot."""

    line: int
    values: list[str]
    problem: str = ""


class RecordTooLong(Exception):
    """The record exceeds the limit of lines or characters; the message says why."""


class _Lines:
    """The file's lines, of which those of the record being read can be put back."""

    def __init__(self, file: TextIO, skip: int) -> None:
        self.file = file
        self.readline = file.readline
        self.number = 0  # of the last line handed out
        self.waiting: deque[str] = deque()
        self.record: list[str] = []
        self.characters = 0
        for _ in range(skip):
            self.file.readline()
            self.number += 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        # A bound on the line too: a file without line ends is no reason to fill the memory.
        line = self.waiting.popleft() if self.waiting else self.readline(MAX_CHARACTERS_A_RECORD)
        if not line:
            raise StopIteration
        self.number += 1
        self.record.append(line)
        self.characters += len(line)
        if len(self.record) > MAX_LINES_A_RECORD or self.characters > MAX_CHARACTERS_A_RECORD:
            raise RecordTooLong("A quote opens here and does not close.")
        if len(line) == MAX_CHARACTERS_A_RECORD and not line.endswith(("\n", "\r")):
            self._skip_rest_of_line()
            raise RecordTooLong(f"The line has more than {MAX_CHARACTERS_A_RECORD:,} characters.")
        return line

    def _skip_rest_of_line(self) -> None:
        while (rest := self.file.readline(MAX_CHARACTERS_A_RECORD)) and not rest.endswith(("\n", "\r")):
            pass

    def begin(self) -> None:
        self.record, self.characters = [], 0

    def put_back_all_but_first(self) -> None:
        rest = self.record[1:]
        self.waiting.extendleft(reversed(rest))
        self.number -= len(rest)


def read_records(path: Path, dialect: Dialect, on_position: Callable[[int], None] | None = None) -> Iterator[Record]:
    """The file's records, its header first; empty ones are left out.

    A record with another number of cells than the header has a `problem`. One that spans several lines because of a
    stray quote spoils only the line it begins on. `on_position` is told the bytes read so far, now and then.
    """
    with (
        open(path, "rb") as raw,
        io.TextIOWrapper(raw, encoding=dialect.encoding, errors=dialect.errors, newline="") as file,
    ):
        lines = _Lines(file, dialect.skip)
        for record in _records(lines, dialect):
            if not record.problem and _is_empty(record.values):
                continue
            if any("'" in value for value in record.values):
                record = record._replace(values=[unescape_formula(value) for value in record.values])
            if on_position and record.line % 1000 == 1:
                on_position(raw.tell())
            yield record


def _is_empty(values: list[str]) -> bool:
    """Whether no cell holds anything."""
    return not any(value.strip(" \t\r\n\0") for value in values)


def _width_of_header(values: list[str]) -> int:
    """Up to its last cell that is not empty: spreadsheets write delimiters behind the last column."""
    return max((number for number, value in enumerate(values, start=1) if value.strip()), default=0)


def _records(lines: _Lines, dialect: Dialect) -> Iterator[Record]:
    delimiter, skips = dialect.delimiter, dialect.skips_spaces
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=skips)
    width = widest = 0  # of the header: up to its last name, and with the delimiters behind that
    while True:
        lines.begin()
        first = lines.number + 1
        problem = ""
        values: list[str] = []
        try:
            values = next(reader)
        except StopIteration:
            if not lines.record:
                return
        except RecordTooLong as error:
            problem = str(error)
        except csv.Error as error:
            problem = f"The line is not CSV ({error})."
        if problem or len(values) != width or len(lines.record) > 1:
            problem = problem or _problem(values, lines.record, width, widest)
        if not width:
            width, widest = _width_of_header(values), len(values)
        if problem:
            lines.put_back_all_but_first()
            reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=skips)
        yield Record(first, values if not problem else lines.record[0].rstrip("\r\n").split(delimiter), problem)


def _problem(values: list[str], lines: list[str], width: int, widest: int) -> str:
    if len(lines) > 1 and sum(line.count('"') for line in lines) % 2:
        return "A quote opens here and does not close."
    if not width or len(values) == width or _is_empty(values):
        return ""
    if len(values) > width and not any(value.strip() for value in values[widest:]):
        return ""
    if len(values) < width:
        return f"There are {len(values)} values where the header has {width} columns."
    return f"There are {len(values)} values where the header has {width} columns. Quote a value that holds a delimiter."
