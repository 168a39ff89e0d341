"""Picture files, sound and hostile, made here from a seed: what every way into the shop is tried with."""

import functools
import io
import random
import struct
import zlib

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "HEIF", "BMP")
WITH_EXIF = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF")
CAMERA, PLACE, REMARK = b"Secretcam 9", b"Jalan Rahasia 17", b"a remark of nobody's business"


@functools.cache
def picture(size=(48, 64)):
    pixels = np.random.default_rng(7).integers(0, 255, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize(size)


def encoded(image, format="PNG", **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def exif(orientation=1):
    """EXIF with a camera, a place and an orientation."""
    data = Image.Exif()
    data[0x0112], data[0x010F], data[0x010E] = orientation, CAMERA.decode(), REMARK.decode()
    gps = data.get_ifd(0x8825)
    gps[1], gps[2], gps[0x001B] = "S", (6.0, 12.0, 30.0), PLACE
    return data.tobytes()


@functools.cache
def sound(format, orientation=1):
    """A sound file of this format, with metadata where the format has any."""
    options = {"exif": exif(orientation)} if format in WITH_EXIF else {}
    if format in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "HEIF"):
        options["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if format in ("JPEG", "GIF"):
        options["comment"] = REMARK
    if format in ("JPEG", "WEBP", "AVIF"):
        options["xmp"] = b"<x:xmpmeta><photoshop:City>" + PLACE + b"</photoshop:City></x:xmpmeta>"
    return encoded(picture(), format, **options)


def flips(format, number, seed):
    """`number` files of this format with one byte changed; a third of them anywhere, the others near the beginning."""
    chance, content = random.Random(f"{format} {seed}"), sound(format)
    for index in range(number):
        broken = bytearray(content)
        at = chance.randrange(len(broken) if index % 3 == 0 else min(len(broken), 700))
        broken[at] ^= chance.randrange(1, 256)
        yield bytes(broken)


def truncations(format, number):
    """The file cut off at `number` places, from nothing on."""
    content = sound(format)
    return [content[: len(content) * step // number] for step in range(number)]


def webp_that_says(width, height):
    """A WebP of 34 bytes that announces so many pixels and holds none."""
    data = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + bytes(9)
    return b"RIFF" + struct.pack("<I", 12 + len(data)) + b"WEBPVP8L" + struct.pack("<I", len(data)) + data


def png_chunk(name, data):
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def png_of(width, height, *, bits=8, colour=2, extra=b""):
    """A PNG of zeros, however large: a few kilobytes a megapixel."""
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    row = bytes(1 + width * channels * bits // 8)
    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    parts = [png_chunk(b"IHDR", header), extra, png_chunk(b"IDAT", rows), png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def png_that_says(width, height):
    content = bytearray(encoded(picture()))
    content[16:24] = struct.pack(">II", width, height)
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4)
    return bytes(content)


def jpeg_of_many_scans(scans, size=(400, 300)):
    """A progressive JPEG whose last scan is repeated."""
    content = encoded(picture(size), "JPEG", progressive=True)
    at = content.rindex(b"\xff\xda")
    return content[:at] + content[at:-2] * scans + b"\xff\xd9"


def tiff_of(width, height, dtype):
    """A TIFF of zeros in one strip of Deflate."""
    return encoded(Image.fromarray(np.zeros((height, width), dtype)), "TIFF", compression="tiff_deflate")


def animation(format, frames=3):
    first, *others = [picture().rotate(30 * turn) for turn in range(frames)]
    return encoded(first, format, save_all=True, append_images=others)


# Files by name that are no photos, in more ways than a test would think of one by one; some take a while to make.
_HOSTILE = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\xff",
    "text": lambda: b"sku,name\n1,Dress\n",
    "HTML": lambda: b"<!doctype html><title>404</title>",
    "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "PDF": lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n",
    "EPS": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 90 90\nquit\n",
    "ZIP": lambda: b"PK\x03\x04" + bytes(60),
    "ICO": lambda: encoded(picture((32, 32)), "ICO"),
    "PPM": lambda: encoded(picture(), "PPM"),
    "PSD": lambda: b"8BPS\0\1" + bytes(60),
    "zeros": lambda: bytes(5_000),
    "random": lambda: random.Random(1).randbytes(5_000),
    "JPEG's end alone": lambda: sound("JPEG")[-200:],
    "JPEG's start alone": lambda: b"\xff\xd8\xff",
    "FF for ever": lambda: b"\xff\xd8" + b"\xff" * 500_000 + b"\x00",
    "JPEG of markers": lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 200_000,
    "JPEG of 2,000 scans": lambda: jpeg_of_many_scans(2_000),
    "PNG of 30,000 x 30,000": lambda: png_that_says(30_000, 30_000),
    "PNG of 9,000 x 9,000": lambda: png_that_says(9_000, 9_000),
    "PNG of no pixels": lambda: png_that_says(0, 0),
    "PNG of 4 billion": lambda: png_that_says(2**32 - 1, 2**32 - 1),
    "PNG of empty chunks": lambda: sound("PNG")[:33] + png_chunk(b"teXt", b"") * 150_000,
    "WebP of 34 bytes": lambda: webp_that_says(8_900, 8_900),
    "WebP of 16,383": lambda: webp_that_says(16_383, 16_383),
    "GIF of 65,535": lambda: b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;",
    "BMP of 60,000": lambda: (
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 99, 0, 54, 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0)
    ),
    "TIFF in a circle": lambda: b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    "TIFF of 65,535 entries": lambda: b"II*\0\x08\0\0\0\xff\xff" + bytes(800_000),
    "TIFF beyond its end": lambda: b"MM\0*\xff\xff\xff\xff",
    "floats, 9,000 x 6,000": lambda: tiff_of(9_000, 6_000, np.float32),
    "AVIF's head": lambda: sound("AVIF")[:40],
    "HEIC's head": lambda: sound("HEIF")[:40],
    "a strip of 5 x 400": lambda: encoded(picture((5, 400))),
    "a line of 8 x 2,000": lambda: encoded(picture((8, 2_000))),
}
HOSTILE = tuple(_HOSTILE)


@functools.cache
def hostile(name):
    """The file of this name among HOSTILE."""
    return _HOSTILE[name]()
