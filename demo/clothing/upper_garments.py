"""Everything that hangs from the shoulders: tops, outerwear, and the bodices of dresses and jumpsuits."""

from __future__ import annotations

import numpy as np

from demo.clothing import collars, fronts
from demo.design import Design
from demo.drawing.curves import LEFT, RIGHT, Points, along, lengths, mirror, path, points, spline, symmetric, tube
from demo.drawing.panels import Drape, Grain, Line, Panel
from demo.people.body import ARMPIT, HIP, Body

# half-width and depth in front, depth behind
NECKLINES = {
    "crew": (7.6, 5.0, 1.6), "scoop": (9.4, 10.5, 3.5), "v": (7.8, 15.0, 1.6), "deep_v": (8.4, 21.0, 2.0),
    "square": (10.5, 11.0, 4.0), "boat": (12.6, 4.2, 2.6), "high": (6.4, 2.0, 1.0), "shirt": (6.6, 5.5, 1.0),
    "lapel": (7.2, 25.0, 1.0), "sweetheart": (11.5, 12.5, 5.0), "strap": (11.5, 13.0, 13.0), "halter": (7.0, 7.0, 12.0),
}  # fmt: skip
SLEEVES = {"none": 0.0, "cap": 0.16, "short": 0.36, "elbow": 0.52, "three": 0.76, "long": 0.985}


def shoulder_y(x: float | np.ndarray) -> float | np.ndarray:
    """Height of the shoulder line at distance x from the middle."""
    return 26.2 + 0.42 * (np.abs(x) - 5)


