"""Writes the sample catalogue as a Zalora download, and the street scenes with their truth.

OUT/zalora/<category>/<product id>/<slug>-<n>.jpg and OUT/zalora/data-zalora.csv; OUT/scenes/*.jpg and scenes.json.
Every file appears whole or not at all, and one that is there is not drawn again, so a killed run just goes on.
"""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from . import rle
from .album import shots
from .assortment import Product, assortment
from .scenes import render_scene

EDITION = 1  # raise it when the drawing changes: pictures of an older edition are drawn again
SCENES = 12
QUALITY = 90
COLUMNS = (
    "product_id",
    "category",
    "brand",
    "name",
    "price",
    "currency",
    "colour",
    "description",
    "url",
    "images",
)


@dataclass(frozen=True)
class Job:
    """One product's pictures, or one scene."""

    out: Path
    count: int
    seed: int
    number: int
    is_scene: bool
    fresh: bool  # draw even what is there: it is of another edition or seed


def render_sample(
    out: Path, count: int = 420, seed: int = 0, processes: int = 2, scenes: int = SCENES
) -> Iterator[tuple[int, int, int]]:
    """Draws what is missing under `out`; yields (jobs done, jobs in all, files drawn by this job) as it goes.

    Raises ValueError where `count` is more than the shop can tell apart, or less than 1.
    """
    if count < 1:
        raise ValueError(f"{count} products asked for; at least 1 is needed")
    out = Path(out)
    chosen = assortment(count, seed)
    fresh = _edition_of(out) not in (None, (EDITION, seed))
    jobs = [Job(out, count, seed, number, True, fresh) for number in range(scenes)]
    jobs += [Job(out, count, seed, number, False, fresh) for number in range(count)]
    if fresh:
        _mark_edition(out, None)
    for done, drawn in enumerate(_run(jobs, processes), start=1):
        yield done, len(jobs), drawn
    _write_text(out / "zalora" / "data-zalora.csv", table(chosen))
    _write_text(out / "scenes" / "scenes.json", _scenes_json(out, scenes))
    _mark_edition(out, seed)


def _run(jobs: list[Job], processes: int) -> Iterator[int]:
    if processes < 2:
        yield from map(do, jobs)
        return
    # spawn, not fork: the caller may be a server with threads and database connections
    with multiprocessing.get_context("spawn").Pool(processes, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        yield from pool.imap_unordered(do, jobs, chunksize=2)


def do(job: Job) -> int:
    """Draws a job's missing files and says how many those were."""
    return _draw_scene(job) if job.is_scene else _draw_product(job)


def image_paths(product: Product) -> list[str]:
    """The product's files, relative to the zalora folder."""
    folder = f"{product.category}/{product.product_id}"
    return [f"{folder}/{product.slug}-{number}.jpg" for number in range(1, len(shots(product)) + 1)]


def _draw_product(job: Job) -> int:
    product = assortment(job.count, job.seed)[job.number]
    drawn = 0
    for name, draw in zip(image_paths(product), shots(product), strict=True):
        path = job.out / "zalora" / name
        if job.fresh or not path.exists():
            _write(path, jpeg(draw()))
            drawn += 1
    return drawn


def _draw_scene(job: Job) -> int:
    path = job.out / "scenes" / f"street-{job.number + 1:02d}.jpg"
    truth = path.with_suffix(".json")
    if not job.fresh and path.exists() and truth.exists():
        return 0
    picture, garments = render_scene(job.seed * 1000 + job.number, assortment(job.count, job.seed))
    height, width = picture.shape[:2]
    listed = [
        {"product_id": g.product_id, "garment_type": g.garment_type, "box": list(g.box), "mask": rle.encode(g.mask)}
        for g in garments
    ]  # fmt: skip
    _write_text(truth, json.dumps({"file": path.name, "width": width, "height": height, "garments": listed}))
    _write(path, jpeg(picture))
    return 1


def table(products: tuple[Product, ...]) -> str:
    """The CSV that Zalora's would be; several images in one cell are joined by ";"."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for p in products:
        images = ";".join(image_paths(p))
        writer.writerow(
            (
                p.product_id,
                p.category,
                p.brand,
                p.name,
                p.price,
                p.currency,
                p.colour,
                p.description,
                p.url,
                images,
            )
        )
    return text.getvalue()


def _scenes_json(out: Path, scenes: int) -> str:
    """All scenes in one file. A mask is COCO RLE with uncompressed counts."""
    truths = [(out / "scenes" / f"street-{number + 1:02d}.json").read_text() for number in range(scenes)]
    return "[\n" + ",\n".join(truths) + "\n]\n"


def jpeg(picture: np.ndarray) -> bytes:
    ok, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not ok:
        raise ValueError(f"could not encode a picture of shape {picture.shape} as JPEG")
    return data.tobytes()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # outside the folder that is imported, so that a killed run leaves no half picture there
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    half.write_bytes(data)
    os.replace(half, path)


def _write_text(path: Path, text: str) -> None:
    data = text.encode()
    if not path.exists() or path.read_bytes() != data:
        _write(path, data)


def _edition_of(out: Path) -> tuple[int, int] | None:
    """(edition, seed) of what is under `out`; None where nothing has been drawn."""
    mark = out / "edition.json"
    if not mark.exists():
        return None
    found = json.loads(mark.read_text())
    return found["edition"], found["seed"]


def _mark_edition(out: Path, seed: int | None) -> None:
    _write_text(out / "edition.json", json.dumps({"edition": EDITION, "seed": seed}))
