"""People and mannequins: skin, face and hair, and everything they wear, in the order it is put on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .body import ANKLE, CROTCH, HIP, NECK, Body
from .canvas import PERSON, Canvas
from .curves import LEFT, RIGHT, Points, along, ellipse, mirror, path, points, spline, symmetric, tube
from .design import Design
from .fabrics import Fabric
from .headwear import HEAD, head_middle
from .lowers import BARE
from .palette import RGB, mix, rgb
from .panels import Drape, Grain, Line, Mark, Panel
from .tailor import panels_of

SKINS = tuple(map(rgb, ("#f3d3bb", "#e8bd9b", "#d8a27a", "#c48a60", "#a86e48", "#8a5636", "#633d28", "#f0c8a8")))
HAIRS = tuple(map(rgb, ("#1d1715", "#2b1d18", "#3d281d", "#5b3a24", "#7b5230", "#a67c47", "#8c8c8e", "#4a1f18")))
PLASTER = rgb("#dcd8d2")
HAIRCUTS = ("long", "bob", "short", "bun", "ponytail", "curly", "crop", "wavy")


@dataclass(frozen=True)
class Person:
    body: Body
    skin: RGB = SKINS[2]
    hair: RGB = HAIRS[0]
    haircut: str = "long"
    beard: bool = False
    mannequin: bool = False

    @property
    def paints(self) -> dict[str, Fabric]:
        skin, hair = (
            Fabric((self.skin,), weave="poplin", gloss=0.06),
            Fabric((self.hair,), weave="satin", gloss=0.12),
        )
        return {"skin": skin, "hair": hair}

    def undressed(self, shod: bool, covered_head: bool, veiled: bool) -> list[Panel]:
        parts = [*_torso(self.body), *_legs(self.body, shod), *_arms(self.body), *_neck(self.body)]
        parts.append(_head(self))
        if not self.body.back and not self.mannequin:
            _face(self, parts[-1])
        if not self.mannequin and not veiled:
            parts += _hair(self, covered_head)
        return parts


def dress_up(person: Person, worn: Sequence[tuple[Design, int]]) -> list[tuple[Panel, dict, int]]:
    """(panel, paints, owner) from the bottom up, for a person wearing these designs for these owners."""
    body = replace(person.body, dressed=True)
    person = replace(person, body=body)
    kinds = {design.kind for design, _ in worn}
    hats = {str(design.get("shape")) for design, _ in worn if design.kind == "headwear"} - {
        "scarf",
        "sunglasses",
    }
    layers = [
        (panel, person.paints, PERSON) for panel in person.undressed("footwear" in kinds, bool(hats), "hijab" in hats)
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


def _skin(outline: Points, z: float, puff: float = 3.0, grain: Grain | None = None, **more) -> Panel:
    return Panel(
        outline,
        "skin",
        z,
        grain,
        puff=puff,
        bulge=more.pop("bulge", 0.75),
        shadow=more.pop("shadow", 0.2),
        **more,
    )


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
    torso = _skin(body.torso(symmetric(half)), 15.0, 6.0)
    if not body.back:
        torso.lines = [
            Line(
                body.torso(spline([(s * 1.5, 30.8), (s * 6, 30.0), (s * 12, 29.0)])),
                "fold",
                1.1,
                strength=0.35,
            )
            for s in (LEFT, RIGHT)
        ]
    return [torso]


def _legs(body: Body, shod: bool) -> list[Panel]:
    parts = []
    for side in (LEFT, RIGHT):
        spine = body.leg_spine(side)
        left, right = tube(spine, BARE[0], np.array(BARE[1]) * body.build.leg ** np.array((1, 1, 0.9, 0.7, 0.7, 0.4)))
        leg = _skin(path(left, right[::-1]), 10 + 0.1 * side, 4.0)
        knee = body.leg(side)[1]
        leg.lines = [Line(spline([knee + (-3, 0), knee + (0, 2.4), knee + (3, 0)]), "fold", 1.2, strength=0.3)]
        parts.append(leg)
        if not shod:
            parts.append(_foot(body, side))
    return parts


def _foot(body: Body, side: int) -> Panel:
    ankle = body.leg(side)[2]
    shape = spline(
        [
            (-3.3, -3),
            (-3.6, 3.5),
            (-2.4, 7.6),
            (2, 8.6),
            (8.6, 9.0),
            (12.2, 8.0),
            (11.2, 5.8),
            (5.6, 2.2),
            (3.4, -3),
        ]
    )
    return _skin((mirror(shape) if side == LEFT else shape) + ankle, 10.2 + 0.1 * side, 2.5)


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
            _skin(whole, 15.5 + 0.1 * side, 3.2, shadow=0.1),
            _skin(low, z, 3.2, shadow=0.25),
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
    hand = _skin(place(palm), z, 1.8, shadow=0)
    hand.form = place(path([(-2.2, -9)], palm, [(2.2, -9)]))
    hand.lines = [
        Line(place(spline([(x * 0.9, 9.5), (x, 12.5), (x * 0.9, 15.2)])), "seam", 0.2, strength=0.35)
        for x in (-1.5, 0.0, 1.4)
    ]
    return [_skin(place(thumb), z - 0.05, 1.0, shadow=0), hand]


def _neck(body: Body) -> list[Panel]:
    n = body.build.neck
    middle = head_middle(body)[0]
    base = body.neck
    outline = path(
        spline([(middle - n, 17), (base[0] - n, 24.5), (base[0] - n - 2.5, 28)]),
        spline([(base[0] - n, 29), (base[0], 31.5), (base[0] + n, 29)]),
        spline([(base[0] + n + 2.5, 28), (base[0] + n, 24.5), (middle + n, 17)]),
    )
    return [_skin(outline, 16.0, 3.0, shadow=0)]


def _head(person: Person) -> Panel:
    x, y = head_middle(person.body)
    wide = 7.5 if person.body.build.neck < 5.5 else 7.9
    half = spline(
        [
            (0, -12.0),
            (4.6, -10.6),
            (wide, -4.5),
            (wide - 0.1, 1.0),
            (wide - 0.9, 5.4),
            (4.6, 9.6),
            (2.0, 11.7),
            (0, 12.0),
        ]
    )
    head = _skin(symmetric(half) + (x, y), 70.0, 4.6, shadow=0.45, bulge=0.8)
    return head


def _shifted(person: Person, curve) -> Points:
    """A feature of the face, moved as the head turns."""
    x, y = head_middle(person.body)
    return np.asarray(curve, dtype=float) * (1 - 0.12 * abs(person.body.pose.turn), 1) + (
        x + 1.9 * person.body.pose.turn,
        y,
    )


def _face(person: Person, head: Panel) -> None:
    dark, white = (
        mix(mix(person.hair, (0.2, 0.12, 0.08), 0.6), (0, 0, 0), 0.3),
        mix((0.96, 0.95, 0.94), person.skin, 0.18),
    )
    lip = mix(person.skin, rgb("#b23b46"), 0.45 if not person.beard else 0.2)
    blush, shade = mix(person.skin, rgb("#e0605a"), 0.4), mix(person.skin, (0.25, 0.1, 0.08), 0.42)
    marks = head.marks
    for side in (LEFT, RIGHT):

        def put(curve, side=side):
            return _shifted(person, np.asarray(curve) * (side, 1))

        marks.append(Mark(put(ellipse((4.4, 4.2), 1.9, 1.5)), blush, 0.28))
        marks.append(Mark(put(spline([(1.5, 0.2), (2.9, -0.9), (4.6, 0.1), (3.0, 0.95), (1.5, 0.2)])), white))
        marks.append(Mark(put(ellipse((3.0, -0.05), 0.88, 0.92, 16)), dark))
        marks.append(Mark(put(ellipse((3.25, -0.25), 0.22, 0.22, 8)), white))
        marks.append(
            Mark(
                put(
                    path(
                        spline([(1.3, 0.25), (2.9, -1.05), (4.9, 0.0)]),
                        spline([(4.8, 0.2), (2.9, -0.6), (1.5, 0.3)]),
                    )
                ),
                dark,
            )
        )
        brow = path(spline([(1.3, -2.2), (3.2, -3.0), (5.2, -2.2)]), spline([(5.1, -2.0), (3.2, -2.4), (1.3, -1.6)]))
        marks.append(Mark(put(brow), mix(person.hair, person.skin, 0.2)))
    nose = spline([(0.5, 0.5), (1.1, 3.6), (0.2, 4.5), (-0.9, 4.1)])
    marks.append(Mark(_shifted(person, path(nose, nose[::-1] + (0.18, -0.36))), shade, 0.7))
    mouth = path(
        spline([(-2.3, 7.1), (-0.8, 6.5), (0, 6.75), (0.8, 6.5), (2.3, 7.1)]),
        spline([(2.3, 7.1), (0, 8.5), (-2.3, 7.1)]),
    )
    marks.append(Mark(_shifted(person, mouth), lip, 0.9))
    line = spline([(-2.3, 7.1), (0, 7.25), (2.3, 7.1)])
    marks.append(Mark(_shifted(person, path(line, line[::-1] + (0, 0.2))), shade, 0.8))
    if person.beard:
        x, y = head_middle(person.body)
        beard = path(
            spline([(-7.4, 1.5), (-5.4, 5.4), (-2.6, 5.3), (0, 5.5), (2.6, 5.3), (5.4, 5.4), (7.4, 1.5)]),
            points((7.6, 14), (-7.6, 14)),
        ) + (x, y)
        head.marks[:0] = [Mark(beard, mix(person.hair, person.skin, 0.25), 0.8)]


def _hair(person: Person, covered: bool) -> list[Panel]:
    x, y = head_middle(person.body)
    cut, back = person.haircut, person.body.back
    parts = []

    def lock(outline, z, **more):
        grain = Grain.straight((x, y - 13), (x, y + 20), 8)
        drape = Drape("cloth", 0.22, shift=0.4)
        return Panel(
            np.asarray(outline) + (x, y),
            "hair",
            z,
            grain,
            puff=more.pop("puff", 2.6),
            bulge=0.6,
            drape=drape,
            shadow=more.pop("shadow", 0.25),
            **more,
        )

    length = {"long": 26, "wavy": 23, "bob": 9.5, "curly": 10}.get(cut)
    if length:
        wide = {"long": 9.6, "wavy": 11.4, "bob": 9.8, "curly": 12.6}[cut]
        fall = spline(
            [
                (-7.8, -6),
                (-wide, 1),
                (-wide - 0.6, length * 0.55),
                (-wide * 0.75, length),
                (0, length + (2.4 if back else 0)),
                (wide * 0.75, length),
                (wide + 0.6, length * 0.55),
                (wide, 1),
                (7.8, -6),
            ]
        )
        parts.append(lock(fall, 75 if back else 3, shadow=0.3 if back else 0))
    if back:
        parts.append(
            lock(
                symmetric(spline([(0, -12.9), (5.2, -11.4), (8.3, -5), (8.2, 2), (6.4, 8.0), (3.0, 10.0), (0, 10.4)])),
                74,
            )
        )
    elif not covered:
        parts.append(_fringe(cut, lock))
    parts += _ears(person) if cut in ("short", "crop", "bun", "ponytail") else []
    if cut == "bun" and not covered:
        parts.append(lock(ellipse((0, -14.4 if not back else -9), 4.6, 4.2), 2 if not back else 76))
    if cut == "ponytail":
        tail = (
            spline([(3, -9), (11, -4), (12.2, 10), (8.6, 20), (7.6, 8), (6, -2)])
            if not back
            else spline([(-2.4, -4), (-3.8, 8), (-2, 24), (2, 24), (3.8, 8), (2.4, -4)])
        )
        parts.append(lock(tail, 2 if not back else 76, shadow=0.3 if back else 0))
    return parts


def _fringe(cut: str, lock) -> Panel:
    """The hair over the forehead."""
    if cut in ("short", "crop"):
        high = 1.6 if cut == "short" else 0.5
        top = spline(
            [
                (-7.9, -1.5),
                (-8.4, -7),
                (-5.4, -12.0 - high),
                (0, -13.0 - high),
                (5.4, -12.0 - high),
                (8.4, -7),
                (7.9, -1.5),
            ]
        )
        return lock(
            path(top, spline([(7.2, -4.6), (5.6, -8.2), (1, -7.2 - high * 0.4), (-4.6, -8.4), (-7.2, -4.6)])),
            74,
        )
    wide = {"curly": 11.4, "wavy": 9.6, "bob": 9.2}.get(cut, 8.6)
    top = spline(
        [
            (-wide + 0.6, 5.0 if cut in ("bob", "long", "wavy", "curly") else -1.5),
            (-wide, -5),
            (-5.4, -12.9),
            (0, -14.6),
            (5.4, -12.9),
            (wide, -5),
            (wide - 0.6, 5.0 if cut in ("bob", "long", "wavy", "curly") else -1.5),
        ]
    )
    if cut == "bob":
        under = spline([(6.8, 4), (6.4, -3.6), (3, -5.2), (-3, -5.2), (-6.4, -3.6), (-6.8, 4)])
    else:
        under = spline(
            [
                (7.0, 4) if cut != "bun" else (7.2, -3),
                (6.6, -4),
                (3.2, -8.2),
                (-1.2, -10),
                (-4.8, -7),
                (-6.8, -2.6),
                (-7.0, 4) if cut != "bun" else (-7.3, -2),
            ]
        )
    return lock(path(top, under), 74)


def _ears(person: Person) -> list[Panel]:
    x, y = head_middle(person.body)
    return [_skin(ellipse((x + side * 7.7, y + 1.4), 1.3, 2.4, 20), 69.5, 0.9) for side in (LEFT, RIGHT)]


def reach(layers: Sequence[tuple[Panel, dict, int]], owner: int | None = None) -> tuple[Points, Points]:
    """The lowest and highest corner (cm) of what these layers cover."""
    outlines = np.vstack([panel.outline for panel, _, whose in layers if owner is None or whose == owner])
    return outlines.min(0), outlines.max(0)


LANDMARKS = {"head": HEAD[1], "neck": NECK, "hip": HIP, "ankle": ANKLE}


def wrist_of(body: Body, side: int) -> Points:
    return along(body.arm_spine(side), [1.0])[0]