class Upper:
    """The lines of one upper garment on one body: neck, shoulder, armhole, side and hem."""

    def __init__(self, design: Design, body: Body, hem: float | None = None):
        self.design, self.body = design, body
        self.ease = float(design.get("ease", 2.0))
        self.hem = float(hem if hem is not None else design.get("hem", 88))
        self.neckline = str(design.get("neckline", "crew"))
        self.neck_half, front, behind = NECKLINES[self.neckline]
        self.depth = behind if body.back else front
        self.layer = float(design.get("layer", 30))
        self.sleeveless = design.get("sleeve", "short") == "none"

    @property
    def shoulder(self) -> Points:
        drop = float(self.design.get("drop", 0.0)) - (3.2 if self.sleeveless else 0.0)
        if self.neckline in ("strap", "halter"):
            drop = -4.5
        x = self.body.build.shoulder - 0.6 + drop * 0.9
        return points((x, shoulder_y(x) - 0.5 + max(drop, 0) * 0.45))[0]

    @property
    def armpit(self) -> Points:
        deeper = float(self.design.get("drop", 0.0)) * 0.9 + self.ease * 0.35 - (1.0 if self.sleeveless else 0)
        return points((self.side(ARMPIT + deeper), ARMPIT + deeper))[0]

    def side(self, y: float | np.ndarray) -> np.ndarray:
        """Half-width of the garment at height y."""
        body, design = self.body, self.design
        fitted = body.half_width(y)
        build = body.build
        straight = np.interp(y, (ARMPIT, HIP), (build.chest, max(build.chest, build.hip - 1.5)))
        share = {"fitted": 0.12, "straight": 0.8, "aline": 0.6, "boxy": 1.0}[str(design.get("shape", "straight"))]
        flare = float(design.get("flare", 0.0)) * np.clip((np.asarray(y) - ARMPIT) / 40, 0, 1.5)
        belly = float(design.get("belly", 0.0)) * np.exp(-(((np.asarray(y) - 72) / 13) ** 2))
        return fitted + (np.maximum(straight, fitted) - fitted) * share + self.ease + flare + belly

    def neck_curve(self) -> Points:
        """The neckline's right half, from the middle to the shoulder."""
        x = self.neck_half
        top = float(shoulder_y(x)) - 0.5
        low = top + self.depth
        shapes = {
            "v": [(0, low), (x * 0.52, (low + top) / 2 - 0.3), (x, top)],
            "square": [(0, low), (x * 0.86, low - 0.4), (x * 0.95, top + 1), (x, top)],
            "sweetheart": [(0, low + 1), (x * 0.3, low - 2.2), (x * 0.8, low - 1.2), (x, top)],
            "strap": [(0, low), (x * 0.5, low - 1.6), (x * 0.86, low - 4.2), (x, low - 6)],
        }
        style = {"deep_v": "v", "lapel": "v"}.get(self.neckline, self.neckline)
        if self.body.back and style != "strap":
            style = "round"
        control = shapes.get(
            style, [(0, low), (x * 0.62, low - self.depth * 0.24), (x * 0.93, top + self.depth * 0.36), (x, top)]
        )
        return np.array(control, dtype=float) if style in ("v", "square") else spline(control)

    def armhole(self) -> Points:
        tip, low = self.shoulder, self.armpit
        if self.neckline in ("strap", "halter"):
            start = self.neck_curve()[-1]
            return spline([start, (start[0] + 1.2, (start[1] + low[1]) / 2), (low[0] - 2, low[1] - 2.5), low])
        inner = min(tip[0], low[0]) - (1.6 if self.sleeveless else 0.8)
        return spline([tip, (inner + 0.3, tip[1] + (low[1] - tip[1]) * 0.45), (inner + 0.9, low[1] - 3), low])

    def side_curve(self) -> Points:
        heights = np.linspace(self.armpit[1], self.hem, 9)[1:]
        return spline(np.stack([self.side(heights), heights], axis=1), 4)

    def hem_curve(self) -> Points:
        """The hem's right half, from the side to the middle."""
        corner = points((self.side(self.hem), self.hem))[0]
        dip = {"curved": 6.5, "straight": 1.4, "point": 5.0, "rib": 0.9}[str(self.design.get("hem_shape", "straight"))]
        if dip > 4:
            return spline(
                [
                    corner,
                    (corner[0] * 0.86, self.hem + dip * 0.3),
                    (corner[0] * 0.45, self.hem + dip),
                    (0, self.hem + dip),
                ]
            )
        return spline([corner, (corner[0] * 0.6, self.hem + dip * 0.7), (0, self.hem + dip)])

    def right_half(self) -> Points:
        shoulders = [] if self.neckline in ("strap", "halter") else [self.shoulder]
        pieces = [self.neck_curve(), *shoulders, self.armhole(), self.side_curve(), self.hem_curve()]
        return path(*[piece for piece in pieces if len(piece)])

    def grain(self) -> Grain:
        top, low = self.body.torso(points((0, 28), (0, self.hem)))
        return Grain.straight(top, low, float(self.side(60)))

    def drape(self) -> Drape:
        return Drape(
            str(self.design.get("drape", "torso")),
            0.42 * self.design.softness,
            float(self.design.get("folds", 7)),
            self.design.shift,
        )

    def panels(self) -> list[Panel]:
        torso = fronts.opened(self) if self._is_open else [self.torso()]
        parts = [*self._inside(), *torso, *self.sleeves(), *self._edges()]
        parts += collars.collar(self) + fronts.closure(self) + fronts.pockets(self)
        return parts

    @property
    def _is_open(self) -> bool:
        return self.design.get("front") == "open" and not self.body.back

    def torso(self) -> Panel:
        outline = self.body.torso(symmetric(self.right_half()))
        panel = Panel(outline, z=self.layer, grain=self.grain(), puff=6.0, bulge=0.62, drape=self.drape())
        panel.lines += self._tension() + self._hem_stitch()
        panel.marks += fronts.marks(self)
        fade = self.design.get("fade")
        if fade:
            panel.fade = ("second", (self.hem - 28) * 0.25, (self.hem - 28) * 0.9)
        return panel

    def _tension(self) -> list[Line]:
        """Pulls from the armpits towards the waist, and at the waist itself."""
        lines = []
        for side in (LEFT, RIGHT):
            low = self.armpit * (side, 1)
            for reach, drop in ((0.45, 6), (0.62, 11)):
                curve = spline(
                    [low + (-side * 1.5, 1.5), low + (-side * 5, drop * 0.5), (low[0] * (1 - reach), low[1] + drop)]
                )
                lines.append(Line(self.body.torso(curve), "fold", 1.5, strength=0.42 * self.design.softness))
        return lines

    def _hem_stitch(self) -> list[Line]:
        if self.design.get("hem_shape") == "rib" or self.hem < 60:
            return []
        hem = path(self.hem_curve(), mirror(self.hem_curve())[::-1]) - (0, 1.7)
        return [Line(self.body.torso(hem * (0.985, 1)), "seam", 0.16, strength=0.6)]

    def _inside(self) -> list[Panel]:
        """The back of the neck, seen through the opening."""
        if self.body.back or self.neckline in ("strap", "halter"):
            return []
        front, top = self.neck_curve(), self.neck_curve()[-1]
        behind = spline(
            [
                mirror(points(top))[0],
                (-self.neck_half * 0.55, top[1] + 1.2),
                (0, top[1] + 1.7),
                (self.neck_half * 0.55, top[1] + 1.2),
                top,
            ]
        )
        outline = path(behind, front[::-1], mirror(front))
        label = path(points((-1.6, top[1] + 2.4), (1.6, top[1] + 2.4), (1.6, top[1] + 4.2), (-1.6, top[1] + 4.2)))
        panel = Panel(self.body.torso(outline), "lining", self.layer - 19, shade=0.72, bulge=0.2, shadow=0)
        panel.grain = self.grain()
        if not self.body.dressed and self.depth > 4.5:
            panel.marks.append(fronts.Mark(self.body.torso(label), (0.93, 0.92, 0.9)))
        return [panel]

    def sleeve_edges(self, side: int) -> tuple[Points, Points, Points]:
        """(outer edge, inner edge, spine) of a sleeve, both edges from the shoulder down."""
        reach = SLEEVES[str(self.design.get("sleeve", "short"))]
        spine = along(self.body.arm_spine(side), np.linspace(0, reach, 24))
        stations, radii = self._sleeve_radii(reach)
        left, right = tube(spine, stations, radii)
        return (right, left, spine) if side == RIGHT else (left, right, spine)

    def _sleeve_radii(self, reach: float) -> tuple[list[float], list[float]]:
        arm = self.body.build.arm
        ease = 0.5 + self.ease * 0.3 + float(self.design.get("sleeve_ease", 0.3))
        bare = [
            np.interp(t * reach, (0, 0.28, 0.52, 0.66, 1), (4.6, 4.5, 3.8, 3.6, 2.5)) * arm for t in (0, 0.35, 0.7, 1)
        ]
        shape = str(self.design.get("sleeve_shape", "straight"))
        extra = {
            "straight": (1, 1, 1, 1.1), "slim": (0.8, 0.5, 0.4, 0.3), "bell": (0.7, 0.9, 2.2, 5.2),
            "puff": (2.4, 3.8, 3.4, 0.6), "lantern": (0.8, 1.6, 4.2, 0.5), "flutter": (1.2, 2.6, 4.0, 5.4),
            "rib": (1.3, 1.5, 1.6, 0.8),
        }[shape]  # fmt: skip
        lift = 1.0 if shape in ("straight", "slim", "rib") else 0.55
        return [0, 0.35, 0.7, 1], [
            r + ease * k if lift == 1 else r + 0.4 + k * 0.85 for r, k in zip(bare, extra, strict=True)
        ]

    def sleeves(self) -> list[Panel]:
        if self.sleeveless or self.neckline in ("strap", "halter"):
            return []
        return [panel for side in (LEFT, RIGHT) for panel in self._sleeve(side)]

    def _sleeve(self, side: int) -> list[Panel]:
        outer, inner, spine = self.sleeve_edges(side)
        place = np.array((side, 1))
        tip, low = self.body.torso(np.array([self.shoulder * place, self.armpit * place]))
        armhole = self.body.torso(self.armhole() * place)
        start = len(outer) // 5 if lengths(spine)[-1] > 16 else len(outer) // 3
        rounded = tip * 0.45 + outer[start] * 0.55 + (side * 0.9, -0.7)
        below = inner[inner[:, 1] > low[1] + 1.2] if lengths(spine)[-1] > 9 else inner[-2:]
        below = below if len(below) > 1 else inner[-2:]
        outline = path(
            spline(path([tip, rounded], outer[start:]), 3), spline(path(below[::-1], [low]), 3), armhole[::-1]
        )
        radius = float(np.hypot(*(outer[-1] - inner[-1])) / 2 + 1)
        z = 50 + self.layer / 20 + (0.2 if side == RIGHT else 0)
        panel = Panel(
            outline, str(self.design.get("sleeve_material", "main")), z, Grain.tube(spine, radius), puff=3.8, bulge=0.75
        )
        inward = armhole - (side * 5.0, 0)
        panel.form = path(
            spline(path([tip - (side * 5.0, 1.0), tip, rounded], outer[start:]), 3),
            spline(path(below[::-1], [low]), 3),
            inward[::-1],
        )
        panel.drape = Drape(
            "sleeve" if self.design.get("drape") != "quilt" else "quilt",
            0.34 * self.design.softness,
            float(self.design.get("folds", 7)),
            self.design.shift + side,
        )
        panel.lines.append(Line(armhole, "seam", 0.22))
        panel.marks += fronts.sleeve_marks(self, outer, inner, spine)
        return [panel, *self._cuff(outer, inner, spine, z + 0.1)]

    def _cuff(self, outer: Points, inner: Points, spine: Points, z: float) -> list[Panel]:
        style = self.design.get("cuff", "none")
        if style == "none":
            return []
        wide = {"rib": 5.0, "button": 5.5, "band": 2.2, "turned": 5.0}[str(style)]
        share = min(0.4, wide / lengths(spine)[-1])
        end = along(spine, [1 - share, 1])
        half = np.hypot(*(outer[-1] - inner[-1])) / 2 * (0.94 if style == "rib" else 1.04)
        direction = (end[1] - end[0]) / np.hypot(*(end[1] - end[0]))
        normal = np.array([direction[1], -direction[0]])
        tight = end[1] + direction * (0.4 if style == "rib" else 0.1)
        outline = path(
            [end[0] + normal * half, end[0] - normal * half, tight - normal * half * 0.97, tight + normal * half * 0.97]
        )
        material = "rib" if style == "rib" else "second" if self.design.get("contrast") else "main"
        return [Panel(outline, material, z, Grain.tube(end, half), puff=1.6, bulge=0.7, shadow=0.18)]

    def _edges(self) -> list[Panel]:
        """The ribbed hem."""
        if self.design.get("hem_shape") != "rib":
            return []
        hem = path(self.hem_curve(), mirror(self.hem_curve())[::-1])
        low = hem * (0.93, 1) + (0, 4.6)
        outline = self.body.torso(path(spline(hem), low[::-1]))
        return [Panel(outline, "rib", self.layer + 0.4, self.grain(), puff=2.2, bulge=0.6, shadow=0.15)]

    def neckband(self, width: float = 1.9, material: str = "rib") -> Panel:
        half = self.neck_curve()
        inner = path(mirror(half)[::-1], half)
        outline = self.body.torso(path(inner, _outset(inner, width)[::-1]))
        return Panel(outline, material, self.layer + 0.5, self.grain(), puff=0.9, bulge=0.8, shadow=0.12)


def _outset(inner: Points, width: float) -> Points:
    """The neckline moved outwards by the band's width, flattened so that it stays on the shoulders."""
    depth = inner[:, 1].max() - inner[:, 1].min()
    share = (inner[:, 1] - inner[:, 1].min()) / max(depth, 1e-6)
    outwards = np.sign(inner[:, 0]) * width * (1 - share * 0.75)
    return inner + np.stack([outwards, width * (0.45 + 0.6 * share)], axis=1)


def upper(design: Design, body: Body) -> list[Panel]:
    return Upper(design, body).panels()
