"""Trousers, jeans, leggings and shorts: two legs, a waistband, and what is sewn on."""

from __future__ import annotations

import numpy as np

from demo.design import Design
from demo.drawing.curves import LEFT, RIGHT, Points, along, ellipse, lengths, mirror, path, points, spline, tube
from demo.drawing.panels import Drape, Grain, Line, Panel
from demo.people.body import CROTCH, HIP, Body

BARE = ((0, 0.14, 0.3, 0.5, 0.68, 1.0), (9.3, 8.5, 7.0, 5.1, 5.5, 3.2))  # a leg's half-width, hip to ankle
RISES = {"low": 76.0, "mid": 71.5, "high": 66.0}
# ease in cm at the thigh, knee, calf and hem
FITS = {
    "skin": (0.35, 0.3, 0.3, 0.3), "skinny": (0.6, 0.6, 0.7, 0.9), "slim": (1.0, 1.3, 1.5, 2.0),
    "straight": (1.4, 2.6, 3.0, 4.2), "relaxed": (2.2, 3.8, 4.2, 5.2), "wide": (2.4, 6.0, 7.8, 10.5),
    "flare": (0.8, 1.2, 4.0, 9.5), "jogger": (2.2, 3.8, 3.8, 1.6), "barrel": (2.8, 6.2, 5.6, 2.8),
    "shorts": (2.4, 4.2, 5, 6),
}  # fmt: skip


