"""Rows for tests: `make_product(price=5)` says what the test is about and leaves the rest to defaults."""

import io
from itertools import count

from django.contrib.auth.models import Permission, User
from PIL import Image

from catalogue.models import Category, Product
from catalogue.services import add_image

_numbers = count(1)


def make_category(**overrides):
    """A category; the same slug twice is the same category."""
    values = {"name": "Dress", "garment_types": ["dress"], **overrides}
    slug = values.pop("slug", None) or values["name"].lower().replace(" & ", "-").replace(" ", "-")
    return Category.objects.get_or_create(slug=slug, defaults=values)[0]


def make_product(**overrides):
    number = next(_numbers)
    values = {
        "sku": f"SKU-{number}",
        "name": f"Garment {number}",
        "brand": "Senja",
        "price": 199_000,
        "currency": "IDR",
        **overrides,
    }
    values.setdefault("category", None)
    values["category"] = values["category"] or make_category()
    return Product.objects.create(**values)


def make_image(product=None, *, picture=None, **overrides):
    """An image row with a real file behind it; `picture` are the file's bytes, each call's its own by default."""
    number = next(_numbers)
    picture = picture or picture_bytes(colour=(number * 37 % 256, number * 59 % 256, number * 83 % 256))
    image = add_image(product=product or make_product(), file=picture)
    for field, value in overrides.items():
        setattr(image, field, value)
    if overrides:
        image.save(update_fields=list(overrides))
    return image


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
