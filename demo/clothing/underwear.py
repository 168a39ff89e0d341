"""Underwear, swimwear, socks and tights: what lies on the skin."""

from __future__ import annotations

import numpy as np

from demo.clothing.trousers import BARE
from demo.design import Design
from demo.drawing.curves import LEFT, RIGHT, along, mirror, path, points, spline, symmetric, tube
from demo.drawing.panels import Drape, Grain, Line, Panel
from demo.people.body import CROTCH, HIP, Body

Z = 17.0


def _panel(body: Body, outline, material: str = "main", z: float = Z, **more) -> Panel:
    grain = Grain.between(body.torso(points((0, 40), (0, 90))), 15)
    return Panel(
        body.torso(outline),
        material,
        z,
        grain,
        puff=more.pop("puff", 3.0),
        bulge=0.6,
        shadow=more.pop("shadow", 0.25),
        **more,
    )


def bra(design: Design, body: Body) -> list[Panel]:
    wide = float(body.half_width(52)) + 0.4
    low = 56.0 if design.get("style") != "crop" else 60.0
    if body.back:
        outline = symmetric(
            path(spline([(0, 49), (wide * 0.7, 48.5), (wide, 47)]), spline([(wide, low), (0, low + 0.4)]))
        )
    elif design.get("style") == "crop":
        outline = symmetric(
            path(
                spline([(0, 43), (5, 42), (9.4, 36.5)]),
                [(12, 36.5)],
                spline([(12.2, 41), (wide, 46.5)]),
                spline([(wide, low), (0, low + 1)]),
            )
        )
    else:
        outline = symmetric(
            path(
                spline([(0, 50), (3.5, 46), (8.4, 40.5)]),
                spline([(10.4, 41.5), (wide, 48)]),
                spline([(wide, low - 1.5), (9, low + 0.6), (0, low - 1.6)]),
            )
        )
    front = _panel(body, outline, puff=4)
    front.drape = Drape("smooth", 0.15, shift=design.shift)
    if not body.back:
        front.lines = [
            Line(
                body.torso(spline([(s * 0.8, 50), (s * 3, 55), (s * 9, 56.4), (s * 14, 52)])),
                "fold",
                1.6,
                strength=-0.5,
            )
            for s in (LEFT, RIGHT)
        ]
    band = symmetric(path([(0, low - 1.8)], [(wide + 0.1, low - 2.6)], [(wide + 0.1, low)], [(0, low + 0.9)]))
    straps = [
        _panel(body, points((s * 8.6, 42), (s * 10.2, 42), (s * 11, 28.4), (s * 9.8, 28)), "second", Z - 0.2, puff=0.5)
        for s in (LEFT, RIGHT)
    ]
    return [*straps, front, _panel(body, band, "second", Z + 0.3, puff=0.8, shadow=0.1)]


def briefs(design: Design, body: Body) -> list[Panel]:
    waist = {"low": 80.0, "mid": 76.0, "high": 68.0}[str(design.get("rise", "mid"))]
    top, side = float(body.half_width(waist)) + 0.4, float(body.half_width(HIP)) + 0.5
    seat = 3.5 if body.back else 2.4
    half = path(
        spline([(0, waist + 0.9), (top * 0.6, waist + 0.7), (top, waist)]),
        [(side, HIP - 1)],
        spline([(side, HIP - 1), (side * (0.72 if body.back else 0.56), CROTCH - 2.0), (seat, CROTCH + 2.4)]),
        [(0, CROTCH + 2.6)],
    )
    main = _panel(body, symmetric(half), puff=3.5)
    main.drape = Drape("smooth", 0.2, shift=design.shift)
    band = symmetric(
        path(
            spline([(0, waist + 0.9), (top * 0.6, waist + 0.7), (top, waist)]),
            spline([(top + 0.3, waist + 1.6), (top * 0.6, waist + 2.4), (0, waist + 2.6)]),
        )
    )
    return [main, _panel(body, band, "second", Z + 0.3, puff=0.7, shadow=0.1)]


def trunks(design: Design, body: Body) -> list[Panel]:
    """Boxer briefs."""
    parts = []
    for side in (LEFT, RIGHT):
        spine = along(body.leg_spine(side), np.linspace(0, 0.24, 10))
        left, right = tube(spine, (0, 1), (9.2, 9.0), 12)
        outer, inner = (right, left) if side == RIGHT else (left, right)
        hips = body.torso(
            np.stack([body.half_width(np.linspace(74, 86, 4)) + 0.4, np.linspace(74, 86, 4)], 1) * (side, 1)
        )
        top, crotch = body.torso(points((0, 74.8), (0, CROTCH + 1)))
        low = inner[inner[:, 1] > CROTCH + 2]
        outline = path([top], spline(path(hips, outer[outer[:, 1] > HIP + 4]), 3), low[::-1], [crotch])
        parts.append(
            _panel(
                body,
                outline - body.torso(outline * 0) * 0,
                z=Z + 0.01 * side,
                puff=3.5,
                drape=Drape("smooth", 0.2, shift=design.shift),
            )
        )
        parts[-1].outline = outline
    wide = float(body.half_width(74)) + 0.6
    band = path(spline([(-wide, 73.6), (0, 74.6), (wide, 73.6)]), spline([(wide, 77), (0, 78), (-wide, 77)]))
    return [*parts, _panel(body, band, "second", Z + 0.3, puff=0.8, shadow=0.15)]


def lingerie(design: Design, body: Body) -> list[Panel]:
    """A top and bottom that are sold together: underwear sets and bikinis."""
    return [*briefs(design, body), *bra(design, body)]


