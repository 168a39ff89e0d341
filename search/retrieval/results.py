"""Neighbours as results: the product with all that a card shows, how alike it is, and why."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.models import Category, Product
from search.answers import Result
from search.models import Encoder
from search.retrieval.calibration import match_strength
from search.retrieval.nearest import Neighbour


def results_of(
    neighbours: Iterable[Neighbour],
    encoder: Encoder,
    *,
    colours: tuple[str, ...],
    garment_type: str | None = None,
    category: Category | None = None,
) -> list[Result]:
    """The neighbours' products in their order. colours, garment_type, category: what they may share with the asked."""
    neighbours = list(neighbours)
    products = Product.objects.for_cards().in_bulk([neighbour.product_id for neighbour in neighbours])
    results = []
    for neighbour in neighbours:
        product = products.get(neighbour.product_id)
        image = product and next((image for image in product.images.all() if image.pk == neighbour.image_id), None)
        if image is not None:  # else it was deleted since the search, a millisecond ago
            results.append(
                Result(
                    product=product,
                    distance=max(0.0, neighbour.distance),
                    match=match_strength(neighbour.distance, encoder, garment_type),
                    matched_image=image,
                    matched_box=tuple(neighbour.box),
                    shared=_shared(neighbour, product, colours, garment_type, category),
                )
            )
    return results


def _shared(
    neighbour: Neighbour,
    product: Product,
    colours: tuple[str, ...],
    garment_type: str | None,
    category: Category | None,
) -> tuple[str, ...]:
    """What both have: the type seen in both or a category that is both's or holds the type, and colours."""
    if garment_type and garment_type == neighbour.garment_type:
        kind = [garment_type]
    elif product.category == category or (garment_type and garment_type in product.category.garment_types):
        kind = [product.category.name]
    else:
        kind = []
    return (*kind, *(colour for colour in product.colours if colour in colours))
