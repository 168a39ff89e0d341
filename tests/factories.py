"""Rows for tests: `make_product(price=5)` says what the test is about and leaves the rest to defaults."""

import io
from itertools import count

from django.contrib.auth.models import Permission, User
from PIL import Image

from catalogue.image_storage import write_photo
from catalogue.models import Category, Product, ProductImage
from catalogue.photo_files import read_photo
from catalogue.services import add_image

_numbers = count(1)


def make_category(**overrides):
    """A category; the same slug twice is the same category."""
    values = {"name": "Dress", "garment_types": ["dress"], **overrides}
    slug = values.pop("slug", None) or values["name"].lower().replace(" & ", "-").replace(" ", "-")
    return Category.objects.get_or_create(slug=slug, defaults=values)[0]


def make_product(**overrides):
    return Product.objects.create(**_product_values(overrides))


def make_products(several):
    """A product for each of these overrides, all in one statement."""
    return Product.objects.bulk_create(Product(**_product_values(overrides)) for overrides in several)


def _product_values(overrides):
    number = next(_numbers)
    values = {
        "sku": f"SKU-{number}",
        "name": f"Garment {number}",
        "brand": "Senja",
        "price": 199_000,
        "currency": "IDR",
        **overrides,
    }
    values["category"] = values.get("category") or make_category()
    return values


def make_image(product=None, *, picture=None, **overrides):
    """An image row with a real file behind it; `picture` are the file's bytes, each call's its own by default."""
    image = add_image(product=product or make_product(), file=picture or _next_picture())
    for field, value in overrides.items():
        setattr(image, field, value)
    if overrides:
        image.save(update_fields=list(overrides))
    return image


def make_images(products, *, position=0):
    """An image row with a real file for each product, all in one statement; nobody is told that photos came."""
    images = []
    for product in products:
        photo = read_photo(_next_picture())
        image = ProductImage(product=product, position=position, sha256=photo.sha256)
        image.stored_sha256 = photo.stored_sha256
        image.width, image.height = photo.width, photo.height
        image.file.name = write_photo(photo)
        images.append(image)
    return ProductImage.objects.bulk_create(images)


def _next_picture():
    number = next(_numbers)
    return picture_bytes(colour=(number * 37 % 256, number * 59 % 256, number * 83 % 256))


def make_staff(*models, actions=("add", "change", "delete", "view"), name="staff"):
    """A member of the staff with the permissions for these actions on these models of the catalogue, and no others."""
    user = User.objects.create_user(name, password="a right password", is_staff=True)
    codes = [f"{action}_{model}" for model in models for action in actions]
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="catalogue", codename__in=codes))
    return user


def picture_bytes(*, colour=(200, 30, 60), size=(48, 64), format="PNG"):
    """A small picture file of one colour, as bytes."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, format)
    return file.getvalue()
