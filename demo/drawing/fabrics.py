"""Cloth: a motif in colours, woven, knitted or pressed, as a tile that a panel is filled with."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from demo.drawing.motifs import MOTIFS
from demo.drawing.palette import RGB
from demo.drawing.tiles import axes

TILE = 512  # pixels a side


@dataclass(frozen=True)
class Fabric:
    """`repeat` is the tile's side in cm, `gloss` 0..1, `stiffness` 0 (chiffon) to 1 (leather)."""

    colours: tuple[RGB, ...]
    motif: str = "solid"
    weave: str = "jersey"
    repeat: float = 24.0
    gloss: float = 0.05
    stiffness: float = 0.4
    turn: bool = False  # the motif turned a quarter

    def tile(self, pixels_per_cm: float) -> np.ndarray:
        """(N, N, 3) float32 0..1, `repeat` cm a side, no finer than `pixels_per_cm` asks for."""
        size = min(TILE, max(16, round(self.repeat * pixels_per_cm / 8) * 8))
        return _tile(self, size)


@lru_cache(maxsize=48)  # at most 3 MB each
def _tile(fabric: Fabric, size: int) -> np.ndarray:
    if size < TILE:
        return cv2.resize(_tile(fabric, TILE), (size, size), interpolation=cv2.INTER_AREA)
    seed = zlib.crc32(repr((fabric.motif, fabric.colours, fabric.repeat)).encode())
    rng = np.random.default_rng(seed)
    colours = fabric.colours if len(fabric.colours) > 1 else fabric.colours * 2
    tile = MOTIFS[fabric.motif](size, colours, rng)
    if fabric.turn:
        tile = np.ascontiguousarray(tile.transpose(1, 0, 2))
    relief = WEAVES[fabric.weave](size, fabric.repeat, rng)
    return np.clip(tile * relief[..., None], 0, 1).astype(np.float32)


def _grain(size: int, rng: np.random.Generator, along: float, across: float) -> np.ndarray:
    noise = rng.standard_normal((size, size)).astype(np.float32)
    padded = cv2.copyMakeBorder(noise, 32, 32, 32, 32, cv2.BORDER_WRAP)
    soft = cv2.GaussianBlur(padded, (0, 0), sigmaX=across, sigmaY=along)[32:-32, 32:-32]
    return soft / max(float(soft.std()), 1e-6)


def _count(repeat: float, width: float) -> int:
    """How many ribs of `width` cm go into a tile: whole ones only, or the tile would not join."""
    return max(2, round(repeat / width))


def jersey(size, repeat, rng):
    return 1 + 0.012 * _grain(size, rng, 1.2, 0.8)


def poplin(size, repeat, rng):
    return 1 + 0.012 * _grain(size, rng, 0.8, 0.8)


def linen(size, repeat, rng):
    return 1 + 0.035 * _grain(size, rng, 9, 0.8) + 0.035 * _grain(size, rng, 0.8, 9)


def melange(size, repeat, rng):
    return 1 + 0.06 * _grain(size, rng, 0.8, 2.4) + 0.04 * _grain(size, rng, 0.6, 0.6)


def denim(size, repeat, rng):
    x, y = axes(size)
    twill = np.sin((x + y) * 2 * np.pi * _count(repeat, 0.22))
    return 1 + 0.05 * twill + 0.045 * _grain(size, rng, 4, 0.7) + 0.028 * _grain(size, rng, 16, 12)


def twill(size, repeat, rng):
    x, y = axes(size)
    return 1 + 0.025 * np.sin((x + y) * 2 * np.pi * _count(repeat, 0.3)) + 0.012 * _grain(size, rng, 1, 1)


def corduroy(size, repeat, rng):
    return 1 + 0.14 * np.sin(axes(size)[0] * 2 * np.pi * _count(repeat, 0.62)) + 0.03 * _grain(size, rng, 3, 1)


