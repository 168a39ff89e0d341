"""Neighbours as results: the product with all that a card shows, how alike it is, and why."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.models import Category, Product, ProductImage
from search.answer_types import Result
from search.models import Encoder
from search.retrieval.calibration import match_strength
from search.retrieval.nearest import Neighbour


class ProductCards:
    """The products of these ids with all that a card shows, fetched once for all pages of an answer."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._products = Product.objects.cards_of(ids)

    def of(self, neighbour: Neighbour) -> tuple[Product, ProductImage] | None:
        """The neighbour's product and image; None where either was deleted since the search, a millisecond ago."""
        product = self._products.get(neighbour.product_id)
        image = product and next((image for image in product.photos if image.pk == neighbour.image_id), None)
        return (product, image) if product and image else None


def results_of(
    neighbours: Iterable[Neighbour],
    encoder: Encoder,
    *,
    cards: ProductCards | None = None,
    colours: tuple[str, ...],
    garment_type: str | None = None,
    category: Category | None = None,
) -> list[Result]:
    """The neighbours' products in their order. colours, garment_type, category: those of what is searched for."""
    neighbours = list(neighbours)
    cards = cards or ProductCards(neighbour.product_id for neighbour in neighbours)
    results = []
    for neighbour in neighbours:
        if card := cards.of(neighbour):
            product, image = card
            results.append(
                Result(
                    product=product,
                    distance=max(0.0, neighbour.distance),
                    match=match_strength(neighbour.distance, encoder, garment_type),
                    matched_image=image,
                    matched_box=(neighbour.box[0], neighbour.box[1], neighbour.box[2], neighbour.box[3]),
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
    """What both have: the type detected in both, or a category that is both's or holds the type; and colours."""
    if garment_type and garment_type == neighbour.garment_type:
        kind = [garment_type]
    elif product.category == category or (garment_type and garment_type in product.category.garment_types):
        kind = [product.category.local_name]
    else:
        kind = []
    return (*kind, *(colour for colour in product.colours if colour in colours))
