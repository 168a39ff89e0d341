"""People and mannequins, dressed: their skin, and everything they wear in the order it is put on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from demo.clothing.headwear import head_middle
from demo.clothing.trousers import BARE
from demo.design import Design
from demo.drawing.canvas import PERSON, Canvas
from demo.drawing.curves import LEFT, RIGHT, Points, mirror, path, points, spline, symmetric, tube
from demo.drawing.panels import Line, Panel
from demo.people.body import CROTCH, Body
from demo.people.faces import ears, head
from demo.people.hair import hair
from demo.people.models_and_mannequins import Person, skin_panel
from demo.tailor import panels_of

SHOWN_EARS = ("short", "crop", "bun", "ponytail")


def undressed(person: Person, shod: bool, covered_head: bool, veiled: bool) -> list[Panel]:
    """Skin, face and hair, as far as shoes, hats and veils leave them to be seen."""
    body = person.body
    parts = [*_torso(body), *_legs(body, shod), *_arms(body), *_neck(body), head(person)]
    if not person.mannequin and not veiled:
        parts += hair(person, covered_head)
        parts += ears(person) if person.haircut in SHOWN_EARS else []
    return parts


def dress_up(person: Person, worn: Sequence[tuple[Design, int]]) -> list[tuple[Panel, dict, int]]:
    """(panel, paints, owner) from the bottom up, for a person wearing these designs for these owners."""
    body = replace(person.body, dressed=True)
    person = replace(person, body=body)
    kinds = {design.kind for design, _ in worn}
    hats = {str(design.get("shape")) for design, _ in worn if design.kind == "headwear"} - {"scarf", "sunglasses"}
    layers = [
        (panel, person.paints, PERSON) for panel in undressed(person, "footwear" in kinds, bool(hats), "hijab" in hats)
    ]
    coated = any(_is_coat(design) for design, _ in worn)
    for design, owner in worn:
        for panel in panels_of(design, body):
            if coated and _hidden_by_coat(design, panel):
                continue
            layers.append((panel, dict(design.paints), owner))
    return sorted(layers, key=lambda layer: layer[0].z)


def _is_coat(design: Design) -> bool:
    return design.kind == "upper" and float(design.get("layer", 30)) >= 40


def _hidden_by_coat(design: Design, panel: Panel) -> bool:
    """Sleeves stay inside a coat's."""
    return not _is_coat(design) and design.kind in ("upper", "dress", "jumpsuit") and 50 <= panel.z < 54


def paint(canvas: Canvas, layers: Sequence[tuple[Panel, dict, int]]) -> None:
    for panel, paints, owner in layers:
        canvas.draw(panel, paints, owner)


def _torso(body: Body) -> list[Panel]:
    heights = np.linspace(44, CROTCH, 10)
    sides = np.stack([body.half_width(heights), heights], 1)
    b = body.build
    half = path(
        points((0, 27), (b.neck, 25.5)),
        spline([(b.neck, 25.5), (b.neck + 3, 28.2), (b.shoulder - 3, 30.6), (b.shoulder - 0.6, 34)]),
        spline(sides),
        points((0, CROTCH + 2)),
    )
    torso = skin_panel(body.torso(symmetric(half)), 15.0, 6.0)
    if not body.back:
        torso.lines = [
            Line(body.torso(spline([(s * 1.5, 30.8), (s * 6, 30.0), (s * 12, 29.0)])), "fold", 1.1, strength=0.35)
            for s in (LEFT, RIGHT)
        ]
    return [torso]


def _legs(body: Body, shod: bool) -> list[Panel]:
    parts = []
    for side in (LEFT, RIGHT):
        spine = body.leg_spine(side)
        left, right = tube(spine, BARE[0], np.array(BARE[1]) * body.build.leg ** np.array((1, 1, 0.9, 0.7, 0.7, 0.4)))
        leg = skin_panel(path(left, right[::-1]), 10 + 0.1 * side, 4.0)
        knee = body.leg(side)[1]
        leg.lines = [Line(spline([knee + (-3, 0), knee + (0, 2.4), knee + (3, 0)]), "fold", 1.2, strength=0.3)]
        parts.append(leg)
        if not shod:
            parts.append(_foot(body, side))
    return parts


