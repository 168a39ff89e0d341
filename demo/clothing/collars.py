"""What goes round a neck: ribs, collars, lapels, hoods, bows and ruffles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.drawing.curves import LEFT, RIGHT, ellipse, mirror, path, points, spline
from demo.drawing.panels import Drape, Grain, Line, Panel

if TYPE_CHECKING:
    from demo.clothing.upper_garments import Upper


def collar(upper: Upper) -> list[Panel]:
    style = str(upper.design.get("collar", "none"))
    if style == "none":
        return _straps(upper)
    return STYLES[style](upper)


def _straps(upper: Upper) -> list[Panel]:
    """Thin straps for a top without shoulders."""
    if upper.neckline not in ("strap", "halter"):
        return []
    panels = []
    for side in (LEFT, RIGHT):
        low = upper.neck_curve()[-1]
        top = (low[0] - 1.6, 28.6) if upper.neckline == "strap" else (4.6, 26.5)
        wide = float(upper.design.get("strap", 0.9))
        curve = path(
            points((low[0] - wide, low[1] + 0.6), (low[0] + 0.2, low[1] + 0.6)),
            points((top[0] + wide * 0.5, top[1]), (top[0] - wide * 0.5, top[1])),
        )
        panels.append(
            Panel(upper.body.torso(curve * (side, 1)), "main", upper.layer + 0.3, upper.grain(), puff=0.5, shadow=0.2)
        )
    return panels


def _rib(upper: Upper) -> list[Panel]:
    return [upper.neckband(2.1, "rib")]


def _binding(upper: Upper) -> list[Panel]:
    return [upper.neckband(1.0, "main")]


def _turtle(upper: Upper) -> list[Panel]:
    x, top = upper.neck_half + 0.2, 20.5
    base = upper.neck_curve()[-1][1]
    side = spline([(x + 0.6, base + 1.2), (x - 0.7, base - 3), (x - 1.0, top)])
    outline = path(
        spline([(-x + 1.0, top), (0, top + 0.9), (x - 1.0, top)]),
        side[::-1],
        spline([(x + 0.6, base + 1.2), (0, base + 4.2), (-x - 0.6, base + 1.2)]),
        mirror(side),
    )
    panel = Panel(upper.body.torso(outline), "rib", upper.layer + 0.6, upper.grain(), puff=2.6, bulge=0.6, shadow=0.25)
    panel.lines = [
        Line(upper.body.torso(spline([(-x, top + 4.6), (0, top + 5.8), (x, top + 4.6)])), "fold", 1.4, strength=-0.5)
    ]
    return [panel]


def _mandarin(upper: Upper) -> list[Panel]:
    x, base = upper.neck_half, upper.neck_curve()[-1][1]
    if upper.body.back:
        outline = path(
            spline([(-x, base - 3), (0, base - 2.4), (x, base - 3)]),
            spline([(x + 0.4, base + 0.6), (0, base + 1.8), (-x - 0.4, base + 0.6)]),
        )
        return [Panel(upper.body.torso(outline), "main", upper.layer + 0.6, upper.grain(), puff=0.8)]
    low = upper.neck_curve()[0][1]
    half = path(
        spline([(0.3, low + 0.6), (x * 0.6, low - 1.4), (x + 0.4, base + 0.4)]),
        spline([(x - 0.2, base - 2.8), (x * 0.6, low - 4.4), (0.5, low - 2.6)]),
    )
    return [
        Panel(upper.body.torso(half * (s, 1)), "main", upper.layer + 0.7, upper.grain(), puff=0.8, shadow=0.25)
        for s in (LEFT, RIGHT)
    ]


def _shirt(upper: Upper, spread: float = 8.0, fall: float = 6.0) -> list[Panel]:
    x, base = upper.neck_half, upper.neck_curve()[-1][1]
    material = "second" if upper.design.get("contrast") else str(upper.design.get("collar_material", "main"))
    if upper.body.back:
        outline = path(
            spline([(-x, base - 3), (0, base - 2.2), (x, base - 3)]),
            spline([(x + 2.2, base + 1.4), (0, base + 3.2), (-x - 2.2, base + 1.4)]),
        )
        return [Panel(upper.body.torso(outline), material, upper.layer + 0.9, upper.grain(), puff=1.0, bulge=0.6)]
    low = upper.neck_curve()[0][1]
    stand = path(
        spline([(-x, base - 2.6), (0, base - 1.4), (x, base - 2.6)]),
        spline([(x, base + 0.6), (0, base + 2.2), (-x, base + 0.6)]),
    )
    panels = [Panel(upper.body.torso(stand), material, upper.layer - 18, upper.grain(), shade=0.8, puff=0.8, shadow=0)]
    for side in (LEFT, RIGHT):
        flap = path(
            spline([(0.2, low - 0.4), (x * 0.62, base + 1.8), (x, base - 2.8)]),
            spline([(x + 2.2, base + 1.2), (spread + 0.5, base + fall * 0.65)]),
            [(spread - 1.6, base + fall + 2.6)],
            [(0.2, low - 0.4)],
        )
        panel = Panel(
            upper.body.torso(flap * (side, 1)),
            material,
            upper.layer + 0.9,
            upper.grain(),
            puff=0.9,
            bulge=0.5,
            shadow=0.35,
        )
        rim = path([(spread + 0.1, base + fall * 0.6)], [(spread - 1.7, base + fall + 2.0)], [(0.9, low - 0.2)]) * (
            side,
            1,
        )
        panel.lines = [Line(upper.body.torso(rim), "stitch", 0.13, strength=0.6)]
        panels.append(panel)
    return panels


def _camp(upper: Upper) -> list[Panel]:
    return _shirt(upper, spread=9.6, fall=7.4)


def _lapel(upper: Upper) -> list[Panel]:
    """Notched lapels, folded back down to the first button."""
    x, base = upper.neck_half, upper.neck_curve()[-1][1]
    if upper.body.back:
        return _shirt(upper)
    low = upper.neck_curve()[0][1]
    gap = float(upper.design.get("gap", 4.5)) * 0.8 if upper.design.get("front") == "open" else 0.3
    wide = float(upper.design.get("lapel", 11.5))
    panels = []
    for side in (LEFT, RIGHT):
        lapel = path(
            spline([(x - 0.4, base), (x * 0.55 + gap * 0.4, (low + base) / 2), (gap, low + 1)]),
            spline([(wide * 0.72, base + 17), (wide, base + 10.5)]),
            [(wide - 2.6, base + 8.6)],
            [(x + 1.2, base + 4)],
        )
        high = path(
            spline([(x - 0.6, base - 2.4), (x + 1.6, base - 0.2), (x + 2.6, base + 3)]),
            [(wide - 0.6, base + 6.6)],
            [(wide - 2.5, base + 9)],
            [(x - 0.2, base + 4.6)],
        )
        for outline, lift in ((lapel, 0.9), (high, 1.0)):
            panel = Panel(
                upper.body.torso(outline * (side, 1)),
                str(upper.design.get("collar_material", "main")),
                upper.layer + lift,
                upper.grain(),
                puff=1.0,
                bulge=0.55,
                shadow=0.4,
            )
            panels.append(panel)
    return panels


def _hood(upper: Upper) -> list[Panel]:
    """A hood that hangs down the back: seen whole from behind, and from the front as a rim about the neck."""
    if upper.body.back:
        return [_hanging(upper)]
    return [*_behind_the_head(upper), *(part for side in (LEFT, RIGHT) for part in _hood_front(upper, side))]


def _hanging(upper: Upper) -> Panel:
    x, base = upper.neck_half, upper.neck_curve()[-1][1]
    right = [(5, base + 19), (x + 3.4, base + 8), (x + 2, base + 1)]
    left = [(-px, py) for px, py in reversed(right)]
    outline = spline([*left, (0, base + 21.5), *right, (0, base - 2.5), left[0]])
    panel = Panel(upper.body.torso(outline), z=upper.layer + 30, grain=upper.grain(), puff=4, shadow=0.4)
    panel.drape = Drape("cloth", 0.4, shift=upper.design.shift)
    return panel


def _behind_the_head(upper: Upper) -> list[Panel]:
    x, base, low = upper.neck_half, upper.neck_curve()[-1][1], upper.neck_curve()[0][1]
    outer = [(4.5, base - 9.2), (x + 3.6, base - 4), (x + 3.2, base + 2.5)]
    inner = [(x + 0.4, base - 3), (x + 0.6, base + 1)]
    rim = spline([*((-px, py) for px, py in reversed(outer)), (0, base - 10), *outer])
    hollow = spline([*((-px, py) for px, py in reversed(inner)), (0, base - 7), *inner, (0, low + 1)])
    drape = Drape("cloth", 0.3, shift=upper.design.shift)
    return [
        Panel(upper.body.torso(rim), z=4, grain=upper.grain(), puff=3, drape=drape, shadow=0),
        Panel(upper.body.torso(hollow), "lining", 4.5, upper.grain(), shade=0.6, puff=2, shadow=0),
    ]


def _hood_front(upper: Upper, side: int) -> list[Panel]:
    """One side of the rim, and its cord."""
    x, base, low = upper.neck_half, upper.neck_curve()[-1][1], upper.neck_curve()[0][1]
    roll = path(
        spline([(0.2, low + 2.2), (x * 0.55, low - 1.5), (x - 0.6, base - 1.5)]),
        spline([(x + 3.4, base - 0.6), (x + 3.0, base + 5), (x * 0.6, low + 3.6), (0.2, low + 6)]),
    )
    cord = spline([(side * 2.6, low + 3.5), (side * 3.1, low + 10), (side * 2.7, low + 16)])
    string = path(cord, cord[::-1] + (0.45, 0))
    return [
        Panel(upper.body.torso(roll * (side, 1)), z=upper.layer + 0.9, grain=upper.grain(), puff=1.8, shadow=0.35),
        Panel(upper.body.torso(string), "trim", upper.layer + 1.1, puff=0.3, shadow=0.3),
    ]


def _bow(upper: Upper) -> list[Panel]:
    if upper.body.back:
        return _mandarin(upper)
    low, panels = upper.neck_curve()[0][1] - 0.5, _mandarin(upper)
    for side in (LEFT, RIGHT):
        tail = spline([(0, low), (side * 2.0, low + 8), (side * 2.6, low + 19)])
        ribbon = path(tail - (1.2, 0), (tail + (1.4, 0))[::-1])
        wing = path(
            spline(
                [
                    (0, low),
                    (side * 3.4, low - 3.4),
                    (side * 7.6, low - 2.4),
                    (side * 7.2, low + 3.4),
                    (side * 3, low + 2),
                    (0, low),
                ]
            )
        )
        panels += [
            Panel(upper.body.torso(outline), "main", upper.layer + lift, upper.grain(), puff=1.0, shadow=0.35)
            for outline, lift in ((ribbon, 1.0), (wing, 1.1))
        ]
    panels.append(
        Panel(upper.body.torso(ellipse((0, low), 1.3, 1.5, 20)), "main", upper.layer + 1.2, upper.grain(), puff=0.8)
    )
    return panels


def _ruffle(upper: Upper) -> list[Panel]:
    half = upper.neck_curve()
    inner = path(mirror(half)[::-1], half)
    along = np.linspace(0, 1, len(inner))
    wobble = 4.6 + 0.5 * np.sin(along * 60)
    outer = inner + np.stack([np.sign(inner[:, 0]) * wobble * np.abs(inner[:, 0]) / upper.neck_half, wobble], axis=1)
    panel = Panel(
        upper.body.torso(path(inner, outer[::-1])), "main", upper.layer + 0.8, upper.grain(), puff=1.2, shadow=0.35
    )
    panel.drape = Drape("gather", 0.3, 16, upper.design.shift)
    return [panel]


def _funnel(upper: Upper) -> list[Panel]:
    x, base = upper.neck_half + 1, upper.neck_curve()[-1][1]
    low = base + (2 if upper.body.back else 5)
    outline = path(
        spline([(-x, base - 5), (0, base - 3.6), (x, base - 5)]),
        spline([(x + 1.4, base + 1.4), (0, low), (-x - 1.4, base + 1.4)]),
    )
    grain = Grain.between(upper.body.torso(points((0, base - 5), (0, low))), x)
    return [
        Panel(
            upper.body.torso(outline),
            str(upper.design.get("collar_material", "main")),
            upper.layer + 0.7,
            grain,
            puff=1.8,
            shadow=0.25,
        )
    ]


STYLES = {
    "rib": _rib, "binding": _binding, "turtle": _turtle, "mandarin": _mandarin, "shirt": _shirt, "camp": _camp,
    "lapel": _lapel, "hood": _hood, "bow": _bow, "ruffle": _ruffle, "funnel": _funnel,
}  # fmt: skip