def swimsuit(design: Design, body: Body) -> list[Panel]:
    w, side = body.half_width, float(body.half_width(HIP)) + 0.5
    low = 40.0 if not body.back else 52.0
    sides = np.linspace(47, 79, 7)
    half = path(
        spline([(0, low + 5), (5, low + 3.4), (8.6, low - 5)]),
        points((11, low - 5)),
        spline([(11.4, 41), (float(w(47)) + 0.3, 47)]),
        spline(np.stack([w(sides) + 0.35, sides], 1)),
        spline([(side, 81), (side * (0.66 if body.back else 0.5), CROTCH - 2.5), (2.4, CROTCH + 2.4)]),
        [(0, CROTCH + 2.6)],
    )
    main = _panel(body, symmetric(half), puff=5)
    main.drape = Drape("smooth", 0.2, shift=design.shift)
    main.marks = []
    straps = [
        _panel(
            body,
            points((s * 8.6, low - 3), (s * 11, low - 3), (s * 11.4, 28.4), (s * 9.4, 28)),
            "main",
            Z - 0.2,
            puff=0.7,
        )
        for s in (LEFT, RIGHT)
    ]
    parts = [*straps, main]
    if design.get("belt"):
        wide = float(w(66)) + 0.5
        parts.append(
            _panel(
                body,
                path(spline([(-wide, 65), (0, 66), (wide, 65)]), spline([(wide, 67.6), (0, 68.6), (-wide, 67.6)])),
                "second",
                Z + 0.3,
                puff=0.7,
            )
        )
    return parts


def _sock(design: Design, height: float) -> list[Panel]:
    """One sock from the side, the heel at the origin."""
    leg = height
    outline = path(
        spline([(0.2, -leg), (5, -leg + 0.5), (9.6, -leg)]),
        spline([(9.4, -leg * 0.6 - 6), (9.8, -9.5), (13, -6.6), (21, -5.6), (24.6, -3.4), (23.6, -0.4)]),
        spline([(23.6, -0.4), (12, 0.0), (2, 0.3), (-0.9, -2.6), (0.4, -8), (0.2, -leg)]),
    )
    grain = Grain.straight((5, -leg), (5, 0), 6)
    panel = Panel(outline, z=13.0, grain=grain, puff=3.5, bulge=0.7, drape=Drape("smooth", 0.15, shift=design.shift))
    cuff = Panel(
        points((0.0, -leg - 0.4), (9.8, -leg - 0.4), (9.6, -leg + 3.6), (0.2, -leg + 3.6)),
        "rib",
        13.2,
        grain,
        puff=1.5,
        bulge=0.6,
    )
    toe = Panel(
        path(spline([(20, -6), (20.6, -3), (20, 0.1)]), spline([(23.6, -0.3), (24.7, -3.2), (22.8, -5.2), (20, -6)])),
        "second",
        13.2,
        grain,
        puff=2.0,
        bulge=0.6,
        shadow=0,
    )
    heel = Panel(
        path(spline([(0.6, -6.4), (4.2, -4.6), (5.0, 0.2)]), spline([(2, 0.3), (-0.9, -2.6), (0.6, -6.4)])),
        "second",
        13.2,
        grain,
        puff=2.0,
        bulge=0.6,
        shadow=0,
    )
    return [panel, cuff, toe, heel]


def socks(design: Design, body: Body) -> list[Panel]:
    from demo.clothing.footwear import placed

    height = float(design.get("height", 20))
    if not body.dressed:
        both = placed(_sock(design, height), (1, 1), (7.5, -2.5), -3) + placed(_sock(design, height), (1, 1), (0, 0), 3)
        return placed(both, (-1, 1), (30, 0)) if body.back else both
    parts = []
    for side in (LEFT, RIGHT):
        ankle = body.leg(side)[2]
        foot = placed(_sock(design, 13.0), (side * 0.62, 0.96), (ankle[0] - side * 3.4, ankle[1] + 7.4), 0.1 * side)
        parts += [panel for panel in foot if panel.material != "rib"] + _sock_leg(design, body, side, height)
    return parts


def _sock_leg(design: Design, body: Body, side: int, height: float) -> list[Panel]:
    spine = along(body.leg_spine(side), np.linspace(max(0.1, 1 - (height - 8) / 75), 1.02, 16))
    start = 1 - (height - 8) / 75
    radii = np.interp(np.linspace(start, 1, 5), *BARE) * body.build.leg + 0.3
    left, right = tube(spine, np.linspace(0, 1, 5), radii, 18)
    grain = Grain.tube(spine, 6)
    leg = Panel(path(left, right[::-1]), z=12.8, grain=grain, puff=3, bulge=0.7)
    cuff = Panel(path(left[:4], right[:4][::-1]), "rib", 13.3, grain, puff=1.2, bulge=0.6, shadow=0.15)
    return [leg, cuff]


def tights(design: Design, body: Body) -> list[Panel]:
    from dataclasses import replace

    from demo.clothing.trousers import Trousers

    cut = {**design.cut, "fit": "skin", "rise": "high", "layer": 15.2, "elastic": True, "reach": 1.0}
    legs = Trousers(replace(design, cut=cut), body).panels()
    if body.dressed:
        return legs
    feet = []
    for side in (LEFT, RIGHT):
        ankle = body.leg(side)[2]
        toe = ellipse_foot(ankle, side)
        feet.append(Panel(toe, z=15.3, grain=Grain.straight(ankle, ankle + (0, 8), 4), puff=2, bulge=0.7))
    return [*legs, *feet]


def ellipse_foot(ankle, side: int):
    shape = spline([(-3.2, -2), (-3.4, 4), (-1.5, 8), (5, 9.4), (9.4, 8.4), (8.4, 5.6), (4.2, 2.4), (3.4, -2)])
    return mirror(shape) + ankle if side == LEFT else shape + ankle
