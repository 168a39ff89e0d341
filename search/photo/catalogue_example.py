"""The home page's example where the sample catalogue's scenes are not there: a product photo of the shop's own."""

from __future__ import annotations

from typing import NamedTuple

from django.core.cache import cache

from catalogue.models import Product, ProductImage
from catalogue.thumbnails import fills_frame
from search.models import Encoder, GarmentEmbedding
from search.retrieval.similar_products import similar_products

NEWEST = 200  # garments among which the example is chosen
CACHE_SECONDS = 600
SHOWN = 4
MIN_SHOWN = 2
TELLING_AREA = (0.12, 0.75)  # share of the photo: a garment that is neither lost in it nor all of it


class CatalogueExample(NamedTuple):
    """A product photo with a garment found in it, and the products most similar to it. x, y: pixels of the photo."""

    image: ProductImage
    x: float
    y: float
    similar: list[Product]

    @property
    def dot(self) -> float:
        return max(self.image.width, self.image.height) / 40

    @property
    def fills_frame(self) -> bool:
        """Whether it is shown cut to the frame, as the template tag `picture` decides it."""
        return fills_frame(self.image)

    @property
    def inner_dot(self) -> float:
        return self.dot * 0.42


def catalogue_example() -> CatalogueExample | None:
    """A garment of the newest products and what is most similar to it; None before there is anything to show."""
    chosen = cache.get("catalogue-example")
    if chosen is None:
        chosen = _chosen() or {}
        cache.set("catalogue-example", chosen, CACHE_SECONDS)
    images = ProductImage.objects.filter(product__is_active=True)
    image = images.filter(pk=chosen.get("image")).first() if chosen else None
    products = Product.objects.visible().for_cards().in_bulk(chosen.get("similar", []))
    similar = [products[pk] for pk in chosen.get("similar", []) if pk in products]
    if image is None or len(similar) < MIN_SHOWN:
        return None
    x0, y0, x1, y1 = chosen["box"]
    return CatalogueExample(image, (x0 + x1) / 2 * image.width, (y0 + y1) / 2 * image.height, similar)


def _chosen() -> dict | None:
    """The ids of the photo and the similar products, and the garment's box in 0..1."""
    encoder = Encoder.objects.serving()
    if encoder is None:
        return None
    garments = GarmentEmbedding.objects.of(encoder).filter(ordinal__gte=1, product__is_active=True, image__position=0)
    newest = list(garments.exclude(garment_type="").select_related("image", "product").order_by("-product_id")[:NEWEST])
    for garment in sorted(newest, key=_suitability, reverse=True)[:SHOWN]:
        similar = [result.product.pk for result in similar_products(garment.product, limit=SHOWN)]
        if len(similar) >= MIN_SHOWN:
            return {"image": garment.image_id, "box": list(garment.box), "similar": similar}
    return None


def _suitability(garment: GarmentEmbedding) -> tuple[bool, bool, float]:
    """Portraits with a garment of a telling size first, then the surest."""
    x0, y0, x1, y1 = garment.box
    least, most = TELLING_AREA
    is_portrait = garment.image.height > garment.image.width
    return is_portrait, least <= (x1 - x0) * (y1 - y0) <= most, garment.score
