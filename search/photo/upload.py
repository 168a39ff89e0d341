"""The photo in a request: a file, an address, an example scene or a product's own photo."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from catalogue.models import ProductImage
from search.photo.example_photos import example_photo
from search.photo.fetch import FetchError, fetch_photo
from search.photo.throttling import PhotoThrottle

logger = logging.getLogger(__name__)
FORM_BYTES = 100_000  # what a form adds to its photo


class Refused(Exception):
    """No photo to search with; the message is for the shopper, `status` for HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def photo_of_request(request: HttpRequest) -> bytes:
    """The bytes of the photo that a POST brings. Raises Refused."""
    check_rate(request)
    _check_size(int(request.META.get("CONTENT_LENGTH") or 0) - FORM_BYTES)
    for name in ("image", "camera"):
        if file := request.FILES.get(name):
            _check_size(file.size or 0)
            return file.read()
    if url := request.POST.get("image_url", "").strip():
        return _fetched(url)
    if scene := request.POST.get("scene"):
        return _scene(scene)
    if pk := request.POST.get("product_image"):
        return _of_product(pk)
    raise Refused(_("Choose a photo first, or give its address."), 400)


def garment_types_of_request(request: HttpRequest) -> list[str]:
    """What the product can be whose photo a POST names; empty for any other photo."""
    image = _product_image(request.POST.get("product_image", ""))
    return image.product.category.garment_types if image else []


def check_rate(request: HttpRequest) -> None:
    """Counts one more photo or box of this client. Raises Refused past the limit."""
    if not PhotoThrottle().allows(request):
        raise Refused(_("That was a lot of photos in one minute. Please wait a moment, then try again."), 429)


def _check_size(size: int) -> None:
    if size > settings.PHOTO_MAX_BYTES:
        sizes = {"size": f"{size / 1e6:.0f}", "limit": f"{settings.PHOTO_MAX_BYTES / 1e6:.0f}"}
        raise Refused(_("This file has %(size)s MB; a photo may have %(limit)s MB.") % sizes, 413)


def _fetched(url: str) -> bytes:
    try:
        return fetch_photo(url)
    except FetchError as error:
        logger.info("Address refused: %s", error)
        raise Refused(
            _("We could not fetch a photo from this address. Save the picture and choose it as a file instead."), 400
        ) from error


def _scene(name: str) -> bytes:
    photo = example_photo(name)
    if photo is None:
        raise Refused(_("This example is no longer here. Choose another one."), 404)
    return photo


def _of_product(pk: str) -> bytes:
    image = _product_image(pk)
    if image is None:
        raise Refused(_("This product photo is no longer here."), 404)
    with image.file.open() as file:
        return file.read()


def _product_image(pk: str) -> ProductImage | None:
    """A product's photo that is shown, with its product and category."""
    if not pk.isdecimal():
        return None
    images = ProductImage.objects.select_related("product__category").filter(product__is_active=True)
    return images.filter(pk=int(pk)).first()
