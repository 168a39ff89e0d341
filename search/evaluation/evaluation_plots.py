"""Pictures of an evaluation: what went wrong, and how far apart right and wrong are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from catalogue.choices import GarmentTypeChoices
from search.evaluation.leave_one_out import Evaluation, Miss, Row
from search.models import GarmentEmbedding
from search.terminal_pictures import GAP, INK, LINE, PALETTE, PAPER, cut_to, label_font

FAINT = (216, 212, 206)
SAME, OTHER, ASKED = PALETTE[2], PALETTE[5], INK

TILE, MISSES, COLUMNS = (132, 176), 24, 3  # a tile's width and height
BESIDE = 4  # between the tiles of a miss
CELL = (3 * TILE[0] + 2 * BESIDE + 2 * GAP, TILE[1] + 2 * LINE + 2 * GAP)

SIZE = (900, 460)
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 64, 52  # margins of the histogram
BIN = 0.02


# -- the worst misses ---------------------------------------------------------------------------------------------


def worst_misses(found: Evaluation) -> Image.Image:
    """Threes, the worst rank first: what was asked with, the wrong product that came first, the best of its own."""
    misses = found.misses[:MISSES]
    rows = max(1, -(-len(misses) // COLUMNS))
    sheet = Image.new("RGB", (COLUMNS * CELL[0] + 2 * GAP, rows * CELL[1] + 3 * GAP + LINE), PAPER)
    pen = ImageDraw.Draw(sheet)
    if not misses:
        pen.text((GAP, GAP), "No misses: every photo finds its own product first.", fill=INK, font=label_font())
        return sheet
    _legend(
        pen,
        [
            (ASKED, f"asked with this ({len(misses)} worst of {len(found.misses):,} misses)"),
            (OTHER, "another product was nearest"),
            (SAME, "the same product's nearest other photo"),
        ],
    )
    garments = _garments(found.encoder, misses)
    for number, miss in enumerate(misses):
        corner = (GAP + number % COLUMNS * CELL[0], 2 * GAP + LINE + number // COLUMNS * CELL[1])
        _draw_miss(sheet, corner, miss, garments)
    return sheet


def _garments(encoder: str, misses: Iterable[Miss]) -> dict[Row, GarmentEmbedding]:
    rows = {row for miss in misses for row in (miss.asked, miss.wrong, miss.own)}
    stored = GarmentEmbedding.objects.filter(encoder=encoder, image__in={row.image for row in rows})
    stored = stored.select_related("image", "product").defer("vector", "product__document")
    found = {Row(garment.image_id, garment.ordinal): garment for garment in stored}
    return {row: found[row] for row in rows}


def _draw_miss(sheet: Image.Image, corner: tuple[int, int], miss: Miss, garments: dict[Row, GarmentEmbedding]) -> None:
    pen, (x, y) = ImageDraw.Draw(sheet), corner
    for place, (row, colour) in enumerate(((miss.asked, ASKED), (miss.wrong, OTHER), (miss.own, SAME))):
        sheet.paste(_tile(garments[row], colour), (x + place * (TILE[0] + BESIDE), y))
    asked, wrong = garments[miss.asked], garments[miss.wrong]
    words = [
        f"{_name_of(asked)}: {_name_of(wrong)} at {miss.wrong_distance:.2f}, its own at {miss.own_distance:.2f}, "
        f"rank {miss.rank}",
        asked.product.name,
    ]
    for number, line in enumerate(words):
        pen.text((x, y + TILE[1] + 3 + number * LINE), cut_to(CELL[0] - GAP, pen, line), fill=INK, font=label_font())


def _name_of(garment: GarmentEmbedding) -> str:
    return str(GarmentTypeChoices(garment.garment_type).value) if garment.garment_type else "whole photo"


def _tile(garment: GarmentEmbedding, colour: tuple[int, int, int]) -> Image.Image:
    """The photo with a frame round the garment in it; an empty one where its file cannot be read."""
    try:
        with garment.image.file.open("rb") as file, Image.open(file) as picture:
            photo = ImageOps.contain(ImageOps.exif_transpose(picture).convert("RGB"), TILE)
    except OSError:
        photo = Image.new("RGB", TILE, FAINT)
    x0, y0, x1, y1 = np.multiply(garment.box, (photo.width - 1, photo.height - 1) * 2).tolist()
    ImageDraw.Draw(photo).rectangle((x0, y0, x1, y1), outline=colour, width=3)
    return ImageOps.pad(photo, TILE, color=PAPER)


# -- the distances ------------------------------------------------------------------------------------------------


def distance_histogram(found: Evaluation) -> Image.Image:
    """Distances to the nearest other photo of the same product, and to the nearest other product."""
    same, other = np.array(found.same), np.array(found.other)
    bins = max(5, int(np.ceil(max(same.max(), other.max()) / BIN + 1e-6)))
    shares = [np.histogram(values, bins, (0, bins * BIN))[0] / len(values) for values in (same, other)]
    highest = max(float(share.max()) for share in shares)
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture, "RGBA")
    _draw_axes(pen, bins * BIN, highest)
    for colour, share in zip((SAME, OTHER), shares, strict=True):
        _draw_steps(pen, share / highest, colour)
    _legend(
        pen,
        [
            (SAME, f"nearest other photo of the same product, median {np.median(same):.2f}"),
            (OTHER, f"nearest photo of another product, median {np.median(other):.2f}"),
        ],
    )
    return picture


def _draw_steps(pen: ImageDraw.ImageDraw, heights: np.ndarray, colour: tuple[int, int, int]) -> None:
    """One histogram as an area under steps; heights (N,) in 0..1."""
    edges = np.round(np.linspace(LEFT, SIZE[0] - RIGHT, len(heights) + 1))
    floor = SIZE[1] - BOTTOM
    tops = np.round(floor - heights * (floor - TOP))
    steps = [
        (float(x), float(y))
        for left, right, y in zip(edges, edges[1:], tops, strict=False)
        for x, y in ((left, y), (right, y))
    ]
    pen.polygon([(LEFT, floor), *steps, (SIZE[0] - RIGHT, floor)], fill=(*colour, 90))
    pen.line(steps, fill=colour, width=2)


def _draw_axes(pen: ImageDraw.ImageDraw, widest: float, highest: float) -> None:
    """Distances 0..widest from left to right, shares of the photos 0..highest upwards, with round numbers at both."""
    floor, right = SIZE[1] - BOTTOM, SIZE[0] - RIGHT
    for share in _round_steps(highest):
        y = floor - share / highest * (floor - TOP)
        pen.line((LEFT, y, right, y), fill=FAINT)
        pen.text((LEFT - 8, y), f"{share:.0%}", fill=INK, font=label_font(), anchor="rm")
    for distance in _round_steps(widest):
        x = LEFT + distance / widest * (right - LEFT)
        pen.line((x, floor, x, floor + 5), fill=INK)
        pen.text((x, floor + 8), f"{distance:.1f}", fill=INK, font=label_font(), anchor="ma")
    pen.line((LEFT, floor, right, floor), fill=INK)
    pen.text(((LEFT + right) / 2, SIZE[1] - 6), "cosine distance", fill=INK, font=label_font(), anchor="md")
    pen.text((GAP, TOP - 10), "photos", fill=INK, font=label_font(), anchor="ls")


def _round_steps(top: float) -> np.ndarray:
    """0 and up to `top` in at most a dozen steps of 1, 2 or 5 times a power of ten, a hundredth at least."""
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if top / step <= 12 or step == 1.0)
    return np.arange(0, top + 1e-9, step)


def _legend(pen: ImageDraw.ImageDraw, entries: Sequence[tuple[tuple[int, int, int], str]]) -> None:
    x = GAP
    for colour, words in entries:
        pen.rectangle((x, GAP, x + 12, GAP + 12), fill=colour)
        pen.text((x + 18, GAP + 6), words, fill=INK, font=label_font(), anchor="lm")
        x += 18 + int(pen.textlength(words, font=label_font())) + 2 * GAP
