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

from demo.assortment import Product, assortment
from demo.product_photos import shots
from demo.street_scenes import render_scene
from garments.rle import encode_rle

EDITION = 3  # raise it when the drawing changes: what an older edition drew is drawn anew
PRODUCTS = 420
STREETS = (5, 11, 27, 9, 22, 19, 16, 37, 30, 6, 17, 42)  # seeds of scenes that show many kinds of garments
SCENES = len(STREETS)
QUALITY = 90
COLUMNS = ("product_id", "category", "brand", "name", "price", "currency", "colour", "description", "url", "images")


@dataclass(frozen=True)
class Job:
    """One product's pictures, or one scene: the `number`th of an assortment of `count`."""

    out: Path
    count: int
    seed: int
    number: int
    is_scene: bool


def render_sample(
    out: Path, count: int = PRODUCTS, seed: int = 0, processes: int = 2, scenes: int = SCENES
) -> Iterator[tuple[int, int, int]]:
    """Draws what is missing under `out`; yields (jobs done, jobs in all, files drawn by the last) as it goes.

    Pictures that an earlier run drew and this one does not want, of another seed, edition or number, are removed.
    Raises ValueError where `count` is below 1 or more than the shop can tell apart, where `scenes` is more than
    STREETS, or where `out` holds a catalogue that is not ours.
    """
    if count < 1:
        raise ValueError(f"{count} products asked for; at least 1 is needed")
    if scenes > SCENES:
        raise ValueError(f"{scenes} scenes asked for; there are {SCENES}")
    out, chosen = Path(out), assortment(count, seed)
    _clear(out, seed, {name for product in chosen for name in image_paths(product)})
    _write_text(out / "edition.json", json.dumps({"edition": EDITION, "seed": seed}))
    _write_text(out / "zalora" / "data-zalora.csv", table(chosen))
    jobs = [Job(out, count, seed, number, True) for number in range(scenes)]
    jobs += [Job(out, count, seed, number, False) for number in range(count)]
    for done, drawn in enumerate(_run(jobs, processes), start=1):
        yield done, len(jobs), drawn
    _write_text(out / "scenes" / "scenes.json", _scenes_json(out, scenes))


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
        if not path.exists():
            _write(path, jpeg(draw()))
            drawn += 1
    return drawn


def _draw_scene(job: Job) -> int:
    path = job.out / "scenes" / f"street-{job.number + 1:02d}.jpg"
    truth = path.with_suffix(".json")
    sold = assortment(job.count, job.seed)
    if path.exists() and truth.exists() and json.loads(truth.read_text())["products"] == job.count:
        return 0
    picture, garments = render_scene(job.seed * 1000 + STREETS[job.number], sold)
    height, width = picture.shape[:2]
    listed = [
        {"product_id": g.product_id, "garment_type": g.garment_type, "box": list(g.box), "mask": encode_rle(g.mask)}
        for g in garments
    ]
    record = {"file": path.name, "width": width, "height": height, "products": job.count, "garments": listed}
    path.unlink(missing_ok=True)  # a picture never stands beside another picture's truth
    _write_text(truth, json.dumps(record))
    _write(path, jpeg(picture))
    return 1


def table(products: tuple[Product, ...]) -> str:
    """The CSV that Zalora's would be; several images in one cell are joined by ";"."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for product in products:
        images = ";".join(image_paths(product))
        writer.writerow({column: images if column == "images" else getattr(product, column) for column in COLUMNS})
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
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    half.write_bytes(data)
    os.replace(half, path)


def _write_text(path: Path, text: str) -> None:
    data = text.encode()
    if not path.exists() or path.read_bytes() != data:
        _write(path, data)


def _clear(out: Path, seed: int, wanted: set[str]) -> None:
    """Removes what earlier runs drew and this one will not, by the CSV they left; nothing else."""
    listed, mark = out / "zalora" / "data-zalora.csv", out / "edition.json"
    if not mark.exists():
        if listed.exists():
            raise ValueError(f"{listed} was not drawn by us: render into a folder of its own, or remove it first")
        return
    for half in [*out.glob("scenes/.*.part"), *out.glob("zalora/.*.part"), *out.glob("zalora/*/*/.*.part")]:
        half.unlink(missing_ok=True)  # of a killed run
    same = json.loads(mark.read_text()) == {"edition": EDITION, "seed": seed}
    if not same:
        for path in out.glob("scenes/street-*.*"):
            path.unlink()
    for name in _listed(listed) - (wanted if same else set()):
        _remove(out / "zalora" / name, out / "zalora")


def _listed(table_of_images: Path) -> set[str]:
    if not table_of_images.exists():
        return set()
    with open(table_of_images, newline="", encoding="utf-8") as lines:
        return {name for row in csv.DictReader(lines) for name in row["images"].split(";")}


def _remove(path: Path, root: Path) -> None:
    """The file, and its folders where they are empty then."""
    path.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):
        if folder != root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
