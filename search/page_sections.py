"""What photo search adds to the shop's pages: an example photo on the home page, similar products beside a product."""

from __future__ import annotations

from typing import Any

from catalogue import page_sections
from catalogue.models import Product
from search import services
from search.photo.catalogue_example import catalogue_example
from search.photo.example_photos import example, example_photo_names

RELATED = 10  # products in a row


def register_sections() -> None:
    page_sections.register(page_sections.HOME_HERO, app="search", template="search/_hero.html", context=_hero)
    page_sections.register(
        page_sections.PRODUCT, app="search", template="search/_related_products.html", context=_related
    )


def _hero() -> dict[str, Any]:
    """The first of these that there is: an example with known products, example photos, a photo of the shop's own."""
    if found := example():
        return {"example": found}
    if names := example_photo_names():
        return {"scenes": names}
    own = catalogue_example()
    return {"own": own} if own else {}


def _related(product: Product) -> dict[str, Any]:
    similar, recoloured = services.related_products(product, limit=RELATED)
    return {"product": product, "similar": similar, "recoloured": recoloured[:RELATED]}
