"""FAISS and hnswlib: vectors in this process's memory and nothing else, no filter, no join, no transaction."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cached_results import CachedResults
from benchmarks.vectors import PHOTOS, TOP, ExactAnswers

NEIGHBOURS = 4 * TOP  # rows asked for: two a product, and some whose other photo is far off


def measure_library(name: str, vectors: np.ndarray, kept: CachedResults, answers: ExactAnswers | None) -> dict:
    """Recall and times of one of LIBRARIES, with our index's own numbers; with no answers it is only built."""
    try:
        library = LIBRARIES[name](kept.folder)
    except ImportError:
        return {"skipped": "pip install faiss-cpu hnswlib to compare"}
    kept.once(name, lambda: library.build(vectors))
    if answers is None:
        return {}
    library.load(vectors)
    library.ask(answers.queries[0])  # all of it is in memory: one is enough to warm up
    times, hits = [], 0
    for query, true in zip(answers.queries, answers.top(), strict=True):
        started = time.perf_counter()
        rows = library.ask(query)
        times.append(1000 * (time.perf_counter() - started))
        products = list(dict.fromkeys(int(row) // PHOTOS for row in rows))[:TOP]
        hits += len(set(products) & set(true))
    p50, p95 = (round(float(np.percentile(times, q)), 2) for q in (50, 95))
    return {"recall_at_10": round(hits / (TOP * len(times)), 4), "p50_ms": p50, "p95_ms": p95}


class FaissHnsw:
    def __init__(self, folder: Path):
        import faiss

        self.faiss, self.path = faiss, folder / "faiss-hnsw.index"
        self.index: Any = None

    def build(self, vectors: np.ndarray) -> None:
        from search.retrieval.indexes import EF_CONSTRUCTION, M

        index = self.faiss.IndexHNSWFlat(vectors.shape[1], M, self.faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = EF_CONSTRUCTION
        _add(index.add, vectors)
        self.faiss.write_index(index, str(self.path))

    def load(self, vectors: np.ndarray) -> None:
        from search.retrieval.nearest_sql import EF_SEARCH

        self.index = self.faiss.read_index(str(self.path))
        self.index.hnsw.efSearch = EF_SEARCH

    def ask(self, query: np.ndarray) -> np.ndarray:
        return self.index.search(query[None], NEIGHBOURS)[1][0]


class FaissFlat(FaissHnsw):
    def build(self, vectors: np.ndarray) -> None:
        """Nothing: the vectors are the index."""

    def load(self, vectors: np.ndarray) -> None:
        self.index = self.faiss.IndexFlatIP(vectors.shape[1])
        _add(self.index.add, vectors)


class Hnswlib:
    def __init__(self, folder: Path):
        import hnswlib

        self.hnswlib, self.path = hnswlib, folder / "hnswlib.index"
        self.index: Any = None

    def build(self, vectors: np.ndarray) -> None:
        from search.retrieval.indexes import EF_CONSTRUCTION, M

        index = self.hnswlib.Index(space="ip", dim=vectors.shape[1])
        index.init_index(max_elements=len(vectors), M=M, ef_construction=EF_CONSTRUCTION)
        _add(index.add_items, vectors)
        index.save_index(str(self.path))

    def load(self, vectors: np.ndarray) -> None:
        from search.retrieval.nearest_sql import EF_SEARCH

        self.index = self.hnswlib.Index(space="ip", dim=vectors.shape[1])
        self.index.load_index(str(self.path))
        self.index.set_ef(EF_SEARCH)

    def ask(self, query: np.ndarray) -> np.ndarray:
        return self.index.knn_query(query, NEIGHBOURS)[0][0]


def _add(add: Any, vectors: np.ndarray) -> None:
    for start in range(0, len(vectors), 100_000):
        add(np.ascontiguousarray(vectors[start : start + 100_000], np.float32))


LIBRARIES: dict[str, Any] = {"FAISS HNSW": FaissHnsw, "FAISS flat": FaissFlat, "hnswlib": Hnswlib}
