"""Made-up garment vectors at any scale, with the structure that real embeddings have.

Real garment embeddings lie in clusters (a kind of garment in a colour), several rows to a product (its photos), in a
space of which a few dozen directions carry most of the variance. So: centres drawn with a spectrum that falls as 1/i,
cluster sizes by Zipf's law, products around centres, and each product's photos around the product.
"""

from __future__ import annotations

import numpy as np

PHOTOS = 2  # vectors a product
TOP = 10  # products: recall@10
CLUSTERS_PER_VECTOR = 1 / 250
PRODUCT_SPREAD, PHOTO_SPREAD = 0.55, 0.25  # of the centres' own spread


def garment_vectors(count: int, dimensions: int, *, seed: int = 0) -> np.ndarray:
    """(count, dimensions) float16 of unit length; rows PHOTOS * p to PHOTOS * p + PHOTOS - 1 are product p's."""
    rng = np.random.default_rng(seed)
    spectrum = (1 / np.sqrt(1 + np.arange(dimensions))).astype(np.float32)
    clusters = max(8, int(count * CLUSTERS_PER_VECTOR))
    centres = rng.standard_normal((clusters, dimensions), np.float32) * spectrum
    weights = 1 / np.arange(1, clusters + 1) ** 0.8
    products = -(-count // PHOTOS)
    chosen = rng.choice(clusters, products, p=weights / weights.sum())
    vectors = np.empty((count, dimensions), np.float16)
    for start in range(0, products, 20_000):
        block = centres[chosen[start : start + 20_000]]
        block = block + PRODUCT_SPREAD * spectrum * rng.standard_normal(block.shape, np.float32)
        block = np.repeat(block, PHOTOS, axis=0)
        block += PHOTO_SPREAD * spectrum * rng.standard_normal(block.shape, np.float32)
        block /= np.linalg.norm(block, axis=1, keepdims=True)
        part = vectors[start * PHOTOS : (start + 20_000) * PHOTOS]
        part[:] = block[: len(part)]
    return vectors


def query_vectors(vectors: np.ndarray, count: int, *, seed: int = 1) -> np.ndarray:
    """(count, D) float32 of unit length: another photo of garments that are there, as a shopper's would be."""
    rng = np.random.default_rng(seed)
    spectrum = 1 / np.sqrt(1 + np.arange(vectors.shape[1]))
    chosen = vectors[rng.integers(len(vectors), size=count)].astype(np.float32)
    scale = np.linalg.norm(spectrum)  # the vectors were brought to unit length, the noise must be as well
    queries = chosen + PRODUCT_SPREAD * spectrum / scale * rng.standard_normal(chosen.shape)
    return (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)


class ExactAnswers:
    """The true nearest products of every query, by float32 distances over everything."""

    def __init__(self, vectors: np.ndarray, queries: np.ndarray) -> None:
        self.queries = queries
        self.products = len(vectors) // PHOTOS
        self._similarity = np.empty((len(queries), self.products), np.float32)  # of each product's nearest photo
        for start in range(0, self.products, 50_000):
            block = vectors[start * PHOTOS : (start + 50_000) * PHOTOS].astype(np.float32)
            block = (block[: len(block) // PHOTOS * PHOTOS] @ queries.T).reshape(-1, PHOTOS, len(queries))
            self._similarity[:, start : start + 50_000] = block.max(axis=1).T[:, : self.products - start]

    def top(self, passes: np.ndarray | None = None) -> list[list[int]]:
        """For each query the numbers of the TOP nearest products, of those that pass ((P,) bool); fewer if few do."""
        numbers = np.arange(self.products) if passes is None else np.flatnonzero(passes)
        top = min(TOP, len(numbers))
        return [numbers[np.argpartition(-row[numbers], top - 1)[:top]].tolist() for row in self._similarity]
