"""What a garment consists of: panels of cloth, the grain they are cut on, and the lines and marks on them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from demo.drawing.curves import Numbers, Points, along, lengths


@dataclass(frozen=True)
class Grain:
    """Where the cloth's threads run: down `spine` (K, 2), whose half-widths are `radii` (K,). Centimetres."""

    spine: Points
    radii: np.ndarray

    @classmethod
    def straight(cls, top: Numbers, bottom: Numbers, radius: float) -> Grain:
        return cls(np.array([top, bottom], dtype=np.float64), np.array([radius, radius], dtype=np.float64))

    @classmethod
    def between(cls, ends: Points, radius: float) -> Grain:
        """Straight from the first of `ends` (2, 2) to the second."""
        top, bottom = ends
        return cls.straight(top, bottom, radius)

    @classmethod
    def tube(cls, spine: Points, radius: float) -> Grain:
        spine = along(np.asarray(spine), np.linspace(0, 1, 5))
        return cls(spine, np.full(len(spine), float(radius)))

    def locate(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(u, s, v) float32 for points x, y: u -1..1 across, s centimetres across, v centimetres down the spine."""
        starts, distance = self.spine[:-1], lengths(self.spine)
        best: tuple[np.ndarray, np.ndarray] | None = None
        for k, (start, step) in enumerate(zip(starts, np.diff(self.spine, axis=0), strict=True)):
            span = float(np.hypot(*step))
            dx, dy = np.float32(step[0] / span), np.float32(step[1] / span)
            rx, ry = x - np.float32(start[0]), y - np.float32(start[1])
            down, across = rx * dx + ry * dy, rx * dy - ry * dx
            if len(starts) == 1:
                best = (across, down)
                break
            low = -np.inf if k == 0 else 0.0
            high = np.inf if k == len(starts) - 1 else span
            beyond = down - np.clip(down, low, high)
            apart = across * across + beyond * beyond
            if best is None:
                best, nearest = (across, down), apart
                continue
            closer = apart < nearest
            best = (np.where(closer, across, best[0]), np.where(closer, down + np.float32(distance[k]), best[1]))
            nearest = np.where(closer, apart, nearest)
        if best is None:
            raise ValueError("A grain's spine needs two points at least.")
        across, down = best
        if np.ptp(self.radii) < 1e-6:
            return across / np.float32(self.radii[0]), across, down
        radius = np.interp(down, distance, self.radii).astype(np.float32)
        return across / radius, across, down


@dataclass(frozen=True)
class Line:
    """A seam ("seam"), a row of stitches ("stitch"), or a fold in the cloth ("fold"), along `curve`."""

    curve: Points
    kind: str = "seam"
    width: float = 0.25
    colour: tuple[float, float, float] | None = None
    strength: float = 1.0


@dataclass(frozen=True)
class Mark:
    """A flat shape printed on, or let into, a panel. `material` names a paint of the garment."""

    outline: Points
    material: str | tuple[float, float, float] = "trim"
    opacity: float = 1.0


@dataclass(frozen=True)
class Drape:
    """How cloth falls: a style, its height in centimetres, and a number that shifts its folds about."""

    style: str = "cloth"
    height: float = 0.4
    count: float = 8.0
    shift: float = 0.0


@dataclass
class Panel:
    outline: Points
    material: str = "main"
    z: float = 30.0
    grain: Grain | None = None
    puff: float = 3.0  # radius over which the edge curves away, cm
    bulge: float = 1.0  # how much it curves away
    drape: Drape | None = None
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    holes: list[Points] = field(default_factory=list)
    shadow: float = 0.35  # what it casts on the figure below it
    shade: float = 1.0  # less than 1: an inside, seen in shadow
    edge: float = 1.0  # how dark its edge is drawn
    form: Points | None = None  # the shape that its roundness follows, where the cloth goes on under another panel
    fade: tuple[str, float, float] | None = None  # another material blended in from v0 to v1 cm down the grain
