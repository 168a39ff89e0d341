"""Square tiles that join up with themselves on all sides: (size, size, 3) float32 in 0..1."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from demo.drawing.palette import RGB

Tile = np.ndarray


def ground(size: int, colour: RGB) -> Tile:
    return np.full((size, size, 3), colour, dtype=np.float32)


def axes(size: int) -> tuple[np.ndarray, np.ndarray]:
    """x and y, 0..1 across the tile, (size, size) float32."""
    ramp = (np.arange(size, dtype=np.float32) + 0.5) / size
    return np.broadcast_to(ramp[None, :], (size, size)), np.broadcast_to(ramp[:, None], (size, size))


def lay(tile: Tile, where: np.ndarray, colour: RGB, opacity: float = 1.0) -> Tile:
    """`colour` over the tile where `where` (0..1) says."""
    share = (where * opacity)[..., None].astype(np.float32)
    tile += (np.asarray(colour, dtype=np.float32) - tile) * share
    return tile


def stripe(x: np.ndarray, count: int, share: float, start: float = 0.0, soft: float = 0.02) -> np.ndarray:
    """1 inside `count` stripes that each take `share` of their repeat."""
    phase = np.abs((x * count + start) % 1.0 - 0.5)
    return np.clip((share / 2 - phase) / (soft * max(1, count / 8)) + 0.5, 0, 1)


def shape(tile: Tile, outline: np.ndarray, colour: RGB, at: Sequence[float] | np.ndarray = (0, 0)) -> None:
    """A filled outline (N, 2) in pixels, around `at`, wrapped over the tile's edges."""
    size = len(tile)
    outline = np.asarray(outline) + at
    low, high = outline.min(0), outline.max(0)
    for dx in (-size, 0, size):
        for dy in (-size, 0, size):
            if high[0] + dx < 0 or low[0] + dx > size or high[1] + dy < 0 or low[1] + dy > size:
                continue
            fixed = np.round((outline + (dx, dy)) * 16).astype(np.int32)
            cv2.fillPoly(tile, [fixed], tuple(map(float, colour)), cv2.LINE_AA if tile.dtype == np.uint8 else 8, 4)


def blob(radius: float, petals: int, depth: float, turn: float = 0.0, count: int = 40) -> np.ndarray:
    """A flower's outline around (0, 0)."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    r = radius * (1 - depth + depth * np.abs(np.cos(petals * angle / 2)))
    return np.stack([r * np.cos(angle + turn), r * np.sin(angle + turn)], 1)


def leaf(length: float, width: float, turn: float) -> np.ndarray:
    t = np.linspace(0, 1, 12)
    side = width * np.sin(np.pi * t) ** 0.8
    outline = np.concatenate([np.stack([t * length, side], 1), np.stack([t * length, -side], 1)[::-1]])
    c, s = np.cos(turn), np.sin(turn)
    return outline @ np.array([[c, s], [-s, c]])


def scattered(rng: np.random.Generator, count: int, apart: float) -> np.ndarray:
    """Up to `count` places (N, 2) in 0..1 that keep `apart` from each other, across the edges too."""
    places: list[np.ndarray] = []
    for place in rng.random((count * 14, 2)):
        if all(np.hypot(*(((place - other + 0.5) % 1) - 0.5)) >= apart for other in places):
            places.append(place)
        if len(places) == count:
            break
    return np.array(places)
