"""What each match word is worth in this catalogue: how often a strong, close or weak match is right.

Right is the same garment type and a main colour that both have. A product's type is the one that its category holds;
where that holds several, those detected in its photos. Asked with stored garments, among the other products.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from catalogue.models import Product
from search.models import Encoder, GarmentEmbedding
from search.retrieval.calibration import match_bounds
from search.retrieval.nearest import NearestGarments
from search.vision.match_distances import precision_of_words

JUDGED = 5  # products a search


def measure_match_strength(encoder: Encoder, *, sample: int) -> dict[str, dict[str, float]]:
    """{word: {"matches": how many, "precision": the share that is right}}, asked with at most `sample` garments."""
    rows = GarmentEmbedding.objects.of(encoder).filter(ordinal=1, product__is_active=True).exclude(product__colours=[])
    step = max(1, rows.count() // sample)
    distances: list[float] = []
    is_right: list[bool] = []
    bounds: list[tuple[float, float]] = []
    images = rows.values_list("image_id", flat=True).order_by("image_id").iterator()
    chosen = list(islice(images, 0, step * sample, step))
    for row in (
        rows.filter(image_id__in=chosen).select_related("product").defer("product__document").order_by("image_id")
    ):
        found = _nearest_products(row, encoder)
        types = _garment_types([product for product, _ in found], encoder)
        for product, distance in found:
            distances.append(distance)
            is_right.append(_share_a_main_colour(product, row.product) and row.garment_type in types[product.pk])
            bounds.append(match_bounds(encoder, row.garment_type))
    return precision_of_words(np.array(distances), np.array(is_right, bool), bounds)


def _nearest_products(row: GarmentEmbedding, encoder: Encoder) -> list[tuple[Product, float]]:
    others = Product.objects.visible().exclude(pk=row.product_id)
    search = NearestGarments(row.vector, encoder=encoder, products=others, garment_type=row.garment_type or None)
    neighbours = search.page(limit=JUDGED)
    products = (
        Product.objects.select_related("category").defer("document").in_bulk([one.product_id for one in neighbours])
    )
    return [(products[one.product_id], one.distance) for one in neighbours if one.product_id in products]


def _share_a_main_colour(product: Product, asked: Product) -> bool:
    return bool({*product.colours[:1]} & {*asked.colours} or {*asked.colours[:1]} & {*product.colours})


def _garment_types(products: list[Product], encoder: Encoder) -> dict[int, set[str]]:
    """{product id: the one type that its category holds, else those detected in its photos}."""
    types = {product.pk: set(product.category.garment_types) for product in products}
    several = [pk for pk, held in types.items() if len(held) != 1]
    types |= {pk: set() for pk in several}
    detected = GarmentEmbedding.objects.of(encoder).filter(product__in=several, ordinal__gt=0)
    for pk, garment_type in detected.values_list("product", "garment_type"):
        types[pk].add(garment_type)
    return types
