"""Product photos in the sizes that pages show them in.

A page names its thumbnails without making them or asking for them: their address follows from the photo's name, which
follows from its content. The first request for one makes it (easy-thumbnails keeps it), every later one reads a file,
and browsers and proxies may keep it for good.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from easy_thumbnails.alias import aliases
from easy_thumbnails.engine import NoSourceGenerator
from easy_thumbnails.exceptions import EasyThumbnailsError
from easy_thumbnails.files import get_thumbnailer

from catalogue import photo_files as photos  # noqa: F401  teaches Pillow to read HEIC
from catalogue.models import ProductImage

SIZES = ("tiny", "card", "card2x", "large", "zoom")  # names in settings.THUMBNAIL_ALIASES, small to large
A_YEAR = 365 * 24 * 3600
# Only what `image_path` names, and samples: the address must not open the rest of the media folder.
_PHOTO = re.compile(r"(products/[0-9a-f]{2}/[0-9a-f]{62}(_\w+)?|samples/[\w-]+/[\w-]+)\.\w{1,5}")


class Thumbnail(NamedTuple):
    url: str
    width: int
    height: int


def thumbnail_of(image: ProductImage, size: str) -> Thumbnail:
    """Where the thumbnail is and the size that it will have, in pixels; nothing is read or made."""
    box_width, box_height = aliases.get(size)["size"]
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


def thumbnail(request: HttpRequest, size: str, name: str) -> FileResponse:
    """The thumbnail's bytes, made now unless they were made before."""
    options = aliases.get(size)
    if options is None or not _PHOTO.fullmatch(name):
        raise Http404(f"No thumbnail of size {size!r} for {name!r}.")
    try:
        made = get_thumbnailer(default_storage, relative_name=name).get_thumbnail(options)
        made.open()
    except (EasyThumbnailsError, NoSourceGenerator, OSError) as error:
        raise Http404(f"{name} has no thumbnail: {error}") from error
    response = FileResponse(made, content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response
