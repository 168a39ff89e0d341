"""Shoes, drawn from the side: heel at the origin, toe to the right, the ground at y = 0, up being negative."""

from __future__ import annotations

import numpy as np

from .body import Body
from .curves import LEFT, RIGHT, Points, ellipse, path, points, spline
from .design import Design
from .panels import Drape, Grain, Line, Mark, Panel

LENGTH = 25.5
GRAIN = Grain.straight((12, -14), (12, 2), 12)
# height of the collar at the heel and in front, where in front it is, heel height, sole's thickness
LASTS = {
    "sneaker": (9.5, 10.5, 11.0, 0.0, 3.0), "chunky": (10, 11, 11.0, 0.0, 4.6), "hightop": (16, 17, 10.5, 0.0, 3.0),
    "slipon": (8.4, 8.0, 13.0, 0.0, 2.6), "loafer": (7.6, 6.6, 13.5, 1.0, 1.6), "oxford": (8, 9.0, 12.0, 1.2, 1.6),
    "ballet": (6.4, 3.8, 18.0, 0.0, 1.0), "pump": (7.2, 3.8, 18.5, 8.0, 0.9), "ankle": (18, 18, 10.0, 3.0, 1.8),
    "chelsea": (19, 19, 10.0, 2.0, 1.8), "combat": (24, 24, 10.0, 2.2, 3.0), "knee": (41, 42, 11.0, 4.0, 1.4),
    "rain": (30, 31, 12.0, 1.0, 2.4),
}  # fmt: skip


