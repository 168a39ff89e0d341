"""Patterns that repeat: each draws one square tile, which joins up with itself on all sides.

Every function takes (size, colours, rng): the tile's side in pixels, RGB colours 0..1 (ground first), and a
numpy Generator. It returns (size, size, 3) float32 in 0..1.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from demo.drawing.palette import mix
from demo.drawing.tiles import Tile, axes, blob, ground, lay, leaf, scattered, shape, stripe


def solid(size, colours, rng):
    return ground(size, colours[0])


def stripes(size, colours, rng, count=8, share=0.45):
    return lay(ground(size, colours[0]), stripe(axes(size)[1], count, share), colours[1])


def breton(size, colours, rng):
    return stripes(size, colours, rng, count=10, share=0.28)


def wide_stripes(size, colours, rng):
    tile = stripes(size, colours, rng, count=3, share=0.5)
    return lay(tile, stripe(axes(size)[1], 3, 0.08), colours[-1])


def vertical_stripes(size, colours, rng):
    return lay(ground(size, colours[0]), stripe(axes(size)[0], 10, 0.4), colours[1])


def pinstripe(size, colours, rng):
    return lay(ground(size, colours[0]), stripe(axes(size)[0], 14, 0.09), colours[1], 0.8)


def diagonal(size, colours, rng):
    x, y = axes(size)
    return lay(ground(size, colours[0]), stripe(x + y, 6, 0.4), colours[1])


def gingham(size, colours, rng, count=9):
    x, y = axes(size)
    tile = lay(ground(size, colours[0]), stripe(x, count, 0.5), colours[1], 0.55)
    return lay(tile, stripe(y, count, 0.5), colours[1], 0.55)


def plaid(size, colours, rng, count=3):
    x, y = axes(size)
    tile = ground(size, colours[0])
    second, third = colours[1], colours[-1] if len(colours) > 2 else mix(colours[0], (1, 1, 1), 0.5)
    for ramp in (x, y):
        lay(tile, stripe(ramp, count, 0.42), second, 0.5)
        lay(tile, stripe(ramp, count, 0.07, 0.36), third, 0.75)
        lay(tile, stripe(ramp, count, 0.05, 0.62), second, 0.85)
    return tile


def windowpane(size, colours, rng):
    x, y = axes(size)
    tile = lay(ground(size, colours[0]), stripe(x, 5, 0.06), colours[1], 0.9)
    return lay(tile, stripe(y, 5, 0.06), colours[1], 0.9)


def houndstooth(size, colours, rng, count=8):
    """Four dark threads and four light ones, both ways, in a two-and-two twill."""
    x, y = axes(size)
    column, row = np.floor(x * count * 8), np.floor(y * count * 8)
    over = (column - row) % 4 < 2
    dark = np.where(over, column % 8 < 4, row % 8 < 4).astype(np.float32)
    return lay(ground(size, colours[0]), dark, colours[1])


def herringbone(size, colours, rng):
    x, y = axes(size)
    zig = np.abs((x * 8) % 2 - 1)
    return lay(ground(size, colours[0]), stripe(y * 1.0 + zig * 0.125 * 0.5, 16, 0.5), colours[1], 0.7)


def chevron(size, colours, rng):
    x, y = axes(size)
    zig = np.abs((x * 6) % 2 - 1)
    tile = lay(ground(size, colours[0]), stripe(y + zig / 12, 6, 0.4), colours[1])
    return lay(tile, stripe(y + zig / 12, 6, 0.1, 0.42), colours[-1])


def argyle(size, colours, rng, count=3):
    x, y = axes(size)
    a, b = (x * count + y * 2) % 1, (x * count - y * 2) % 1
    tile = lay(ground(size, colours[0]), ((a < 0.5) & (b < 0.5)).astype(np.float32), colours[1])
    lay(tile, ((a >= 0.5) & (b >= 0.5)).astype(np.float32), colours[-1], 0.9)
    return lay(tile, np.maximum(stripe(a, 2, 0.08, 0.25), stripe(b, 2, 0.08, 0.25)), (0.96, 0.95, 0.92), 0.7)


def polka(size, colours, rng, count=6, radius=0.26):
    x, y = axes(size)
    tile = ground(size, colours[0])
    for shift in (0.0, 0.5):
        gap = np.hypot((x * count + shift) % 1 - 0.5, (y * count + shift) % 1 - 0.5)
        lay(tile, np.clip((radius - gap) * 12, 0, 1), colours[1])
    return tile


def pin_dots(size, colours, rng):
    return polka(size, colours, rng, count=14, radius=0.17)


def big_dots(size, colours, rng):
    return polka(size, colours, rng, count=3, radius=0.25)


def stars(size, colours, rng):
    tile = ground(size, colours[0])
    for place in scattered(rng, 34, 0.12):
        angle = np.linspace(0, 2 * np.pi, 10, endpoint=False) + rng.random()
        r = size * 0.032 * np.where(np.arange(10) % 2, 0.42, 1) * rng.uniform(0.7, 1.2)
        shape(tile, np.stack([r * np.cos(angle), r * np.sin(angle)], 1), colours[1], place * size)
    return tile


def ditsy(size, colours, rng):
    tile = ground(size, colours[0])
    for k, place in enumerate(scattered(rng, 70, 0.085)):
        petals = colours[1 + k % (len(colours) - 1)]
        r = size * rng.uniform(0.02, 0.03)
        shape(tile, leaf(r * 2.3, r * 0.5, rng.random() * 6.3), mix(colours[-1], (0.2, 0.4, 0.25), 0.6), place * size)
        shape(tile, blob(r, 5, 0.45, rng.random()), petals, place * size)
        shape(tile, blob(r * 0.3, 3, 0), mix(petals, (1, 0.9, 0.4), 0.7), place * size)
    return tile


def floral(size, colours, rng):
    tile = ground(size, colours[0])
    green = mix(colours[-1], (0.18, 0.36, 0.22), 0.6)
    for k, place in enumerate(scattered(rng, 16, 0.2)):
        petals, r = colours[1 + k % (len(colours) - 1)], size * rng.uniform(0.06, 0.085)
        for turn in rng.random(3) * 6.3:
            shape(tile, leaf(r * 1.9, r * 0.36, turn), green, place * size)
            shape(tile, leaf(r * 1.8, r * 0.06, turn), mix(green, (1, 1, 1), 0.25), place * size)
        turn = rng.random() * 6
        for share, tint in ((1.0, 0.0), (0.72, 0.22), (0.45, 0.4)):
            shape(tile, blob(r * share, 5, 0.35, turn), mix(petals, (1, 1, 1), tint), place * size)
        shape(tile, blob(r * 0.2, 3, 0), mix(petals, (0.95, 0.75, 0.2), 0.8), place * size)
    return tile


def tropical(size, colours, rng):
    tile = ground(size, colours[0])
    for k, place in enumerate(scattered(rng, 13, 0.2)):
        colour, stem = colours[1 + k % (len(colours) - 1)], rng.random() * 6.3
        for j, t in enumerate(np.linspace(-1.2, 1.2, 7)):
            reach = size * 0.13 * (1 - 0.18 * abs(j - 3))
            shape(tile, leaf(reach, size * 0.017, stem + t), mix(colour, (0, 0, 0), 0.05 * (j % 2)), place * size)
    return tile


def leopard(size, colours, rng):
    tile = ground(size, colours[0])
    for place in scattered(rng, 90, 0.075):
        r, turn = size * rng.uniform(0.022, 0.034), rng.random() * 6.3
        shape(tile, blob(r, 3, 0.25, turn), colours[-1], place * size)
        shape(tile, blob(r * 0.55, 2, 0.2, turn + 1), mix(colours[0], colours[-1], 0.35), place * size + r * 0.25)
    return tile


def _noise(size, rng, blur):
    raw = rng.standard_normal((size // 4, size // 4)).astype(np.float32)
    pad = size // 4
    soft = cv2.GaussianBlur(np.tile(raw, (3, 3)), (0, 0), size * blur / 4)[pad : 2 * pad, pad : 2 * pad]
    soft = cv2.resize(np.tile(soft, (3, 3)), (3 * size, 3 * size), interpolation=cv2.INTER_CUBIC)
    soft = soft[size : 2 * size, size : 2 * size]
    return (soft - soft.mean()) / max(float(soft.std()), 1e-6)


def camo(size, colours, rng):
    tile = ground(size, colours[0])
    for colour in colours[1:]:
        lay(tile, np.clip((_noise(size, rng, 0.035) - 0.45) * 9, 0, 1), colour)
    return tile


def tie_dye(size, colours, rng):
    x, y = axes(size)
    ring = np.hypot(x - 0.5, y - 0.5) * 5 + _noise(size, rng, 0.04) * 0.16
    tile = lay(ground(size, colours[0]), np.clip(np.sin(ring * 2 * np.pi) * 1.3 + 0.5, 0, 1), colours[1])
    edge = np.clip((0.5 - np.maximum(abs(x - 0.5), abs(y - 0.5))) * 12, 0, 1)
    return lay(tile, 1 - edge, mix(colours[0], colours[1], 0.5))


def watercolour(size, colours, rng):
    tile = ground(size, colours[0])
    for colour in colours[1:]:
        lay(tile, np.clip(_noise(size, rng, 0.07) * 0.7, 0, 1), colour, 0.85)
    return tile


def kawung(size, colours, rng, count=4):
    """The batik of four-petalled palm fruit."""
    tile, cell = ground(size, colours[0]), size / count
    for i in range(count):
        for j in range(count):
            centre = np.array([(i + 0.5) * cell, (j + 0.5) * cell])
            for turn in np.pi / 4 + np.arange(4) * np.pi / 2:
                shape(tile, leaf(cell * 0.68, cell * 0.21, turn), colours[1], centre)
                shape(
                    tile,
                    leaf(cell * 0.5, cell * 0.07, turn),
                    colours[0],
                    centre + cell * 0.08 * np.array([np.cos(turn), np.sin(turn)]),
                )
            shape(tile, blob(cell * 0.07, 4, 0.3), colours[-1], centre)
            shape(tile, blob(cell * 0.08, 4, 0.4), colours[-1], centre + cell / 2)
    return tile


def parang(size, colours, rng, count=4):
    """The batik of slanting knife blades."""
    x, y = axes(size)
    rows = (x + y) * count
    wave = np.sin((y - x) * count * 3 * 2 * np.pi) * 0.17
    tile = lay(ground(size, colours[0]), np.clip((0.3 - np.abs((rows + wave) % 1 - 0.5)) * 14, 0, 1), colours[1])
    lay(tile, np.clip((0.06 - np.abs((rows + wave * 0.8) % 1 - 0.5)) * 24, 0, 1), colours[0])
    return lay(tile, stripe(x + y, count, 0.06, 0.5), colours[-1])


def mega_mendung(size, colours, rng):
    """The batik of rain clouds, from Cirebon."""
    tile = ground(size, colours[0])
    for place in scattered(rng, 9, 0.26):
        width = size * rng.uniform(0.13, 0.17)
        for k, share in enumerate((1.0, 0.8, 0.6, 0.4, 0.2)):
            cloud = blob(width * share, 7, 0.22, 0.4, 56) * (1.35, 0.72)
            shape(tile, cloud, mix(colours[1], colours[-1], k / 4), place * size)
    return tile


def ikat(size, colours, rng, count=3):
    x, y = axes(size)
    feather = rng.random(size).astype(np.float32)[None, :] * 0.05
    diamond = np.abs((x * count) % 1 - 0.5) + np.abs((y * count + feather) % 1 - 0.5)
    tile = lay(ground(size, colours[0]), np.clip((0.42 - diamond) * 18, 0, 1), colours[1])
    lay(tile, np.clip((0.28 - diamond) * 18, 0, 1), colours[-1])
    lay(tile, np.clip((0.14 - diamond) * 18, 0, 1), colours[0])
    return lay(tile, stripe(y, count, 0.05, 0.5), colours[1])


def fair_isle(size, colours, rng):
    x, y = axes(size)
    sx, sy = np.floor(x * 48), np.floor(y * 48)
    row = sy % 16
    tile = ground(size, colours[0])
    diamond = np.abs((sx % 8) - 4) + np.abs(row - 4)
    lay(tile, (diamond <= 3) * (diamond >= 2) * 1.0, colours[1])
    lay(tile, (diamond == 0) * 1.0, colours[-1])
    lay(tile, (row == 10) * ((sx % 2) == 0) * 1.0 + (row == 12) * ((sx % 2) == 1) * 1.0, colours[-1])
    return lay(tile, (row == 14) * 1.0, colours[1])


def geometric(size, colours, rng, count=4):
    tile, cell = ground(size, colours[0]), size / count
    for i in range(count):
        for j in range(count):
            corner, colour = np.array([i, j]) * cell, colours[1 + (i + j) % (len(colours) - 1)]
            angle = np.linspace(0, np.pi / 2, 10)
            arc = np.stack([np.cos(angle), np.sin(angle)], 1) * cell * 0.94
            turn = int(rng.integers(4))
            quarter = np.vstack([[0, 0], arc]) - cell / 2
            for _ in range(turn):
                quarter = quarter @ np.array([[0, 1], [-1, 0]])
            shape(tile, quarter, colour, corner + cell / 2)
    return tile


def terrazzo(size, colours, rng):
    tile = ground(size, colours[0])
    for k, place in enumerate(scattered(rng, 60, 0.09)):
        r = size * rng.uniform(0.015, 0.04)
        angle = np.sort(rng.random(5)) * 2 * np.pi
        shape(
            tile, np.stack([r * np.cos(angle), r * np.sin(angle)], 1), colours[1 + k % (len(colours) - 1)], place * size
        )
    return tile


MOTIFS: dict[str, Callable[..., Tile]] = {
    motif.__name__: motif
    for motif in (
        solid, stripes, breton, wide_stripes, vertical_stripes, pinstripe, diagonal, gingham, plaid, windowpane,
        houndstooth, herringbone, chevron, argyle, polka, pin_dots, big_dots, stars, ditsy, floral, tropical, leopard,
        camo, tie_dye, watercolour, kawung, parang, mega_mendung, ikat, fair_isle, geometric, terrazzo,
    )
}  # fmt: skip
