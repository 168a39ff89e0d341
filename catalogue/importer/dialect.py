"""How a CSV file is written: encoding, delimiter and where its header stands, found by looking."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from catalogue.importer.encodings import SAMPLE_BYTES, find_encoding
from catalogue.importer.headers import is_known_header

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 200
_MAX_COMMENTS = 6
_ENOUGH_HEADERS = 4


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to read the file. `errors` is the codec's error handler; `skip` counts the lines before the header.

    `sample` is a line as read where the encoding is a guess. With `skips_spaces` a cell begins behind the spaces that
    follow a delimiter, so that a quote there quotes.
    """

    encoding: str
    errors: str
    delimiter: str
    skip: int
    sample: str = ""
    skips_spaces: bool = False

    @property
    def words(self) -> str:
        """For whoever runs the import: encoding and delimiter."""
        delimiter = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[self.delimiter]
        encoding = self.encoding.removesuffix("-sig")
        sample = f" (a guess; a line as read: {self.sample!r}; --encoding says otherwise)" if self.sample else ""
        return f"{encoding}{sample}, {delimiter}"


def find_dialect(path: Path, encoding: str = "") -> Dialect:
    """The dialect of the file at `path`, in the `encoding` if one is given. Raises UnknownEncoding."""
    found = find_encoding(path, encoding)
    with open(path, "rb") as file:
        sample = file.read(SAMPLE_BYTES)
    text = codecs.getincrementaldecoder(found.name)("replace").decode(sample)
    lines = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")).readlines()
    if len(sample) == SAMPLE_BYTES and len(lines) > 1:
        lines.pop()  # cut in the middle
    skip, delimiter = 0, ""
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) <= 5:  # Excel's own hint
        skip, delimiter = 1, lines[0].rstrip("\n")[4:5] or ","
    if delimiter not in DELIMITERS:
        delimiter = _delimiter(lines[skip:])
    skips_spaces = _reads_better_without_spaces(lines[skip:], delimiter)
    skip += _lines_before_header(lines[skip:], delimiter)
    return Dialect(found.name, found.errors, delimiter, skip, found.sample, skips_spaces)


def _reads_better_without_spaces(lines: list[str], delimiter: str) -> bool:
    """Whether more records have the usual width if spaces behind a delimiter are skipped: `1, "red, long", 5`."""
    if not any(f'{delimiter} "' in line for line in lines):
        return False
    as_is, skipped = (_evenness(_widths(lines, delimiter, skips_spaces=skips)) for skips in (False, True))
    return skipped > as_is


def _evenness(widths: list[int]) -> float:
    """The share of the most frequent width."""
    return Counter(widths).most_common(1)[0][1] / len(widths) if widths else 0.0


def _delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most records into the same number of fields, at least two."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = Counter(_widths(lines, delimiter))
        width, share = max(
            ((width, count / widths.total()) for width, count in widths.items() if width > 1),
            key=lambda each: each[1],
            default=(1, 0.0),
        )
        return round(share, 1), width

    return max(DELIMITERS, key=score)


def _lines_before_header(lines: list[str], delimiter: str) -> int:
    """How many lines of title or comment stand above the table: records narrower than most, and empty ones."""
    widths = _widths(lines, delimiter)
    if not widths:
        return 0
    usual = Counter(widths).most_common(1)[0][0]
    reader = csv.reader(lines, delimiter=delimiter)
    begin = 0
    while begin < 20:
        try:
            record = next(reader)
        except (StopIteration, csv.Error):
            return 0
        if _width(record) >= usual:
            return begin + _lines_of_comment(lines[begin:], delimiter)
        begin = reader.line_num
    return 0


def _lines_of_comment(lines: list[str], delimiter: str) -> int:
    """Lines as wide as the table above its header, which explain columns in Facebook's and marketplaces' templates."""
    reader = csv.reader(lines, delimiter=delimiter)
    begin, best, skip, first = 0, 0, 0, 0
    for number in range(_MAX_COMMENTS):
        try:
            known = sum(is_known_header(cell) for cell in next(reader))
        except (StopIteration, csv.Error):
            break
        first = known if number == 0 else first
        if known > best:
            best, skip = known, begin
        begin = reader.line_num
    return skip if best >= _ENOUGH_HEADERS and best >= 3 * first else 0


def _widths(lines: list[str], delimiter: str, *, skips_spaces: bool = False) -> list[int]:
    widths: list[int] = []
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=skips_spaces)
    while len(widths) < SAMPLE_RECORDS:
        try:
            record = next(reader)
        except StopIteration:
            break
        except csv.Error:
            continue
        if width := _width(record):
            widths.append(width)
    return widths


def _width(record: list[str]) -> int:
    """The number of cells; none where all are empty."""
    return len(record) if any(cell.strip() for cell in record) else 0
