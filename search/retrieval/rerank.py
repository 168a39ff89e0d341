"""Of a garment's kind first: how the photo page puts a list in order, where a category cannot tell what a product is.

Plus Size or Swimwear hold many kinds, so that among a skirt's nearest there are trousers. Products that were seen as
the kind on any of their photos come first there. The search and the API stay as they are, in the order of distance:
the detector errs, and what it took for something else must not be lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from search.answer_types import Result
from search.models import GarmentEmbedding
from search.retrieval.nearest_sql import NEAR_DUPLICATE_DISTANCE


def prefer_matching_type(results: Sequence[Result], *, garment_type: str | None, encoder: str) -> list[Result]:
    """The results with those at the end that only their category lets pass for the type, each part in its order.

    Whatever is almost the same keeps its place.
    """
    doubtful = {result.product.pk for result in results if garment_type and _is_doubtful(result)}
    if not doubtful:
        return list(results)
    seen = GarmentEmbedding.objects.of(encoder).filter(product__in=doubtful, garment_type=garment_type)
    doubtful -= set(seen.values_list("product_id", flat=True))
    return sorted(results, key=lambda result: result.product.pk in doubtful)


def _is_doubtful(result: Result) -> bool:
    return len(result.product.category.garment_types) != 1 and result.distance >= NEAR_DUPLICATE_DISTANCE