def _foot(body: Body, side: int) -> Panel:
    ankle = body.leg(side)[2]
    shape = spline(
        [(-3.3, -3), (-3.6, 3.5), (-2.4, 7.6), (2, 8.6), (8.6, 9.0), (12.2, 8.0), (11.2, 5.8), (5.6, 2.2), (3.4, -3)]
    )
    return skin_panel((mirror(shape) if side == LEFT else shape) + ankle, 10.2 + 0.1 * side, 2.5)


def _arms(body: Body) -> list[Panel]:
    """Each arm twice: under the clothes, and from the upper arm down once more over them."""
    parts = []
    for side in (LEFT, RIGHT):
        spine = body.arm_spine(side)
        radii = np.array((4.7, 4.4, 3.7, 3.4, 3.4, 2.3)) * body.build.arm
        left, right = tube(spine, (0, 0.25, 0.48, 0.56, 0.68, 1), radii)
        outer, inner = (right, left) if side == RIGHT else (left, right)
        start = body.torso(points((side * (body.build.shoulder - 5), 29.8)))
        whole = path(spline(path(start, outer[5:]), 3), inner[::-1])
        low = path(outer[len(outer) // 3 :], inner[len(inner) // 3 :][::-1])
        z = 48 + 0.2 * side
        parts += [
            skin_panel(whole, 15.5 + 0.1 * side, 3.2, shadow=0.1),
            skin_panel(low, z, 3.2, shadow=0),
            *_hand(body, side, z + 0.1),
        ]
        parts[-3].form = whole
    return parts


def _hand(body: Body, side: int, z: float) -> list[Panel]:
    _, elbow, wrist = body.arm(side)
    down = (wrist - elbow) / np.hypot(*(wrist - elbow))
    across = np.array((down[1], -down[0])) * -side
    size = 0.9 * body.build.arm**0.5
    reach = 0.62 if down[1] < 0.75 and abs(down[0]) > 0.5 else 1.0  # a hand on the hip points away from us

    def place(curve) -> Points:
        curve = np.asarray(curve, dtype=float) * size
        return wrist + curve[:, :1] * across + curve[:, 1:] * reach * down

    palm = spline(
        [
            (-2.2, -1.5),
            (-3.0, 3),
            (-3.3, 7),
            (-2.8, 12),
            (-1.4, 16.2),
            (0.2, 17.2),
            (1.6, 15.6),
            (2.6, 11),
            (3.1, 6),
            (2.8, 2),
            (2.2, -1.5),
        ]
    )
    thumb = spline([(2.0, 2), (3.8, 4.6), (4.6, 8.6), (4.0, 10.6), (2.9, 9.4), (2.0, 6.5)])
    hand = skin_panel(place(palm), z, 1.8, shadow=0)
    hand.form = place(path([(-2.2, -9)], palm, [(2.2, -9)]))
    hand.lines = [
        Line(place(spline([(x * 0.9, 9.5), (x, 12.5), (x * 0.9, 15.2)])), "seam", 0.2, strength=0.35)
        for x in (-1.5, 0.0, 1.4)
    ]
    return [skin_panel(place(thumb), z - 0.05, 1.0, shadow=0), hand]


def _neck(body: Body) -> list[Panel]:
    n = body.build.neck
    middle = head_middle(body)[0]
    base = body.neck
    outline = path(
        spline([(middle - n, 17), (base[0] - n, 24.5), (base[0] - n - 2.5, 28)]),
        spline([(base[0] - n, 29), (base[0], 31.5), (base[0] + n, 29)]),
        spline([(base[0] + n + 2.5, 28), (base[0] + n, 24.5), (middle + n, 17)]),
    )
    return [skin_panel(outline, 16.0, 3.0, shadow=0)]
