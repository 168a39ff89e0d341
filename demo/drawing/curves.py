"""Curves in the plane: how every outline of the sample catalogue is drawn. Points are (N, 2), in centimetres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Points = np.ndarray
Numbers = Sequence[float] | np.ndarray
RIGHT, LEFT = 1, -1


def points(*pairs: Sequence[float | np.ndarray]) -> Points:
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


def spline(control: Points | Sequence, steps: int = 6) -> Points:
    """A Catmull-Rom curve through `control` (N, 2), `steps` samples a span, both ends included."""
    control = np.asarray(control, dtype=np.float64)
    if len(control) < 3:
        return control
    padded = np.vstack([2 * control[0] - control[1], control, 2 * control[-1] - control[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (padded[i : len(padded) - 3 + i, None, :] for i in range(4))
    curve = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    return np.vstack([curve.reshape(-1, 2), control[-1]])


def path(*pieces: Points | Sequence) -> Points:
    """Pieces joined end to end: smooth inside a piece, a corner between two."""
    return np.vstack([np.asarray(piece, dtype=np.float64).reshape(-1, 2) for piece in pieces])


def mirror(curve: Points) -> Points:
    return np.asarray(curve) * (-1, 1)


def symmetric(right_half: Points) -> Points:
    """An outline from its right half, which runs from the top middle to the bottom middle."""
    return path(right_half, mirror(right_half)[::-1])


def normals(curve: Points) -> Points:
    """Unit normals (N, 2); for a curve that runs downwards they point to the picture's right."""
    tangent = np.gradient(curve, axis=0)
    length = np.hypot(tangent[:, 0], tangent[:, 1])[:, None]
    tangent = tangent / np.maximum(length, 1e-9)
    return np.stack([tangent[:, 1], -tangent[:, 0]], axis=1)


def offset(curve: Points, distance: float | np.ndarray) -> Points:
    return curve + normals(curve) * np.reshape(distance, (-1, 1))


def band(curve: Points, width: float) -> Points:
    """The outline of a strip that lies along `curve`, on the side its normals point to."""
    return path(curve, offset(curve, width)[::-1])


def lengths(curve: Points) -> np.ndarray:
    """Distance along the curve at every point, (N,)."""
    steps = np.hypot(*np.diff(curve, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def along(curve: Points, fractions: Sequence[float] | np.ndarray) -> Points:
    """The points at these fractions (0..1) of the curve's length."""
    distance = lengths(curve)
    wanted = np.asarray(fractions, dtype=np.float64) * distance[-1]
    return np.stack([np.interp(wanted, distance, curve[:, axis]) for axis in (0, 1)], axis=1)


def tube(spine: Points, stations: Numbers, radii: Numbers, samples: int = 26) -> tuple[Points, Points]:
    """The two edges of a sleeve or leg around `spine`, (left, right) seen down the spine's own direction.

    `stations` are fractions of the spine's length, `radii` the half-widths there. Points that a bend would
    fold inside the tube are dropped, so that the outline never crosses itself.
    """
    fractions = np.linspace(0, 1, samples)
    centre = along(spine, fractions)
    radius = np.interp(fractions, stations, radii)
    normal = normals(centre)
    edges = []
    for sign in (LEFT, RIGHT):
        edge = centre + sign * normal * radius[:, None]
        apart = np.hypot(*(edge[:, None, :] - centre[None]).transpose(2, 0, 1))
        inside = (apart < 0.93 * radius[None, :]).any(axis=1)
        inside[[0, -1]] = False
        edges.append(edge[~inside])
    return edges[0], edges[1]


def ellipse(centre: Sequence[float], rx: float, ry: float, count: int = 36) -> Points:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([centre[0] + rx * np.cos(angle), centre[1] + ry * np.sin(angle)], axis=1)


def turned(curve: Points, degrees: float, about: Sequence[float] = (0, 0)) -> Points:
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (np.asarray(curve) - about) @ rotation.T + about


def dashes(curve: Points, length: float, gap: float) -> list[Points]:
    """The curve cut into dashes, for stitching."""
    total = lengths(curve)[-1]
    if total < length:
        return []
    starts = np.arange(0, total - length, length + gap)
    return [along(curve, [start / total, (start + length) / total]) for start in starts]
