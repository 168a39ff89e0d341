"""Shoes, drawn from the side: heel at the origin, toe to the right, the ground at y = 0, up being negative."""

from __future__ import annotations

import numpy as np

from demo.clothing.shoe_profiles import LASTS
from demo.design import Design
from demo.drawing.curves import LEFT, RIGHT, Points, along, ellipse, path, points, spline
from demo.drawing.panels import Drape, Grain, Line, Mark, Panel
from demo.people.body import Body

GRAIN = Grain.straight((12, -14), (12, 2), 12)


class Shoe:
    def __init__(self, design: Design):
        self.design = design
        self.name = str(design.get("last", "sneaker"))
        self.last = LASTS[self.name]
        self.sole, self.heel = self.last.sole, self.last.raise_
        self.heel_top = self.last.heel[-1][1]

    def raised(self, curve: Points) -> Points:
        """The foot lifted at the heel."""
        share = np.clip(1 - curve[:, 0] / 18.5, 0, 1.05) ** 1.35
        return curve - np.stack([np.zeros(len(curve)), share * self.heel], 1)

    def upper_outline(self) -> Points:
        heel, mouth, instep = (
            np.array(part, dtype=float) for part in (self.last.heel, self.last.mouth, self.last.instep)
        )
        heel[0, 1] = -self.sole
        instep[-1, 1] = min(instep[-1, 1], -self.sole - 0.3)
        bottom = np.stack([np.linspace(25.6, 0.9, 24), np.full(24, 0.2 - self.sole)], 1)  # many points: it will be bent
        return path(spline(heel), spline(path(heel[-1:], mouth, instep[:1])), spline(instep), bottom)

    def sole_outline(self) -> Points:
        s, out = -self.sole, 0.7 if self.name in ("chunky", "combat") else 0.25
        top = spline([(0.2 - out, s - 0.4), (8, s + 0.1), (18, s - 0.1), (23.6, s - 0.5), (26.2 + out, s - 1.2)])
        low = spline(
            [(26.3 + out, s - 0.7), (26.0 + out, s * 0.5), (24.4, -0.2), (20, 0), (12, 0), (2, 0), (0.3 - out, -0.8)]
        )
        return path(top, low)

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
            panel.marks = [Mark(self.raised(mark.outline), mark.material, mark.opacity) for mark in panel.marks]
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
        """The far side of the mouth."""
        near = spline(path(self.last.heel[-1:], self.last.mouth, self.last.instep[:1]))
        rise = np.sin(np.linspace(0, np.pi, len(near))) * (1.5 if self.name in ("pump", "ballet") else 2.0)
        far = near - np.stack([np.zeros(len(near)), rise], 1)
        return Panel(path(near + (0, 0.8), far[::-1]), "lining", 13.0, shade=0.7, bulge=0, shadow=0)

    def _blocks(self) -> list[Mark]:
        """Parts of another colour: toe cap, heel counter, side stripes."""
        found, s = [], -self.sole
        style = self.design.get("trim")
        if style in ("cap", "all"):
            found.append(Mark(path(spline([(20.2, s), (20.4, -4), (21.4, -7)]), points((30, -7), (30, 2))), "second"))
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
            found.extend(
                Mark(points((x, s), (x + 1.3, s), (x - 1.0, -9.5), (x - 2.3, -9.5)), "second") for x in (9.5, 12, 14.5)
            )
        if style == "swoosh":
            found.append(
                Mark(
                    path(spline([(3, -5), (9, -4.2), (16, -7.2)]), spline([(16, -7.2), (9, -5.8), (4.5, -7.4)])),
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

    def _instep(self) -> Points:
        return spline(np.array(self.last.instep))

    def _seams(self) -> list[Line]:
        s, near = -self.sole, spline(path(self.last.heel[-1:], self.last.mouth, self.last.instep[:1]))
        rim = [Line(near + (0, 0.6), "seam", 0.16, strength=0.7)]
        if self.name in ("ballet", "pump"):
            return rim
        if self.heel_top < -17:
            creases = ((1, -11), (6, -8.6), (12, -12)), ((0, -15), (7, -12.5), (12, -14.5))
            folds = [Line(spline(c), "fold", 1.0, strength=k) for c, k in zip(creases, (-0.5, 0.4), strict=True)]
            return [*rim, *folds, Line(spline([(0.4, -11), (4, -7), (5, s)]), "seam", 0.18)]
        facing = self._instep()[2:16] + (-2.6, 2.0)
        return [*rim, Line(facing, "seam", 0.2), Line(spline([(19, s), (19.4, -4.6), (20.8, -7)]), "seam", 0.2)]

    def _heel(self) -> list[Panel]:
        top = self.heel
        if top == 0:
            return []
        if top < 1.5:
            return [Panel(points((0, -0.8), (7, -0.8), (6.6, top), (0.2, top)), "sole", 14.1, puff=0.5)]
        wide = 1.6 if top > 6 else 6.2
        back, front = (
            spline([(0.2, -self.sole - 0.6), (0.5, top * 0.4), (0.9, top)]),
            spline([(0.9 + wide, top), (0.9 + wide * 1.1, top * 0.4), (wide + 3.4, 0.4)]),
        )
        return [Panel(path(back, front), "sole" if top < 6 else "main", 13.9, puff=1.0, bulge=0.8)]

    def _laces(self) -> list[Panel]:
        count = {"sneaker": 5, "chunky": 5, "hightop": 8, "oxford": 4, "combat": 9}.get(self.name, 0)
        parts = []
        for x, y in along(self._instep(), np.linspace(0.04, 0.5 if self.heel_top < -15 else 0.44, count)):
            outline = points((x + 0.5, y - 0.35), (x + 0.5, y + 0.45), (x - 2.9, y + 2.1), (x - 2.9, y + 1.3))
            parts.append(Panel(outline, "lace", 14.6, puff=0.3, shadow=0.25))
        if count:
            x, y = self.last.instep[0]
            tongue = path(spline([(x - 2.6, y + 1.4), (x - 2.0, y - 1.7), (x + 0.9, y - 1.5), (x + 0.7, y + 1.6)]))
            parts.append(Panel(tongue, "second" if self.design.get("trim") == "all" else "main", 13.6, GRAIN, puff=0.9))
        return parts

    def _extras(self) -> list[Panel]:
        if self.name == "chelsea":
            gore = path(
                spline([(3.6, -18.2), (4.4, -12.5), (6.2, -8.4)]), spline([(6.8, -8.4), (8.2, -12.5), (8.6, -18.2)])
            )
            return [Panel(gore, "rib", 14.4, puff=0.6, shadow=0.1)]
        if self.name == "loafer":
            saddle = path(
                spline([(11.4, -3.4), (12.4, -6.8), (13.6, -8.5)]), spline([(16.8, -7.4), (15.6, -5.4), (15.0, -3.0)])
            )
            return [Panel(saddle, "second" if self.design.get("trim") else "main", 14.4, puff=0.7, shadow=0.35)]
        if self.name == "ballet" and self.design.get("trim"):
            bow = [ellipse((18.4 + dx, -4.4), 1.6, 1.0, 18) for dx in (-1.3, 1.3)]
            return [
                Panel(outline, "second", 14.4, puff=0.4, shadow=0.3)
                for outline in (*bow, ellipse((18.4, -4.4), 0.6, 0.7, 12))
            ]
        return []


def _sandal(design: Design) -> list[Panel]:
    bed = path(
        spline([(0, -2.6), (8, -2.8), (16, -2.2), (24, -2.2), (26, -1.8)]),
        spline([(26.2, -1.2), (24.6, -0.2), (13, 0.1), (1.4, 0), (-0.2, -1.0)]),
    )
    parts = [
        Panel(
            bed,
            "sole",
            14.0,
            puff=1.0,
            bulge=0.8,
            lines=[Line(spline([(0, -1.5), (13, -1.2), (26, -1.2)]), "seam", 0.25, strength=0.5)],
        )
    ]
    if design.get("last") == "slide":
        strap = path(
            spline([(12.0, -2.2), (12.8, -6.4), (15.0, -8.8)]), spline([(17.8, -8.4), (21.4, -6.2), (23.4, -2.2)])
        )
        return [
            *parts,
            Panel(
                strap,
                "main",
                14.5,
                GRAIN,
                puff=1.8,
                shadow=0.3,
                marks=[Mark(ellipse((17.8, -5.4), 1.6, 1.1), "second")],
            ),
        ]
    for low, top in (((17.4, 20.6), (16.8, 18.8)), ((21.6, 24.2), (19.6, 21.6))):
        strap = path(
            spline([(low[0], -2), (low[0] - 0.2, -4.4), (top[0], -6.2)]),
            spline([(top[1], -5.6), (low[1] - 0.2, -4.0), (low[1], -2)]),
        )
        parts.append(Panel(strap, "main", 14.5, GRAIN, puff=0.9, shadow=0.3))
    heel = path(spline([(0.2, -2.6), (0.2, -6), (1.2, -9.6)]), spline([(2.8, -9.6), (2.0, -6), (2.2, -2.6)]))
    near, far = spline([(1.0, -9.4), (5, -8.0), (10.8, -10.4)]), spline([(1.0, -9.6), (6, -11.4), (10.8, -10.8)])
    parts += [Panel(path(far, far[::-1] + (0, 1.4)), "lining", 13.8, puff=0.6, shadow=0, shade=0.8)]
    parts += [
        Panel(outline, "main", 14.5, GRAIN, puff=0.7, shadow=0.3)
        for outline in (heel, path(near, near[::-1] + (0, 1.7)))
    ]
    return [*parts, Panel(ellipse((6.6, -7.8), 0.9, 1.0, 18), "button", 14.6, puff=0.4, shadow=0.3)]


def shoe(design: Design) -> list[Panel]:
    return _sandal(design) if design.get("last") in ("sandal", "slide") else Shoe(design).panels()


def placed(panels: list[Panel], scale: tuple[float, float], at: tuple[float, float], lift: float = 0.0) -> list[Panel]:
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
        lift = 12.0 if design.get("last") in ("knee", "rain", "combat") else 0.0  # trousers go into tall boots
        return [
            panel
            for side in (LEFT, RIGHT)
            for panel in placed(shoe(design), (side * 0.66, 1.0), _heel_of(body, side), lift + 0.3 * side)
        ]
    behind = placed(shoe(design), (1, 1), (5.5, -6.0), -6)
    front = placed(shoe(design), (1, 1), (0, 0), 6)
    if body.back:  # the other side of the pair
        return placed(behind + front, (-1, 1), (30, 0))
    return behind + front


def _heel_of(body: Body, side: int) -> tuple[float, float]:
    ankle = body.leg(side)[2]
    return (ankle[0] - side * 4.0, ankle[1] + 8.0)
