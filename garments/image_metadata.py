"""What a picture file holds beside its picture: removed before anybody decodes, stores or serves it.

Metadata names places, cameras and people; it makes sound pictures unreadable (broken EXIF, PNG texts over a decoder's
limit) and hides second pictures. Pixels, colour profile and orientation stay, so the picture looks as before. JPEG,
PNG, WebP and GIF are written anew without it, bit for bit the same pixels; of an animation its first frame is left.
In TIFF, AVIF and HEIC, whose parts point at each other by offset, it is overwritten in place.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator

from garments.exif_orientation import minimal_exif, orientation_of_exif, orientation_of_xmp
from garments.image_containers import blank_heif, blank_tiff

MAX_TEXT_BYTES = 1 << 20  # of one decompressed PNG text or profile; Pillow refuses the whole file beyond it
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Pixels and their colours. Left out: texts, EXIF, times, suggested palettes, animation.
PNG_PIXELS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
PNG_COLOURS = {b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP"}
WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"}
WEBP_EXIF, WEBP_XMP = 0x08, 0x04  # flags in VP8X
MAX_PARTS = 100_000  # segments, chunks and blocks of one file; a photo has a few thousand at most
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xff]", re.DOTALL)
_JPEG_SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)


def strip_metadata(content: bytes) -> bytes:
    """The picture file without metadata; `content` itself where there is none or it is of no known format.

    Raises ValueError where the file's structure cannot be followed. A file that is cut off comes back cut off: the
    decoder refuses it.
    """
    for signature, strip in _STRIPPERS.items():
        if re.match(signature, content, re.DOTALL):
            try:
                stripped = strip(content)
            except (IndexError, OverflowError) as error:
                raise ValueError("an offset leads nowhere") from error
            return content if stripped == content else stripped
    return content


def _check_parts(number: int) -> None:
    if number > MAX_PARTS:
        raise ValueError(f"the file has more than {MAX_PARTS:,} parts")


# -- JPEG ---------------------------------------------------------------------------------------------------------


def jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of each segment of a JPEG to its EOI; a scan's entropy-coded data belong to its segment."""
    position, number = 2, 0
    while found := _JPEG_MARKER.search(content, position):
        number += 1
        _check_parts(number)
        marker, start = found[0][1], found.start()
        if marker == 0xD9:
            yield marker, start, start + 2
            return
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            position = start + 2
            yield marker, start, position
            continue
        end = start + 2 + max(2, int.from_bytes(content[start + 2 : start + 4]))
        if marker == 0xDA:
            following = _JPEG_SCAN_END.search(content, end)
            end = following.start() if following else len(content)
        yield marker, start, min(end, len(content))
        position = end


def _strip_jpeg(content: bytes) -> bytes:
    exif_turn, xmp_turn = 0, 0
    parts = []
    for marker, start, end in jpeg_segments(content):
        payload = content[start + 4 : end] if 0xE0 <= marker <= 0xEF else b""
        if marker == 0xE1 and payload.startswith(b"Exif\0"):
            exif_turn = exif_turn or orientation_of_exif(payload[6:])
        elif marker == 0xE1:
            xmp_turn = xmp_turn or orientation_of_xmp(payload)
        if _is_kept_in_jpeg(marker, payload):
            parts.append(content[start:end])
    if (turn := exif_turn or xmp_turn or 1) != 1:
        exif = b"Exif\0\0" + minimal_exif(turn)
        first = 1 if parts and parts[0][1] == 0xE0 else 0  # JFIF demands the first place
        parts.insert(first, b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif)
    return content[:2] + b"".join(parts)


def _is_kept_in_jpeg(marker: int, payload: bytes) -> bool:
    if marker == 0xFE:
        return False
    if not 0xE0 <= marker <= 0xEF:
        return True
    return (
        (marker == 0xE0 and payload.startswith(b"JFIF\0") and len(payload) == 14)  # more would be a thumbnail
        or (marker == 0xE2 and payload.startswith(b"ICC_PROFILE\0"))
        or (marker == 0xEE and payload.startswith(b"Adobe"))
    )


# -- PNG ----------------------------------------------------------------------------------------------------------


def _strip_png(content: bytes) -> bytes:
    exif_turn, xmp_turn = 0, 0
    parts = [PNG_SIGNATURE]
    position, number = len(PNG_SIGNATURE), 0
    while position + 8 <= len(content):
        number += 1
        _check_parts(number)
        end = position + 12 + int.from_bytes(content[position : position + 4])
        name, chunk = content[position + 4 : position + 8], content[position:end]
        if name in PNG_PIXELS and end <= len(content) and not _has_its_crc(chunk):
            raise ValueError(f"the chunk {name!r} is not as it was written")  # browsers show no such file
        if name in PNG_PIXELS or (name in PNG_COLOURS and _is_sound_png_chunk(name, chunk)):
            parts.append(chunk)
        elif name == b"eXIf":
            exif_turn = exif_turn or orientation_of_exif(chunk[8:-4])
        elif name in (b"tEXt", b"zTXt", b"iTXt"):
            exif_turn = exif_turn or _turn_in_raw_profile(name, chunk[8:-4])
            xmp_turn = xmp_turn or _turn_in_png_xmp(name, chunk[8:-4])
        position = end
        if name == b"IEND":
            break
    if (turn := exif_turn or xmp_turn or 1) != 1:
        parts.insert(2, _png_chunk(b"eXIf", minimal_exif(turn)))  # behind IHDR
    return b"".join(parts)


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def _is_sound_png_chunk(name: bytes, chunk: bytes) -> bool:
    if not _has_its_crc(chunk):
        return False
    if name != b"iCCP":
        return True
    _title, _zero, packed = chunk[8:-4].partition(b"\0")
    return bool(_inflated(packed[1:]))


