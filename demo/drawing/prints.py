"""Pictures printed on a chest: simple emblems, each a handful of flat shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.drawing.curves import Points, ellipse, path, points, spline
from demo.drawing.panels import Mark

if TYPE_CHECKING:
    from demo.clothing.upper_garments import Upper

Shapes = list[tuple[Points, str]]  # unit square about (0, 0), y down; material


def _sun() -> Shapes:
    rays = [
        path(
            [np.array((0.62 * np.cos(a), 0.62 * np.sin(a)))],
            [np.array((np.cos(a - 0.09), np.sin(a - 0.09)))],
            [np.array((np.cos(a + 0.09), np.sin(a + 0.09)))],
        )
        for a in np.arange(12) * np.pi / 6
    ]
    return [(ellipse((0, 0), 0.5, 0.5), "second"), *((ray, "second") for ray in rays)]


def _wave() -> Shapes:
    shapes: Shapes = [(ellipse((0, -0.15), 0.62, 0.62), "second")]
    for y, material in ((0.05, "trim"), (0.3, "main"), (0.5, "trim")):
        crest = spline(
            [(-1, y + 0.08), (-0.6, y - 0.1), (-0.2, y + 0.08), (0.2, y - 0.1), (0.6, y + 0.08), (1, y - 0.06)]
        )
        shapes.append((path(crest, crest[::-1] + (0, 0.16)), material))
    return shapes


def _mountain() -> Shapes:
    return [
        (ellipse((0.35, -0.45), 0.3, 0.3), "second"),
        (points((-1, 0.6), (-0.3, -0.5), (0.35, 0.6)), "trim"),
        (points((-0.2, 0.6), (0.4, -0.2), (1, 0.6)), "second"),
        (points((-0.46, -0.25), (-0.3, -0.5), (-0.13, -0.22), (-0.3, -0.1)), "main"),
    ]


def _bars() -> Shapes:
    return [
        (points((-1, y), (1, y), (1, y + 0.16), (-1, y + 0.16)), m)
        for y, m in ((-0.5, "second"), (-0.2, "trim"), (0.1, "second"))
    ]


def _monogram() -> Shapes:
    return [
        (points((-0.9, -0.5), (-0.6, -0.5), (-0.6, 0.3), (-0.1, 0.3), (-0.1, 0.5), (-0.9, 0.5)), "second"),
        (
            path(
                points(
                    (0.1, -0.5),
                    (0.9, -0.5),
                    (0.9, -0.3),
                    (0.65, -0.3),
                    (0.65, 0.5),
                    (0.35, 0.5),
                    (0.35, -0.3),
                    (0.1, -0.3),
                )
            ),
            "second",
        ),
    ]


def _flower() -> Shapes:
    petals = [(ellipse((0.5 * np.cos(a), 0.5 * np.sin(a)), 0.34, 0.34, 20), "second") for a in np.arange(6) * np.pi / 3]
    return [*petals, (ellipse((0, 0), 0.3, 0.3, 20), "trim")]


def _heart() -> Shapes:
    t = np.linspace(0, 2 * np.pi, 40)
    x, y = 16 * np.sin(t) ** 3, 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return [(np.stack([x / 17, -y / 17], 1), "second")]


def _bolt() -> Shapes:
    return [(points((0.2, -1), (-0.55, 0.15), (-0.05, 0.15), (-0.25, 1), (0.55, -0.2), (0.05, -0.2)), "second")]


def _star() -> Shapes:
    angle = np.arange(10) * np.pi / 5 - np.pi / 2
    radius = np.where(np.arange(10) % 2, 0.42, 1.0)
    return [(np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1), "second")]


def _cat() -> Shapes:
    ears = [points((side * 0.62, -0.1), (side * 0.6, -0.85), (side * 0.1, -0.48)) for side in (-1, 1)]
    eyes = [ellipse((side * 0.25, 0.0), 0.08, 0.12, 16) for side in (-1, 1)]
    nose = points((-0.09, 0.22), (0.09, 0.22), (0, 0.33))
    return [
        *((ear, "second") for ear in ears),
        (ellipse((0, 0.08), 0.66, 0.58), "second"),
        *((eye, "main") for eye in eyes),
        (nose, "main"),
    ]


def _palm() -> Shapes:
    shapes: Shapes = [
        (path(spline([(0.1, 0.9), (0, 0.2), (0.1, -0.4)]), spline([(0.2, -0.4), (0.14, 0.2), (0.28, 0.9)])), "trim")
    ]
    for turn in (-2.9, -2.3, -1.5, -0.8, -0.2):
        tip = np.array((0.15 + 0.8 * np.cos(turn), -0.4 + 0.6 * np.sin(turn) + 0.2))
        middle = np.array((0.15 + 0.45 * np.cos(turn), -0.5 + 0.5 * np.sin(turn)))
        shapes.append(
            (path(spline([(0.15, -0.42), middle, tip]), spline([tip, middle + (0, 0.2), (0.15, -0.3)])), "second")
        )
    return shapes


PICTURES = {
    "sun": _sun, "wave": _wave, "mountain": _mountain, "bars": _bars, "monogram": _monogram, "flower": _flower,
    "heart": _heart, "bolt": _bolt, "star": _star, "cat": _cat, "palm": _palm,
}  # fmt: skip


def picture(name: str, upper: Upper) -> list[Mark]:
    """The picture's shapes, placed on the chest; "small:" before the name puts it over the heart."""
    small = name.startswith("small:")
    half, centre = (2.6, (6.8, 46.5)) if small else (8.4, (0, 53.0))
    shapes = PICTURES[name.removeprefix("small:")]()
    return [Mark(upper.body.torso(outline * half + centre), material) for outline, material in shapes]
