"""Other views of a garment, made from one photo: what two shop photos of the same product, or a shopper's and the
shop's, differ in. Used to train the encoder and, with other garments, to measure it.

What a view may change: which part is seen, the pose (perspective and a smooth warp), light and white balance as two
cameras differ (never the hue itself: colour tells garments apart), what is behind the garment, what hides a bit of
it, and how well the detector's mask fits.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from search.vision.crops import Crop, crop_garment
from training.encoder.encoder_garments import Garment

SIDE = 256  # pixels: the canvas on which a view is laid out, unless the recipe says another
PLAIN = ((255, 255, 255), (248, 248, 248), (238, 238, 238), (225, 223, 220), (245, 240, 235))


@dataclass(frozen=True)
class Recipe:
    """How a kind of view is made. Shares are of the garment's longer side, angles in degrees."""

    part: tuple[float, float] = (1.0, 1.0)  # how much of the garment's sides is seen, least and most
    background: str = "keep"  # "keep" the photo as it is; lay it on its "own" empty room, a "plain" or "other" one
    other_side: float = 0.0  # how often the cloth is laid out anew within the outline: no print is where it was
    pose: float = 0.0  # 0: as it lies; 1: a strong warp
    light: float = 0.0  # 0: as it is; 1: another camera in another room
    hidden: float = 0.0  # at most this share of the garment lies behind something
    side: int = SIDE  # pixels of the canvas; a smaller one is quicker
    detected: float = 1.0  # how often the detector finds the garment (else the whole picture is embedded)


# The kinds that validation asks for; "shown" is the catalogue's photo, the others look for it.
RECIPES = {
    "shown": Recipe(light=0.15),
    "detail": Recipe(part=(0.3, 0.6), pose=0.4, light=0.6, detected=0.3),
    "part": Recipe(part=(0.5, 0.8), background="plain", pose=0.4, light=0.5, detected=0.9),
    "cut-out": Recipe(background="plain", pose=0.5, light=0.6, detected=0.9),
    "elsewhere": Recipe(background="other", pose=0.7, light=0.8, hidden=0.25),
    "pose": Recipe(background="other", pose=1.0, light=0.4, hidden=0.1),
    "light": Recipe(background="plain", pose=0.2, light=1.2, detected=0.9),
}
# The same studio or room, another side of the product: what a shop's own photos of one product are to each other.
SHOP_RECIPES = {
    "back": Recipe(background="own", other_side=1.0, pose=0.6, light=0.6),
    "side": Recipe(part=(0.6, 0.9), background="own", other_side=0.4, pose=0.9, light=0.6, hidden=0.15, detected=0.9),
    "close-up": Recipe(part=(0.3, 0.6), pose=0.4, light=0.5, detected=0.3),
}
TRAINING = Recipe((0.35, 1.0), "other", other_side=0.35, pose=0.9, light=0.8, hidden=0.25, detected=0.8)


def seeded(*parts: object) -> np.random.Generator:
    """Returns a generator that depends on the parts alone: a view stays the same whatever else is made."""
    return np.random.default_rng(zlib.crc32("/".join(map(str, parts)).encode()))


def backgrounds(garments: Sequence[Garment], rng: np.random.Generator, count: int = 200) -> list[np.ndarray]:
    """Returns `count` pictures (SIDE, SIDE, 3) uint8 of what was behind garments, the garments painted over."""
    with_mask = [garment for garment in garments if garment.mask is not None]
    chosen = rng.choice(len(with_mask), min(count, len(with_mask)), replace=False)
    return [_painted_over(with_mask[index]) for index in chosen]


