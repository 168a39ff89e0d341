"""The nearest garments: pgvector through search.retrieval.nearest, beside FAISS, hnswlib and exact SQL, in one run.

    python -m benchmarks.nearest --rows 10000 100000 1000000 --keep --json nearest.json --plot nearest.png

For each way: recall@10 of products against exact distances, p50 and p95 of one query in milliseconds, short pages, and
what its index costs to build and to hold. For ours also at filter selectivities from all to one in ten thousand.
Loading and building a million rows takes most of the time: `--keep` leaves what was made for the next run (databases
fashion_benchmark_ROWS, files under var/benchmark), and `--prepare` makes what is missing without measuring.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cached_results import CachedResults
from benchmarks.growth import draw_growth
from benchmarks.in_process import LIBRARIES, measure_library
from benchmarks.scratch_database import NAME, load_products, load_vectors, scratch_database
from benchmarks.vectors import PHOTOS, TOP, ExactAnswers, garment_vectors, query_vectors

SELECTIVITIES = (1.0, 0.1, 0.01, 0.001, 0.0001)
WARM_UP = 100  # other queries first
BITS_INDEX = "embedding_bits_benchmark"
MAX_BITS_ROWS = 100_000  # beyond, binary quantisation is measured without an index, by the best that one could find
CANDIDATES = (40, 200, 800)  # of it, re-ranked by true distance


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000], help="garment vectors (default 100000)")
    parser.add_argument("--dimensions", type=int, default=256, help="as the bundled encoder's (default %(default)s)")
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--keep", action="store_true", help="leave databases and indexes for the next run")
    parser.add_argument("--prepare", action="store_true", help="with --keep: make what is missing and measure nothing")
    parser.add_argument(
        "--without", nargs="+", default=[], choices=list(LIBRARIES), help="libraries not to compare with"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="how the times grow with the rows")
    args = parser.parse_args()
    report = {
        "dimensions": args.dimensions,
        "queries": args.queries,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "sizes": {},
    }
    for rows in args.rows:
        report["sizes"][str(rows)] = measure_size(rows, args)
        if args.json and not args.prepare:
            args.json.write_text(json.dumps(report, indent=2) + "\n")  # after each: a million rows take an hour
    print(json.dumps(report, indent=2))
    if args.plot and not args.prepare:
        draw_growth(report, args.plot)


def measure_size(rows: int, args: argparse.Namespace) -> dict:
    kept = CachedResults(f"{NAME}_{rows}", keep=args.keep)
    vectors = kept.array("vectors", lambda: garment_vectors(rows, args.dimensions))
    found: dict[str, Any] = {}
    with scratch_database(kept.name, keep=args.keep):
        encoder = make_catalogue(vectors, kept)
        if not args.prepare:
            answers = ExactAnswers(vectors, query_vectors(vectors, args.queries))
            found["ours"] = measure_ours(vectors, answers, encoder)
            found["binary quantisation"] = {"recall_at_10 at best": best_of_bits(vectors, answers)}
            if len(vectors) <= MAX_BITS_ROWS:
                found["binary quantisation"] |= measure_bits(vectors, answers, encoder)
            found["inserts_per_s"] = measure_inserts(vectors, encoder)
    for name in [name for name in LIBRARIES if name not in args.without]:
        found[name] = measure_library(name, vectors, kept, None if args.prepare else answers)
    found["built_s"] = kept.seconds
    return found


# -- ours ---------------------------------------------------------------------------------------------------------


def make_catalogue(vectors: np.ndarray, kept: CachedResults):
    """The products, their vectors and both indexes, unless they are kept; returns the encoder."""
    from search.models import Encoder
    from search.retrieval import indexes

    def load() -> None:
        load_products(len(vectors) // PHOTOS, photos=PHOTOS)
        Encoder.objects.create(name="benchmark", dimensions=vectors.shape[1], fingerprint="0" * 16, is_serving=True)
        load_vectors(vectors, "benchmark", photos=PHOTOS)

    kept.once("load", load)
    encoder = Encoder.objects.get(pk="benchmark")
    kept.once("index", lambda: indexes.create_index(encoder))  # the graph and the covering index
    if len(vectors) <= MAX_BITS_ROWS:
        kept.once("bits index", lambda: _execute(_bits_index(encoder)))
    kept.once("vacuum", lambda: _execute("VACUUM ANALYZE"))
    return encoder


def measure_ours(vectors: np.ndarray, answers: ExactAnswers, encoder) -> dict:
    from search.retrieval import indexes

    warm_up(query_vectors(vectors, WARM_UP, seed=2), encoder, answers)
    found = {
        "index_mb": _size_mb(indexes.index_name(encoder)),
        "covering_index_mb": _size_mb(indexes.covering_index_name(encoder)),
        "table_mb": round(_one("SELECT pg_table_size('search_garmentembedding')") / 1e6),
    }
    for selectivity in SELECTIVITIES:
        found[f"selectivity {selectivity}"] = measure_filter(answers, encoder, selectivity)
    found["exact SQL, unfiltered"] = measure_filter(answers, encoder, 1.0, most=10, exact_rows=10**12)
    return found


def warm_up(queries: np.ndarray, encoder, answers: ExactAnswers) -> None:
    """Reads both indexes and the table into memory, as a day's searches would, then asks a few other queries."""
    from catalogue.models import Product
    from search.retrieval.nearest import NearestGarments
    from search.retrieval.nearest_sql import fetch

    search = NearestGarments(queries[0], encoder=encoder, products=Product.objects.visible())
    settings = "SET LOCAL hnsw.iterative_scan = 'relaxed_order'; SET LOCAL hnsw.max_scan_tuples = 2000000000;"
    settings += (
        "SET LOCAL hnsw.scan_mem_multiplier = 1000; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off;"
    )
    scan, parameters = search.sql.scan(answers.products * PHOTOS)
    fetch((f"SELECT count(*) FROM ({scan}) AS everything", parameters), settings=f"{settings} SET LOCAL jit = off;")
    vectors = "SELECT count(vector) FROM search_garmentembedding WHERE encoder_id = %s AND product_id > 0"
    fetch((vectors, [encoder.pk]), settings="SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;")
    for query in queries:
        _page(query, encoder, 1.0, answers)


