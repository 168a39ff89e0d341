"""Heads: their outline, and a face in a few flat shapes. Features are in cm from the head's middle."""

from __future__ import annotations

import numpy as np

from demo.clothing.headwear import head_middle
from demo.drawing.curves import LEFT, RIGHT, Points, ellipse, path, points, spline, symmetric
from demo.drawing.palette import mix, rgb
from demo.drawing.panels import Mark, Panel
from demo.people.models_and_mannequins import Person, skin_panel

Z = 70.0
EYE = spline([(1.5, 0.2), (2.9, -0.9), (4.6, 0.1), (3.0, 0.95), (1.5, 0.2)])
LID = path(spline([(1.3, 0.25), (2.9, -1.05), (4.9, 0.0)]), spline([(4.8, 0.2), (2.9, -0.6), (1.5, 0.3)]))
BROW = path(spline([(1.3, -2.2), (3.2, -3.0), (5.2, -2.2)]), spline([(5.1, -2.0), (3.2, -2.4), (1.3, -1.6)]))
NOSE = spline([(0.5, 0.5), (1.1, 3.6), (0.2, 4.5), (-0.9, 4.1)])
UPPER_LIP = spline([(-2.3, 7.1), (-0.8, 6.5), (0, 6.75), (0.8, 6.5), (2.3, 7.1)])
LIPS = path(UPPER_LIP, spline([(2.3, 7.1), (0, 8.5), (-2.3, 7.1)]))
BETWEEN_LIPS = spline([(-2.3, 7.1), (0, 7.25), (2.3, 7.1)])
JAW = spline([(-7.4, 1.5), (-5.4, 5.4), (-2.6, 5.3), (0, 5.5), (2.6, 5.3), (5.4, 5.4), (7.4, 1.5)])
BEARD = path(JAW, points((7.6, 14), (-7.6, 14)))


def head(person: Person) -> Panel:
    """The head, with its face where that is turned to us; a mannequin has none."""
    wide = 7.5 if person.body.build.neck < 5.5 else 7.9
    crown, cheek = [(0, -12.0), (4.6, -10.6), (wide, -4.5)], [(wide - 0.1, 1.0), (wide - 0.9, 5.4)]
    half = spline([*crown, *cheek, (4.6, 9.6), (2.0, 11.7), (0, 12.0)])
    panel = skin_panel(symmetric(half) + head_middle(person.body), Z, 4.6, shadow=0.45)
    if not person.body.back and not person.mannequin:
        panel.marks = [*_beard(person), *_eyes(person), *_nose_and_mouth(person)]
    return panel


def ears(person: Person) -> list[Panel]:
    x, y = head_middle(person.body)
    return [skin_panel(ellipse((x + side * 7.7, y + 1.4), 1.3, 2.4, 20), Z - 0.5, 0.9) for side in (LEFT, RIGHT)]


def _placed(person: Person, feature: Points, side: int = RIGHT) -> Points:
    """A feature on the head, moved and narrowed as the head turns."""
    turn, (x, y) = person.body.pose.turn, head_middle(person.body)
    return np.asarray(feature) * (side * (1 - 0.12 * abs(turn)), 1) + (x + 1.9 * turn, y)


def _eyes(person: Person) -> list[Mark]:
    dark = mix(mix(person.hair, (0.2, 0.12, 0.08), 0.6), (0, 0, 0), 0.3)
    white = mix((0.96, 0.95, 0.94), person.skin, 0.18)
    features = (  # from the skin up: cheek, white, iris, glint, lid, brow
        (ellipse((4.4, 4.2), 1.9, 1.5), mix(person.skin, rgb("#e0605a"), 0.4), 0.28),
        (EYE, white, 1.0),
        (ellipse((3.0, -0.05), 0.88, 0.92, 16), dark, 1.0),
        (ellipse((3.25, -0.25), 0.22, 0.22, 8), white, 1.0),
        (LID, dark, 1.0),
        (BROW, mix(person.hair, person.skin, 0.2), 1.0),
    )
    return [
        Mark(_placed(person, shape, side), tone, share) for side in (LEFT, RIGHT) for shape, tone, share in features
    ]


def _nose_and_mouth(person: Person) -> list[Mark]:
    shade = mix(person.skin, (0.25, 0.1, 0.08), 0.42)
    lip = mix(person.skin, rgb("#b23b46"), 0.2 if person.beard else 0.45)
    return [
        Mark(_placed(person, path(NOSE, NOSE[::-1] + (0.18, -0.36))), shade, 0.7),
        Mark(_placed(person, LIPS), lip, 0.9),
        Mark(_placed(person, path(BETWEEN_LIPS, BETWEEN_LIPS[::-1] + (0, 0.2))), shade, 0.8),
    ]


def _beard(person: Person) -> list[Mark]:
    if not person.beard:
        return []
    return [Mark(BEARD + head_middle(person.body), mix(person.hair, person.skin, 0.25), 0.8)]