def _has_its_crc(chunk: bytes) -> bool:
    return zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:])


def _inflated(packed: bytes) -> bytes:
    """Decompressed; nothing where it is broken or has more than MAX_TEXT_BYTES."""
    try:
        inflated = zlib.decompressobj().decompress(packed, MAX_TEXT_BYTES + 1)
    except zlib.error:
        return b""
    return inflated if len(inflated) <= MAX_TEXT_BYTES else b""


def _turn_in_raw_profile(name: bytes, data: bytes) -> int:
    """The orientation in EXIF that ImageMagick writes as a text of hexadecimal digits."""
    keyword, _zero, text = data.partition(b"\0")
    if keyword != b"Raw profile type exif":
        return 0
    text = _inflated(text[1:]) if name == b"zTXt" else text
    digits = b"".join(text.split(b"\n")[3:])
    try:
        return orientation_of_exif(bytes.fromhex(digits.decode("ascii"))[6:])
    except ValueError:
        return 0


def _turn_in_png_xmp(name: bytes, data: bytes) -> int:
    keyword, _zero, rest = data.partition(b"\0")
    if name != b"iTXt" or keyword != b"XML:com.adobe.xmp" or len(rest) < 2:
        return 0
    text = rest[2:].split(b"\0", 2)[-1]
    return orientation_of_xmp(_inflated(text) if rest[0] else text)


# -- WebP and GIF -------------------------------------------------------------------------------------------------


def _strip_webp(content: bytes) -> bytes:
    exif_turn, xmp_turn = 0, 0
    parts: list[bytes] = []
    is_animated = False
    position, file_end, number = 12, 8 + int.from_bytes(content[4:8], "little"), 0
    if file_end > len(content):
        raise ValueError("the file is cut off")
    while position + 8 <= file_end:
        number += 1
        _check_parts(number)
        size = int.from_bytes(content[position + 4 : position + 8], "little")
        end = position + 8 + size + size % 2
        name, chunk = content[position : position + 4], content[position:end]
        if name == b"EXIF":
            exif_turn = exif_turn or orientation_of_exif(chunk[8:].removeprefix(b"Exif\0\0"))
        elif name == b"XMP ":
            xmp_turn = xmp_turn or orientation_of_xmp(chunk)
        elif name in WEBP_KEPT and not (name == b"ANMF" and is_animated):
            is_animated = is_animated or name == b"ANMF"
            parts.append(chunk)
        position = end
    turn = exif_turn or xmp_turn or 1
    if parts and parts[0].startswith(b"VP8X") and len(parts[0]) >= 18:
        flags = parts[0][8] & ~(WEBP_EXIF | WEBP_XMP) | (WEBP_EXIF if turn != 1 else 0)
        parts[0] = parts[0][:8] + bytes([flags]) + parts[0][9:]
        if turn != 1:
            exif = minimal_exif(turn)
            parts.append(b"EXIF" + len(exif).to_bytes(4, "little") + exif)
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _strip_gif(content: bytes) -> bytes:
    """Up to the end of the first frame, without comments and applications' blocks."""
    position, number = 13 + _gif_table(content[10]), 0
    parts = [content[:position]]
    while content[position] != 0x3B:
        start = position
        is_frame = content[position] == 0x2C
        if is_frame:
            position += 11 + _gif_table(content[position + 9])  # descriptor and the size of LZW's codes
        elif content[position] == 0x21:
            position += 2
        else:
            raise ValueError("no block of a GIF")
        while length := content[position]:
            position += 1 + length
            number += 1
            _check_parts(number // 10)  # a block has 255 bytes at most
        position += 1
        if is_frame or content[start + 1] == 0xF9:  # a frame's transparency and disposal
            parts.append(content[start:position])
        if is_frame:
            break
    return b"".join(parts) + b"\x3b"


def _gif_table(flags: int) -> int:
    """The size in bytes of the colour table that these flags announce."""
    return 3 << (flags % 8 + 1) if flags & 0x80 else 0


_STRIPPERS: dict[bytes, Callable[[bytes], bytes]] = {
    rb"\xff\xd8\xff": _strip_jpeg,
    re.escape(PNG_SIGNATURE): _strip_png,
    rb"RIFF....WEBP": _strip_webp,
    rb"GIF8[79]a": _strip_gif,
    rb"II[\x2a\x2b]\x00|MM\x00[\x2a\x2b]": blank_tiff,
    rb"....ftyp": blank_heif,
}
