"""Pictures with garments as arrays, and what training does to them: warp, cut out, paste, recolour.

A scene's `ids` (H, W) uint8 says for each pixel which garment it shows, 0 being none; `kinds[id]` is that garment's
class index (-1: ignored). One warp then deltas every garment at once, and what is pasted over is hidden for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass
class Scene:
    pixels: np.ndarray  # (H, W, 3) uint8 BGR
    ids: np.ndarray  # (H, W) uint8
    kinds: list[int]  # kinds[0] is never used
    outline: np.ndarray | None = None  # (H, W) bool, what a cut-out takes along (the person); None: the garments


def warped(scene: Scene, matrix: np.ndarray, size: tuple[int, int], fill: tuple[int, ...]) -> Scene:
    """Returns the scene moved by an affine (2, 3) matrix onto a canvas of size (width, height)."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    pixels, to_canvas = scene.pixels, matrix
    if scale < 0.75:  # warpAffine looks at four pixels only, serving averages over all: the picture must not alias
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        to_canvas = np.column_stack([matrix[:, :2] / scale, matrix[:, 2]])
    pixels = cv2.warpAffine(pixels, to_canvas, size, flags=cv2.INTER_LINEAR, borderValue=fill)
    ids = cv2.warpAffine(scene.ids, matrix, size, flags=cv2.INTER_NEAREST)
    outline = None
    if scene.outline is not None:
        outline = cv2.warpAffine(scene.outline.astype(np.uint8), matrix, size, flags=cv2.INTER_NEAREST) > 0
    return Scene(pixels, ids, scene.kinds, outline)


def pasted(scene: Scene, base: Scene) -> Scene:
    """Returns `base` with what `scene` (of the same size) shows, cut out, on top; both keep their garments."""
    cut = scene.outline if scene.outline is not None else scene.ids > 0
    alpha = cv2.GaussianBlur(cut.astype(np.float32), (0, 0), 0.8)[..., None]
    pixels = (scene.pixels * alpha + base.pixels * (1 - alpha)).astype(np.uint8)
    offset = len(base.kinds) - 1
    ids = np.where(cut, np.where(scene.ids > 0, scene.ids + offset, 0), base.ids).astype(np.uint8)
    return Scene(pixels, ids, base.kinds + scene.kinds[1:])


def tiled(scenes: list[Scene], size: tuple[int, int]) -> Scene:
    """Returns one canvas of size (width, height) with the scenes in a 2x2 grid, or two of them side by side."""
    width, height = size
    cells = _cells(len(scenes), width, height)
    canvas = Scene(np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8), [-1])
    for scene, (x, y, w, h) in zip(scenes, cells, strict=True):
        part = warped(scene, covering(scene, (w, h)), (w, h), (128, 128, 128))
        offset = len(canvas.kinds) - 1
        canvas.pixels[y : y + h, x : x + w] = part.pixels
        canvas.ids[y : y + h, x : x + w] = np.where(part.ids > 0, part.ids + offset, 0)
        canvas.kinds = canvas.kinds + part.kinds[1:]
    return canvas


def _cells(count: int, width: int, height: int) -> list[tuple[int, int, int, int]]:
    half_width, half_height = width // 2, height // 2
    if count == 2 and width > height:
        return [(0, 0, half_width, height), (half_width, 0, half_width, height)]
    if count == 2:
        return [(0, 0, width, half_height), (0, half_height, width, half_height)]
    return [(x, y, half_width, half_height) for y in (0, half_height) for x in (0, half_width)]


def covering(scene: Scene, size: tuple[int, int]) -> np.ndarray:
    """Returns the matrix that fits the scene into (width, height), centred."""
    height, width = scene.ids.shape
    scale = min(size[0] / width, size[1] / height)
    return np.array([[scale, 0, (size[0] - width * scale) / 2], [0, scale, (size[1] - height * scale) / 2]], np.float32)


def placed_at_random(
    scene: Scene, size: tuple[int, int], rng: np.random.Generator, *, zoom: tuple[float, float], turn: float = 0
) -> np.ndarray:
    """Returns a random matrix: scaled by `zoom` times what fits (width, height), moved, mirrored, turned by degrees."""
    height, width = scene.ids.shape
    fits = min(size[0] / width, size[1] / height)
    scale = fits * np.exp(rng.uniform(*np.log(zoom)))
    angle = np.deg2rad(rng.uniform(-turn, turn))
    mirror = rng.choice([-1, 1])
    linear = scale * np.array([[np.cos(angle) * mirror, -np.sin(angle)], [np.sin(angle) * mirror, np.cos(angle)]])
    # Where it is smaller than the canvas it may lie anywhere in it, where larger it must cover the canvas.
    slack = np.abs(np.array(size) - scale * np.array([width, height])) / 2
    centre = np.array(size) / 2 + rng.uniform(-1, 1, 2) * slack
    return np.column_stack([linear, centre - linear @ np.array([width / 2, height / 2])]).astype(np.float32)


