"""The one thing in a picture's metadata that its pixels need: which way is up, EXIF's tag 0x0112 with 1 to 8."""

from __future__ import annotations

import re
import struct

ORIENTATION = 0x0112
_FORMATS = {1: "B", 3: "H", 4: "I"}  # TIFF's types BYTE, SHORT and LONG
_XMP = re.compile(rb'tiff:Orientation(?:="|>)([1-8])')


def orientation_of_exif(exif: bytes) -> int:
    """1 to 8; 0 where it is not given or the EXIF (a TIFF structure) is broken."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 0
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(f"{order}HH", exif, entry)
            if tag == ORIENTATION and kind in _FORMATS:
                (value,) = struct.unpack_from(f"{order}{_FORMATS[kind]}", exif, entry + 8)
                return value if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def orientation_of_xmp(xmp: bytes) -> int:
    """1 to 8; 0 where it is not given."""
    found = _XMP.search(xmp)
    return int(found[1]) if found else 0


def minimal_exif(orientation: int) -> bytes:
    """EXIF (a TIFF structure) that holds the orientation and nothing else."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)
