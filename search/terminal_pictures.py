"""Pictures for people at a terminal: garments drawn over their photo, results as a contact sheet."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from search.answer_types import GarmentAnswer, PhotoAnswer
from search.vision.detections import Detections

# Colours that stay apart for most colour-blind people (Okabe and Ito, 2008).
PALETTE = [(230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167)]
CELL, GAP, PAPER, INK = 180, 14, (250, 249, 247), (40, 38, 36)
LINE = 17  # pixels of a line of type
ROW_LIMIT, ROW = 6, CELL + 2 * LINE + 2 * GAP


def draw_detections(photo: np.ndarray, detections: Detections) -> Image.Image:
    """The (H, W, 3) uint8 RGB photo with each garment's mask, box, type and score."""
    canvas = photo.copy()
    for index in range(len(detections)):
        colour, mask = _colour(index), detections.masks[index]
        canvas[mask] = (0.55 * canvas[mask] + 0.45 * np.array(colour)).astype(np.uint8)
        contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(canvas, contours, -1, colour, 2)
    image = Image.fromarray(canvas)
    pen = ImageDraw.Draw(image)
    for index, box in enumerate(detections.boxes):
        text = f"{detections.garment_types[index]} {detections.scores[index]:.2f}"
        _draw_box(pen, tuple(float(value) for value in box), text, _colour(index))
    return image


def contact_sheet(photo: Image.Image, answer: PhotoAnswer) -> Image.Image:
    """The photo with its garments on the left, and a row of the nearest products for each."""
    rows = [garment for garment in answer.garments if garment.searched]
    left = ImageOps.contain(photo.convert("RGB"), (2 * CELL, max(2, len(rows)) * ROW))
    height = max(left.height + GAP, len(rows) * ROW) + GAP
    sheet = Image.new("RGB", (left.width + ROW_LIMIT * (CELL + GAP) + 2 * GAP, height), PAPER)
    _draw_boxes(left, answer.garments)
    sheet.paste(left, (GAP, GAP))
    for number, garment in enumerate(rows):
        _draw_row(sheet, garment, (left.width + 2 * GAP, GAP + number * ROW))
    return sheet


def _name_of(garment: GarmentAnswer) -> str:
    """As over the photo and over its row: several may be of one type."""
    return f"{garment.index} {garment.garment_type or 'photo'}"


def _draw_boxes(photo: Image.Image, garments: list[GarmentAnswer]) -> None:
    pen = ImageDraw.Draw(photo)
    for garment in garments:
        box = tuple(np.multiply(garment.box, (photo.width, photo.height, photo.width, photo.height)))
        _draw_box(pen, box, _name_of(garment), _colour(garment.index))


def _draw_row(sheet: Image.Image, garment: GarmentAnswer, corner: tuple[int, int]) -> None:
    pen, (x, y) = ImageDraw.Draw(sheet), corner
    pen.text((x, y), f"{_name_of(garment)}, {garment.count:,} products", fill=INK, font=label_font())
    y += LINE + 2
    for result in garment.results[:ROW_LIMIT]:
        with result.matched_image.file.open("rb") as file, Image.open(file) as picture:
            tile = ImageOps.contain(picture.convert("RGB"), (CELL, CELL))
        sheet.paste(tile, (x + (CELL - tile.width) // 2, y))
        pen.rectangle((x, y, x + CELL, y + CELL), outline=_colour(garment.index), width=1)
        caption = cut_to(CELL, pen, f"{result.distance:.3f} {result.product.name}")
        pen.text((x, y + CELL + 2), caption, fill=INK, font=label_font())
        x += CELL + GAP


def cut_to(width: int, pen: ImageDraw.ImageDraw, line: str) -> str:
    """As much of the line as fits into so many pixels."""
    if pen.textlength(line, font=label_font()) <= width:
        return line
    while pen.textlength(f"{line}…", font=label_font()) > width:
        line = line[:-1]
    return f"{line}…"


def _draw_box(pen: ImageDraw.ImageDraw, box: tuple[float, ...], text: str, colour: tuple[int, int, int]) -> None:
    pen.rectangle(box, outline=colour, width=2)
    left, top, right, bottom = pen.textbbox((box[0] + 3, box[1] + 2), text, font=label_font())
    pen.rectangle((left - 3, top - 2, right + 3, bottom + 2), fill=colour)
    pen.text((box[0] + 3, box[1] + 2), text, fill=(0, 0, 0), font=label_font())


def _colour(index: int) -> tuple[int, int, int]:
    return PALETTE[index % len(PALETTE)]


def label_font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The small type under and over pictures."""
    return ImageFont.load_default(13)