def make_view(
    garment: Garment, recipe: Recipe, rng: np.random.Generator, others: Sequence[np.ndarray]
) -> tuple[np.ndarray, Crop]:
    """Returns the picture (h, w, 3) uint8 RGB of one view and the crop of the garment in it, as a detector finds it.

    A garment without a mask keeps its background and its crop has no mask.
    """
    pixels, mask = _seen_part(garment, recipe.part, rng)
    if recipe.other_side and garment.mask is not None and rng.random() < recipe.other_side:
        pixels = _laid_anew(pixels, mask, rng)
    if recipe.pose or recipe.background != "keep":
        pixels, mask = _posed(pixels, mask, recipe, rng)
    if recipe.background != "keep" and garment.mask is not None:
        own = recipe.background == "own"
        behind = _painted_over(garment) if own else _behind(recipe.background, rng, others)
        pixels = _laid_on(pixels, mask, cv2.resize(behind, mask.shape[::-1], interpolation=cv2.INTER_AREA))
    if recipe.hidden and garment.mask is not None:
        pixels, mask = _partly_hidden(pixels, mask, recipe.hidden, rng, others)
    pixels = _lit(pixels, recipe.light, rng)
    return pixels, _detected(pixels, mask if garment.mask is not None else None, recipe.detected, rng)


