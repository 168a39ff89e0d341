"""The nearest garments: pgvector through search.nearest, beside FAISS, hnswlib and exact SQL, in one run.

    python -m benchmarks.nearest --rows 1000000 --dimensions 256 --json nearest.json

For each way: recall@10 of products against exact distances, p50 and p95 of one query in milliseconds, short pages, and
what its index costs to build and to hold. For ours also at filter selectivities from all to one in ten thousand.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np

from benchmarks.scratch_database import load_products, load_vectors, scratch_database
from benchmarks.vectors import PHOTOS, garment_vectors, query_vectors

SELECTIVITIES = (1.0, 0.1, 0.01, 0.001, 0.0001)
TOP = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="garment vectors (default %(default)s)")
    parser.add_argument("--dimensions", type=int, default=256, help="as the bundled encoder's (default %(default)s)")
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    vectors = garment_vectors(args.rows, args.dimensions)
    queries = query_vectors(vectors, args.queries)
    report = {
        "rows": args.rows,
        "dimensions": args.dimensions,
        "queries": args.queries,
        "machine": platform.processor(),
    }
    with scratch_database():
        report["ours"] = measure_ours(vectors, queries)
    report["in process"] = measure_libraries(vectors, queries)
    text = json.dumps(report, indent=2)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")


def exact_products(vectors: np.ndarray, query: np.ndarray, passes: np.ndarray | None = None) -> list[int]:
    """The TOP product numbers by float32 distances over everything, of those whose number `passes`."""
    similarity = _similarity(vectors, query)
    products = similarity[: len(similarity) // PHOTOS * PHOTOS].reshape(-1, PHOTOS).max(axis=1)
    if passes is not None:
        products = np.where(passes, products, -np.inf)
    top = np.argpartition(-products, TOP)[:TOP]
    return [int(number) for number in top[np.argsort(-products[top])] if np.isfinite(products[number])]


def _similarity(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    blocks = range(0, len(vectors), 100_000)
    return np.concatenate([vectors[start : start + 100_000].astype(np.float32) @ query for start in blocks])


def measure_ours(vectors: np.ndarray, queries: np.ndarray) -> dict:
    from search import indexes
    from search.models import Encoder

    products = len(vectors) // PHOTOS
    started = time.perf_counter()
    load_products(products, photos=PHOTOS)
    encoder = Encoder.objects.create(
        name="benchmark", dimensions=vectors.shape[1], fingerprint="0" * 16, is_serving=True
    )
    load_vectors(vectors, encoder.pk, photos=PHOTOS)
    loaded = time.perf_counter()
    indexes.create_index(encoder)
    built = time.perf_counter()
    indexes.analyse()
    found = {
        "load_s": round(loaded - started, 1),
        "build_s": round(built - loaded, 1),
        "index_mb": round(_one(f"SELECT pg_relation_size('{indexes.index_name(encoder)}')") / 1e6),
        "table_mb": round(_one("SELECT pg_table_size('search_garmentembedding')") / 1e6),
    }
    for selectivity in SELECTIVITIES:
        found[f"selectivity {selectivity}"] = measure_filter(vectors, queries, encoder, selectivity)
    found["exact SQL, unfiltered"] = measure_filter(vectors, queries[:10], encoder, 1.0, exact_rows=10**12)
    found["inserts_per_s"] = measure_inserts(vectors, encoder)
    return found


def measure_filter(vectors, queries, encoder, selectivity: float, **options) -> dict:
    """Recall, times and short pages for products whose price is among the lowest `selectivity` of all."""
    from catalogue.models import Product
    from search.nearest import NearestGarments

    count = len(vectors) // PHOTOS
    bound = max(1, round(count * selectivity))
    allowed = Product.objects.visible().filter(price__lt=bound) if selectivity < 1 else Product.objects.visible()
    passes = (np.arange(1, count + 1) * 7919) % count < bound if selectivity < 1 else None
    times, hits, possible, short, is_exact = [], 0, 0, 0, None
    for number, query in enumerate([queries[0], *queries]):  # the first one warms up
        started = time.perf_counter()
        search = NearestGarments(query, encoder=encoder, products=allowed, **options)
        page = search.page(limit=TOP)
        elapsed = 1000 * (time.perf_counter() - started)
        if number == 0:
            is_exact = search.is_exact
            continue
        times.append(elapsed)
        true = exact_products(vectors, query, passes)
        hits += len({neighbour.product_id - 1 for neighbour in page} & set(true))
        possible += len(true)
        short += len(page) < min(TOP, bound)
    return _figures(times, hits / possible) | {"short_pages": short, "way": "exact" if is_exact else "index"}


def measure_inserts(vectors: np.ndarray, encoder) -> float:
    """Rows a second into the table with its index, by the ORM's bulk_create as embed_catalogue does it."""
    from pgvector import HalfVector

    from search.models import GarmentEmbedding

    rows = [
        GarmentEmbedding(
            image_id=1 + number, encoder=encoder, ordinal=7, product_id=1 + number // PHOTOS, box=[0, 0, 1, 1], score=1,
            pixels_sha256="0" * 64, fingerprint="made", vector=HalfVector(vectors[-1 - number].astype(np.float32)),
        )
        for number in range(min(1000, len(vectors) // 2))
    ]  # fmt: skip
    started = time.perf_counter()
    GarmentEmbedding.objects.bulk_create(rows, batch_size=100)
    return round(len(rows) / (time.perf_counter() - started))


def measure_libraries(vectors: np.ndarray, queries: np.ndarray) -> dict:
    """The same queries in this process, vectors in memory and nothing else: no filter, no join, no transaction."""
    try:
        import faiss
    except ImportError:
        return {"skipped": "pip install faiss-cpu to compare"}
    full = vectors.astype(np.float32)
    found = {}
    for name, index in {
        "FAISS HNSW": faiss.IndexHNSWFlat(full.shape[1], 16, faiss.METRIC_INNER_PRODUCT),
        "FAISS flat": faiss.IndexFlatIP(full.shape[1]),
    }.items():
        if "HNSW" in name:
            index.hnsw.efConstruction, index.hnsw.efSearch = 96, 120
        started = time.perf_counter()
        index.add(full)
        found[name] = {"build_s": round(time.perf_counter() - started, 1)}
        found[name] |= _measure(lambda query, index=index: index.search(query[None], 4 * TOP)[1][0], vectors, queries)
    return found | _measure_hnswlib(full, vectors, queries)


def _measure_hnswlib(full: np.ndarray, vectors: np.ndarray, queries: np.ndarray) -> dict:
    try:
        import hnswlib
    except ImportError:
        return {"hnswlib": {"skipped": "pip install hnswlib to compare"}}
    index = hnswlib.Index(space="ip", dim=full.shape[1])
    index.init_index(max_elements=len(full), M=16, ef_construction=96)
    started = time.perf_counter()
    index.add_items(full)
    found = {"build_s": round(time.perf_counter() - started, 1)}
    index.set_ef(120)
    return {"hnswlib": found | _measure(lambda query: index.knn_query(query, 4 * TOP)[0][0], vectors, queries)}


def _measure(ask, vectors: np.ndarray, queries: np.ndarray) -> dict:
    times, hits = [], 0
    ask(queries[0])
    for query in queries:
        started = time.perf_counter()
        rows = ask(query)
        times.append(1000 * (time.perf_counter() - started))
        products = list(dict.fromkeys(int(row) // PHOTOS for row in rows))[:TOP]
        hits += len(set(products) & set(exact_products(vectors, query)))
    return _figures(times, hits / (TOP * len(queries)))


def _figures(times: list[float], recall: float) -> dict:
    p50, p95 = (round(float(np.percentile(times, q)), 2) for q in (50, 95))
    return {"recall_at_10": round(recall, 4), "p50_ms": p50, "p95_ms": p95}


def _one(query: str):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


if __name__ == "__main__":
    main()
