"""Bags: the middle of the bag's upper edge at the origin, straps above, the bag below."""

from __future__ import annotations

import numpy as np

from demo.clothing.footwear import placed
from demo.design import Design
from demo.drawing.curves import LEFT, RIGHT, Points, ellipse, lengths, offset, path, points, spline
from demo.drawing.panels import Drape, Grain, Line, Mark, Panel
from demo.people.body import Body

Z = 60.0


def _rounded(width: float, height: float, flare: float = 0.0, corner: float = 2.5) -> Points:
    """A bag's front: `width` at the top, wider by `flare` at the bottom."""
    t, b, c = width / 2, width / 2 + flare, corner
    return path(
        spline([(-t, 0), (0, 0.5), (t, 0)]),
        spline([(b, height - c), (b - c * 0.3, height - c * 0.3), (b - c, height)]),
        spline([(-b + c, height), (-b + c * 0.3, height - c * 0.3), (-b, height - c)]),
    )


def ribbon(curve: Points, width: float, material: str = "second", z: float = Z + 1) -> Panel:
    """A strap along a curve."""
    outline = path(offset(curve, width / 2), offset(curve, -width / 2)[::-1])
    return Panel(outline, material, z, puff=0.5, bulge=0.7, shadow=0.3)


def _front(design: Design, outline: Points, puff: float = 3.0) -> Panel:
    deep, half = np.ptp(outline[:, 1]), np.ptp(outline[:, 0]) / 2
    panel = Panel(outline, z=Z, grain=Grain.straight((0, 0), (0, deep), half), puff=puff, bulge=0.6, shadow=0.4)
    panel.drape = Drape("cloth", 0.35 * design.softness, shift=design.shift)
    return panel


def _arch(width: float, height: float, y: float = 1.0) -> Points:
    return spline(
        [(-width, y), (-width * 0.92, -height * 0.6), (0, -height), (width * 0.92, -height * 0.6), (width, y)]
    )


def tote(design: Design) -> list[Panel]:
    front = _front(design, _rounded(34, 36, 0.6, 1.6), 2.0)
    front.lines = [Line(points((-17, 2.4), (17, 2.4)), "stitch", 0.18)]
    if design.get("print"):
        from demo.drawing.prints import PICTURES

        front.marks = [
            Mark(outline * 9 + (0, 19), material) for outline, material in PICTURES[str(design.get("print"))]()
        ]
    straps = [ribbon(_arch(8, 26), 2.2, z=Z - 1), ribbon(_arch(8, 23, 8), 2.2)]
    return [straps[0], front, straps[1]]


def handbag(design: Design) -> list[Panel]:
    front = _front(design, _rounded(27, 21, 2.6, 3.5))
    flap = path(
        spline([(-13.8, -0.4), (0, 0.2), (13.8, -0.4)]), spline([(14.6, 7), (8, 9.8), (0, 10.4), (-8, 9.8), (-14.6, 7)])
    )
    lid = Panel(
        flap, "second" if design.get("contrast") else "main", Z + 0.5, front.grain, puff=1.4, bulge=0.5, shadow=0.4
    )
    lid.lines = [Line(spline([(-13.6, 6.2), (-8, 8.8), (0, 9.4), (8, 8.8), (13.6, 6.2)]), "stitch", 0.16)]
    lock = Panel(ellipse((0, 9.6), 1.5, 1.3, 20), "button", Z + 0.8, puff=0.6, shadow=0.4)
    return [ribbon(_arch(7.5, 13), 1.9, "second" if design.get("contrast") else "main", Z - 1), front, lid, lock]


def crossbody(design: Design) -> list[Panel]:
    front = _front(design, _rounded(22, 15, 0.3, 3.2))
    flap = path(points((-11, -0.3), (11, -0.3)), spline([(11, 6), (6, 9.3), (0, 10), (-6, 9.3), (-11, 6)]))
    lid = Panel(flap, "main", Z + 0.5, front.grain, puff=1.2, bulge=0.5, shadow=0.45)
    clasp = Panel(points((-1.6, 8.4), (1.6, 8.4), (1.6, 11.4), (-1.6, 11.4)), "button", Z + 0.8, puff=0.5, shadow=0.4)
    return [ribbon(_arch(10.4, 34), 1.1, "second" if design.get("contrast") else "main", Z - 1), front, lid, clasp]


