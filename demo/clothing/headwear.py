"""Hats, scarves, veils and glasses. The head's middle is the origin: it is 8 cm to each side and 12 cm up and down."""

from __future__ import annotations

import numpy as np

from demo.clothing.footwear import placed
from demo.design import Design
from demo.drawing.curves import LEFT, RIGHT, Points, ellipse, mirror, path, points, spline
from demo.drawing.panels import Drape, Grain, Line, Mark, Panel
from demo.people.body import Body

Z = 80.0
HEAD = (0.0, 13.6)  # the head's middle on an upright body
GRAIN = Grain.straight((0, -14), (0, 6), 9)


def _crown(wide: float, top: float, low: float, flat: float = 0.0) -> Points:
    """A dome; `flat` above 0 squares it off."""
    shoulder = (wide * (0.8 + flat * 0.12), top + (low - top) * (0.26 - flat * 0.16))
    side = spline(
        [
            (wide, low),
            (wide * 1.0, low + (top - low) * 0.42),
            shoulder,
            (wide * 0.42, top + 0.35 - flat * 0.3),
            (0, top),
        ]
    )
    return path(mirror(side), side[::-1], spline([(wide, low), (0, low + 1.6), (-wide, low)]))


def _panel(outline: Points, material: str = "main", z: float = Z, **more) -> Panel:
    return Panel(
        outline,
        material,
        z,
        GRAIN,
        puff=more.pop("puff", 3.0),
        bulge=more.pop("bulge", 0.7),
        shadow=more.pop("shadow", 0.35),
        **more,
    )


def cap(design: Design, back: bool) -> list[Panel]:
    crown = _panel(_crown(9.2, -14.2, -4.0))
    crown.lines = [
        Line(points((0, -14), (0, -3)), "seam", 0.2),
        *(Line(spline([(s * 1.0, -14), (s * 5, -10), (s * 6.2, -3.4)]), "seam", 0.2) for s in (LEFT, RIGHT)),
    ]
    top = _panel(ellipse((0, -14.1), 0.9, 0.55, 16), "second", Z + 0.6, puff=0.4)
    if back:
        strap = _panel(
            path(spline([(-4, -3.2), (0, -2.4), (4, -3.2)]), spline([(4, -4.8), (0, -7.6), (-4, -4.8)])),
            "lining",
            Z + 0.4,
            shade=0.6,
            bulge=0.2,
        )
        return [crown, strap, top]
    peak = path(
        spline([(-9.0, -4.4), (-5, -6.0), (0, -6.5), (5, -6.0), (9.0, -4.4)]),
        spline([(9.6, -2.2), (6.5, 0.4), (0, 1.4), (-6.5, 0.4), (-9.6, -2.2)]),
    )
    visor = _panel(peak, "second" if design.get("contrast") else "main", Z + 0.5, puff=1.4)
    visor.lines = [Line(spline([(-8.6, -2.4), (0, -0.4), (8.6, -2.4)]), "stitch", 0.14)]
    marks = []
    if design.get("print"):
        from demo.drawing.prints import PICTURES

        marks = [
            Mark(outline * 2.6 + (0, -9.4), material) for outline, material in PICTURES[str(design.get("print"))]()
        ]
    crown.marks = marks
    return [crown, visor, top]


def bucket(design: Design, back: bool) -> list[Panel]:
    crown = _panel(_crown(8.8, -14, -5.5, 0.9))
    brim = path(
        spline([(-8.9, -6.8), (0, -5.4), (8.9, -6.8)]),
        spline([(13.2, 0.2), (7, 2.0), (0, 2.6), (-7, 2.0), (-13.2, 0.2)]),
    )
    skirt = _panel(brim, "second" if design.get("contrast") else "main", Z + 0.4, puff=2.0)
    skirt.lines = [
        Line(spline([(-9.5 - k, -5.2 + k * 1.5), (0, -3.6 + k * 1.6), (9.5 + k, -5.2 + k * 1.5)]), "stitch", 0.13)
        for k in (0, 1.2, 2.4)
    ]
    return [crown, skirt]


def beanie(design: Design, back: bool) -> list[Panel]:
    dome = _panel(_crown(9.2, -16.0, -4.5), drape=Drape("cloth", 0.12, shift=design.shift))
    cuff = path(spline([(-9.4, -7.6), (0, -6.4), (9.4, -7.6)]), spline([(9.5, -2.8), (0, -1.2), (-9.5, -2.8)]))
    parts = [dome, _panel(cuff, "rib", Z + 0.4, puff=1.6)]
    if design.get("pompom"):
        angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        radius = 3.4 + 0.22 * np.sin(angle * 17)
        parts.append(
            _panel(np.stack([radius * np.cos(angle), radius * np.sin(angle) - 18.2], 1), "second", Z + 0.5, puff=2.4)
        )
    return parts


