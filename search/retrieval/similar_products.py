"""What a product's page shows beside it: from stored vectors, no model runs."""

from __future__ import annotations

from catalogue.models import Product
from catalogue.querysets import ProductQuerySet
from search.answers import WEAK, Result
from search.models import Encoder, GarmentEmbedding
from search.retrieval.complementary import complementary_neighbours
from search.retrieval.nearest import NearestGarments
from search.retrieval.rerank import prefer_matching_type
from search.retrieval.results import results_of

CANDIDATES = 100  # of the nearest: of the product's kind, or of another colour


def similar_products(product: Product, *, limit: int = 12, colour: str | None = None) -> list[Result]:
    """Products that look like this one, from stored vectors: no model runs. Empty before it has any.

    colour: only products that have it.
    """
    shown = _shown(product)
    others = Product.objects.filter(colours__contains=[colour]) if colour else Product.objects.all()
    return _most_like(*shown, others, limit=limit) if shown else []


def related_products(product: Product, *, limit: int) -> tuple[list[Result], list[Result]]:
    """`similar_products` with those of its kind first, and this in another colour: of each the product most like it.

    None is called so that is only weakly alike.
    """
    shown = _shown(product)
    if shown is None:
        return [], []
    kind, encoder = shown[1].garment_type, shown[1].encoder_id
    similar = prefer_matching_type(
        _most_like(*shown, Product.objects.all(), limit=CANDIDATES), garment_type=kind, encoder=encoder
    )[:limit]
    nearest: dict[str, Result] = {}
    if product.colours:
        others = Product.objects.exclude(colours=[]).exclude(colours__0=product.colours[0])
        for result in _most_like(*shown, others, limit=CANDIDATES):
            if result.match != WEAK:
                nearest.setdefault(result.product.colours[0], result)
    return similar, list(nearest.values())


def _shown(product: Product) -> tuple[Product, GarmentEmbedding] | None:
    """The product and its stored garment, None before it has any."""
    encoder = Encoder.objects.serving()
    stored = (
        GarmentEmbedding.objects.of(encoder).select_related("encoder").representative_of(product) if encoder else None
    )
    return stored and (product, stored)


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
