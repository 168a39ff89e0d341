"""Metadata in TIFF, AVIF and HEIC, overwritten in place: their parts point at each other by offset.

Offsets come from the file and may lead anywhere, into pixels too. Then the picture is broken for everybody alike,
since what is stored and decoded is what these functions return.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_IFDS = 64
MAX_ENTRIES = 4_000  # of an IFD, and items of a HEIF file
# What decoding needs: sizes, compression, strips, tiles, palette, samples, orientation, JPEG tables, colour, profile.
TIFF_TAGS = frozenset(
    [*range(254, 260), 262, 263, 264, 265, 266, 273, 274, *range(277, 285), 290, 291, 292, 293, 296, 297, 301, 317]
    + [318, 319, 320, 321, 322, 323, 324, 325, 330, 332, 334, 338, 339, 340, 341, 342, 347, *range(512, 522)]
    + [529, 530, 531, 532, 34675]
)
POINTERS = (34665, 34853, 40965, 330)  # EXIF, GPS, interoperability, further pictures
TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
PICTURES = frozenset(
    [b"av01", b"hvc1", b"avc1", b"vvc1", b"jpeg", b"j2k1", b"unci", b"grid", b"iovl", b"iden", b"tmap"]
)
EMPTY_EXIF = bytes(4) + b"MM\0*\0\0\0\x08" + bytes(6)  # offset to the header, header, no entries, no next


@dataclass(slots=True)
class _Tiff:
    data: bytearray
    order: Literal["little", "big"]
    is_big: bool  # BigTIFF: 64-bit offsets
    erased: int = 0

    def number(self, at: int, size: int) -> int:
        if at < 0 or at + size > len(self.data):
            raise ValueError("an offset beyond the end of the file")
        return int.from_bytes(self.data[at : at + size], self.order)

    def write(self, at: int, size: int, value: int) -> None:
        self.data[at : at + size] = value.to_bytes(size, self.order)

    def erase(self, at: int, size: int) -> None:
        end = min(at + size, len(self.data))
        if 0 <= at < end:
            self.erased = _bounded(self.erased + end - at, self.data)
            self.data[at:end] = bytes(end - at)


def _bounded(erased: int, data: bytearray) -> int:
    """`erased` bytes. Raises ValueError where values overlap so that erasing each would take for ever."""
    if erased > 2 * len(data):
        raise ValueError("values overlap")
    return erased


def blank_tiff(content: bytes) -> bytes:
    """The TIFF without tags that decoding does not need, and with its first picture only."""
    order: Literal["little", "big"] = "little" if content[:2] == b"II" else "big"
    tiff = _Tiff(bytearray(content), order, content[2:4] in (b"+\0", b"\0+"))
    first = tiff.number(8, 8) if tiff.is_big else tiff.number(4, 4)
    seen: set[int] = set()
    following = _blank_ifd(tiff, first, seen, keep=True)
    with contextlib.suppress(ValueError):  # what follows the first picture may be broken
        while following and following not in seen and len(seen) < MAX_IFDS:
            following = _blank_ifd(tiff, following, seen, keep=False)
    return bytes(tiff.data)


def _blank_ifd(tiff: _Tiff, start: int, seen: set[int], *, keep: bool) -> int:
    """Removes the entries that are not kept, with their values; returns where the next IFD is, and unlinks it."""
    seen.add(start)
    counter, entry_size, value_size = (8, 20, 8) if tiff.is_big else (2, 12, 4)
    count = min(tiff.number(start, counter), (len(tiff.data) - start) // entry_size)
    if count > MAX_ENTRIES:
        raise ValueError(f"a directory of {count} entries")
    entries_at = start + counter
    link = entries_at + count * entry_size
    kept = []
    for at in range(entries_at, link, entry_size):
        tag = tiff.number(at, 2)
        if keep and tag in TIFF_TAGS:
            kept.append(bytes(tiff.data[at : at + entry_size]))
        else:
            _blank_value(tiff, at, tag, value_size, seen)
    following = tiff.number(link, value_size) if link + value_size <= len(tiff.data) else 0
    tiff.erase(start, link + value_size - start)
    if keep:
        tiff.write(start, counter, len(kept))
        tiff.data[entries_at : entries_at + len(kept) * entry_size] = b"".join(kept)
    return following


def _blank_value(tiff: _Tiff, at: int, tag: int, value_size: int, seen: set[int]) -> None:
    """Erases an entry's value where it lies elsewhere; of a pointer, the IFD that it points at."""
    size = TYPE_SIZES.get(tiff.number(at + 2, 2), 1) * tiff.number(at + 4, value_size)
    target = tiff.number(at + 4 + value_size, value_size)
    if tag in POINTERS and size <= value_size:
        if target and target not in seen and len(seen) < MAX_IFDS:
            with contextlib.suppress(ValueError):  # broken EXIF
                _blank_ifd(tiff, target, seen, keep=False)
    elif size > value_size and tag not in (273, 279, 324, 325):  # further pictures' pixels stay where they lie
        tiff.erase(target, size)


