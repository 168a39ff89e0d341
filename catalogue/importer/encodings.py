"""Which encoding a text file has: by its byte order mark, as UTF-8, else by charset-normalizer."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

SAMPLE_BYTES = 256 * 1024
CHUNK_BYTES = 1024 * 1024
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Hardly any program writes these today: text that reads as one may well be of another, as Turkish does.
_RARE = re.compile(r"iso8859_(3|4|6|10|11|13|14|16)$|mac_|cp(037|273|424|500|7..|8(5[2-8]|6[0-5]|69)|1006|1026)")
MIN_SPECIAL_BYTES = 100  # fewer bytes beyond ASCII tell too little of an encoding that is neither UTF-8 nor Western
_ISO_2022_JP = (b"\x1b$B", b"\x1b$@")  # what begins Japanese text in it; all its bytes are ASCII
_SPECIAL = re.compile(r"[^\x00-\x7f]+")
_MARGIN = 0.05  # of charset-normalizer's mess ratio: another reading as near as this is as likely
# Letters and signs of Western Europe, each as cp1252 writes it. Text of other encodings read as cp1252 has others.
_WESTERN = set("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜ’‘“”–—…•€£°®©™²½¼×«»\u00a0´·¡¿´ºª§")


def _as_latin_1(error: UnicodeError) -> tuple[str | bytes, int]:
    """Windows leaves five bytes of its code page undefined; files that hold them are Latin-1 there."""
    if isinstance(error, UnicodeDecodeError):
        return error.object[error.start : error.end].decode("latin-1"), error.end
    if isinstance(error, UnicodeEncodeError):
        return error.object[error.start : error.end].encode("latin-1"), error.end
    raise error


codecs.register_error("as-latin-1", _as_latin_1)


@dataclass(frozen=True, slots=True)
class Encoding:
    """`errors` is the codec's error handler; `sample` a line as read, where the encoding is no more than a guess."""

    name: str
    errors: str = "replace"
    sample: str = ""


class UnknownEncoding(ValueError):
    """The encoding cannot be told; the message shows a line in each that it may be, and how to say which it is."""


def find_encoding(path: Path, chosen: str = "") -> Encoding:
    """The encoding of the file, which is read once to its end; `chosen` if given. Raises UnknownEncoding."""
    if chosen:
        return Encoding(_codec(chosen))
    with open(path, "rb") as file:
        sample = file.read(SAMPLE_BYTES)
    for mark, encoding in BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            if encoding == "utf-8-sig":
                _refuse_encoded_twice(path)
            return Encoding(encoding)
    # Text in UTF-16 without a mark: every other byte of Latin text is zero.
    if any(escape in sample for escape in _ISO_2022_JP):
        return Encoding("iso2022_jp", sample=_first_line(sample.decode("iso2022_jp", "replace")))
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[start::2]
        if half and half.count(0) > len(half) * 0.4:
            return Encoding(encoding)
    if not _is_utf8(path):
        return _guess(_special_lines(path))
    _refuse_encoded_twice(path)
    return Encoding("utf-8")


