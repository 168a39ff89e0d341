"""How well the catalogue finds itself: every photo of a product with several is asked for the others.

Leave one image out: the query is the garment of one photo, as stored; its own photo's rows are taken out of the
catalogue; what should come first is the same product. Exact distances in NumPy, so that the index is measured too.
The vectors lie in a temporary file: in memory are the rows' numbers, 24 bytes each, and the distances of some queries.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import NamedTuple

import numpy as np

from catalogue.models import Product, ProductImage
from search import services
from search.evaluation.match_strength import measure_match_strength
from search.models import Encoder, GarmentEmbedding
from search.retrieval.nearest import NearestGarments

RANKS = (1, 5, 10)
MATCHED_SAMPLE = 300  # garments whose matches are judged
BLOCK_DISTANCES = 25_000_000  # of all queries at once, 100 MB
CHUNK = 10_000  # rows that are read, or compared, at once
STAGES = ("decode", "detect", "embed", "search", "total")


@dataclass(slots=True)
class Gallery:
    """Every stored vector of one encoder. Rows R; vectors (R, D) float16 of about unit length, the rest (R,) int64."""

    vectors: np.ndarray
    images: np.ndarray
    products: np.ndarray
    ordinals: np.ndarray

    def distances(self, rows: np.ndarray) -> np.ndarray:
        """(len(rows), R) float32: the cosine distances of these rows to all."""
        asked = _unit(self.vectors[rows])
        found = np.empty((len(rows), len(self.vectors)), np.float32)
        for start in range(0, len(self.vectors), CHUNK):
            found[:, start : start + CHUNK] = 1 - asked @ _unit(self.vectors[start : start + CHUNK]).T
        return found


class Row(NamedTuple):
    """A stored garment."""

    image: int
    ordinal: int


class Miss(NamedTuple):
    """A garment whose own product was not the nearest: what came first instead, and the best of its own."""

    asked: Row
    wrong: Row
    own: Row
    rank: int
    wrong_distance: float
    own_distance: float


@dataclass(slots=True)
class Evaluation:
    """What was measured. Shares are 0..1; latency is {stage: {"p50": ms, "p95": ms}}."""

    encoder: str
    queries: int
    products: int
    rows: int
    recall: dict[str, float]
    mean_average_precision: float
    ann_recall_at_10: float
    latency_ms: dict[str, dict[str, float]]
    seconds: float
    misses: list[Miss] = field(default_factory=list)  # worst rank first
    same: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    match_strength: dict[str, dict[str, float]] = field(default_factory=dict)  # {word: {"matches", "precision"}}

    def as_dict(self) -> dict:
        """The figures, shares to four digits, without the lists that the pictures are made of."""
        figures = {key: value for key, value in asdict(self).items() if key not in ("misses", "same", "other")}
        shares = ("mean_average_precision", "ann_recall_at_10")
        return (
            figures
            | {"recall": {rank: round(share, 4) for rank, share in self.recall.items()}}
            | {name: round(figures[name], 4) for name in shares}
        )


def evaluate(encoder: Encoder, *, sample: int, photos: int = 40, seed: int = 0) -> Evaluation:
    """Searches with at most `sample` photos, times `photos` whole searches. Raises NotReady with nothing to ask."""
    started = time.perf_counter()
    gallery = load_gallery(encoder)
    queries = _queries(gallery, sample, seed)
    if not len(queries):
        raise services.NotReady("No product has two photos with embeddings: there is nothing to leave out and find.")
    products = len(np.unique(gallery.products))
    found = Evaluation(encoder.pk, len(queries), products, len(gallery.images), {}, 0, 0, {}, 0)
    ranks, precisions = [], []
    for query, distances in _distances(gallery, queries):
        rank, precision = _judge(gallery, query, distances, found)
        ranks.append(rank)
        precisions.append(precision)
    found.recall = {f"@{k}": float(np.mean(np.array(ranks) <= k)) for k in RANKS}
    found.mean_average_precision = float(np.mean(precisions))
    found.misses.sort(key=lambda miss: -miss.rank)
    found.ann_recall_at_10 = ann_recall(gallery, queries[:: max(1, len(queries) // 200)], encoder)
    found.match_strength = measure_match_strength(encoder, sample=MATCHED_SAMPLE)
    found.latency_ms = latency(photos, seed)
    found.seconds = round(time.perf_counter() - started, 1)
    return found


def load_gallery(encoder: Encoder) -> Gallery:
    """All visible rows of the encoder."""
    rows = GarmentEmbedding.objects.of(encoder).filter(product__is_active=True).order_by("image_id", "ordinal")
    read = rows.values_list("vector", "image_id", "product_id", "ordinal").iterator(chunk_size=CHUNK)
    numbers = [np.empty((0, 3), np.int64)]
    with tempfile.TemporaryFile() as file:
        while chunk := list(islice(read, CHUNK)):
            np.array([row[0] for row in chunk], np.float32).astype(np.float16).tofile(file)
            numbers.append(np.array([row[1:] for row in chunk], np.int64))
        columns = np.concatenate(numbers)
        shape = (len(columns), encoder.dimensions)
        vectors = np.memmap(file, np.float16, "r", shape=shape) if len(columns) else np.empty(shape, np.float16)
    return Gallery(vectors, *np.ascontiguousarray(columns.T))


def _unit(vectors: np.ndarray) -> np.ndarray:
    """(N, D) float32 of unit length."""
    vectors = vectors.astype(np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _queries(gallery: Gallery, sample: int, seed: int) -> np.ndarray:
    """Row numbers to ask with: of each photo its surest garment, else the whole; of products with several photos."""
    first_of_image = np.unique(gallery.images, return_index=True)[1]
    products, photos = np.unique(gallery.products[first_of_image], return_counts=True)
    rows = np.flatnonzero(np.isin(gallery.products, products[photos > 1]) & (gallery.ordinals <= 1))
    of_image = gallery.images[rows]
    rows = rows[np.append(of_image[1:] != of_image[:-1], True)[: len(rows)]]  # the last of each image
    rng = np.random.default_rng(seed)
    return rows if len(rows) <= sample else np.sort(rng.choice(rows, sample, replace=False))


def _distances(gallery: Gallery, queries: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """(query row, distances (R,) with its own photo's rows at infinity) for each."""
    at_once = max(1, BLOCK_DISTANCES // len(gallery.images))
    for start in range(0, len(queries), at_once):
        block = queries[start : start + at_once]
        for query, distances in zip(block, gallery.distances(block), strict=True):
            distances[gallery.images == gallery.images[query]] = np.inf
            yield query, distances


def _judge(gallery: Gallery, query: int, distances: np.ndarray, found: Evaluation) -> tuple[int, float]:
    """The rank of the query's product, and the average precision of its other photos; notes distances and misses."""
    own = gallery.products == gallery.products[query]
    nearest_own, other = distances[own].min(), np.where(own, np.inf, distances)
    closer = np.unique(gallery.products[other < nearest_own])
    rank = 1 + len(closer)
    found.same.append(float(nearest_own))
    found.other.append(float(other.min()))
    if rank > 1:
        rows = (query, other.argmin(), np.where(own, distances, np.inf).argmin())
        asked, wrong, best = (Row(int(gallery.images[row]), int(gallery.ordinals[row])) for row in rows)
        found.misses.append(Miss(asked, wrong, best, rank, found.other[-1], found.same[-1]))
    return rank, _average_precision(gallery, own, distances)


def _average_precision(gallery: Gallery, own: np.ndarray, distances: np.ndarray) -> float:
    """Over photos, each at its nearest row; relevant are the product's others."""
    relevant = np.array([distances[own & (gallery.images == image)].min() for image in np.unique(gallery.images[own])])
    relevant = np.sort(relevant[np.isfinite(relevant)])
    wrong = ~own & (distances <= relevant[-1])
    by_photo: dict[int, float] = {}
    for image, distance in zip(gallery.images[wrong], distances[wrong], strict=True):
        by_photo[image] = min(distance, by_photo.get(image, np.inf))
    before = np.searchsorted(np.sort(list(by_photo.values())), relevant) if by_photo else np.zeros(len(relevant))
    hits = np.arange(1, len(relevant) + 1)
    return float(np.mean(hits / (hits + before)))


def ann_recall(gallery: Gallery, queries: np.ndarray, encoder: Encoder) -> float:
    """Recall@10 of the way through the index against exact distances, products compared."""
    shares = []
    for query in queries:
        (distances,) = gallery.distances(np.array([query]))
        order = gallery.products[np.argsort(distances, kind="stable")[:400]]
        true = set(list(dict.fromkeys(order.tolist()))[:10])
        search = NearestGarments(
            _unit(gallery.vectors[[query]])[0], encoder=encoder, products=Product.objects.visible(), exact_rows=0
        )
        given = {neighbour.product_id for neighbour in search.page(limit=len(true))}
        shares.append(len(true & given) / len(true))
    return float(np.mean(shares))


def latency(photos: int, seed: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each stage of whole searches with catalogue photos, one at a time."""
    ids = list(ProductImage.objects.values_list("pk", flat=True)[:100_000])
    chosen = np.random.default_rng(seed).permutation(ids)[: photos + 1]
    timings = []
    for image in ProductImage.objects.filter(pk__in=[int(pk) for pk in chosen]):
        with image.file.open("rb") as file:
            answer = services.search_photo(photo=file.read())
        services.delete_photo(answer.query)
        timings.append([answer.timing[stage] for stage in STAGES])
    measured = np.array(timings[1:] or timings)  # the first one loads the models
    return {
        stage: {f"p{q}": round(float(np.percentile(measured[:, column], q)), 1) for q in (50, 95)}
        for column, stage in enumerate(STAGES)
    }
