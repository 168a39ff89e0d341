"""What changes the catalogue and touches files or several rows: for the admin, the API and whoever comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max

from catalogue.image_storage import keep_files_until_commit, remove_when_unused, write_photo
from catalogue.models import Product, ProductImage
from catalogue.photo_files import Photo, read_photo


@transaction.atomic
def add_image(
    *, product: Product, file: BinaryIO | bytes, position: int | None = None, source: str = ""
) -> ProductImage:
    """The product's image with this content: a new one behind its others, or the one it has already.

    Raises PhotoError where `file` is no picture that can be shown.
    """
    photo = read_photo(file)
    keep_files_until_commit()
    Product.objects.select_for_update().get(pk=product.pk)  # two uploads at once take two positions
    existing = product.images.filter(sha256=photo.sha256).first()
    if existing:
        return existing
    if position is None:
        last = product.images.aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
    image = ProductImage(product=product, position=position, source=source[:1000])
    _fill(image, photo)
    image.save(force_insert=True)
    return image


@transaction.atomic
def replace_image(*, image: ProductImage, file: BinaryIO | bytes) -> ProductImage:
    """`image` with this content in the same place; its old file goes with its last row.

    Raises PhotoError, and ValueError where the product shows this very photo in another place already.
    """
    photo = read_photo(file)
    if photo.sha256 == image.sha256:
        return image
    keep_files_until_commit()
    if ProductImage.objects.filter(product=image.product_id, sha256=photo.sha256).exists():
        raise ValueError("The product has this photo already, in another place.")
    remove_when_unused(image.file.name)
    _fill(image, photo)
    image.save()
    return image


@transaction.atomic
def order_images(*, product: Product, images: Sequence[int]) -> None:
    """Shows the product's images in the order of these ids. Raises ValueError unless they are exactly its images."""
    rows = {image.pk: image for image in product.images.select_for_update()}
    if sorted(rows) != sorted(images):
        raise ValueError(f"The product's images are {sorted(rows)}; {sorted(images)} were given.")
    for position, pk in enumerate(images):
        rows[pk].position = position
    ProductImage.objects.bulk_update(rows.values(), ["position"])


def _fill(image: ProductImage, photo: Photo) -> None:
    image.__dict__["file"] = write_photo(photo)  # past the descriptor, which would read the file again for its size
    image.sha256, image.width, image.height = photo.sha256, photo.width, photo.height