def wide(design: Design, back: bool) -> list[Panel]:
    span = float(design.get("brim", 19))
    brim = path(
        spline([(-span, -3.0), (-span * 0.55, -6.2), (0, -7.4), (span * 0.55, -6.2), (span, -3.0)]),
        spline([(span, -3.0), (span * 0.6, 0.6), (0, 2.0), (-span * 0.6, 0.6), (-span, -3.0)]),
    )
    crown = _crown(8.6, -15.5, -6.2, 0.7)
    ribbon = path(spline([(-8.7, -9.0), (0, -7.8), (8.7, -9.0)]), spline([(8.7, -5.8), (0, -4.5), (-8.7, -5.8)]))
    parts = [_panel(brim, z=Z, puff=1.6), _panel(crown, z=Z + 0.4), _panel(ribbon, "second", Z + 0.6, puff=0.8)]
    if design.get("dent"):
        parts[1].lines = [Line(spline([(-3.5, -15), (0, -12), (3.5, -15)]), "fold", 2.0, strength=-0.8)]
    return parts


def beret(design: Design, back: bool) -> list[Panel]:
    body = path(
        spline(
            [(-9.0, -6.4), (-11.5, -9.4), (-9, -14), (-1, -16.2), (8, -14.6), (13, -9.6), (11.5, -6.0), (8.8, -5.6)]
        ),
        spline([(8.8, -5.6), (0, -5.4), (-9.0, -6.4)]),
    )
    stalk = _panel(points((-0.4, -17.6), (0.4, -17.6), (0.5, -15.6), (-0.5, -15.6)), z=Z + 0.3, puff=0.3)
    rim = path(spline([(-9.0, -7.2), (0, -6.2), (8.8, -6.4)]), spline([(8.9, -4.8), (0, -4.4), (-9.0, -5.6)]))
    return [
        _panel(body, puff=4.0, drape=Drape("cloth", 0.2, shift=design.shift)),
        stalk,
        _panel(rim, z=Z + 0.4, puff=0.7),
    ]


def hijab(design: Design, back: bool) -> list[Panel]:
    """A veil round the face, which falls over shoulders and chest."""
    soft = Drape("cloth", 0.5 * design.softness, shift=design.shift)
    fall = path(
        spline([(-9.4, 4), (-15, 17.5), (-17.0, 27), (-9, 36), (0, 39.5), (9, 36), (17.0, 27), (15, 17.5), (9.4, 4)])
    )
    outer = spline(
        [
            (-9.6, 8),
            (-10.2, -3),
            (-7.6, -12),
            (0, -14.8),
            (7.6, -12),
            (10.2, -3),
            (9.6, 8),
            (6, 15),
            (0, 17),
            (-6, 15),
            (-9.6, 8),
        ]
    )
    parts = [_panel(fall, z=69.0, puff=3.5, drape=soft)]
    parts[0].lines = [
        Line(spline([(s * 7, 13), (s * 6, 22), (s * (1 - s), 33)]), "fold", 1.8, strength=0.6) for s in (LEFT, RIGHT)
    ]
    if back:
        return [*parts, _panel(outer, z=Z, puff=4, drape=soft)]
    face = _face_opening()
    hood = _panel(path(outer), z=Z, puff=3, drape=soft, holes=[face])
    chin = path(
        spline([(-8.8, 6), (-4, 11.5), (3, 13.4), (8.6, 8)]), spline([(9.4, 12), (6, 18.5), (-2, 18), (-8.6, 12)])
    )
    wrap = _panel(chin, z=Z + 0.3, puff=2.0, drape=soft)
    wrap.lines = [Line(spline([(-7.6, 11.5), (0, 17), (8, 13.5)]), "fold", 1.2, strength=0.6)]
    inside = _panel(ellipse((0, 1.5), 8.4, 12.5), "lining", 68.0, shade=0.6, bulge=0.2, shadow=0)
    return [inside, *parts, hood, wrap]


def _face_opening() -> Points:
    return spline(
        [
            (0, -9.2),
            (5.2, -6.6),
            (6.7, 0),
            (5.6, 7.0),
            (2.4, 10.6),
            (0, 11.2),
            (-2.4, 10.6),
            (-5.6, 7.0),
            (-6.7, 0),
            (-5.2, -6.6),
            (0, -9.2),
        ]
    )


