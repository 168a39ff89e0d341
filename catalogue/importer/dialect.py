"""How a CSV file is written: encoding, delimiter and where its header stands, found by looking."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 256 * 1024
SAMPLE_RECORDS = 200
CHUNK_BYTES = 1024 * 1024
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Windows leaves five bytes of its code page undefined; files that hold them are Latin-1 there.
codecs.register_error("as-latin-1", lambda error: (error.object[error.start : error.end].decode("latin-1"), error.end))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to read the file. `errors` is the codec's error handler; `skip` counts the lines before the header."""

    encoding: str
    errors: str
    delimiter: str
    skip: int

    @property
    def words(self) -> str:
        delimiter = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[self.delimiter]
        return f"{self.encoding.removesuffix('-sig')}, {delimiter}"


def find_dialect(path: Path) -> Dialect:
    """The dialect of the file at `path`, which is read once from end to end for its encoding."""
    with open(path, "rb") as file:
        sample = file.read(SAMPLE_BYTES)
    encoding, errors = _encoding(path, sample)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    lines = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")).readlines()
    if len(sample) == SAMPLE_BYTES and len(lines) > 1:
        lines.pop()  # cut in the middle
    skip = 0
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) <= 5:  # Excel's own hint
        skip, delimiter = 1, lines[0].rstrip("\n")[4:5] or ","
        if delimiter in DELIMITERS:
            return Dialect(encoding, errors, delimiter, skip + _lines_before_header(lines[1:], delimiter))
    delimiter = _delimiter(lines[skip:])
    return Dialect(encoding, errors, delimiter, skip + _lines_before_header(lines[skip:], delimiter))


def _encoding(path: Path, sample: bytes) -> tuple[str, str]:
    for mark, encoding in BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return encoding, "replace"
    # Text in UTF-16 without a mark: every other byte of Latin text is zero.
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[start::2]
        if half and half.count(0) > len(half) * 0.4:
            return encoding, "replace"
    return _utf8_or_windows(path)


def _utf8_or_windows(path: Path) -> tuple[str, str]:
    """UTF-8, unless more of the file's special characters are wrong in it than right."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    right = wrong = 0
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            text = decoder.decode(chunk)
            if not text.isascii():
                broken = text.count("\ufffd")
                wrong += broken
                right += sum(character > "\x7f" for character in text) - broken
    return ("utf-8", "replace") if wrong <= right // 4 else ("cp1252", "as-latin-1")


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
            return begin
        begin = reader.line_num
    return 0


def _widths(lines: list[str], delimiter: str) -> list[int]:
    widths = []
    reader = csv.reader(lines, delimiter=delimiter)
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