def camera(design: Design) -> list[Panel]:
    front = _front(design, _rounded(21, 15, 0.0, 4.0))
    front.marks = [Mark(points((-12, 4.6), (12, 4.6), (12, 5.6), (-12, 5.6)), "second")]
    front.lines = [Line(points((-9.5, 3.0), (9.5, 3.0)), "stitch", 0.5, (0.8, 0.78, 0.7))]
    pocket = Panel(_rounded(15, 7, 0.2, 2.0) + (0, 7), "main", Z + 0.5, front.grain, puff=1.0, bulge=0.6, shadow=0.35)
    return [ribbon(_arch(10, 32), 2.4, "second", Z - 1), front, pocket]


def backpack(design: Design) -> list[Panel]:
    body = path(
        spline([(-11, 6), (-8.5, 1), (0, -0.8), (8.5, 1), (11, 6)]),
        spline([(13.6, 22), (13.8, 37), (11.5, 40), (0, 40.6), (-11.5, 40), (-13.8, 37), (-13.6, 22)]),
    )
    front = _front(design, body, 4.5)
    front.lines = [Line(spline([(-11.6, 15), (-8, 4.6), (0, 3.2), (8, 4.6), (11.6, 15)]), "seam", 0.45)]
    pocket = Panel(
        _rounded(21, 16, 1.0, 4.0) + (0, 21.5),
        "second" if design.get("contrast") else "main",
        Z + 0.5,
        front.grain,
        puff=2.4,
        bulge=0.6,
        shadow=0.4,
    )
    pocket.lines = [Line(points((-9.5, 25), (9.5, 25)), "stitch", 0.5, (0.75, 0.75, 0.76))]
    badge = Panel(points((-2.2, 14), (2.2, 14), (2.2, 17.4), (-2.2, 17.4)), "second", Z + 0.6, puff=0.3, shadow=0.2)
    straps = [
        ribbon(spline([(s * 6, 1), (s * 15.5, 8), (s * 16, 22), (s * 12.5, 34)]), 3.2, "main", Z - 1)
        for s in (LEFT, RIGHT)
    ]
    return [*straps, ribbon(_arch(3.4, 6, 0), 1.4, "main", Z - 0.5), front, pocket, badge]


def bucket(design: Design) -> list[Panel]:
    outline = path(
        spline([(-10.5, 0), (0, 1.4), (10.5, 0)]),
        spline([(12, 12), (11.4, 23), (9.5, 25)]),
        spline([(9.5, 25), (0, 25.6), (-9.5, 25)]),
        spline([(-11.4, 23), (-12, 12), (-10.5, 0)]),
    )
    front = _front(design, outline, 4.0)
    front.drape = Drape("gather", 0.5, 7, design.shift)
    cord = ribbon(spline([(-10.8, 4.2), (0, 5.6), (10.8, 4.2)]), 0.8, "second", Z + 0.5)
    ends = [ribbon(spline([(0, 5.4), (s * 1.6, 9), (s * 2.2, 14)]), 0.7, "second", Z + 0.6) for s in (LEFT, RIGHT)]
    return [ribbon(_arch(9.6, 27), 1.6, "second", Z - 1), front, cord, *ends]


def clutch(design: Design) -> list[Panel]:
    front = _front(design, _rounded(27, 16, 0, 1.4), 2.0)
    flap = points((-13.5, -0.2), (13.5, -0.2), (0, 10.8))
    lid = Panel(
        flap, "second" if design.get("contrast") else "main", Z + 0.5, front.grain, puff=1.2, bulge=0.5, shadow=0.45
    )
    return [front, lid, Panel(ellipse((0, 9.4), 1.1, 1.1, 20), "button", Z + 0.8, puff=0.5, shadow=0.4)]


def hobo(design: Design) -> list[Panel]:
    outline = path(
        spline([(-13, -4), (-8, 3.4), (0, 5.2), (8, 3.4), (13, -4)]),
        spline([(17, 8), (15.5, 18), (8, 22), (0, 22.6), (-8, 22), (-15.5, 18), (-17, 8), (-13, -4)]),
    )
    front = _front(design, outline, 5.0)
    return [
        ribbon(spline([(-12.6, -3), (-8, -18), (0, -23), (8, -18), (12.6, -3)]), 2.6, "main", Z - 1),
        front,
        Panel(ellipse((-12.4, -2.6), 1.2, 1.2, 18), "button", Z + 0.7, puff=0.4),
        Panel(ellipse((12.4, -2.6), 1.2, 1.2, 18), "button", Z + 0.7, puff=0.4),
    ]