def scarf(design: Design, back: bool) -> list[Panel]:
    soft = Drape("cloth", 0.6 * design.softness, shift=design.shift)
    ring = path(
        spline([(-10.0, 9.8), (-5, 11.4), (0, 12), (5, 11.4), (10.0, 9.8)]),
        spline([(11.6, 15), (8, 20), (0, 21.6), (-8, 20), (-11.6, 15)]),
    )
    parts = [_panel(ring, z=73.0, puff=3, drape=soft)]
    parts[0].lines = [Line(spline([(-10, 13), (0, 17), (10, 12.6)]), "fold", 1.6, strength=0.8)]
    if back:
        return parts
    for side, length in ((LEFT, 52), (RIGHT, 44)):
        tail = points((side * 1.2, 17), (side * 8.4, 16), (side * 9.0, length), (side * 1.6, length + 0.6))
        end = _panel(tail, z=72.0 + side * 0.2, puff=2.0, drape=soft)
        end.grain = Grain.straight((side * 5, 16), (side * 5, length), 4)
        parts.append(end)
        parts.extend(_fringe(side, x, length) for x in np.linspace(1.9, 8.6, 10))
    return parts


def _fringe(side: int, x: float, length: float) -> Panel:
    """One thread at the end of a scarf."""
    low = length + 3.2
    outline = points((side * x, length), (side * (x + 0.35), length), (side * (x + 0.3), low), (side * x, low))
    return Panel(outline, "main", 72.1 + side * 0.2, puff=0.2, shadow=0.1)


def sunglasses(design: Design, back: bool) -> list[Panel]:
    wide, high = {"round": (3.1, 2.9), "square": (3.4, 2.5), "cat": (3.5, 2.3), "aviator": (3.4, 3.1)}[
        str(design.get("frame", "round"))
    ]
    parts = []
    for side in (LEFT, RIGHT):
        centre = (side * 3.8, 0.4)
        rim = ellipse(centre, wide + 0.35, high + 0.35, 28)
        if design.get("frame") in ("square", "cat"):
            lift = 1.2 if design.get("frame") == "cat" else 0.0
            w, h = wide + 0.3, high + 0.3
            rim = (
                path(
                    spline([(-w * 0.9, -h * 0.8), (0, -h), (w, -h - lift * 0.7)]),
                    spline([(w * 0.95, 0), (w * 0.6, h), (0, h), (-w * 0.7, h * 0.9), (-w * 0.95, 0)]),
                )
                * (side, 1)
                + centre
            )
        glass = np.asarray(centre) + (rim - centre) * 0.82
        parts += [_panel(rim, "main", Z - 6, puff=0.4), _panel(glass, "second", Z - 5.9, puff=2.0, bulge=0.4, shadow=0)]
    bridge = spline([(-0.8, -0.4), (0, -0.9), (0.8, -0.4)])
    parts.append(_panel(path(bridge, bridge[::-1] + (0, 0.6)), "main", Z - 5.8, puff=0.3))
    arms = [
        _panel(points((s * 6.8, -1.2), (s * 8.1, -1.0), (s * 8.1, -0.2), (s * 6.8, -0.4)), "main", Z - 6.1, puff=0.3)
        for s in (LEFT, RIGHT)
    ]
    return [] if back else parts + arms


SHAPES = {
    "cap": cap, "bucket": bucket, "beanie": beanie, "wide": wide, "beret": beret, "hijab": hijab, "scarf": scarf,
    "sunglasses": sunglasses,
}  # fmt: skip

# hats are drawn about their own middle; on a head they sit above the brows
WORN_HIGHER = {"cap": -2.6, "bucket": -3.0, "wide": -3.2, "beanie": -0.8, "beret": -0.6}


def head_middle(body: Body) -> tuple[float, float]:
    neck = body.neck
    return (float(neck[0]) * 0.94 + body.pose.turn * 0.6, HEAD[1])


def headgear(design: Design, body: Body) -> list[Panel]:
    panels = SHAPES[str(design.get("shape", "cap"))](design, body.back)
    if not panels:  # glasses from behind: their inside
        panels = SHAPES[str(design.get("shape"))](design, False)
    x, y = head_middle(body)
    return placed(panels, (1, 1), (x, y + WORN_HIGHER.get(str(design.get("shape")), 0.0)))