# -- AVIF and HEIC ------------------------------------------------------------------------------------------------


def blank_heif(content: bytes) -> bytes:
    """The AVIF or HEIC with empty EXIF, XMP and boxes of private kinds.

    Where there are only pictures and no film, whatever belongs to no picture is erased too: metadata whose kind or
    place is written wrong are not found, and would stay.
    """
    data = bytearray(content)
    kept: list[tuple[int, int]] = []
    position, is_film = 0, False
    for name, start, end in list(_boxes(data, 0, len(data))):
        kept.append((position, end if name in (b"ftyp", b"meta") else start))
        position = end
        if name == b"uuid":
            data[start:end] = bytes(end - start)
        elif name == b"moov":
            is_film = True
            _blank_movie(data, start, end)
        elif name == b"meta":
            kept += _blank_items(data, start + 4, end)
    if not is_film:
        _erase_all_but(data, kept)
    return bytes(data)


def _erase_all_but(data: bytearray, kept: list[tuple[int, int]]) -> None:
    position = 0
    for start, end in [*sorted(kept), (len(data), len(data))]:
        start = min(start, len(data))
        if start > position:
            data[position:start] = bytes(start - position)
        position = max(position, end)


def _boxes(data: bytearray, position: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, start, end) of each box's payload."""
    for _ in range(MAX_ENTRIES):
        if position + 8 > end:
            return
        size, header = int.from_bytes(data[position : position + 4]), 8
        if size == 1:
            size, header = int.from_bytes(data[position + 8 : position + 16]), 16
        box_end = position + size if size else end
        if (size and size < header) or box_end > end:
            return
        yield bytes(data[position + 4 : position + 8]), position + header, box_end
        position = box_end


def _blank_movie(data: bytearray, start: int, end: int) -> None:
    for name, inner, inner_end in list(_boxes(data, start, end)):
        if name == b"trak":
            _blank_movie(data, inner, inner_end)
        elif name in (b"udta", b"meta", b"uuid"):
            data[inner - 4 : inner] = b"free"
            data[inner:inner_end] = bytes(inner_end - inner)


def _blank_items(data: bytearray, start: int, end: int) -> list[tuple[int, int]]:
    """Erases the items of metadata; returns (start, end) of each part of each item that a decoder may need."""
    boxes = {name: (inner, inner_end) for name, inner, inner_end in _boxes(data, start, end)}
    if b"iinf" not in boxes or b"iloc" not in boxes:
        return []
    kinds = _item_kinds(data, *boxes[b"iinf"])
    in_item_data = boxes.get(b"idat", (0, 0))[0]
    erased, needed = 0, []
    for item, method, at, size in list(_extents(data, *boxes[b"iloc"])):
        kind = kinds.get(item)
        at += in_item_data if method == 1 else 0
        size = min(size, len(data) - at)
        if size > 0 and kind in (b"Exif", b"mime"):
            erased = _bounded(erased + size, data)
        if size > 0 and kind == b"Exif":
            data[at : at + size] = (EMPTY_EXIF if size >= len(EMPTY_EXIF) else b"").ljust(size, b"\0")
        elif size > 0 and kind == b"mime":
            data[at : at + size] = b" " * size
        if size > 0 and (kind in PICTURES or kind == b"Exif"):
            needed.append((at, at + size))
    return needed


def _item_kinds(data: bytearray, start: int, end: int) -> dict[int, bytes]:
    """Each item's type by its id."""
    wide = data[start] != 0
    kinds = {}
    for name, inner, _inner_end in _boxes(data, start + (8 if wide else 6), end):
        if name == b"infe" and data[inner] >= 2:
            size = 2 if data[inner] == 2 else 4
            item = int.from_bytes(data[inner + 4 : inner + 4 + size])
            kinds[item] = bytes(data[inner + 6 + size : inner + 10 + size])
    return kinds


def _extents(data: bytearray, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(item, construction method, offset, length) of each part of each item."""
    position = start + 4

    def take(size: int) -> int:
        nonlocal position
        position += size
        if position > end:
            raise ValueError("iloc ends early")
        return int.from_bytes(data[position - size : position])

    version = data[start]
    sizes = take(2)
    offset_size, length_size, base_size, index_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15
    for _ in range(_checked_count(take(2 if version < 2 else 4))):
        item = take(2 if version < 2 else 4)
        method = take(2) & 15 if version else 0
        take(2)
        base = take(base_size)
        for _ in range(_checked_count(take(2))):
            if version:
                take(index_size)
            yield item, method, base + take(offset_size), take(length_size)


def _checked_count(count: int) -> int:
    if count > MAX_ENTRIES:
        raise ValueError(f"{count} items")
    return count
