"""Photo search as a shopper meets it: street photos against a catalogue, stage by stage, alone and sixteen at once.

    SHARED_DATA=... python -m benchmarks.photo_search --garments 100000 --products 1000000 --keep photo_1m --json FILE

Times `search.services.search_photo` for photos of SHARED_DATA/ccp and prints p50 and p95 of each stage for one client
and for `--clients` at once. In the same run, for the same photos:

- one garment after the other: the search stage as it was before garments were searched for together. A call of its own
  for each garment, products joined before vectors are compared, counts up to 10,000, rows fetched for each garment;
- NumPy: the distances of all vectors to each garment, in memory, without filters, products or counts;
- with `--plain`: torchvision's Mask R-CNN R50 at 800 pixels and a ResNet-50 for each crop, both in eager torch.

The catalogue's vectors are those of garments in other street photos with noise added, so that they lie as real ones do.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scratch_database import load_typed_products, load_vectors, scratch_database
from benchmarks.street_photos import add_data_option, street_photos

STAGES = ("decode", "detect", "embed", "search", "total")
WARM_UP = 40  # other photos first
NOISE = 0.35  # of a vector's length: two photos of one garment are about as far apart
Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--garments", type=int, default=20_000, help="vectors, one a product (default %(default)s)")
    parser.add_argument("--products", type=int, default=50_000, help="products in all (default %(default)s)")
    parser.add_argument("--photos", type=int, default=20, help="to search with (default %(default)s)")
    parser.add_argument("--clients", type=int, default=16, help="at once (default %(default)s)")
    parser.add_argument("--plain", action="store_true", help="time the models of the plain way too (needs torch)")
    parser.add_argument("--keep", metavar="NAME", help="keep the database under this name, and use it if it is there")
    add_data_option(parser)
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    if not (paths := street_photos(args.data)):
        return
    with scratch_database(args.keep or "photo_search_benchmark", keep=bool(args.keep)):
        report = measure(args, paths)
    print(json.dumps(report, indent=2))
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n")


def measure(args: argparse.Namespace, paths: list[Path]) -> dict[str, Any]:
    photos = [path.read_bytes() for path in paths[:: max(1, len(paths) // args.photos)][: args.photos]]
    vectors = make_catalogue(args, [path for path in paths[1 :: max(1, len(paths) // 60)] if path not in photos])
    others = [photo.read_bytes() for photo in paths[2 :: max(1, len(paths) // WARM_UP)]]
    one = measure_alone(photos, [photo for photo in others if photo not in photos])
    many = measure_together(photos, args.clients)
    report = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "garments": len(vectors),
        "products": args.products,
        "one client": one,
        f"{args.clients} clients": many,
        "search, one garment after the other": (baseline := measure_one_by_one(one["queries"])),
        "NumPy scan": measure_numpy(one["queries"], vectors),
    }
    report["times faster than one garment after the other"] = round(baseline["p50"] / one["search"]["p50"], 2)
    if args.plain:
        from benchmarks.plain_models import time_plain_models

        report["plain models"] = time_plain_models(photos, one["garments per photo"])
    del one["queries"]
    return report


# -- the catalogue ------------------------------------------------------------------------------------------------


def make_catalogue(args: argparse.Namespace, paths: list[Path]) -> np.ndarray:
    """Loads products and vectors unless they are kept; returns the vectors (garments, D) float16."""
    from search.embedding.pipeline import register_encoder
    from search.models import Encoder, GarmentEmbedding
    from search.retrieval import indexes
    from search.vision.cards import choose

    encoder = register_encoder(choose("encoder").name)
    if not GarmentEmbedding.objects.exists():
        seeds, types = seed_garments(paths)
        rng = np.random.default_rng(0)
        chosen = rng.integers(len(seeds), size=args.garments)
        noise = rng.normal(size=(args.garments, seeds.shape[1])) / np.sqrt(seeds.shape[1])
        made = seeds[chosen] + NOISE * noise
        made = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16)
        load_typed_products(args.products, [types[index] for index in chosen])
        load_vectors(made, encoder.pk, photos=1, garment_types=[types[index] for index in chosen])
        Encoder.objects.filter(pk=encoder.pk).update(is_serving=True)
        indexes.create_index(encoder)
        indexes.analyse()
    rows = GarmentEmbedding.objects.order_by("image_id").values_list("vector", flat=True)
    return np.array([row.to_numpy() if hasattr(row, "to_numpy") else row for row in rows.iterator()], np.float16)


def seed_garments(paths: list[Path]) -> tuple[np.ndarray, list[str]]:
    """The vectors (N, D) float32 and types of the garments in these photos."""
    garments = [garment for path in paths for garment in _analysed(path.read_bytes()).garments]
    return np.stack([garment.vector for garment in garments]), [str(garment.garment_type) for garment in garments]


def _analysed(photo: bytes) -> Any:
    from search.vision.analysis import analyse_photo
    from search.vision.detector import load_detector
    from search.vision.encoder import load_encoder
    from search.vision.photo_decoding import decode_photo

    return analyse_photo(decode_photo(photo), detector=load_detector(), encoder=load_encoder())


# -- measurements -------------------------------------------------------------------------------------------------


def measure_alone(photos: list[bytes], others: list[bytes]) -> dict[str, Any]:
    """Milliseconds of each stage, one photo after the other; the queries under which they are cached.

    others: are searched with before, so that models, indexes and rows are in memory as after an hour's searches.
    """
    from search import services

    for photo in others:
        services.search_photo(photo=photo)
    answers = [services.search_photo(photo=photo) for photo in photos]
    found: dict[str, Any] = {stage: _figures(answer.timing[stage] for answer in answers) for stage in STAGES}
    found["garments per photo"] = round(float(np.mean([len(answer.garments) for answer in answers])), 1)
    return found | {"queries": [answer.query for answer in answers]}


def measure_together(photos: list[bytes], clients: int) -> dict[str, Any]:
    """As many searches as photos, `clients` at a time: milliseconds a photo and photos a second."""
    from django.db import connection

    from search import services

    def ask(photo: bytes) -> float:
        started = time.perf_counter()
        services.search_photo(photo=photo)
        return 1000 * (time.perf_counter() - started)

    def leave(_: int) -> None:
        connection.close()

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(ask, photos[:clients]))  # each thread's connection
        started = time.perf_counter()
        times = list(pool.map(ask, photos))
        elapsed = time.perf_counter() - started
        list(pool.map(leave, range(4 * clients)))
    return {"total": _figures(times), "photos per second": round(len(photos) / elapsed, 2)}


def measure_one_by_one(queries: list[str]) -> Figures:
    """The search stage with a call of its own for each garment: estimate, page, count and rows, one after the other."""
    from catalogue.models import Product
    from search.models import Encoder
    from search.photo import cache
    from search.retrieval.nearest import NearestGarments
    from search.retrieval.nearest_sql import FEW_ROWS_SETTINGS, counts, fetch
    from search.retrieval.results import results_of

    class ProductsFirst(NearestGarments):
        is_vectors_first = False

    encoder = Encoder.objects.get(is_serving=True)

    def ask(query: str) -> None:
        for garment in cache.load(query).garments:
            search = ProductsFirst(
                garment.vector, encoder=encoder, products=Product.objects.visible(), garment_type=garment.garment_type
            )
            page = search.page(limit=24)
            fetch(counts([search.sql.matching_products(most=10_001)]), settings=FEW_ROWS_SETTINGS)
            results_of(page, encoder, colours=garment.colours, garment_type=garment.garment_type)

    return _timed(ask, queries)


def measure_numpy(queries: list[str], vectors: np.ndarray) -> Figures:
    """The distances of all vectors to each garment of a photo and the nearest 24, in memory."""
    from search.photo import cache

    gallery = vectors.astype(np.float32)
    gallery /= np.linalg.norm(gallery, axis=1, keepdims=True)

    def ask(query: str) -> None:
        for garment in cache.load(query).garments:
            np.argpartition(-(gallery @ garment.vector), 24)[:24]

    return _timed(ask, queries)


def _timed(ask: Callable[[str], None], queries: list[str]) -> Figures:
    times = []
    ask(queries[0])
    for query in queries:
        started = time.perf_counter()
        ask(query)
        times.append(1000 * (time.perf_counter() - started))
    return _figures(times)


def _figures(times: Iterable[float]) -> Figures:
    measured = list(times)
    return {f"p{q}": round(float(np.percentile(measured, q)), 1) for q in (50, 95)}


if __name__ == "__main__":
    main()
