"""What a product's page shows beside it: from stored vectors, no model runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from catalogue.garment_kinds import are_of_one_kind
from catalogue.models import Product, ProductImage
from catalogue.querysets import ProductQuerySet
from search.answer_types import WEAK, Result
from search.models import Encoder, GarmentEmbedding
from search.retrieval.complementary import complementary_neighbours
from search.retrieval.nearest import NearestGarments
from search.retrieval.proportions import proportions
from search.retrieval.rerank import prefer_matching_type
from search.retrieval.results import results_of

CANDIDATES = 100  # of the nearest: of the product's type, or of another colour
# Of two garments' proportions. Of 208 studio photos of garments that come in several colours, another colour of the
# same garment is among the first four cards for 84 % with it and the same type, for 66 % without either.
SAME_CUT = math.log(1.15)


def similar_products(product: Product, *, limit: int = 12, colour: str | None = None) -> list[Result]:
    """Products that look like this one, from stored vectors: no model runs. Empty before it has any.

    colour: only products that have it.
    """
    shown = _shown(product)
    others = Product.objects.filter(colours__contains=[colour]) if colour else Product.objects.all()
    return _most_like(*shown, others, limit=limit) if shown else []


def related_products(product: Product, *, limit: int) -> tuple[list[Result], list[Result]]:
    """`similar_products` with those of its garment type first; and the most similar in each other colour.

    Those in another colour have its garment type and about its proportions, and are not only weakly similar.
    """
    found = _shown(product)
    if found is None:
        return [], []
    _, stored = found
    nearest = _most_like(product, stored, Product.objects.all(), limit=CANDIDATES)
    similar = prefer_matching_type(nearest, garment_type=stored.garment_type, encoder=stored.encoder_id)[:limit]
    return similar, _in_other_colours(product, stored)


def _in_other_colours(product: Product, stored: GarmentEmbedding) -> list[Result]:
    """The nearest of each other main colour that has the same garment type and cut."""
    if not product.colours or not stored.garment_type:
        return []
    others = Product.objects.exclude(colours=[]).exclude(colours__0=product.colours[0])
    cut = _proportions(stored.box, stored.image)
    nearest: dict[str, Result] = {}
    for result in _most_like(product, stored, others, limit=CANDIDATES):
        if stored.garment_type not in result.shared or result.match == WEAK:
            continue
        has_same_proportions = abs(_proportions(result.matched_box, result.matched_image) - cut) <= SAME_CUT
        if has_same_proportions and are_of_one_kind(product.name, result.product.name, stored.garment_type):
            nearest.setdefault(result.product.colours[0], result)
    return list(nearest.values())


def _proportions(box: Sequence[float], image: ProductImage) -> float:
    return proportions(box, (image.width, image.height))


def _shown(product: Product) -> tuple[Product, GarmentEmbedding] | None:
    """The product and its stored garment, None before it has any."""
    encoder = Encoder.objects.serving()
    stored = (
        GarmentEmbedding.objects.of(encoder).select_related("encoder", "image").representative_of(product)
        if encoder
        else None
    )
    return (product, stored) if stored else None


def _most_like(product: Product, stored: GarmentEmbedding, others: ProductQuerySet, *, limit: int) -> list[Result]:
    garment_type = stored.garment_type or None
    search = NearestGarments(
        stored.vector,
        encoder=stored.encoder,
        products=others.visible().exclude(pk=product.pk),
        garment_type=garment_type,
    )
    return results_of(
        search.page(limit=limit),
        stored.encoder,
        colours=tuple(product.colours),
        garment_type=garment_type,
        category=product.category,
    )


def complementary_products(product: Product, *, limit: int = 8) -> list[Result]:
    """Products of other garment types that go with this one."""
    encoder = Encoder.objects.serving()
    return results_of(complementary_neighbours(product, encoder, limit=limit), encoder, colours=()) if encoder else []
