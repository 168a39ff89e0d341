"""Photos of a catalogue to vectors: as `embed_catalogue` works, and one photo after the other, in the same run.

    SHARED_DATA=... python -m benchmarks.embedding --photos 200 --json FILE

Times `search.embedding.photo_stream` on street photos of SHARED_DATA/ccp, without a database: photos a second and CPU
seconds a photo, which say more where other work has a part of the cores. The baseline reads two photos ahead and then
runs detector and encoder on one photo at a time, each with all cores. Both find the same garments and vectors.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.street_photos import add_data_option, street_photos

WARM_UP = 8  # photos before the clock starts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100, help="how many (default %(default)s)")
    add_data_option(parser)
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    if not (files := street_photos(args.data)):
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    report = measure(files, args.photos)
    print(json.dumps(report, indent=2))
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n")


def measure(files: list[Path], count: int) -> dict[str, Any]:
    """The figures of both ways, in turn, and how far their vectors are apart."""
    from search.vision.cards import choose

    images = [SimpleNamespace(file=_File(path)) for path in files[:: max(1, len(files) // count)][:count]]
    report: dict[str, Any] = {"photos": len(images), "encoder": choose("encoder").name, "cores": os.cpu_count()}
    vectors = {}
    for name, way in {"one after the other": one_after_the_other, "pipeline": pipeline}.items():
        for _ in way(images[:WARM_UP]):
            pass
        vectors[name], report[name] = _timed(way, images)
    first, second = vectors.values()
    report["garments"] = len(first) - len(images)
    report["largest difference"] = float(np.abs(first - second).max())
    report["ratio"] = report["pipeline"]["photos_s"] / report["one after the other"]["photos_s"]
    return report


def one_after_the_other(images: list[Any]) -> Iterable[Any]:
    from search.vision.analysis import analyse_photo
    from search.vision.detector import load_detector
    from search.vision.encoder import load_encoder
    from search.vision.photo_decoding import decode_photo

    detector, encoder = load_detector(), load_encoder()
    with ThreadPoolExecutor(2) as readers:
        for pixels in readers.map(lambda image: decode_photo(image.file.path.read_bytes()), images):
            yield analyse_photo(pixels, detector=detector, encoder=encoder)


def pipeline(images: list[Any]) -> Iterable[Any]:
    from search.embedding.photo_stream import Models, analysed
    from search.vision.cards import choose

    for _, seen in analysed(iter(images), Models.load(choose("encoder").name, in_bulk=True)):
        if isinstance(seen, Exception):
            raise seen
        yield seen


def _timed(way: Callable[[list[Any]], Iterable[Any]], images: list[Any]) -> tuple[np.ndarray, dict[str, float]]:
    started, cpu = time.perf_counter(), time.process_time()
    seen = list(way(images))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    vectors = np.array([each.vector for photo in seen for each in (photo.whole, *photo.garments)])
    return vectors, {"photos_s": round(len(images) / seconds, 2), "cpu_s_a_photo": round(cpu / len(images), 4)}


class _File:
    """As an image's file in the storage."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, mode: str) -> Any:
        return self.path.open(mode)


if __name__ == "__main__":
    main()