class Shoe:
    def __init__(self, design: Design):
        self.design = design
        self.last = str(design.get("last", "sneaker"))
        self.heel_top, self.front_top, self.front_x, self.heel, self.sole = LASTS.get(
            self.last, LASTS["slipon"]
        )

    def raised(self, curve: Points) -> Points:
        """The foot lifted at the heel."""
        share = np.clip(1 - curve[:, 0] / 17, 0, 1.05) ** 1.15
        return curve - np.stack([np.zeros(len(curve)), share * self.heel], 1)

    def upper_outline(self) -> Points:
        s, h, f, x = -self.sole, -self.heel_top, -self.front_top, self.front_x
        heel = spline(
            [(0.6, s), (-0.4, s - 3.2), (0.3, h * 0.75), (0.4, h)]
            if -h < 12
            else [(0.6, s), (-0.3, s - 4), (1.0, -10), (0.6 if -h < 30 else -1.2, h)]
        )
        width = x - 0.5 if -h < 30 else x + 2.0
        mouth = spline([(heel[-1][0], h), (width * 0.5, max(h, f) + (1.2 if -h < 12 else 0.5)), (width, f)])
        if -h >= 12:
            mouth = spline([(heel[-1][0], h), (width * 0.55, (h + f) / 2 + 0.4), (width + 0.6, f)])
            vamp = spline(
                [(width + 0.6, f), (x + 1.0, -13), (x + 4.0, -9.0), (20, -5.6), (24.2, -4.4), (25.4, s - 0.6)]
            )
        else:
            vamp = spline(
                [
                    (width, f),
                    (min(x + 5, 20.5), (f - 4.6) / 2 - 1.0 if x < 17 else -4.2),
                    (21.5, -4.9),
                    (24.6, -4.0),
                    (25.5, s - 0.4),
                ]
            )
        return path(heel, mouth, vamp, [(25.2, s), (0.6, s)])

    def sole_outline(self) -> Points:
        s = -self.sole
        top = points((0.0, s - 0.3), (25.5, s - 0.3))
        chunky = 0.9 if self.last in ("chunky", "combat") else 0.3
        return path(
            spline([top[0], (-0.6 - chunky * 0.6, s * 0.5), (0.6, 0)]),
            spline([(0.6, 0), (14, 0), (22.5, 0), (25.9 + chunky * 0.5, s * 0.55 - 0.4), top[1]]),
        )

    def panels(self) -> list[Panel]:
        upper = Panel(
            self.upper_outline(),
            z=14.0,
            grain=GRAIN,
            puff=3.0,
            bulge=0.8,
            drape=Drape("cloth", 0.1, shift=self.design.shift),
        )
        upper.marks += self._blocks()
        upper.lines += self._seams()
        parts = [self._lining(), self._sole(), upper, *self._heel(), *self._laces(), *self._extras()]
        for panel in parts:
            panel.outline = self.raised(panel.outline)
            panel.lines = [
                Line(self.raised(np.asarray(line.curve)), line.kind, line.width, line.colour, line.strength)
                for line in panel.lines
            ]
            panel.marks = [
                Mark(self.raised(mark.outline), mark.material, mark.opacity) for mark in panel.marks
            ]
            panel.holes = [self.raised(hole) for hole in panel.holes]
        return parts

    def _sole(self) -> Panel:
        panel = Panel(self.sole_outline(), "sole", 14.2, puff=1.2, bulge=0.8, shadow=0.3)
        if self.sole >= 2.4:
            panel.lines.append(
                Line(points((0.2, -self.sole * 0.45), (25.6, -self.sole * 0.5)), "seam", 0.35, strength=0.6)
            )
        return panel

    def _lining(self) -> Panel:
        h, f, x = -self.heel_top, -self.front_top, self.front_x
        wide = x - 0.5 if -h < 30 else x + 2.4
        mouth = path(
            spline([(0.3, h), (wide * 0.5, min(h, f) - 0.9), (wide, f)]),
            spline([(wide, f), (wide * 0.5, max(h, f) + 1.6), (0.3, h)]),
        )
        return Panel(mouth, "lining", 13.0, shade=0.7, bulge=0, shadow=0)

    def _blocks(self) -> list[Mark]:
        """Parts of another colour: toe cap, heel counter, side stripes."""
        found, s = [], -self.sole
        style = self.design.get("trim")
        if style in ("cap", "all"):
            found.append(
                Mark(path(spline([(20.2, s), (20.4, -4), (21.4, -7)]), points((30, -7), (30, 2))), "second")
            )
        if style in ("counter", "all"):
            found.append(
                Mark(
                    path(
                        points((-3, s + 1), (5.4, s + 1)),
                        spline([(5.4, s), (4.4, -5), (2.8, -9), (2.5, -13)]),
                        points((-3, -13)),
                    ),
                    "second",
                )
            )
        if style == "stripes":
            for x in (9.5, 12, 14.5):
                found.append(Mark(points((x, s), (x + 1.3, s), (x - 1.0, -9.5), (x - 2.3, -9.5)), "second"))
        if style == "swoosh":
            found.append(
                Mark(
                    path(
                        spline([(3, -5), (9, -4.2), (16, -7.2)]), spline([(16, -7.2), (9, -5.8), (4.5, -7.4)])
                    ),
                    "second",
                )
            )
        if style == "star":
            angle = np.arange(10) * np.pi / 5 - np.pi / 2
            found.append(
                Mark(
                    np.stack(
                        [
                            7 + 1.9 * np.where(np.arange(10) % 2, 0.42, 1) * np.cos(angle),
                            -8 + 1.9 * np.where(np.arange(10) % 2, 0.42, 1) * np.sin(angle),
                        ],
                        1,
                    ),
                    "second",
                )
            )
        return found

    def _seams(self) -> list[Line]:
        s = -self.sole
        if self.last in ("ballet", "pump"):
            return [
                Line(
                    path(
                        [(0.6, -self.heel_top + 0.7)],
                        spline([(1, -self.heel_top + 0.7), (9, -3.9), (17.4, -3.4)]),
                    ),
                    "seam",
                    0.25,
                )
            ]
        lines = [
            Line(spline([(9.0, s), (10.5, -6), (11.5, -self.front_top + 1)]), "seam", 0.2),
            Line(
                spline([(19, s), (19.2, -4.2), (20.6, -6)]),
                "stitch" if self.last == "combat" else "seam",
                0.2,
            ),
        ]
        if self.last in ("knee", "rain", "ankle", "chelsea"):
            lines = [
                Line(spline([(1, -11), (6, -8.6), (12, -12)]), "fold", 1.0, strength=-0.5),
                Line(spline([(0, -15), (7, -12.5), (12, -14.5)]), "fold", 1.0, strength=0.4),
            ]
        return lines

    def _heel(self) -> list[Panel]:
        if self.heel < 1.5:
            return (
                []
                if self.heel == 0
                else [Panel(points((0, -1), (7, -1), (6.6, 1.0), (0.2, 1.0)), "sole", 14.1, puff=0.5)]
            )
        wide = 2.0 if self.heel > 6 else 6.5
        top = self.heel
        outline = points(
            (0.3, -self.sole),
            (wide + 2.6, -self.sole),
            (wide + 0.2, top * 0.35),
            (wide - 0.1, top),
            (0.5, top),
            (0.1, top * 0.4),
        )
        return [Panel(outline, "sole" if self.heel < 6 else "main", 13.9, puff=1.0, bulge=0.8)]

    def _laces(self) -> list[Panel]:
        count = {"sneaker": 5, "chunky": 5, "hightop": 7, "oxford": 4, "combat": 8}.get(self.last, 0)
        parts = []
        for k in range(count):
            t = k / max(count - 1, 1)
            top = -self.front_top + 1.0
            x = np.interp(t, (0, 0.6, 1), (10.9, 12.6 if self.front_top > 12 else 13.4, 17.2))
            y = np.interp(t, (0, 0.6, 1), (top, -9.6 if self.front_top > 12 else -8.4, -6.4))
            outline = points((x - 2.6, y + 1.0), (x - 2.2, y + 0.3), (x + 1.2, y - 0.6), (x + 1.0, y + 0.25))
            parts.append(Panel(outline, "lace", 14.6, puff=0.3, shadow=0.25))
        if count:
            top = -self.front_top
            tongue = path(spline([(9.0, top + 1), (9.6, top - 2.2), (12.4, top - 1.4), (12.2, top + 1.4)]))
            parts.append(
                Panel(tongue, "second" if self.design.get("trim") == "all" else "main", 13.6, GRAIN, puff=0.9)
            )
        return parts

    def _extras(self) -> list[Panel]:
        if self.last == "chelsea":
            return [
                Panel(
                    path(
                        spline([(4.2, -18.4), (5, -12), (6.4, -8)]),
                        spline([(6.8, -8), (8.2, -12), (9, -18.6)]),
                    ),
                    "rib",
                    14.4,
                    puff=0.6,
                    shadow=0.1,
                )
            ]
        if self.last == "loafer":
            return [
                Panel(
                    path(
                        spline([(11.6, -4), (12.6, -7.2), (14.5, -8.2)]),
                        spline([(17.2, -7.0), (15.4, -5.6), (14.6, -3.4)]),
                    ),
                    "second" if self.design.get("trim") else "main",
                    14.4,
                    puff=0.7,
                    shadow=0.35,
                )
            ]
        if self.last == "ballet" and self.design.get("trim"):
            return [
                Panel(ellipse((18.6 + dx, -5.2), 1.5, 0.9, 18), "second", 14.4, puff=0.4, shadow=0.3)
                for dx in (-1.2, 1.2)
            ]
        if self.last == "combat" or self.design.get("strap"):
            return [
                Panel(
                    points((-0.4, -13.4), (12.2, -12.6), (12.2, -11), (-0.4, -11.6)),
                    "second",
                    14.5,
                    puff=0.6,
                    shadow=0.3,
                )
            ]
        return []


