"""Skirts."""

from __future__ import annotations

import numpy as np

from demo.design import Design
from demo.drawing.curves import LEFT, RIGHT, Points, ellipse, mirror, path, points, spline
from demo.drawing.panels import Drape, Grain, Line, Mark, Panel
from demo.people.body import HIP, Body


class Skirt:
    """The lines of a skirt from `waist` to `hem` (heights in cm)."""

    def __init__(self, design: Design, body: Body, waist: float = 66.0):
        self.design, self.body = design, body
        self.waist = float(design.get("waist", waist))
        self.hem = float(design.get("skirt_hem", 112))
        self.layer = float(design.get("skirt_layer", 24))
        self.style = str(design.get("skirt", "aline"))
        self.belly = float(design.get("belly", 0.0))

    def half_width(self, y: np.ndarray) -> np.ndarray:
        body = self.body.half_width(np.minimum(y, HIP)) + 0.7 + self.belly * np.exp(-(((np.asarray(y) - 74) / 13) ** 2))
        down = np.clip((np.asarray(y) - self.waist) / 50, 0, 2)
        flare = {"pencil": -1.2, "straight": 1.0, "aline": 9.0, "circle": 19.0, "full": 15.0, "slip": 4.0}[self.style]
        return body + flare * down ** (1.25 if flare < 12 else 0.85) + (0.6 if flare > 2 else 0)

    def _legs_at(self, y: float) -> tuple[float, float]:
        """(middle, least half-width) that covers both legs at height y."""
        xs = [np.interp(y, self.body.leg(side)[:, 1], self.body.leg(side)[:, 0]) for side in (LEFT, RIGHT)]
        return float(np.mean(xs)), float(abs(xs[1] - xs[0]) / 2 + 6.8 * self.body.build.leg)

    def side(self, sign: int) -> Points:
        heights = np.linspace(self.waist, self.hem, 10)
        upright = self.body.torso(np.stack([sign * self.half_width(heights), heights], 1))
        for k, y in enumerate(heights):
            if y > HIP + 4:
                middle, least = self._legs_at(y)
                share = min(1.0, (y - HIP - 4) / 20)
                x = sign * max(abs(upright[k, 0] - middle * share), least)
                upright[k] = (x + middle * share, y)
        return spline(upright, 3)

    def outline(self, start: float = 0.0) -> Points:
        left, right = self.side(LEFT), self.side(RIGHT)
        skip = int(len(left) * start)
        left, right = left[skip:], right[skip:]
        dip = 2.6 if self.style in ("circle", "full", "aline") else 1.4
        bottom = spline(
            [
                right[-1],
                (right[-1] * 0.6 + left[-1] * 0.4) + (0, dip),
                (right[-1] * 0.4 + left[-1] * 0.6) + (0, dip),
                left[-1],
            ]
        )
        if self.design.get("slanted"):
            bottom = spline([right[-1] - (0, 9), (right[-1] + left[-1]) / 2 + (0, 1), left[-1] + (0, 5)])
        top = spline([left[0], (left[0] + right[0]) / 2 + (0, 0.9), right[0]])
        return path(top, right, bottom, left[::-1])

    def drape(self) -> Drape:
        soft = self.design.softness
        style = str(self.design.get("skirt_drape", "auto"))
        if style == "auto":
            style = {
                "pencil": "smooth",
                "straight": "leg",
                "aline": "flare",
                "circle": "flare",
                "full": "gather",
                "slip": "flare",
            }[self.style]
        height = {"smooth": 0.35, "leg": 0.3, "flare": 0.85, "gather": 0.7, "pleat": 0.55}[style]
        return Drape(
            style,
            height * (soft if style != "pleat" else 1),
            float(self.design.get("skirt_folds", 6)),
            self.design.shift,
        )

    def grain(self) -> Grain:
        top = self.body.torso(points((0, self.waist)))[0]
        bottom = (self.side(LEFT)[-1] + self.side(RIGHT)[-1]) / 2
        ends = self.half_width(np.array((self.waist, (self.waist + self.hem) / 2, self.hem)))
        return Grain(np.array([top, (top + bottom) / 2, bottom]), np.asarray(ends, dtype=float))

    def panels(self) -> list[Panel]:
        main = Panel(self.outline(), z=self.layer, grain=self.grain(), puff=6, bulge=0.55, drape=self.drape())
        main.lines += self._lines()
        main.marks += self._bands()
        if self.design.get("fade"):
            main.fade = ("second", (self.hem - self.waist) * 0.2, (self.hem - self.waist) * 0.95)
        return [main, *self._tiers(), *self._front(), *self._band(), *self._inside()]

    def _lines(self) -> list[Line]:
        left, right = self.side(LEFT)[-1], self.side(RIGHT)[-1]
        hem = spline([left, (left + right) / 2 + (0, 2.0), right]) * (1, 1) - (0, 2.2)
        return [Line(hem, "seam", 0.16, strength=0.6)]

    def _bands(self) -> list[Mark]:
        if self.design.get("border"):
            outline = self.outline(0.84)
            return [Mark(outline, "second")]
        return []

    def _tiers(self) -> list[Panel]:
        count = int(self.design.get("tiers", 0))
        panels = []
        for k in range(count):
            start = (k + 1) / (count + 1)
            outline = self.outline(start)
            centre = outline.mean(0)
            wide = (outline - centre) * (1.03 + 0.012 * k, 1) + centre
            panel = Panel(wide, z=self.layer + 0.1 * (k + 1), grain=self.grain(), puff=3, bulge=0.6, shadow=0.3)
            top = wide[:, 1].min()
            panel.grain = Grain(np.array([(centre[0], top), (centre[0], self.hem)]), np.full(2, np.ptp(wide[:, 0]) / 2))
            panel.drape = Drape("gather", 0.55 * self.design.softness, 9 + 2 * k, self.design.shift + k)
            panels.append(panel)
        return panels

    def _front(self) -> list[Panel]:
        style = self.design.get("skirt_front", "none")
        if self.body.back or style == "none":
            return []
        middle_low = (self.side(LEFT)[-1] + self.side(RIGHT)[-1]) / 2
        top = self.body.torso(points((0, self.waist)))[0]
        if style == "buttons":
            line = spline([top, (top + middle_low) / 2, middle_low])
            strip = Panel(
                path(line - (1.5, 0), (line + (1.5, 0))[::-1]),
                z=self.layer + 0.4,
                grain=self.grain(),
                puff=0.7,
                bulge=0.4,
                shadow=0.2,
            )
            spots = np.linspace(0.06, 0.94, max(3, int((self.hem - self.waist) / 8)))
            return [
                strip,
                *(
                    Panel(
                        ellipse(line[int(t * (len(line) - 1))], 0.75, 0.75, 18),
                        "button",
                        self.layer + 0.5,
                        puff=0.4,
                        shadow=0.3,
                    )
                    for t in spots
                ),
            ]
        edge = spline([self.side(RIGHT)[1], (top + middle_low) / 2 + (4, -4), middle_low + (5, 0)])
        if style == "slit":
            edge = path(points(middle_low + (7, -30)), [middle_low + (7.5, 1)])
        return [
            Panel(
                path(edge, edge[::-1] + (0.9, 0.2)),
                z=self.layer + 0.4,
                puff=0.6,
                bulge=0.6,
                shadow=0.5,
                grain=self.grain(),
            )
        ]

    def _band(self) -> list[Panel]:
        deep = float(self.design.get("skirt_band", 3.4))
        if deep == 0:
            return []
        heights = np.array((self.waist - 0.3, self.waist + deep))
        right = np.stack([self.half_width(heights), heights], 1)
        half = path(
            spline([(0, heights[0] + 0.9), (right[0, 0] * 0.6, heights[0] + 0.6), right[0]]),
            spline([right[1], (right[1, 0] * 0.6, heights[1] + 0.6), (0, heights[1] + 0.9)]),
        )
        outline = self.body.torso(path(half, mirror(half)[::-1]))
        panel = Panel(
            outline,
            str(self.design.get("band_material", "main")),
            self.layer + 0.6,
            self.grain(),
            puff=1.3,
            bulge=0.5,
            shadow=0.25,
        )
        return [panel]

    def _inside(self) -> list[Panel]:
        if self.body.dressed or self.body.back or self.design.kind != "skirt":
            return []
        x, y = float(self.half_width(np.array(self.waist))), self.waist - 0.3
        outline = path(spline([(-x, y), (0, y - 1.5), (x, y)]), spline([(x, y), (0, y + 1.2), (-x, y)]))
        return [Panel(self.body.torso(outline), "lining", self.layer - 10, shade=0.6, bulge=0, shadow=0)]


def skirt(design: Design, body: Body) -> list[Panel]:
    return Skirt(design, body).panels()