class Trousers:
    """The lines of trousers on one body. `reach` is the length, as a share of hip joint to ankle."""

    def __init__(self, design: Design, body: Body):
        self.design, self.body = design, body
        self.waist = RISES[str(design.get("rise", "mid"))]
        self.reach = float(design.get("reach", 0.99))
        self.layer = float(design.get("layer", 20))
        self.ease = FITS[str(design.get("fit", "straight"))]

    def waist_half(self, y: float | np.ndarray) -> np.ndarray:
        return self.body.half_width(y) + 0.5 + min(self.ease[0], 1.6) * 0.35

    def edges(self, side: int) -> tuple[Points, Points, Points]:
        """(outer, inner, spine) of a leg, from the hip down."""
        spine = along(self.body.leg_spine(side), np.linspace(0, self.reach, 26))
        stations = np.array((0, 0.14, 0.3, 0.5, 0.68, 1.0))
        leg = self.body.build.leg
        radii = np.interp(stations, *BARE) * leg + np.interp(stations, (0.1, 0.45, 0.68, 1), self.ease)
        left, right = tube(spine, stations / self.reach, radii)
        outer, inner = (right, left) if side == RIGHT else (left, right)
        return outer, self._apart(inner, side), spine

    def _apart(self, inner: Points, side: int) -> Points:
        """The inner edge kept on its own side of the middle, so that two wide legs do not look like a skirt."""
        middle = self.body.torso(points((0, CROTCH)))[0][0]
        least = 0.3 + 0.07 * np.clip(inner[:, 1] - CROTCH, 0, 30)
        return np.stack([middle + side * np.maximum((inner[:, 0] - middle) * side, least), inner[:, 1]], axis=1)

    def leg(self, side: int) -> Panel:
        outer, inner, spine = self.edges(side)
        place = np.array((side, 1))
        heights = np.linspace(self.waist, HIP - 4, 4)
        hips = self.body.torso(np.stack([self.waist_half(heights), heights], 1) * place)
        drop = CROTCH + 1.2 + min(self.ease[0], 2) * 0.6
        top, crotch = self.body.torso(points((0, self.waist + 0.9), (-side * 0.4, drop)))
        outer = outer[outer[:, 1] > HIP + 13] if len(outer[outer[:, 1] > HIP + 13]) > 1 else outer[-2:]
        inner = inner[inner[:, 1] > drop + 4]
        inner = inner if len(inner) else points((side * 1.5, spine[-1][1]))
        outline = path([top], spline(path(hips, outer[::2], outer[-1:]), 3), spline(path(inner[::-1], [crotch]), 3))
        z = self.layer + (0.2 if side == RIGHT else 0)
        panel = Panel(outline, z=z, grain=Grain.tube(path([hips[0] * (0.5, 1)], spine), 10.0), puff=5.0, bulge=0.72)
        style = str(self.design.get("drape", "leg"))
        panel.drape = Drape(
            style, 0.36 * self.design.softness, float(self.design.get("folds", 5)), self.design.shift + side
        )
        panel.lines += self._leg_lines(side, outer, inner, spine, crotch)
        panel.lines += [] if self.body.back else self._front()
        return panel

    def _leg_lines(self, side: int, outer: Points, inner: Points, spine: Points, crotch: Points) -> list[Line]:
        lines = []
        soft = self.design.softness
        for k, drop in enumerate((2.5, 7.0)):
            curve = spline(
                [crotch + (side * 0.8, 0.5 + k), crotch + (side * 5, 1 + drop), crotch + (side * 9.5, drop * 0.5 - 1)]
            )
            lines.append(Line(curve, "fold", 1.2, strength=0.5 * soft))
        if self.design.get("wash"):
            lines.append(Line(along(spine, np.linspace(0.08, 0.82, 12)), "wash", 7.0, strength=0.5))
        if self.design.get("crease"):
            lines.append(Line(along(spine, np.linspace(0.02, 1, 12)), "seam", 0.2, strength=0.6))
            lines.append(Line(along(spine, np.linspace(0.02, 1, 12)) + (0.5, 0), "fold", 0.7, strength=0.5))
        hem = path([outer[-1]], [inner[-1]])
        up = (spine[-2] - spine[-1]) / np.hypot(*(spine[-2] - spine[-1]))
        if self.design.get("fit") not in ("jogger", "skin"):
            lines.append(
                Line(hem + up * 2.0, "stitch" if self.design.get("topstitch") else "seam", 0.16, self._thread, 0.7)
            )
        if self.design.get("side_stripe"):
            lines.append(
                Line(
                    outer + (spine.mean(0) - outer.mean(0)) / 9 * (1, 0),
                    "tape",
                    1.7,
                    self.design.paints["second"].colours[0],
                )
            )
        return lines

    @property
    def _thread(self) -> tuple[float, float, float] | None:
        return (0.78, 0.52, 0.25) if self.design.get("topstitch") else None

    def panels(self) -> list[Panel]:
        parts = [self.leg(LEFT), self.leg(RIGHT), *self.waistband()]
        parts += self._behind() if self.body.back else []
        if self.design.get("pocket") == "cargo":
            parts += [self._cargo(side) for side in (LEFT, RIGHT)]
        if self.design.get("cuff"):
            parts += [self._cuff(side) for side in (LEFT, RIGHT)]
        return parts

    def waistband(self) -> list[Panel]:
        deep = float(self.design.get("band", 3.8))
        top, low = self.waist - 0.6, self.waist + deep
        right = path(spline([(0, top + 0.9), (self.waist_half(top) * 0.6, top + 0.7), (self.waist_half(top), top)]))
        bottom = spline([(self.waist_half(low), low), (self.waist_half(low) * 0.6, low + 0.7), (0, low + 0.9)])
        half = path(right, bottom)
        outline = self.body.torso(path(half, mirror(half)[::-1]))
        material = str(self.design.get("band_material", "main"))
        panel = Panel(outline, material, self.layer + 0.6, self._top_grain(), puff=1.4, bulge=0.55, shadow=0.2)
        if self.design.get("elastic"):
            panel.drape = Drape("gather", 0.16, 14, self.design.shift)
        parts = [panel, *self._inside(top)]
        if not self.body.back and self.design.get("cord"):
            parts += self._cord(low)
        elif not self.body.back and not self.design.get("elastic"):
            x, y = self.body.torso(points((0, self.waist + deep * 0.5)))[0]
            parts.append(Panel(ellipse((x, y + 0.7), 0.8, 0.8, 20), "button", self.layer + 0.9, puff=0.5, shadow=0.25))
        return parts + (self._loops(top, low) if self.design.get("loops") else [])

    def _inside(self, top: float) -> list[Panel]:
        if self.body.dressed or self.body.back:
            return []
        x = float(self.waist_half(top))
        outline = path(spline([(-x, top), (0, top - 1.6), (x, top)]), spline([(x, top), (0, top + 1.4), (-x, top)]))
        return [Panel(self.body.torso(outline), "lining", self.layer - 10, shade=0.6, bulge=0, shadow=0)]

    def _top_grain(self) -> Grain:
        return Grain.between(self.body.torso(points((0, self.waist - 2), (0, HIP))), 12)

    def _loops(self, top: float, low: float) -> list[Panel]:
        loops = []
        for x in (-0.72, -0.36, 0.36, 0.72):
            x = x * float(self.waist_half(low))
            outline = self.body.torso(
                points((x - 0.5, top + 0.2), (x + 0.5, top + 0.2), (x + 0.5, low + 1.2), (x - 0.5, low + 1.2))
            )
            loops.append(Panel(outline, "main", self.layer + 0.8, puff=0.4, shadow=0.25))
        return loops

    def _cord(self, low: float) -> list[Panel]:
        cords = []
        for side in (LEFT, RIGHT):
            curve = spline([(side * 0.6, low - 1.6), (side * 2.2, low + 4), (side * 1.6, low + 11)])
            cords.append(
                Panel(
                    self.body.torso(path(curve, curve[::-1] + (0.55, 0))), "trim", self.layer + 1, puff=0.3, shadow=0.3
                )
            )
        return cords

    def _front(self) -> list[Line]:
        half, y = float(self.waist_half(self.waist)), self.waist + 3.8
        fly = path(points((-0.1, y), (2.6, y)), spline([(2.6, y), (2.4, y + 9), (-0.1, y + 13)]))
        kind = "stitch" if self.design.get("topstitch") else "seam"
        lines = (
            []
            if self.design.get("elastic")
            else [
                Line(self.body.torso(fly[1:]), kind, 0.16, self._thread, 0.7),
                Line(self.body.torso(points((0, y), (0, CROTCH))), "seam", 0.2, strength=0.7),
            ]
        )
        for side in (LEFT, RIGHT):
            slit = spline([(side * half * 0.52, y), (side * half * 0.66, y + 6), (side * (half + 1.2), y + 9)])
            lines += [
                Line(self.body.torso(slit), "seam", 0.24, strength=0.9),
                Line(self.body.torso(slit + (-side * 0.4, 0.5)), kind, 0.14, self._thread, 0.7),
            ]
        return lines

    def _behind(self) -> list[Panel]:
        if self.design.get("elastic"):
            return []
        pockets = []
        for x in (-8, 8):
            y = self.waist + 9
            outline = self.body.torso(points((x - 5, y), (x + 5, y), (x + 4.6, y + 9), (x, y + 11.5), (x - 4.6, y + 9)))
            centre = outline.mean(0)
            inner = path(centre + (outline - centre) * 0.88, [centre + (outline[0] - centre) * 0.88])
            panel = Panel(outline, "main", self.layer + 0.5, self._top_grain(), puff=0.7, bulge=0.5, shadow=0.25)
            panel.lines.append(Line(inner, "stitch", 0.16, self._thread, 0.8))
            pockets.append(panel)
        return pockets

    def _cargo(self, side: int) -> Panel:
        _outer, _inner, spine = self.edges(side)
        at = along(spine, [min(0.42, 0.42 / self.reach)])[0]
        x = at[0] + side * 4.6
        outline = points((x - 5, at[1]), (x + 5, at[1]), (x + 5, at[1] + 13), (x - 5, at[1] + 13))
        panel = Panel(outline, "main", self.layer + 0.7, Grain.tube(spine, 10), puff=1.2, bulge=0.6, shadow=0.3)
        panel.lines = [
            Line(points((x - 5, at[1] + 4), (x + 5, at[1] + 4)), "seam", 0.3),
            Line(outline * 1.0 + (0, 0.5), "stitch", 0.15),
        ]
        return panel

    def _cuff(self, side: int) -> Panel:
        outer, inner, spine = self.edges(side)
        wide = {"rib": 5.0, "turned": 4.0}[str(self.design.get("cuff"))]
        end = along(spine, [1 - wide / lengths(spine)[-1], 1])
        half = np.hypot(*(outer[-1] - inner[-1])) / 2 * (0.92 if self.design.get("cuff") == "rib" else 1.04)
        direction = (end[1] - end[0]) / np.hypot(*(end[1] - end[0]))
        normal = np.array([direction[1], -direction[0]])
        outline = path(
            [
                end[0] + normal * half,
                end[0] - normal * half,
                end[1] - normal * half * 0.95,
                end[1] + normal * half * 0.95,
            ]
        )
        material = "rib" if self.design.get("cuff") == "rib" else "lining"
        return Panel(outline, material, self.layer + 0.7, Grain.tube(end, half), puff=1.5, bulge=0.6, shadow=0.2)


def trousers(design: Design, body: Body) -> list[Panel]:
    return Trousers(design, body).panels()
