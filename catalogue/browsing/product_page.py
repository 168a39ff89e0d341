"""What a product page says of its product, to people and to search engines."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext

from catalogue.browsing.saved_products import photo_page_before
from catalogue.choices import ColourChoices
from catalogue.models import Product
from catalogue.page_sections import PRODUCT, sections_of
from catalogue.thumbnails import thumbnail_of

_AVAILABILITY = {
    "in_stock": "InStock", "limited": "LimitedAvailability", "preorder": "PreOrder", "out_of_stock": "OutOfStock",
}  # fmt: skip


def product_context(request: HttpRequest, product: Product) -> dict[str, Any]:
    return {
        "product": product,
        "images": product.photos,
        "colours": [ColourChoices(value) for value in product.colours],
        "attributes": _shown_attributes(product),
        "description": Truncator(product.description or product.name).chars(155),
        "structured": structured_data(request, product),
        "crumbs": breadcrumb_data(request, product),
        "canonical": product.get_absolute_url(),
        "sections": sections_of(PRODUCT, product),
        "back_to_photo": photo_page_before(request),
    }


def structured_data(request: HttpRequest, product: Product) -> dict[str, Any]:
    """The product in schema.org's words."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "sku": product.sku,
        "category": product.category.local_name,
        "url": request.build_absolute_uri(product.get_absolute_url()),
        "image": [request.build_absolute_uri(thumbnail_of(image, "large").url) for image in product.photos],
    }
    if product.description:
        data["description"] = product.description
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand}
    if product.price is not None:
        data["offers"] = {
            "@type": "Offer",
            "price": str(product.price),
            "priceCurrency": product.currency,
            "url": product.url or data["url"],
        }
        if product.availability in _AVAILABILITY:
            data["offers"]["availability"] = f"https://schema.org/{_AVAILABILITY[product.availability]}"
    return data


def breadcrumb_data(request: HttpRequest, product: Product) -> dict[str, Any]:
    """The way to the product, in schema.org's words."""
    steps = [
        (gettext("Home"), "/"),
        (product.category.local_name, product.category.get_absolute_url()),
        (product.name, ""),
    ]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name}
            | ({"item": request.build_absolute_uri(address)} if address else {})
            for number, (name, address) in enumerate(steps, start=1)
        ],
    }


def _shown_attributes(product: Product) -> list[tuple[str, str]]:
    """Plain values only: an importer may have kept structures that mean nothing to a shopper."""
    if not isinstance(product.attributes, dict):
        return []
    return [
        (str(name).replace("_", " ").capitalize(), str(value))
        for name, value in product.attributes.items()
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip()
    ]