def recoloured(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the pixels in another light: contrast, brightness, tint, saturation, sometimes blur or noise."""
    table = np.arange(256, dtype=np.float32)[:, None] / 255
    gain = rng.uniform(0.75, 1.25) * rng.uniform(0.93, 1.07, 3)
    table = np.clip((table ** rng.uniform(0.75, 1.3)) * gain + rng.uniform(-0.08, 0.08), 0, 1)
    lookup = (255 * table).astype(np.uint8)[None]
    pixels = cv2.LUT(pixels, lookup)
    if rng.random() < 0.5:
        gray = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        amount = rng.uniform(0.5, 1.3)
        pixels = cv2.addWeighted(pixels, amount, gray, 1 - amount, 0)
    if rng.random() < 0.2:
        pixels = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.1))
    return pixels


def hue_shifted(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the pixels (H, W, 3) uint8 BGR with all hues turned by one random angle; greys stay as they are."""
    hsv = cv2.cvtColor(pixels, cv2.COLOR_BGR2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.int32) + int(rng.integers(180))) % 180
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR), np.uint8)


def cropped(scene: Scene, margin: int = 6) -> Scene:
    """Returns the part of the scene that its garments take, with `margin` pixels around them."""
    x, y, width, height = cv2.boundingRect((scene.ids > 0).astype(np.uint8))
    rows, columns = slice(max(y - margin, 0), y + height + margin), slice(max(x - margin, 0), x + width + margin)
    outline = None if scene.outline is None else scene.outline[rows, columns]
    return Scene(scene.pixels[rows, columns], scene.ids[rows, columns], scene.kinds, outline)


def plain_background(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Returns a shop's backdrop of size (width, height): mostly white or light, sometimes coloured, softly lit."""
    width, height = size
    if rng.random() < 0.6:
        colour = np.full(3, rng.uniform(225, 256)) + rng.uniform(-6, 6, 3)
    else:
        colour = rng.uniform(20, 240, 3)
    light = rng.uniform(-25, 10) if rng.random() < 0.5 else 0
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    slope = light * (np.cos(a := rng.uniform(0, 2 * np.pi)) * x + np.sin(a) * y)
    return np.clip(colour + slope[..., None] + rng.normal(0, rng.uniform(0, 2), (height, width, 1)), 0, 255).astype(
        np.uint8
    )


def lay_on_plain_ground(garment: Scene, size: tuple[int, int], rng: np.random.Generator) -> Scene:
    """Returns a packshot of size (width, height): the garment by itself on a plain ground, mostly with its shadow."""
    matrix = placed_at_random(garment, size, rng, zoom=(0.45, 0.97), turn=6)
    laid = warped(garment, matrix, size, (128, 128, 128))
    laid.outline = None
    return pasted(laid, Scene(_shaded(plain_background(size, rng), laid.ids > 0, rng), np.zeros_like(laid.ids), [-1]))


def _shaded(ground: np.ndarray, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the ground (H, W, 3) uint8 with the shadow that what `mask` (H, W) bool covers casts on it."""
    if rng.random() < 0.3:
        return ground
    shift = np.array([[1, 0, rng.uniform(-8, 8)], [0, 1, rng.uniform(0, 10)]], np.float32)
    shadow = cv2.warpAffine(mask.astype(np.float32), shift, mask.shape[::-1])
    shadow = cv2.GaussianBlur(shadow, (0, 0), rng.uniform(2, 9)) * rng.uniform(0.1, 0.45)
    return (ground * (1 - shadow[..., None])).astype(np.uint8)


def noise(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Returns coloured noise of size (width, height): grains of one pixel to a fifth of the canvas, any contrast."""
    grain = np.exp(rng.uniform(0, np.log(max(size) / 5)))
    cells = [max(2, round(side / grain)) for side in reversed(size)]
    mean, spread = rng.uniform(40, 215, 3), rng.uniform(5, 110)
    grains = np.clip(rng.normal(mean, spread, (*cells, 3)), 0, 255).astype(np.uint8)
    return cv2.resize(grains, size, interpolation=int(rng.choice([cv2.INTER_NEAREST, cv2.INTER_CUBIC])))