def measure_filter(answers: ExactAnswers, encoder, selectivity: float, *, most: int = 10**6, **options) -> dict:
    """Recall, times and short pages for products whose price is among the lowest `selectivity` of all."""
    bound = max(1, round(answers.products * selectivity))
    prices = (np.arange(1, answers.products + 1) * 7919) % answers.products  # as load_products sets them
    true = answers.top(passes=prices < bound)
    times, hits, short, is_exact = [], 0, 0, None
    for query, nearest in list(zip(answers.queries, true, strict=True))[:most]:
        started = time.perf_counter()
        search, page = _page(query, encoder, selectivity, answers, **options)
        times.append(1000 * (time.perf_counter() - started))
        hits += len({neighbour.product_id - 1 for neighbour in page} & set(nearest))
        short += len(page) < min(TOP, bound)
        is_exact = search.is_exact
    recall = hits / (min(TOP, bound) * len(times))
    return figures(times, recall) | {"short_pages": short, "way": "exact" if is_exact else "index"}


def _page(query: np.ndarray, encoder, selectivity: float, answers: ExactAnswers, **options):
    from catalogue.models import Product
    from search.retrieval.nearest import NearestGarments

    products = Product.objects.visible()
    if selectivity < 1:
        products = products.filter(price__lt=max(1, round(answers.products * selectivity)))
    search = NearestGarments(query, encoder=encoder, products=products, **options)
    return search, search.page(limit=TOP)


# -- binary quantisation ------------------------------------------------------------------------------------------


def best_of_bits(vectors: np.ndarray, answers: ExactAnswers) -> dict[int, float]:
    """Recall@10 by candidates if an index gave exactly the rows of the least Hamming distances."""
    bits = np.packbits(vectors > 0, axis=1).view(np.uint64)
    shares: dict[int, list[float]] = {candidates: [] for candidates in CANDIDATES}
    for query, true in zip(answers.queries, answers.top(), strict=True):
        distances = np.bitwise_count(bits ^ np.packbits(query > 0).view(np.uint64)).sum(axis=1)
        for candidates in CANDIDATES:
            nearest = np.argpartition(distances, candidates)[:candidates] // PHOTOS
            shares[candidates].append(np.isin(true, nearest).mean())
    return {candidates: round(float(np.mean(found)), 4) for candidates, found in shares.items()}


