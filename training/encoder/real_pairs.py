"""The question that encoders are chosen by: does a real photo of a product find its other photos?

Leave one photo out, as `manage.py evaluate_search` does: each photo of a product with several asks among all photos,
its own left out. The gallery holds the other colours of the same garment, the other products of the split, and photos
of single garments of other origin. Of every photo of a product the gallery has the garment and the whole photo.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from search.vision.crops import Crop
from training.encoder.real_views import RealView

Encode = Callable[[Sequence[Crop]], np.ndarray]


@dataclass(frozen=True)
class RealVectors:
    """Unit vectors of the views' garments and whole photos, both in the views' order, and of the distractors."""

    garments: np.ndarray
    wholes: np.ndarray
    distractors: np.ndarray


def real_vectors(views: Sequence[RealView], distractors: Sequence[Crop], encode: Encode) -> RealVectors:
    """Returns all vectors that the question needs; `encode` takes crops and returns (N, D) unit vectors."""
    return RealVectors(encode([v.crop for v in views]), encode([v.whole for v in views]), encode(distractors))


def real_ranks(vectors: RealVectors, views: Sequence[RealView]) -> tuple[np.ndarray, list[RealView]]:
    """Returns for each photo that can ask how many products are nearer than its own (0 is best), and those photos."""
    numbers = {name: number for number, name in enumerate(sorted({view.product for view in views}))}
    of_view = np.array([numbers[view.product] for view in views])
    others = len(numbers) + np.arange(len(vectors.distractors))
    rows = np.concatenate([vectors.garments, vectors.wholes, vectors.distractors])
    products = np.concatenate([of_view, of_view, others])
    photos = np.concatenate([np.arange(len(views))] * 2 + [len(views) + np.arange(len(others))])
    counts = Counter(view.product for view in views)
    asking = [index for index, view in enumerate(views) if counts[view.product] > 1]
    return np.array([_rank(rows, products, photos, index) for index in asking]), [views[i] for i in asking]


def _rank(rows: np.ndarray, products: np.ndarray, photos: np.ndarray, query: int) -> int:
    scores = rows @ rows[query]
    scores[photos == photos[query]] = -np.inf
    own = products == products[query]
    return len(np.unique(products[~own & (scores > scores[own].max())]))