def basket(design: Design) -> list[Panel]:
    outline = path(
        spline([(-17, 0), (0, 1.6), (17, 0)]), spline([(15.6, 14), (12, 23), (0, 24.4), (-12, 23), (-15.6, 14)])
    )
    front = _front(design, outline, 4.0)
    front.marks = [Mark(points((-20, 7), (20, 7), (20, 10.5), (-20, 10.5)), "second")]
    return [ribbon(_arch(8.5, 19), 1.4, "second", Z - 1), front, ribbon(_arch(8.5, 15, 5), 1.4, "second", Z + 0.5)]


SHAPES = {
    "tote": tote, "handbag": handbag, "crossbody": crossbody, "camera": camera, "backpack": backpack, "bucket": bucket,
    "clutch": clutch, "hobo": hobo, "basket": basket,
}  # fmt: skip
SLUNG = ("crossbody", "camera")
SHOULDERED = ("tote", "bucket", "hobo")


def _strap_over(body: Body, side: int, at: Points, wide: float, material: str) -> Panel:
    """A strap from the other shoulder down to a bag at the hip."""
    shoulder = body.torso(points((-side * 10.5, 27.5)))[0]
    chest = body.torso(points((-side * 5.5, 42), (side * 7.5, 62)))
    curve = spline([shoulder, chest[0], chest[1], at])
    return ribbon(curve[::-1] if lengths(curve)[-1] < 0 else curve, wide, material, 46.0)


def bag(design: Design, body: Body) -> list[Panel]:
    """The bag as it stands on a shelf; or carried: over the shoulder, on the back, or from a hand."""
    shape, side = str(design.get("shape", "tote")), int(design.get("side", RIGHT))
    panels = SHAPES[shape](design)
    if body.back and not body.dressed:
        panels = [panel for panel in panels if panel.z <= Z]
        return placed(panels, (-1, 1), (0, 0))
    if not body.dressed:
        return panels
    if shape == "backpack":
        return _on_back(design, body, panels)
    if shape in SLUNG:
        hip = body.torso(points((side * 13.5, 78)))[0]
        wide, material = (2.4 if shape == "camera" else 1.1), panels[0].material
        return [_strap_over(body, side, hip, wide, material), *placed(panels[1:], (0.92, 1), tuple(hip), -13.5)]
    return _in_hand(body, panels, side, shape)


def _on_back(design: Design, body: Body, panels: list[Panel]) -> list[Panel]:
    if body.back:
        return placed(panels, (1, 1), tuple(body.torso(points((0, 34)))[0]), 5)
    straps = []
    for side in (LEFT, RIGHT):
        curve = body.torso(spline([(side * 11, 28.5), (side * 12, 38), (side * 13.2, 50), (side * 14.4, 60)]))
        straps.append(ribbon(curve, 3.4, "main", 47.0))
    return [*placed(panels[2:], (1.16, 1), tuple(body.torso(points((0, 30)))[0]), -58), *straps]


def _in_hand(body: Body, panels: list[Panel], side: int, shape: str) -> list[Panel]:
    _, elbow, wrist = body.arm(side)
    forearm = (wrist - elbow) / np.hypot(*(wrist - elbow))
    top = min(float(panel.outline[:, 1].min()) for panel in panels)
    if shape == "clutch":
        grip = wrist + forearm * 8
        return placed(panels, (0.9, 0.95), (grip[0], grip[1] - 3), -13)
    if shape in SHOULDERED and forearm[1] > 0.35:
        # over the shoulder, between arm and body: the arm is drawn after it
        shoulder = body.torso(points((side * (body.build.shoulder - 3.5), 29.6)))[0]
        stretch = 1.15 if shape == "tote" else 1.0
        return placed(panels, (0.86, stretch), (shoulder[0] + side * 2.5, shoulder[1] - top * stretch), -13.5)
    grip = elbow + forearm * 10 if forearm[1] < 0.35 else wrist + forearm * 10
    return placed(panels, (0.92, 1), (grip[0], grip[1] - top * 0.98), -13)