def measure_bits(vectors: np.ndarray, answers: ExactAnswers, encoder) -> dict:
    """An index of one bit a number, Hamming distances in it, and the true ones of the best `candidates` rows."""
    found: dict[str, Any] = {"index_mb": _size_mb(BITS_INDEX)}
    for query in query_vectors(vectors, WARM_UP, seed=2):
        _ask_bits(query, encoder, 200)
    for candidates in CANDIDATES:
        times, hits = [], 0
        for query, true in zip(answers.queries, answers.top(), strict=True):
            started = time.perf_counter()
            products = list(dict.fromkeys(row[0] - 1 for row in _ask_bits(query, encoder, candidates)))[:TOP]
            times.append(1000 * (time.perf_counter() - started))
            hits += len(set(products) & set(true))
        found[f"{candidates} re-ranked"] = figures(times, hits / (TOP * len(times)))
    return found


def _ask_bits(query: np.ndarray, encoder, candidates: int) -> list[tuple]:
    from search.retrieval.nearest_sql import fetch, vector_text

    vector, size = vector_text(query), encoder.dimensions
    bits = (
        f"binary_quantize(vector::halfvec({size}))::bit({size}) <~> binary_quantize(%s::halfvec({size}))::bit({size})"
    )
    statement = f"""
        SELECT product_id FROM (
            SELECT product_id, vector FROM search_garmentembedding WHERE encoder_id = %s ORDER BY {bits} LIMIT %s
        ) AS candidates
        ORDER BY vector::halfvec({size}) <=> %s::halfvec({size}) LIMIT {4 * TOP}"""
    settings = f"SET LOCAL hnsw.ef_search = {candidates}; SET LOCAL enable_seqscan = off;"
    return fetch((statement, [encoder.pk, vector, candidates, vector]), settings=settings)


def _bits_index(encoder) -> str:
    from search.retrieval.indexes import EF_CONSTRUCTION, M

    return (
        f"CREATE INDEX {BITS_INDEX} ON search_garmentembedding USING hnsw "
        f"(({_bits_of('vector', encoder.dimensions)}) bit_hamming_ops) WITH (m = {M}, ef_construction = "
        f"{EF_CONSTRUCTION}) WHERE encoder_id = '{encoder.pk}'"
    )


def _bits_of(vector: str, size: int) -> str:
    return f"binary_quantize({vector}::halfvec({size}))::bit({size})"


def measure_inserts(vectors: np.ndarray, encoder) -> int:
    """Rows a second into the table with its index, by bulk_create as embed_catalogue does it; undone after."""
    from django.db import transaction
    from pgvector import HalfVector

    from search.models import GarmentEmbedding

    rows = [
        GarmentEmbedding(
            image_id=1 + number, encoder=encoder, ordinal=7, product_id=1 + number // PHOTOS, box=[0, 0, 1, 1], score=1,
            pixels_sha256="0" * 64, fingerprint="made", vector=HalfVector(vectors[-1 - number].astype(np.float32)),
        )
        for number in range(min(1000, len(vectors) // 2))
    ]  # fmt: skip
    with transaction.atomic():
        _execute(f"DROP INDEX IF EXISTS {BITS_INDEX}")  # the shop has none
        started = time.perf_counter()
        GarmentEmbedding.objects.bulk_create(rows, batch_size=100)
        elapsed = time.perf_counter() - started
        transaction.set_rollback(True)
    return round(len(rows) / elapsed)


def figures(times: list[float], recall: float) -> dict:
    p50, p95 = (round(float(np.percentile(times, q)), 2) for q in (50, 95))
    return {"recall_at_10": round(recall, 4), "p50_ms": p50, "p95_ms": p95}


def _size_mb(index: str) -> int:
    return round(_one(f"SELECT pg_relation_size('{index}')") / 1e6)


def _one(query: str):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _execute(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


if __name__ == "__main__":
    main()