def rib(size, repeat, rng):
    wave = np.sin(axes(size)[0] * 2 * np.pi * _count(repeat, 0.7))
    return 1 + 0.11 * np.sign(wave) * np.abs(wave) ** 0.5 + 0.02 * _grain(size, rng, 2, 1)


def knit(size, repeat, rng):
    x, y = axes(size)
    columns, rows = _count(repeat, 0.75), _count(repeat, 0.6)
    slant = np.abs((x * columns) % 1 - 0.5)
    return 1 + 0.1 * np.sin((y * rows + slant * 1.2) * 2 * np.pi) * (0.4 + slant) + 0.1 * (0.3 - slant)


def cable(size, repeat, rng):
    x, y = axes(size)
    base = knit(size, repeat, rng)
    count = _count(repeat, 6.0)
    lane = (x * count) % 1
    twist = np.sin(y * 2 * np.pi * _count(repeat, 5.0)) * 0.13
    ropes = np.exp(-(((lane - 0.5 - twist) / 0.08) ** 2)) + np.exp(-(((lane - 0.5 + twist) / 0.08) ** 2))
    groove = np.exp(-(((np.abs(lane - 0.5) - 0.3) / 0.035) ** 2))
    return base + 0.16 * np.clip(ropes, 0, 1.2) - 0.2 * groove


def waffle(size, repeat, rng):
    x, y = axes(size)
    n = 2 * np.pi * _count(repeat, 0.9)
    return 1 + 0.07 * np.sin(x * n) + 0.07 * np.sin(y * n)


def tweed(size, repeat, rng):
    return 1 + 0.1 * _grain(size, rng, 0.9, 0.9) + 0.08 * _grain(size, rng, 2.2, 1.2)


def fleece(size, repeat, rng):
    return 1 + 0.03 * _grain(size, rng, 2.4, 2.4) + 0.025 * _grain(size, rng, 1.0, 1.0)


def satin(size, repeat, rng):
    return 1 + 0.008 * _grain(size, rng, 6, 1)


def leather(size, repeat, rng):
    return 1 + 0.014 * _grain(size, rng, 1.3, 1.3) + 0.012 * _grain(size, rng, 9, 9)


def straw(size, repeat, rng):
    x, y = axes(size)
    n, m = _count(repeat, 0.8), _count(repeat, 0.8)
    over = (np.floor(x * n) + np.floor(y * m)) % 2
    edge = np.where(over > 0, np.cos((x * n % 1 - 0.5) * np.pi), np.cos((y * m % 1 - 0.5) * np.pi))
    return 0.8 + 0.22 * edge + 0.03 * _grain(size, rng, 2, 2)


def lace(size, repeat, rng):
    x, y = axes(size)
    n = _count(repeat, 3.2)
    a, b = (x * n) % 1 - 0.5, (y * n) % 1 - 0.5
    radius, angle = np.hypot(a, b), np.arctan2(b, a)
    petals = 0.3 + 0.1 * np.cos(6 * angle)
    hole = np.clip((0.035 - np.abs(radius - petals)) * 40, 0, 1) + np.clip((0.09 - radius) * 30, 0, 1)
    return 1 - 0.2 * np.clip(hole, 0, 1) + 0.03 * _grain(size, rng, 1, 1)


def sequins(size, repeat, rng):
    x, y = axes(size)
    n = _count(repeat, 0.9)
    row = np.floor(y * n)
    a, b = (x * n + 0.5 * (row % 2)) % 1 - 0.5, (y * n) % 1 - 0.5
    disc = np.clip((0.48 - np.hypot(a, b)) * 14, 0, 1)
    flash = rng.random((n, n)).astype(np.float32)[
        row.astype(int) % n, np.floor(x * n + 0.5 * (row % 2)).astype(int) % n
    ]
    return 0.7 + disc * (0.1 + 0.75 * flash**3)


WEAVES = {
    weave.__name__: weave
    for weave in (
        jersey, poplin, linen, melange, denim, twill, corduroy, rib, knit, cable, waffle, tweed, fleece, satin,
        leather, straw, lace, sequins,
    )
}  # fmt: skip
