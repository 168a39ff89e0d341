"""Garments that join a bodice to a skirt or to trousers: dresses, jumpsuits and dungarees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from demo.clothing.skirts import Skirt
from demo.clothing.trousers import Trousers
from demo.clothing.upper_garments import Upper
from demo.design import Design
from demo.drawing.curves import LEFT, RIGHT, ellipse, mirror, path, points, spline
from demo.drawing.panels import Drape, Grain, Line, Panel
from demo.people.body import Body


def belt(design: Design, body: Body, y: float, half: float, z: float) -> list[Panel]:
    """A belt at height y, with a buckle or a tied bow as the cut says."""
    style = design.get("belt")
    if not style:
        return []
    deep = 2.6 if style == "buckle" else 2.2
    outline = body.torso(
        path(
            spline([(-half, y), (0, y + 0.9), (half, y)]),
            spline([(half, y + deep), (0, y + deep + 0.9), (-half, y + deep)]),
        )
    )
    grain = Grain.between(body.torso(points((0, y), (0, y + 20))), half)
    material = "belt" if "belt" in design.paints else "main"
    panels = [Panel(outline, material, z, grain, puff=0.9, bulge=0.6, shadow=0.3)]
    if body.back:
        return panels
    if style == "buckle":
        centre = body.torso(points((0, y + deep / 2 + 0.9)))[0]
        hole = ellipse(centre, 1.0, 0.8, 16)
        return [*panels, Panel(ellipse(centre, 2.0, 1.8, 24), "button", z + 0.2, puff=0.5, shadow=0.3, holes=[hole])]
    for k, (dx, dy) in enumerate(((-2.5, 15), (2.2, 18))):
        curve = spline([(3.5, y + 2), (3.5 + dx * 0.5, y + dy * 0.5), (3.5 + dx, y + dy)])
        panels.append(
            Panel(
                body.torso(path(curve - (1.0, 0), (curve + (1.0, 0))[::-1])),
                material,
                z + 0.1 * k,
                puff=0.7,
                shadow=0.3,
            )
        )
    return [
        *panels,
        Panel(ellipse(body.torso(points((3.5, y + 1.7)))[0], 1.5, 1.6, 18), material, z + 0.4, puff=0.7, shadow=0.3),
    ]


def _without(design: Design, **changes) -> Design:
    cut: Mapping[str, object] = {**design.cut, **changes}
    return replace(design, cut=cut)


def dress(design: Design, body: Body) -> list[Panel]:
    """A bodice to the waist and a skirt below it; or, where there is no "skirt", one piece down to the hem."""
    if not design.get("skirt"):
        upper = Upper(design, body)
        return [*upper.panels(), *belt(design, body, 66, float(upper.side(66)) + 0.2, upper.layer + 1.5)]
    waist = float(design.get("waist", 66))
    bodice = Upper(_without(design, shape="fitted", hem_shape="straight", pocket="none"), body, hem=waist + 0.5)
    lower = Skirt(_without(design, skirt_layer=bodice.layer - 1, skirt_band=design.get("skirt_band", 0)), body, waist)
    sash = belt(design, body, waist - 1.2, float(lower.half_width(np.array(waist))) + 0.3, bodice.layer + 1.5)
    return [*lower.panels(), *bodice.panels(), *sash]


def jumpsuit(design: Design, body: Body) -> list[Panel]:
    bodice = Upper(_without(design, shape="fitted", hem_shape="straight", pocket="none"), body, hem=67.0)
    legs = Trousers(
        _without(design, rise="high", layer=bodice.layer - 1, elastic=True, cord=False, band=2.4, cuff=None), body
    )
    sash = belt(design, body, 65.4, float(legs.waist_half(66)) + 0.3, bodice.layer + 1.5)
    return [*(panel for panel in legs.panels() if panel.material != "lining"), *bodice.panels(), *sash]


def dungarees(design: Design, body: Body) -> list[Panel]:
    """Trousers or a skirt with a bib and straps."""
    if design.get("fit"):
        low = Trousers(_without(design, rise="high", layer=33), body).panels()
    else:
        low = Skirt(_without(design, skirt_layer=33), body).panels()
    top = 55.0 if body.back else 47.0
    parts = [*low, *_bib(design, body, top)]
    grain = Grain.between(body.torso(points((0, 30), (0, 70))), 12)
    for side in (LEFT, RIGHT):
        strap = points((side * 7, top + 2), (side * 9.4, top + 2), (side * 9.8, 27.6), (side * 7.4, 26.8))
        parts.append(Panel(body.torso(strap), z=33.8, grain=grain, puff=0.8, shadow=0.3))
        buckle = body.torso(ellipse((side * 8.2, top + 1.8), 1.1, 1.1, 18))
        parts.append(Panel(buckle, "button", 34.0, puff=0.5, shadow=0.3))
    return parts


def _bib(design: Design, body: Body, top: float) -> list[Panel]:
    grain, waist = Grain.between(body.torso(points((0, 30), (0, 70))), 12), float(body.half_width(66)) + 1
    edge = spline([(10, top + 8), (waist, 68)])
    outline = path(spline([(-9.5, top), (0, top + 0.7), (9.5, top)]), edge, mirror(edge)[::-1])
    bib = Panel(
        body.torso(outline), z=33.5, grain=grain, puff=3, bulge=0.5, drape=Drape("cloth", 0.2, shift=design.shift)
    )
    if body.back:
        return [bib]
    right = [(5.5, top + 5), (5, top + 14)]
    pocket = body.torso(points(*((-x, y) for x, y in reversed(right)), *right, (0, top + 15.5))[[1, 2, 3, 4, 0]])
    patch = Panel(pocket, z=33.9, grain=grain, puff=0.7, bulge=0.5, shadow=0.25)
    patch.lines = [Line(pocket, "stitch", 0.16)]
    return [bib, patch]
