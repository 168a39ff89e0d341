"""What goes with a garment: which types are worn together, and which colours get along.

What this can know: how often people in street photos wear one type with another (816 photos of Clothing Co-Parsing,
counted from their masks), and the main colours of every garment. What it cannot know: season, occasion, fit, taste, or
what this shop's customers buy together. It fills a shelf; it does not advise.
"""

from __future__ import annotations

from django.db.models import Q

from catalogue.models import Category, Product
from search.models import Encoder, GarmentEmbedding
from search.retrieval.nearest import Neighbour

# Share of the street photos showing the first type that also show the second; shares under 0.10 left out.
WORN_WITH: dict[str, dict[str, float]] = {
    "top": {"footwear": 0.97, "bag": 0.69, "trousers": 0.59, "outerwear": 0.55, "skirt": 0.20, "headwear": 0.11},
    "outerwear": {"footwear": 0.97, "bag": 0.69, "top": 0.67, "trousers": 0.57, "dress": 0.21, "skirt": 0.17},
    "dress": {"footwear": 0.97, "bag": 0.72, "outerwear": 0.42},
    "trousers": {"footwear": 0.96, "top": 0.82, "bag": 0.65, "outerwear": 0.64, "headwear": 0.13},
    "shorts": {"footwear": 1.0, "top": 0.86, "bag": 0.72, "outerwear": 0.53},
    "skirt": {"footwear": 0.99, "top": 0.84, "bag": 0.76, "outerwear": 0.55},
    "footwear": {"top": 0.70, "bag": 0.69, "outerwear": 0.56, "trousers": 0.50, "dress": 0.28, "skirt": 0.17},
    "bag": {"footwear": 0.97, "top": 0.69, "outerwear": 0.56, "trousers": 0.47, "dress": 0.29, "skirt": 0.18},
    "headwear": {"footwear": 0.95, "top": 0.73, "outerwear": 0.68, "trousers": 0.67, "bag": 0.62},
}
WORN_WITH["jumpsuit"] = WORN_WITH["swimwear"] = WORN_WITH["dress"]  # seldom in those photos; worn alone likewise

NEUTRALS = ("black", "white", "grey", "beige", "brown")
# The colour itself, its neighbours on the colour circle and its opposite (Itten, The Art of Color, 1961).
HARMONIES = {
    "red": ("red", "pink", "blue", "green"),
    "orange": ("orange", "yellow", "blue", "brown"),
    "yellow": ("yellow", "orange", "purple", "blue"),
    "green": ("green", "blue", "red", "brown"),
    "blue": ("blue", "orange", "white", "red"),
    "purple": ("purple", "pink", "yellow"),
    "pink": ("pink", "red", "purple", "green"),
}
PER_TYPE = 2


def complementary_neighbours(product: Product, encoder: Encoder, *, limit: int) -> list[Neighbour]:
    """Up to `limit` products of types worn with this one's, in colours that get along; two of a type, likeliest first.

    `distance` is 0: nothing is compared.
    """
    stored = GarmentEmbedding.objects.of(encoder).representative_of(product)
    if stored is None:
        return []
    types = [stored.garment_type] if stored.garment_type else list(product.category.garment_types[:1])
    found: list[Neighbour] = []
    for garment_type in WORN_WITH.get(types[0], {}) if types else ():
        if len(found) >= limit:
            break
        found += _of_type(garment_type, product, encoder)
    return found[:limit]


def _of_type(garment_type: str, product: Product, encoder: Encoder) -> list[Neighbour]:
    categories = Category.objects.filter(garment_types__contains=[garment_type])
    candidates = Product.objects.visible().filter(category__in=categories, category__garment_types__0=garment_type)
    # Starting at the product's own place gives every product another choice, and always the same.
    candidates = candidates.filter(_colours_for(product)).exclude(pk=product.pk)
    chosen = list(candidates.filter(pk__gt=product.pk).order_by("pk")[:PER_TYPE])
    chosen += list(candidates.filter(pk__lt=product.pk).order_by("pk")[: PER_TYPE - len(chosen)])
    rows = GarmentEmbedding.objects.of(encoder).filter(product__in=chosen).order_by("image__position", "-ordinal")
    first: dict[int, GarmentEmbedding] = {}
    for row in rows.defer("vector"):
        first.setdefault(row.product_id, row)
    return [
        Neighbour(row.product_id, row.image_id, row.ordinal, row.garment_type, tuple(row.box), 0.0)
        for row in first.values()
    ]


def _colours_for(product: Product) -> Q:
    """Neutrals go with everything; a strong colour goes with neutrals and its harmonies."""
    main = product.colours[0] if product.colours else ""
    wanted = (*NEUTRALS, *HARMONIES.get(main, ()))
    if not product.colours or main in NEUTRALS:
        return Q()
    return Q(colours__0__in=wanted)
