"""What changes the catalogue and touches files or several rows: for the admin, the API and whoever comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from django.db.models import Max, QuerySet

from catalogue import derived_data
from catalogue.category_garment_types import is_renamed
from catalogue.image_storage import keep_files_until_commit, remove_when_unused, write_photo
from catalogue.models import Category, Product, ProductImage
from catalogue.ordered_writes import ordered_writes
from catalogue.photo_files import Photo, read_photo


@ordered_writes()
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
    derived_data.images_changed(product.images.all())
    return image


@ordered_writes()
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
    remove_when_unused(image.file.name or "")
    _fill(image, photo)
    image.save()
    derived_data.images_changed(ProductImage.objects.filter(pk=image.pk))
    return image


@ordered_writes()
def order_images(*, product: Product, images: Sequence[int]) -> None:
    """Shows the product's images in the order of these ids. Raises ValueError unless they are exactly its images."""
    rows = {image.pk: image for image in product.images.select_for_update()}
    if sorted(rows) != sorted(images):
        raise ValueError(f"The product's images are {sorted(rows)}; {sorted(images)} were given.")
    for position, pk in enumerate(images):
        rows[pk].position = position
    ProductImage.objects.bulk_update(rows.values(), ["position"])
    derived_data.images_changed(product.images.all())


@ordered_writes()
def move_image(*, image: ProductImage, position: int) -> None:
    """Gives one image another position among its product's images."""
    image.position = position
    image.save(update_fields=["position"])
    derived_data.images_changed(ProductImage.objects.filter(product=image.product_id))


@ordered_writes()
def delete_images(*, images: QuerySet[ProductImage]) -> int:
    """Deletes the rows and, after the commit, the files that no other row names. Returns how many rows."""
    rows = list(images.values_list("pk", "file", "product_id"))
    ProductImage.objects.filter(pk__in=[pk for pk, _, _ in rows]).delete()
    for _, name, _ in rows:
        remove_when_unused(name)
    derived_data.images_changed(ProductImage.objects.filter(product__in={product for _, _, product in rows}))
    return len(rows)


@ordered_writes()
def delete_products(*, products: QuerySet[Product]) -> int:
    """Deletes products with their images and, after the commit, the files that no other row names. Returns how many."""
    pks = list(products.order_by().values_list("pk", flat=True))
    names = list(ProductImage.objects.filter(product__in=pks).values_list("file", flat=True))
    Product.objects.filter(pk__in=pks).delete()
    for name in names:
        remove_when_unused(name)
    return len(pks)


@ordered_writes()
def save_product(*, product: Product) -> None:
    """Saves a product, new or changed; what is derived from its photos follows its category and its name's garment."""
    before = Product.objects.filter(pk=product.pk).values_list("category", "name").first() if product.pk else None
    product.save()
    if before is None:
        return
    category, name = before
    saved = Product.objects.filter(pk=product.pk)
    if category != product.category_id:
        derived_data.products_moved(saved)
    if is_renamed(name, product.name, product.category.garment_types):
        derived_data.products_renamed(saved)


@ordered_writes()
def save_category(*, category: Category) -> None:
    """Saves a category, new or changed; what is derived from its products' photos follows its garment types."""
    stored = Category.objects.filter(pk=category.pk) if category.pk else Category.objects.none()
    before = stored.values_list("garment_types", flat=True).first()
    category.save()
    if before is not None and set(before) != set(category.garment_types):
        derived_data.garment_types_changed(category)


def _fill(image: ProductImage, photo: Photo) -> None:
    image.__dict__["file"] = write_photo(photo)  # past the descriptor, which would read the file again for its size
    image.sha256, image.stored_sha256 = photo.sha256, photo.stored_sha256
    image.width, image.height = photo.width, photo.height
