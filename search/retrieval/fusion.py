"""A photo and words together: two rankings made one by reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009).

Words narrow: every result holds them, and there are exactly as many as without fusion. Among the FUSED nearest of
those, the order is by the sum of 1 / (SMOOTHING + rank) over the two rankings: how near the garment is, and how well
the words fit (one in the name counts more than one in the description). Products that the words fit equally well share
their mean rank, so where words tell nothing apart, the order is that of the distances. Past the FUSED nearest it is so
too: a product that hardly resembles the photo is not made a good answer by its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalogue.querysets import ProductQuerySet
from search.retrieval.nearest import NearestGarments, NearestPage, Neighbour, nearest_pages

FUSED = 200
SMOOTHING = 60  # the paper's: no single first place outweighs a good place in both


def fused_pages(
    searches: Sequence[NearestGarments], products: ProductQuerySet, *, limit: int, offset: int
) -> list[NearestPage]:
    """The same page of each search's fused list: exactly min(limit, matching products - offset) neighbours.

    products: what the words left, annotated with `rank`, more being better; the searches are among them.
    """
    if offset >= FUSED:
        return nearest_pages(searches, limit=limit, offset=offset)
    nearest = nearest_pages(searches, limit=FUSED)
    ranks = _text_ranks(products, {one.product_id for page in nearest for one in page.neighbours})
    pages = [fuse(page.neighbours, ranks)[offset : offset + limit] for page in nearest]
    if offset + limit > FUSED:
        further = nearest_pages(searches, limit=offset + limit - FUSED, offset=FUSED, counted=False)
        pages = [[*page, *more.neighbours] for page, more in zip(pages, further, strict=True)]
    return [NearestPage(page, each.count) for page, each in zip(pages, nearest, strict=True)]


def _text_ranks(products: ProductQuerySet, ids: set[int]) -> dict[int, float]:
    ranked = products.filter(pk__in=ids).order_by()
    return dict(ranked.values_list("pk", "rank"))  # type: ignore[misc]  # `rank` is annotated by `matching_text`


def fuse(nearest: Sequence[Neighbour], text_ranks: Mapping[int, float]) -> list[Neighbour]:
    """`nearest`, in the order of its own ranking and that of the texts together."""
    by_text = mean_ranks([text_ranks.get(one.product_id, 0.0) for one in nearest])
    by_distance = mean_ranks([-one.distance for one in nearest])
    scores = [1 / (SMOOTHING + text) + 1 / (SMOOTHING + near) for text, near in zip(by_text, by_distance, strict=True)]
    order = sorted(range(len(nearest)), key=lambda place: (-scores[place], place))
    return [nearest[place] for place in order]


def mean_ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value from 1, the largest first; equal ones share the mean of their places."""
    order = sorted(range(len(values)), key=lambda place: -values[place])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + 1 + end) / 2
        start = end
    return ranks
