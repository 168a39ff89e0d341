"""Hair: what falls behind the shoulders, what lies over the forehead, what is tied. In cm from the head's middle."""

from __future__ import annotations

import numpy as np

from demo.clothing.headwear import head_middle
from demo.drawing.curves import Points, ellipse, path, spline, symmetric
from demo.drawing.panels import Drape, Grain, Panel
from demo.people.models_and_mannequins import Person

BEHIND, OVER, TIED = 3.0, 74.0, 76.0  # the order: behind everybody's clothes, over the face, over the head's back
# how far it falls, and how wide
FALLS = {"long": (26.0, 9.6), "wavy": (23.0, 11.4), "bob": (9.5, 9.8), "curly": (10.0, 12.6), "afro": (2.0, 12.2)}
WIDTHS = {"curly": 11.4, "wavy": 9.6, "bob": 9.2}  # about the face; 8.6 otherwise
BACK_OF_HEAD = symmetric(spline([(0, -12.9), (5.2, -11.4), (8.3, -5), (8.2, 2), (6.4, 8.0), (3.0, 10.0), (0, 10.4)]))
TAIL = spline([(3, -9), (11, -4), (12.2, 10), (8.6, 20), (7.6, 8), (6, -2)])
TAIL_BEHIND = spline([(-2.4, -4), (-3.8, 8), (-2, 24), (2, 24), (3.8, 8), (2.4, -4)])
SWEPT = [(6.6, -4), (3.2, -8.2), (-1.2, -10), (-4.8, -7), (-6.8, -2.6)]  # a parting over the forehead


def hair(person: Person, covered: bool) -> list[Panel]:
    """The person's hair; under a hat only what shows below it."""
    cut, back = person.haircut, person.body.back
    parts = []
    if cut in FALLS and not (covered and cut == "afro"):
        parts.append(_lock(person, _fall(cut, back), OVER + 1 if back else BEHIND))
    if back:
        parts.append(_lock(person, BACK_OF_HEAD, OVER))
    elif not covered:
        parts.append(_lock(person, _fringe(cut), OVER))
    if cut == "bun" and not covered:
        parts.append(_lock(person, ellipse((0, -9 if back else -14.4), 4.6, 4.2), TIED if back else BEHIND - 1))
    if cut == "ponytail":
        parts.append(_lock(person, TAIL_BEHIND if back else TAIL, TIED if back else BEHIND - 1))
    return parts


def _lock(person: Person, outline: Points, z: float) -> Panel:
    x, y = head_middle(person.body)
    grain = Grain.straight((x, y - 13), (x, y + 20), 8)
    shadow = 0.25 if z > BEHIND else 0.0
    panel = Panel(np.asarray(outline) + (x, y), "hair", z, grain, puff=2.6, bulge=0.6, shadow=shadow)
    panel.drape = Drape("cloth", 0.22, shift=0.4)
    return panel


def _fall(cut: str, back: bool) -> Points:
    length, wide = FALLS[cut]
    if cut == "afro":
        return ellipse((0, -4.5), wide, wide)
    right = [(wide * 0.75, length), (wide + 0.6, length * 0.55), (wide, 1), (7.8, -6)]
    left = [(-x, y) for x, y in reversed(right)]
    return spline([*left, (0, length + (2.4 if back else 0)), *right])


def _fringe(cut: str) -> Points:
    """The hair over the forehead."""
    if cut in ("short", "crop"):
        high = 1.6 if cut == "short" else 0.5
        side = [(5.4, -12.0 - high), (8.4, -7), (7.9, -1.5)]
        top = spline([*((-x, y) for x, y in reversed(side)), (0, -13.0 - high), *side])
        return path(top, spline([(7.2, -4.6), (5.6, -8.2), (1, -7.2 - high * 0.4), (-4.6, -8.4), (-7.2, -4.6)]))
    if cut == "afro":
        side = [(8.8, -13.4), (11.9, -7), (11.2, -1.5), (7.6, 1.5)]
        top = spline([*((-x, y) for x, y in reversed(side)), (0, -16.8), *side])
        return path(top, spline([(6.9, -1), (6.0, -5.4), (2.4, -6.8), (-2.4, -6.8), (-6.0, -5.4), (-6.9, -1)]))
    wide, low = WIDTHS.get(cut, 8.6), -1.5 if cut in ("bun", "ponytail") else 5.0
    side = [(5.4, -12.9), (wide, -5), (wide - 0.6, low)]
    top = spline([*((-x, y) for x, y in reversed(side)), (0, -14.6), *side])
    if cut == "bob":
        return path(top, spline([(6.8, 4), (6.4, -3.6), (3, -5.2), (-3, -5.2), (-6.4, -3.6), (-6.8, 4)]))
    inner = (7.2, -3) if cut == "bun" else (7.0, 4)
    return path(top, spline([inner, *SWEPT, (-inner[0], inner[1])]))
