"""The front of an upper garment: openings, plackets, buttons, zips, pockets, and what is printed on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.drawing import prints
from demo.drawing.curves import LEFT, RIGHT, Points, along, ellipse, lengths, path, points, spline
from demo.drawing.panels import Drape, Line, Mark, Panel

if TYPE_CHECKING:
    from demo.clothing.upper_garments import Upper


def opened(upper: Upper) -> list[Panel]:
    """Two fronts that hang apart, over the inside of the back."""
    body = upper.body
    whole = body.torso(path(upper.right_half(), (upper.right_half() * (-1, 1))[::-1]))
    inside = Panel(whole, "lining", upper.layer - 20, upper.grain(), shade=0.62, bulge=0.3, shadow=0, edge=0.5)
    inside.drape = Drape("smooth", 0.2, shift=upper.design.shift)
    return [inside, *(_front(upper, side) for side in (LEFT, RIGHT))]


def _front(upper: Upper, side: int) -> Panel:
    gap, place = float(upper.design.get("gap", 4.5)), np.array((side, 1))
    neck = upper.neck_curve()[-1]
    edge = spline(
        [
            (gap * 1.1, upper.hem + 0.4),
            (gap * 0.85, (upper.hem + 52) / 2),
            (gap * 0.75, 50),
            (neck[0] * 0.8, neck[1] + 6),
            neck,
        ]
    )
    hem = upper.hem_curve()
    rest = path([upper.shoulder], upper.armhole(), upper.side_curve(), hem[hem[:, 0] > gap * 1.1])
    panel = Panel(
        upper.body.torso(path(edge, rest) * place), z=upper.layer + 0.1, grain=upper.grain(), puff=4.5, bulge=0.55
    )
    panel.drape = upper.drape()
    fold = (edge + (1.4, 0)) * place
    panel.lines.append(Line(upper.body.torso(fold), "seam", 0.16, strength=0.7))
    return panel


def closure(upper: Upper) -> list[Panel]:
    """What closes the front: buttons on a placket, a zip, or nothing."""
    style = upper.design.get("front", "none")
    if upper.body.back or style in ("none", "open", "wrap"):
        return _wrapped(upper) if style == "wrap" and not upper.body.back else []
    top = upper.neck_curve()[0][1]
    low = {"polo": top + 15, "henley": top + 13}.get(str(style), upper.hem + 1.0)
    if style == "zip":
        return _zip(upper, top, low)
    if style == "double":
        return _double(upper, top)
    placket = points((-1.6, top - 0.4), (1.6, top - 0.4), (1.6, low), (-1.6, low))
    material = "second" if upper.design.get("contrast") else "main"
    strip = Panel(
        upper.body.torso(placket), material, upper.layer + 0.6, upper.grain(), puff=0.7, bulge=0.5, shadow=0.2
    )
    strip.drape = upper.drape()
    strip.lines = [
        Line(upper.body.torso(points((x, top), (x, low))), "stitch", 0.14, strength=0.6) for x in (-1.2, 1.2)
    ]
    spacing = 5.0 if style in ("polo", "henley") else 8.6
    return [strip, *(button(upper, 0, y) for y in np.arange(top + 2.2, low - 2, spacing))]


def button(upper: Upper, x: float, y: float, size: float = 0.62) -> Panel:
    centre = upper.body.torso(points((x, y)))[0]
    return Panel(ellipse(centre, size, size, 18), "button", upper.layer + 0.8, puff=0.4, bulge=0.7, shadow=0.3)


def _double(upper: Upper, top: float) -> list[Panel]:
    rows = np.arange(max(top + 3, 58), min(upper.hem - 8, 96), 10)
    edge = Panel(
        upper.body.torso(points((4.4, top), (5.0, top), (6.2, upper.hem + 1), (5.8, upper.hem + 1))),
        z=upper.layer + 0.5, grain=upper.grain(), puff=0.5, bulge=0.6, shadow=0.3,
    )  # fmt: skip
    return [edge, *(button(upper, x, y, 0.9) for y in rows for x in (-4.2, 3.2))]


def _zip(upper: Upper, top: float, low: float) -> list[Panel]:
    outline = upper.body.torso(points((-0.7, top), (0.7, top), (0.7, low + 2), (-0.7, low + 2)))
    strip = Panel(outline, "trim", upper.layer + 0.6, puff=0.5, bulge=0.4, shadow=0.2)
    strip.lines = [Line(upper.body.torso(points((0, top), (0, low + 2))), "stitch", 0.5, (0.75, 0.75, 0.77))]
    pull = Panel(
        upper.body.torso(points((-0.5, top + 1.5), (0.5, top + 1.5), (0.35, top + 4.4), (-0.35, top + 4.4))),
        "button",
        upper.layer + 0.8,
        puff=0.3,
    )
    flaps = [Line(upper.body.torso(points((x, top), (x, low))), "seam", 0.16) for x in (-1.5, 1.5)]
    guard = Panel(
        upper.body.torso(points((-1.5, top), (1.5, top), (1.5, low), (-1.5, low))),
        "main",
        upper.layer + 0.5,
        upper.grain(),
        puff=0.5,
        bulge=0.4,
        shadow=0.1,
        lines=flaps,
    )
    return [guard, strip, pull]


def _wrapped(upper: Upper) -> list[Panel]:
    """One front laid over the other, tied at the side."""
    neck, side = upper.neck_curve(), upper.side(66)
    edge = spline([(-upper.neck_half, neck[-1][1]), (-2, neck[0][1] - 3), (side * 0.6, 62), (side, 66)])
    panel = Panel(
        upper.body.torso(path(edge, edge[::-1] + (0, 1.1))), z=upper.layer + 0.6, puff=0.6, bulge=0.6, shadow=0.35
    )
    panel.grain = upper.grain()
    return [panel]


def pockets(upper: Upper) -> list[Panel]:
    style = upper.design.get("pocket", "none")
    if upper.body.back or style == "none":
        return []
    makers = {"chest": _chest, "two": _two_chest, "patch": _patch, "kangaroo": _kangaroo, "welt": _welt, "flap": _flap}
    return makers[str(style)](upper)


def _pocket(upper: Upper, outline: Points, z: float = 0.5, stitched: bool = True) -> Panel:
    outline = upper.body.torso(outline)
    panel = Panel(outline, "main", upper.layer + z, upper.grain(), puff=0.7, bulge=0.5, shadow=0.22)
    panel.drape = upper.drape()
    if stitched:
        centre = outline.mean(0)
        panel.lines = [
            Line(
                path(centre + (outline - centre) * 0.9, [centre + (outline[0] - centre) * 0.9]),
                "stitch",
                0.14,
                strength=0.7,
            )
        ]
    return panel


def _bag_shape(x: float, y: float, width: float, height: float) -> Points:
    w = width / 2
    return path(
        points((x - w, y), (x + w, y), (x + w, y + height * 0.85)),
        spline([(x + w * 0.8, y + height), (x, y + height + 0.6), (x - w * 0.8, y + height)]),
        points((x - w, y + height * 0.85)),
    )


def _chest(upper: Upper) -> list[Panel]:
    return [_pocket(upper, _bag_shape(7.2, 44, 8.2, 9))]


def _two_chest(upper: Upper) -> list[Panel]:
    panels = []
    for x in (-7.4, 7.4):
        panels.append(_pocket(upper, _bag_shape(x, 44, 8.6, 9.4)))
        panels.append(
            _pocket(upper, points((x - 4.5, 43), (x + 4.5, 43), (x + 4.5, 45.4), (x, 46.8), (x - 4.5, 45.4)), 0.7)
        )
        panels.append(button(upper, x, 45.5))
    return panels


def _patch(upper: Upper) -> list[Panel]:
    y = min(upper.hem - 19, 76)
    return [_pocket(upper, _bag_shape(x, y, 12.5, 14)) for x in (-9.6, 9.6)]


def _kangaroo(upper: Upper) -> list[Panel]:
    y = min(upper.hem - 20, 68)
    outline = points((-7.5, y), (7.5, y), (13, y + 12), (13, y + 17), (-13, y + 17), (-13, y + 12))
    return [_pocket(upper, outline)]


def _welt(upper: Upper) -> list[Panel]:
    y = min(upper.hem - 16, 74)
    lines = []
    for side in (LEFT, RIGHT):
        slit = points((side * 7.5, y), (side * 9.6, y + 11), (side * 11.2, y + 10.7), (side * 9.1, y - 0.3))
        lines.append(_pocket(upper, slit, stitched=False))
    return lines


def _flap(upper: Upper) -> list[Panel]:
    y = min(upper.hem - 17, 76)
    return [
        _pocket(
            upper,
            path(points((side * 5, y), (side * 14, y - 0.6), (side * 14.2, y + 4)), points((side * 5, y + 4.8))),
            stitched=False,
        )
        for side in (LEFT, RIGHT)
    ]


def marks(upper: Upper) -> list[Mark]:
    """Flat colour on the torso: a printed picture, a band over the chest, a yoke."""
    design, found = upper.design, []
    block = design.get("block")
    wide = 40
    if block == "chest":
        found.append(points((-wide, 46), (wide, 46), (wide, 58), (-wide, 58)))
    elif block == "bottom":
        found.append(points((-wide, 62), (wide, 62), (wide, 140), (-wide, 140)))
    elif block == "yoke":
        found.append(spline([(-wide, 41), (0, 43), (wide, 41)]))
        found[-1] = path(found[-1], points((wide, 10), (-wide, 10)))
    elif block == "half":
        found.append(points((0, 10), (wide, 10), (wide, 140), (0, 140)))
    result = [Mark(upper.body.torso(outline), "second") for outline in found]
    picture = design.get("print")
    if picture and not upper.body.back:
        result += prints.picture(str(picture), upper)
    return result


def sleeve_marks(upper: Upper, outer: Points, inner: Points, spine: Points) -> list[Mark]:
    style = upper.design.get("sleeve_stripes")
    if not style or lengths(spine)[-1] < 10:
        return []
    found = []
    for start, width in ((0.62, 0.07), (0.76, 0.07)):
        ends = along(spine, [start, start + width])
        across = np.array([ends[1] - ends[0]])[0][::-1] * (1, -1)
        across = across / np.hypot(*across) * 14
        found.append(Mark(path([ends[0] + across, ends[0] - across, ends[1] - across, ends[1] + across]), "second"))
    return found