def _codec(chosen: str) -> str:
    try:
        found = codecs.lookup(chosen)
        "x".encode(chosen)
    except (LookupError, ValueError, TypeError) as error:
        raise UnknownEncoding(f"There is no encoding {chosen!r}. Examples: utf-8, cp1252, gbk, shift_jis.") from error
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _is_utf8(path: Path) -> bool:
    """Whether more of the file's special characters are right as UTF-8 than wrong."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    right = wrong = 0
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            text = decoder.decode(chunk)
            if not text.isascii():
                broken = text.count("\ufffd")
                wrong += broken
                right += sum(character > "\x7f" for character in text) - broken
    return wrong <= right // 4


def _refuse_encoded_twice(path: Path) -> None:
    """Raises UnknownEncoding where a program took UTF-8 for cp1252 and wrote it as UTF-8 once more: "Ã©" for "é"."""
    text = _special_lines(path).decode("utf-8", "replace").lstrip("\ufeff")
    runs = _SPECIAL.findall(text)
    if sum(_once_less(run) != run for run in runs) > 0.5 * len(runs):
        meant = _SPECIAL.sub(lambda run: _once_less(run[0]), text)
        raise UnknownEncoding(
            f"The file's characters seem to have been encoded twice: {_first_line(text)!r} would be "
            f"{_first_line(meant)!r}. Export it again, or say --encoding utf-8 if it is right as it is; nothing was "
            "imported."
        )


def _once_less(run: str) -> str:
    """What these characters are as UTF-8 that was read as cp1252; themselves where they are nothing of the kind."""
    try:
        return run.encode("cp1252", "as-latin-1").decode()
    except UnicodeError:
        return run


def _special_lines(path: Path) -> bytes:
    """Lines that hold bytes beyond ASCII, up to SAMPLE_BYTES of them."""
    found: list[bytes] = []
    size = 0
    with open(path, "rb") as file:
        while size < SAMPLE_BYTES and (line := file.readline(SAMPLE_BYTES)):
            if not line.isascii():
                found.append(line)
                size += len(line)
    return b"".join(found)


def _guess(lines: bytes) -> Encoding:
    """The encoding of these lines. Raises UnknownEncoding where several read them as well."""
    if _has_utf8(lines):
        both = {lines.decode("utf-8", "replace"): "utf-8", lines.decode("cp1252", "as-latin-1"): "cp1252"}
        raise UnknownEncoding(_question(both))
    if _is_western(lines):
        return Encoding("cp1252", "as-latin-1", _first_line(lines.decode("cp1252", "as-latin-1")))
    matches = list(from_bytes(lines))
    best = matches[0].chaos if matches else 0.0
    readings: dict[str, str] = {}  # decoded text -> encoding: some encodings read these lines alike
    for match in matches:
        if match.chaos <= best + _MARGIN:
            readings.setdefault(str(match), match.encoding)
    special = sum(byte > 0x7F for byte in lines)
    if len(readings) == 1 and special >= MIN_SPECIAL_BYTES and not _RARE.match(matches[0].encoding):
        text, encoding = next(iter(readings.items()))
        return Encoding(encoding, "replace", _first_line(text))
    raise UnknownEncoding(_question(readings))


def _has_utf8(lines: bytes) -> bool:
    """Whether some of these lines, which hold special bytes, are UTF-8: two files were pasted into one."""
    for line in lines.splitlines():
        with suppress(UnicodeDecodeError):
            return len(line.decode()) < len(line)
    return False


def _is_western(lines: bytes) -> bool:
    """Whether the special bytes stand alone between ASCII, and are letters of Western Europe in Windows' code page."""
    runs = re.findall(rb"[\x80-\xff]+", lines)
    alone = sum(len(run) <= 2 for run in runs)
    text = b"".join(runs).decode("cp1252", "as-latin-1")
    known = sum(character in _WESTERN for character in text)
    if {"õ", "û"} <= set(text):  # no language of the West has both: Hungarian's ő and ű
        return False
    return alone >= 0.9 * len(runs) and known >= 0.95 * len(text) and _has_words_around(lines)


def _has_words_around(lines: bytes) -> bool:
    """Whether most special bytes have an ASCII letter or a space beside them, as letters with accents have."""
    runs = len(re.findall(rb"[\x80-\xff]+", lines))
    return len(re.findall(rb"[A-Za-z ][\x80-\xff]+|(?<![A-Za-z ])[\x80-\xff]+(?=[A-Za-z ])", lines)) >= 0.8 * runs


def _first_line(text: str) -> str:
    """The first line with characters beyond ASCII, cut to what a terminal shows."""
    return next((" ".join(line.split())[:80] for line in text.splitlines() if not line.isascii()), "")


def _question(readings: dict[str, str]) -> str:
    found = "; ".join(f"as {encoding}: {_first_line(text)!r}" for text, encoding in list(readings.items())[:4])
    return (
        "The file is not UTF-8, and its encoding cannot be told for certain. "
        + (f"A line of it reads, {found}. " if found else "")
        + "Say which it is with --encoding NAME, for example --encoding "
        + (next(iter(readings.values())) if readings else "cp1252")
        + "; nothing was imported."
    )