def _sandal(design: Design) -> list[Panel]:
    sole = path(
        spline([(0, -1.6), (-0.4, -0.8), (0.6, 0)]),
        spline([(0.6, 0), (13, 0.2), (24, 0), (25.8, -1.6)]),
        spline([(25.8, -2.0), (18, -1.9), (10, -2.6), (0, -2.4)]),
    )
    parts = [Panel(sole, "sole", 14.0, puff=1.0, bulge=0.8)]
    if design.get("last") == "slide":
        band_ = path(
            spline([(12.2, -1.8), (13.0, -6.6), (15.4, -8.4)]),
            spline([(15.4, -8.4), (20, -6.8), (23.2, -2.0)]),
        )
        return [
            *parts,
            Panel(
                band_,
                "main",
                14.5,
                GRAIN,
                puff=1.6,
                shadow=0.3,
                marks=[Mark(ellipse((17.6, -5.2), 1.5, 1.1), "second")],
            ),
        ]
    straps = [
        ((17.5, -1.9), (18.8, -6.4), (21.8, -2.0)),
        ((12.5, -2), (12.2, -8.2), (16.8, -5.2)),
        ((0.6, -2), (1.6, -8.8), (10.8, -9.6)),
    ]
    for low, mid, end in straps:
        line = spline([low, mid, end])
        parts.append(Panel(path(line, (line + (1.9, -0.1))[::-1]), "main", 14.5, GRAIN, puff=0.7, shadow=0.3))
    parts.append(Panel(ellipse((10.6, -9.3), 0.8, 0.9, 18), "button", 14.6, puff=0.4, shadow=0.3))
    return parts


def shoe(design: Design) -> list[Panel]:
    return _sandal(design) if design.get("last") in ("sandal", "slide") else Shoe(design).panels()


def placed(
    panels: list[Panel], scale: tuple[float, float], at: tuple[float, float], lift: float = 0.0
) -> list[Panel]:
    """The panels stretched by `scale` and moved to `at`; `lift` is added to their order."""

    def move(curve: Points) -> Points:
        return np.asarray(curve) * scale + at

    for panel in panels:
        panel.outline, panel.holes = move(panel.outline), [move(hole) for hole in panel.holes]
        panel.lines = [
            Line(move(line.curve), line.kind, line.width, line.colour, line.strength) for line in panel.lines
        ]
        panel.marks = [Mark(move(mark.outline), mark.material, mark.opacity) for mark in panel.marks]
        panel.z += lift
        if panel.grain is not None:
            panel.grain = Grain(move(panel.grain.spine), panel.grain.radii * abs(scale[1]))
    return panels


def pair(design: Design, body: Body) -> list[Panel]:
    """Both shoes: on the body's feet, or, with nobody inside, as a shop lays them out."""
    if body.dressed:
        return [
            panel
            for side in (LEFT, RIGHT)
            for panel in placed(shoe(design), (side * 0.66, 1.0), _heel_of(body, side), 0.3 * side)
        ]
    behind = placed(shoe(design), (1, 1), (5.5, -6.0), -6)
    front = placed(shoe(design), (1, 1), (0, 0), 6)
    if body.back:  # the other side of the pair
        return placed(behind + front, (-1, 1), (30, 0))
    return behind + front


def _heel_of(body: Body, side: int) -> tuple[float, float]:
    ankle = body.leg(side)[2]
    return (ankle[0] - side * 4.0, ankle[1] + 8.0)