def _seen_part(garment: Garment, part: tuple[float, float], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Cuts a window around a point of the garment, `part` of the garment's box in size."""
    mask = garment.mask if garment.mask is not None else np.ones(garment.pixels.shape[:2], bool)
    share = rng.uniform(*part)
    if share > 0.97:
        return garment.pixels, mask
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    height, width = int(share * (rows[-1] + 1 - rows[0])), int(share * (columns[-1] + 1 - columns[0]))
    window = _covered_window(mask, max(16, height), max(16, width), rng)
    return garment.pixels[window], mask[window]


def _covered_window(mask: np.ndarray, height: int, width: int, rng: np.random.Generator) -> tuple[slice, slice]:
    """A random window of this size in the garment's box, the fullest of a few."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return slice(0, height), slice(0, width)
    best = slice(0, height), slice(0, width)
    for attempt in range(6):  # a window that holds little of the garment shows something else
        y = int(rng.integers(rows[0], max(rows[0] + 1, rows[-1] + 2 - height)))
        x = int(rng.integers(columns[0], max(columns[0] + 1, columns[-1] + 2 - width)))
        window = slice(y, y + height), slice(x, x + width)
        if not attempt or mask[window].mean() > mask[best].mean():
            best = window
        if mask[best].mean() > 0.6:
            break
    return best


def _laid_anew(pixels: np.ndarray, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fills the outline with cloth from one half of the garment, mirrored at its edges, turned over or upside down."""
    height, width = mask.shape
    share = rng.uniform(0.45, 0.65)
    window = _covered_window(mask, max(4, int(share * height)), max(4, int(share * width)), rng)
    cloth, covered = pixels[window], mask[window]
    colour = np.median(cloth[covered], axis=0) if covered.any() else cloth.mean((0, 1))
    cloth = np.where(covered[..., None], cloth, colour.astype(np.uint8))
    down, along = rng.integers(0, cloth.shape[0]), rng.integers(0, cloth.shape[1])
    cloth = cloth[:: 1 if rng.random() < 0.5 else -1, :: 1 if rng.random() < 0.5 else -1]
    reach = (int(down), height, int(along), width)
    tiled = cv2.copyMakeBorder(np.ascontiguousarray(cloth), *reach, cv2.BORDER_REFLECT)[:height, :width]
    return np.where(mask[..., None], tiled, pixels)


def _posed(
    pixels: np.ndarray, mask: np.ndarray, recipe: Recipe, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Lays the cut on the canvas through a random perspective and a smooth warp."""
    (height, width), side, keep = mask.shape, recipe.side, recipe.background == "keep"
    # what keeps its background fills the canvas; what is laid on another leaves some of it visible
    scale = 1.2 * side / min(height, width) if keep else side * rng.uniform(0.75, 1.0) / max(height, width)
    matrix = _perspective((width, height), side, scale, recipe.pose, rng)
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).astype(np.float32)
    coarse = rng.normal(0, 0.022 * recipe.pose * side, (5, 5, 2)).astype(np.float32)
    grid = grid + cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    source = cv2.perspectiveTransform(grid.reshape(1, -1, 2), np.linalg.inv(matrix)).reshape(side, side, 2)
    source = source.astype(np.float32)
    edge = cv2.BORDER_REFLECT_101 if keep else cv2.BORDER_CONSTANT
    columns, rows = np.ascontiguousarray(source[..., 0]), np.ascontiguousarray(source[..., 1])
    warped = cv2.remap(pixels, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cut = cv2.remap(mask.astype(np.uint8), columns, rows, cv2.INTER_LINEAR, borderMode=edge) > 0
    return warped, cut


def _perspective(
    size: tuple[int, int], side: int, scale: float, strength: float, rng: np.random.Generator
) -> np.ndarray:
    width, height = size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    target = (corners - np.array([width / 2, height / 2])) * scale
    angle = np.deg2rad(rng.normal(0, 9 * strength))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    mirrored = np.array([-1 if strength and rng.random() < 0.3 else 1, 1])
    target = target @ turn * mirrored * rng.uniform(1 - 0.12 * strength, 1, 2)
    target += rng.normal(0, 0.03 * strength * side, (4, 2)) + side / 2 + rng.normal(0, 0.03 * strength * side, 2)
    return cv2.getPerspectiveTransform(corners, target.astype(np.float32))


def _behind(kind: str, rng: np.random.Generator, others: Sequence[np.ndarray]) -> np.ndarray:
    if kind == "plain" or rng.random() < 0.25:
        plain = np.array(PLAIN[rng.integers(len(PLAIN))], np.float32)
        slope = np.linspace(0, rng.uniform(0, 18), SIDE, dtype=np.float32)[:, None, None]
        return np.clip(plain - slope + np.zeros((1, SIDE, 1), np.float32), 0, 255).astype(np.uint8)
    picture = others[int(rng.integers(len(others)))]
    return picture[:, ::-1] if rng.random() < 0.5 else picture


def _laid_on(pixels: np.ndarray, mask: np.ndarray, behind: np.ndarray) -> np.ndarray:
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8)[..., None]
    shadow = 1 - 0.25 * cv2.GaussianBlur(np.roll(mask.astype(np.float32), (4, 3), (0, 1)), (0, 0), 5)[..., None]
    return (pixels * soft + behind * shadow * (1 - soft)).astype(np.uint8)


def _partly_hidden(
    pixels: np.ndarray, mask: np.ndarray, most: float, rng: np.random.Generator, others: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """An arm, a bag or another garment: an ellipse of another picture's colours over part of the garment."""
    ys, xs = np.nonzero(mask)
    if not len(ys):
        return pixels, mask
    spot = rng.integers(len(ys))
    radius = np.sqrt(rng.uniform(0, most) * len(ys) / np.pi)
    stretch = rng.uniform(0.5, 2.0)
    axes = max(1, int(radius * stretch)), max(1, int(radius / stretch))
    blob = np.zeros(mask.shape, np.uint8)
    centre = int(xs[spot]), int(ys[spot])
    cv2.ellipse(blob, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
    hidden = blob.astype(bool)
    over = cv2.resize(others[int(rng.integers(len(others)))], mask.shape[::-1], interpolation=cv2.INTER_AREA)
    pixels = np.where(hidden[..., None], over, pixels)
    return pixels, mask & ~hidden


def _lit(pixels: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Another camera and room: exposure, contrast, white balance, a little saturation, blur, noise, JPEG."""
    if not strength:
        return pixels
    light = (pixels.astype(np.float32) / 255) ** (2 ** rng.normal(0, 0.18 * strength))
    light = light * 2 ** rng.normal(0, 0.17 * strength)
    balance = 1 + rng.normal(0, 0.05 * strength) * np.array([1, 0, -1], np.float32)
    balance = balance * (1 + rng.normal(0, 0.02 * strength, 3))
    light = light * balance.astype(np.float32)
    grey = light.mean(-1, keepdims=True)
    light = grey + (light - grey) * (1 + rng.normal(0, 0.12 * strength))
    light = 0.5 + (light - 0.5) * (1 + rng.normal(0, 0.08 * strength))
    if rng.random() < 0.5:
        light = cv2.GaussianBlur(light, (0, 0), 0.3 + rng.uniform(0, 1.0) * min(strength, 1))
    light = light + rng.normal(0, 0.012 * strength, light.shape[:2] + (1,))
    picture = (np.clip(light, 0, 1) * 255).astype(np.uint8)
    quality = int(95 - rng.uniform(0, 45) * min(strength, 1))
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded: np.ndarray = cv2.imdecode(encoded, cv2.IMREAD_COLOR)  # type: ignore[assignment]  # our own JPEG
    return decoded


def _detected(pixels: np.ndarray, mask: np.ndarray | None, found: float, rng: np.random.Generator) -> Crop:
    """What a detector makes of it: a box a few percent off, a mask that is fat, thin, shifted or holed; or nothing."""
    if mask is None or rng.random() >= found or mask.mean() < 0.02:
        return Crop(pixels)
    rough = _imperfect(mask, rng)
    rows, columns = np.flatnonzero(rough.any(1)), np.flatnonzero(rough.any(0))
    if not len(rows):
        return Crop(pixels)
    box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float64)
    side = max(box[2] - box[0], box[3] - box[1])
    return crop_garment(pixels, box + rng.normal(0, 0.02, 4) * side, rough)


def _imperfect(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    side = max(3, int(0.03 * max(mask.shape)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(rng.integers(1, side + 1)),) * 2)
    change = (cv2.dilate, cv2.erode)[int(rng.integers(2))]
    rough = change(mask.astype(np.uint8), kernel)
    # detectors answer at 28x28 pixels a garment: corners are rounded and thin parts lost
    coarse = cv2.resize(rough.astype(np.float32), (40, 40), interpolation=cv2.INTER_AREA)
    smooth: np.ndarray = cv2.resize(coarse, mask.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    found: np.ndarray = smooth > rng.uniform(0.35, 0.6)
    if rng.random() < 0.2:  # a part is missed
        found = found & ~_half_plane(found.shape, rng)
    return found


def _half_plane(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    return x * np.cos(angle) + y * np.sin(angle) > rng.uniform(0.45, 0.9)


def _painted_over(garment: Garment) -> np.ndarray:
    """The garment's photo without the garment: the hole is filled from its surroundings, coarse to fine.

    Raises ValueError for a garment without a mask.
    """
    if garment.mask is None:
        raise ValueError(f"{garment.name} has no mask: where the garment is is not known")
    picture = cv2.resize(garment.pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    hole = cv2.resize(garment.mask.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    weight = (1 - cv2.dilate(hole, np.ones((9, 9))))[..., None]
    filled = np.zeros_like(picture)
    for sigma in (64, 24, 8, 3):
        near = _blurred(weight, sigma)[..., None]
        colour = _blurred(picture * weight, sigma) / np.maximum(near, 1e-4)
        filled = np.where(near > 0.05, colour, filled)
    return (picture * weight + filled * (1 - weight)).clip(0, 255).astype(np.uint8)


def _blurred(picture: np.ndarray, sigma: int) -> np.ndarray:
    """A Gaussian blur of a square picture; a wide one is made on a smaller copy, in a quarter of the time."""
    shrink, side = max(1, sigma // 8), picture.shape[0]
    small = cv2.resize(picture, (side // shrink,) * 2, interpolation=cv2.INTER_AREA) if shrink > 1 else picture
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / shrink), (side, side), interpolation=cv2.INTER_LINEAR)
