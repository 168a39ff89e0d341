"""Pictures of an evaluation: what went wrong, and how far apart right and wrong are."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from catalogue.models import ProductImage
from search.evaluation import Evaluation
from search.pictures import GAP, INK, PALETTE, PAPER, label_font

TILE, MISSES = 150, 24
WIDTH, HEIGHT, BINS = 900, 420, 60


def worst_misses(found: Evaluation) -> Image.Image:
    """Pairs: the photo asked with, and the nearest photo of a wrong product; worst rank first."""
    misses = found.misses[:MISSES]
    images = ProductImage.objects.in_bulk([image for miss in misses for image in miss[:2]])
    columns = 4
    cell = (2 * TILE + 2 * GAP, TILE + 3 * GAP)
    rows = max(1, -(-len(misses) // columns))
    sheet = Image.new("RGB", (columns * cell[0] + GAP, rows * cell[1] + GAP), PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, (asked, wrong, rank, distance) in enumerate(misses):
        x, y = GAP + number % columns * cell[0], GAP + number // columns * cell[1]
        for offset, image in enumerate((asked, wrong)):
            sheet.paste(_tile(images[image]), (x + offset * TILE, y))
        pen.text((x, y + TILE + 2), f"own product at rank {rank}, distance {distance:.3f}", fill=INK, font=label_font())
    if not misses:
        pen.text((GAP, GAP), "No misses: every photo finds its own product first.", fill=INK, font=label_font())
    return sheet


def distance_histogram(found: Evaluation) -> Image.Image:
    """Distances to the nearest other photo of the same product, and to the nearest other product."""
    same, other = np.array(found.same), np.array(found.other)
    top = float(max(same.max(), other.max(), 1e-6))
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture, "RGBA")
    counts = [np.histogram(values, BINS, (0, top))[0] for values in (same, other)]
    scale = (HEIGHT - 90) / max(1, *(count.max() for count in counts))
    step = (WIDTH - 80) / BINS
    for colour, count in zip((PALETTE[2], PALETTE[5]), counts, strict=True):
        for number, height in enumerate(count):
            x = 40 + number * step
            pen.rectangle((x, HEIGHT - 40 - height * scale, x + step - 1, HEIGHT - 40), fill=(*colour, 150))
    _legend(pen, top)
    return picture


def _legend(pen: ImageDraw.ImageDraw, top: float) -> None:
    for number, (colour, text) in enumerate(
        [(PALETTE[2], "nearest other photo of the same product"), (PALETTE[5], "nearest photo of another product")]
    ):
        pen.rectangle((40, 12 + 18 * number, 52, 24 + 18 * number), fill=colour)
        pen.text((58, 10 + 18 * number), text, fill=INK, font=label_font())
    for share in np.linspace(0, 1, 6):
        pen.text((40 + share * (WIDTH - 80) - 10, HEIGHT - 34), f"{share * top:.2f}", fill=INK, font=label_font())
    pen.text((WIDTH / 2 - 50, HEIGHT - 18), "cosine distance", fill=INK, font=label_font())


def _tile(image: ProductImage) -> Image.Image:
    with image.file.open("rb") as file, Image.open(file) as picture:
        return ImageOps.pad(picture.convert("RGB"), (TILE, TILE), color=PAPER)
