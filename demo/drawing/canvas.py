"""The sheet that panels are painted on: cloth laid along its grain, creased, lit from the upper left, and shadowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from demo.drawing.curves import Points, dashes
from demo.drawing.drapes import drape_height
from demo.drawing.fabrics import Fabric
from demo.drawing.palette import RGB
from demo.drawing.panels import Line, Panel

BACKGROUND, PERSON = 0, 1  # owners below any garment's
FIXED = 4  # bits of a pixel's fraction in cv2's coordinates


@dataclass(frozen=True)
class View:
    """Centimetres to pixels: `scale` pixels a cm, with the point `centre` (cm) in the picture's middle."""

    width: int
    height: int
    scale: float
    centre: tuple[float, float]

    def __call__(self, curve: Points) -> Points:
        return (np.asarray(curve) - self.centre) * self.scale + (self.width / 2, self.height / 2)

    def grid(self, box: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
        """x (w,) and y (h, 1) in cm of the pixels in box x0,y0,x1,y1."""
        x0, y0, x1, y1 = box
        xs = (np.arange(x0, x1, dtype=np.float32) + 0.5 - self.width / 2) / self.scale + self.centre[0]
        ys = (np.arange(y0, y1, dtype=np.float32) + 0.5 - self.height / 2) / self.scale + self.centre[1]
        return xs.astype(np.float32)[None, :], ys.astype(np.float32)[:, None]


@dataclass(frozen=True)
class Light:
    """Towards the light (x, y; z is towards the viewer), how much is ambient, and the colour of it all."""

    x: float = -0.45
    y: float = -0.5
    ambient: float = 0.5
    tint: RGB = (1.0, 1.0, 1.0)


class Canvas:
    """`rgb` (H, W, 3) float32 0..1 and `owner` (H, W) int16: whose panel is seen at each pixel."""

    def __init__(self, backdrop: np.ndarray, view: View, light: Light | None = None):
        self.rgb, self.view, self.light = backdrop, view, light or Light()
        self.owner = np.zeros(backdrop.shape[:2], dtype=np.int16)

    def fill(self, outlines: list[Points], box: tuple[int, int, int, int]) -> np.ndarray:
        """(h, w) float32 0..1: how much of each pixel the outlines cover."""
        x0, y0, x1, y1 = box
        mask = np.zeros((y1 - y0, x1 - x0), dtype=np.uint8)
        fixed = [_fixed(self.view(outline) - (x0, y0)) for outline in outlines]
        cv2.fillPoly(mask, fixed, 255, cv2.LINE_AA, FIXED)
        return mask.astype(np.float32) / 255

    def box_of(self, outline: Points, pad: int = 2) -> tuple[int, int, int, int] | None:
        """The pixels around an outline, clipped to the sheet; None where it lies outside."""
        pixels = self.view(outline)
        low, high = np.floor(pixels.min(0)).astype(int) - pad, np.ceil(pixels.max(0)).astype(int) + pad
        x0, y0 = max(0, low[0]), max(0, low[1])
        x1, y1 = min(self.view.width, high[0]), min(self.view.height, high[1])
        return (x0, y0, x1, y1) if x1 - x0 > 1 and y1 - y0 > 1 else None

    def draw(self, panel: Panel, paints: Mapping[str, Fabric], owner: int) -> None:
        box = self.box_of(panel.outline)
        if box is None:
            return
        mask = self.fill([panel.outline, *panel.holes], box)
        if panel.shadow:
            self._cast_shadow(panel, box)
        colour, height = self._cloth(panel, paints, box, mask)
        colour = self._lit(colour, height.astype(np.float32, copy=False), panel, paints[panel.material].gloss)
        x0, y0, x1, y1 = box
        self.rgb[y0:y1, x0:x1] = blended(colour, np.ascontiguousarray(self.rgb[y0:y1, x0:x1]), mask)
        self.owner[y0:y1, x0:x1][mask > 0.5] = owner

    def _cloth(self, panel, paints, box, mask) -> tuple[np.ndarray, np.ndarray]:
        """The panel's colour (h, w, 3) before light, and its height above the sheet in cm (h, w)."""
        x, y = self.view.grid(box)
        fabric = paints[panel.material]
        height = self._roundness(panel, mask if panel.form is None else self.fill([panel.form], box))
        if panel.grain is None:
            place = (np.broadcast_to(ramp, mask.shape).copy() for ramp in (x, y))
            colour = self._filled(fabric, *place)
        else:
            u, s, v = panel.grain.locate(x, y)
            colour = self._filled(fabric, s, v)
            if panel.fade:
                other, start, end = panel.fade
                share = np.clip((v - start) / (end - start), 0, 1)[..., None]
                colour = colour + (self._filled(paints[other], s, v) - colour) * share
            if panel.drape:
                height += drape_height(panel.drape, u, s, v)
        self._mark(panel, paints, box, colour)
        self._rule(panel.lines, box, colour, height)
        return colour, height

    def _filled(self, fabric: Fabric, s: np.ndarray, v: np.ndarray) -> np.ndarray:
        if fabric.motif == "solid" and fabric.weave in ("poplin", "satin"):
            return np.full((*s.shape, 3), fabric.colours[0], dtype=np.float32)
        tile = fabric.tile(self.view.scale)
        density = np.float32(len(tile) / fabric.repeat)
        across, down = (s * density).astype(np.float32), (v * density).astype(np.float32)
        return cv2.remap(tile, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)

    def _roundness(self, panel: Panel, mask: np.ndarray) -> np.ndarray:
        if not panel.bulge:
            return np.zeros_like(mask)
        radius = max(panel.puff * self.view.scale, 1.0)
        inside = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
        near = np.clip(1 - inside / radius, 0, 1)
        height = np.sqrt(1.02 - near * near) * np.float32(panel.puff * panel.bulge)
        return soften(height.astype(np.float32), radius * 0.22)

    def _mark(self, panel: Panel, paints, box, colour: np.ndarray) -> None:
        for mark in panel.marks:
            near, part = self._within(mark.outline, box, 1.0)
            if near is None:
                continue
            share = self.fill([mark.outline], near)[..., None] * np.float32(mark.opacity)
            tone = paints[mark.material].colours[0] if isinstance(mark.material, str) else mark.material
            colour[part] += (np.asarray(tone, dtype=np.float32) - colour[part]) * share

    def _rule(self, lines: list[Line], box, colour: np.ndarray, height: np.ndarray) -> None:
        for line in lines:
            near, part = self._within(line.curve, box, line.width * 2 + 0.5)
            if near is not None:
                self._rule_one(line, near, colour[part], height[part])

    def _rule_one(self, line: Line, box, colour: np.ndarray, height: np.ndarray) -> None:
        """One line over its surroundings: `colour` and `height` are changed in place."""
        if line.kind == "fold":
            height += self._stroke([line.curve], line.width, box, line.width * 0.5) * (line.strength * line.width)
            return
        if line.kind == "wash":
            share = self._stroke([line.curve], line.width, box, line.width * 0.4)[..., None] * line.strength
            colour += (1 - colour) * share * 0.45
            return
        curves = dashes(line.curve, 0.5, 0.35) if line.kind == "stitch" else [line.curve]
        share = self._stroke(curves, line.width, box)[..., None] * min(line.strength, 1.0)
        tone = line.colour if line.colour is not None else colour * 0.62
        colour += (tone - colour) * share * (0.85 if line.kind == "stitch" else 0.75)
        if line.kind == "seam":
            height -= share[..., 0] * 0.12

    def _within(self, curve: Points, box, margin: float):
        """The part of `box` about a curve, as pixels of the sheet and as slices of the box; (None, None) outside."""
        near = self.box_of(curve, int(margin * self.view.scale) + 2)
        if near is None:
            return None, None
        x0, y0, x1, y1 = max(near[0], box[0]), max(near[1], box[1]), min(near[2], box[2]), min(near[3], box[3])
        if x1 - x0 < 2 or y1 - y0 < 2:
            return None, None
        return (x0, y0, x1, y1), (slice(y0 - box[1], y1 - box[1]), slice(x0 - box[0], x1 - box[0]))

    def _stroke(self, curves: list[Points], width: float, box, soft: float = 0.0) -> np.ndarray:
        x0, y0, x1, y1 = box
        layer = np.zeros((y1 - y0, x1 - x0), dtype=np.uint8)
        pixels = width * self.view.scale
        fixed = [_fixed(self.view(curve) - (x0, y0)) for curve in curves]
        cv2.polylines(layer, fixed, False, 255, max(1, round(pixels)), cv2.LINE_AA, FIXED)
        share = layer.astype(np.float32) * np.float32(min(1.0, pixels) / 255)
        return soften(share, soft * self.view.scale) if soft else share

    def _lit(self, colour, height, panel: Panel, gloss: float) -> np.ndarray:
        """Light on a relief: `colour` shaded by the slope of `height`."""
        light, scale = self.light, self.view.scale / 8
        slope_x = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=scale, borderType=cv2.BORDER_REPLICATE)
        slope_y = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=scale, borderType=cv2.BORDER_REPLICATE)
        steep = 1 / np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)
        z = np.float32(np.sqrt(max(0.05, 1 - light.x**2 - light.y**2)))
        facing = (z - slope_x * np.float32(light.x) - slope_y * np.float32(light.y)) * steep
        shade = np.float32(light.ambient) + np.float32((1 - light.ambient) / z) * facing
        shade = np.minimum(shade, 1.25) * (0.72 + 0.28 * steep) * np.float32(panel.shade)
        lit = colour * np.minimum(shade, 1)[..., None]
        shine = np.maximum(shade - 1, 0) * np.float32(0.5 + gloss)
        if gloss > 0.15:
            shine += np.clip(np.clip(facing - 0.86, 0, 1) ** 2 * np.float32(36 * gloss), 0, 0.5)
        if shine.max() > 0.01:
            lit = blended(np.ones_like(lit), lit, shine)
        return lit if light.tint == (1.0, 1.0, 1.0) else lit * np.asarray(light.tint, dtype=np.float32)

    def _cast_shadow(self, panel: Panel, box) -> None:
        """Darkens what the figure already shows beneath and beside the panel; never the background."""
        reach = max(2, round(1.6 * self.view.scale))
        x0, y0 = max(0, box[0] - reach), max(0, box[1] - reach)
        x1, y1 = min(self.view.width, box[2] + reach), min(self.view.height, box[3] + reach)
        figure = self.owner[y0:y1, x0:x1] > BACKGROUND
        if not figure.any():
            return
        size = (max(1, (x1 - x0) // 3), max(1, (y1 - y0) // 3))
        small = np.zeros(size[::-1], dtype=np.uint8)
        outline = (self.view(panel.outline + (0.35, 0.7)) - (x0, y0)) * np.divide(size, (x1 - x0, y1 - y0))
        cv2.fillPoly(small, [_fixed(outline)], 255, cv2.LINE_AA, FIXED)
        soft = soften(small.astype(np.float32), 0.8 * self.view.scale / 3)
        shade: np.ndarray = cv2.resize(soft, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        shade *= figure
        shade *= np.float32(-panel.shadow / 255)
        shade += 1
        self.rgb[y0:y1, x0:x1] *= shade[..., None]


def blended(over: np.ndarray, under: np.ndarray, share: np.ndarray) -> np.ndarray:
    """`share` (h, w) of `over` on `under`, both (h, w, 3) float32."""
    return cv2.blendLinear(over, under, share, 1 - share)


def soften(layer: np.ndarray, sigma: float) -> np.ndarray:
    """A Gaussian blur; a wide one is made on a smaller copy, which the eye cannot tell."""
    if sigma < 0.4:
        return layer
    shrink = int(sigma // 3)
    if shrink < 2 or min(layer.shape) < shrink * 8:
        return cv2.GaussianBlur(layer, (0, 0), sigma)
    height, width = layer.shape
    small = cv2.resize(layer, (width // shrink, height // shrink), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def _fixed(pixels: Points) -> np.ndarray:
    # cv2 puts whole numbers in a pixel's middle; our pixels begin at them
    return np.round((pixels - 0.5) * (1 << FIXED)).astype(np.int32)
