"""Product photos in the sizes that pages show them in.

A page names its thumbnails without making them or asking for them: their address follows from the photo's name, which
follows from its content. The first request for one makes it and stores it, whole or not at all; every later one reads
a file. Only a whole picture may be kept by browsers and proxies.
"""

from __future__ import annotations

import io
import logging
import re
from typing import NamedTuple

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import reverse

from catalogue.image_storage import SIZES, thumbnail_name, write_whole
from catalogue.models import ProductImage
from catalogue.single_flight import single_flight_on_machine
from garments.image_decoding import PhotoError, open_image

logger = logging.getLogger(__name__)
A_YEAR = 365 * 24 * 3600
RETRY_AFTER_S = 5
# Only what `Photo.path` names, and samples: the address must not open the rest of the media folder.
_PHOTO = re.compile(r"(products/[0-9a-f]{2}/[0-9a-f]{62}(_\w+)?|samples/[\w-]+/[\w-]+)\.\w{1,5}")


class Thumbnail(NamedTuple):
    url: str
    width: int
    height: int


def fills_frame(image: ProductImage) -> bool:
    """Whether a photo is about as tall and narrow as a card's frame, and may be cut to it; else all of it is shown."""
    return 0.6 <= image.width / image.height <= 0.9


def thumbnail_of(image: ProductImage, size: str) -> Thumbnail:
    """Where the thumbnail is and the size that it will have, in pixels; nothing is read or made."""
    box_width, box_height, _quality = settings.THUMBNAILS[size]
    scale = min(1.0, box_width / image.width, box_height / image.height)
    return Thumbnail(
        reverse("thumbnail", args=[size, image.file.name]),
        max(1, round(image.width * scale)),
        max(1, round(image.height * scale)),
    )


def thumbnails_of(image: ProductImage, *, largest: str) -> list[Thumbnail]:
    """Each size up to `largest` that is larger than the one before it: a small photo has few."""
    found: list[Thumbnail] = []
    for size in SIZES[: SIZES.index(largest) + 1]:
        thumbnail = thumbnail_of(image, size)
        if not found or thumbnail.width > found[-1].width:
            found.append(thumbnail)
    return found


def thumbnail(request: HttpRequest, size: str, name: str) -> HttpResponse | FileResponse:
    """The thumbnail's bytes, made now unless they were made before."""
    if size not in settings.THUMBNAILS or not _PHOTO.fullmatch(name):
        raise Http404(f"No thumbnail of size {size!r} for {name!r}.")
    try:
        content, is_stored = _content(name, size)
    except (PhotoError, FileNotFoundError) as error:
        logger.warning("No thumbnail of %s: %s", name, error)
        return HttpResponseNotFound("This photo is not here.", headers={"Cache-Control": "no-store"})
    except Exception:  # whatever the storage raises while it is out of reach
        logger.exception("No thumbnail of %s for now", name)
        return HttpResponse(status=503, headers={"Cache-Control": "no-store", "Retry-After": str(RETRY_AFTER_S)})
    response = FileResponse(io.BytesIO(content), content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if is_stored else "no-store"
    return response


def _content(name: str, size: str) -> tuple[bytes, bool]:
    """The thumbnail, and whether it is stored. Raises PhotoError and FileNotFoundError, and what the storage raises."""
    stored = thumbnail_name(name, size)
    if content := _whole(stored):
        return content, True
    with single_flight_on_machine(stored):
        if content := _whole(stored):  # made while we waited
            return content, True
        content = _made(name, size)
        try:
            write_whole(default_storage, stored, content)
        except Exception:  # a full disk, or a store out of reach: the picture is shown all the same
            logger.exception("The thumbnail %s could not be stored", stored)
            return content, False
    return content, True


def _whole(stored: str) -> bytes | None:
    """A stored thumbnail; None where there is none or not all of it, of an earlier release on a full disk say."""
    try:
        with default_storage.open(stored) as file:
            content = file.read()
    except FileNotFoundError:
        return None
    return content if is_whole_webp(content) else None


def is_whole_webp(content: bytes) -> bool:
    """Whether a WebP file is as long as it says."""
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP" and len(content) == 8 + _announced(content)


def _announced(content: bytes) -> int:
    return int.from_bytes(content[4:8], "little")


def _made(name: str, size: str) -> bytes:
    width, height, quality = settings.THUMBNAILS[size]
    with default_storage.open(name) as source:
        image = open_image(source.read(), max_side=width, max_height=height, smooth_palette=True)
    file = io.BytesIO()
    image.save(file, "WEBP", quality=quality)
    return file.getvalue()
