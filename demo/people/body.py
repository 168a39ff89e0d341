"""The body under the clothes: proportions, poses, and the landmarks that garments are cut to. Centimetres, y down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from demo.drawing.curves import LEFT, RIGHT, Points, points, spline

NECK, SHOULDER, ARMPIT, BUST, WAIST, HIP, CROTCH, KNEE, ANKLE, GROUND = (28, 32, 44, 47, 66, 84, 89, 124, 161, 169)
UPPER_ARM, FOREARM, THIGH, SHIN = 28.5, 25.0, 38.0, 37.0


@dataclass(frozen=True)
class Build:
    """Half-widths of a person, and how thick the limbs are (1 is a slim adult)."""

    shoulder: float = 17.6
    chest: float = 14.6
    waist: float = 11.6
    hip: float = 16.4
    neck: float = 4.7
    arm: float = 1.0
    leg: float = 1.0


WOMAN = Build()
MAN = Build(shoulder=20.4, chest=16.8, waist=14.4, hip=15.8, neck=5.9, arm=1.2, leg=1.06)
CURVY = Build(shoulder=18.8, chest=17.6, waist=15.6, hip=20.2, neck=5.3, arm=1.25, leg=1.25)
EXPECTING = Build(shoulder=17.6, chest=15.6, waist=15.0, hip=17.2)


@dataclass(frozen=True)
class Pose:
    """Degrees: arms (lift from the side, elbow bend), legs (spread, knee turn); the picture's left first."""

    arms: tuple[tuple[float, float], tuple[float, float]] = ((14, 8), (14, 8))
    legs: tuple[tuple[float, float], tuple[float, float]] = ((3, 0), (3, 0))
    shoulder_tilt: float = 0.0
    hip_tilt: float = 0.0
    sway: float = 0.0
    turn: float = 0.0  # of the head, -1 (picture's left) to 1


FLAT = Pose(arms=((24, 2), (24, 2)), legs=((3.2, 0), (3.2, 0)))


@dataclass(frozen=True)
class Body:
    """A build in a pose. `dressed` is False for a packshot, where nobody is inside."""

    build: Build = WOMAN
    pose: Pose = FLAT
    back: bool = False
    dressed: bool = False

    def half_width(self, y: float | np.ndarray) -> np.ndarray:
        """The torso's half-width at height y."""
        b = self.build
        heights = (SHOULDER, ARMPIT, BUST, WAIST, WAIST + 8, HIP, CROTCH + 6)
        widths = (b.shoulder - 2, b.chest, b.chest + 0.2, b.waist, b.waist + 1.6, b.hip, b.hip - 0.4)
        return np.asarray(np.interp(y, heights, widths))

    def torso(self, curve: Points) -> Points:
        """Points given for an upright torso, where the pose puts them."""
        curve = np.asarray(curve, dtype=np.float64)
        down = np.clip((curve[:, 1] - SHOULDER) / (HIP - SHOULDER), -0.2, 1.3)
        tilt = np.radians(self.pose.shoulder_tilt * (1 - down) + self.pose.hip_tilt * down)
        x = curve[:, 0] + self.pose.sway * down * (2 - np.clip(down, 0, 1)) * 0.8
        return np.stack([x, curve[:, 1] + np.tan(tilt) * curve[:, 0]], axis=1)

    @cached_property
    def _limbs(self) -> dict[tuple[str, int], Points]:
        limbs = {}
        for side, (lift, bend), (spread, knee) in zip((LEFT, RIGHT), self.pose.arms, self.pose.legs, strict=True):
            start = self.torso(points((side * (self.build.shoulder - 2.6), SHOULDER + 2)))[0]
            limbs["arm", side] = _chain(start, side, (lift, lift - bend), (UPPER_ARM, FOREARM))
            start = self.torso(points((side * self.build.hip * 0.5, HIP + 1)))[0]
            limbs["leg", side] = _chain(start, side, (spread, spread - knee), (THIGH, SHIN + 1))
        return limbs

    def arm(self, side: int) -> Points:
        """Shoulder, elbow and wrist, (3, 2)."""
        return self._limbs["arm", side]

    def leg(self, side: int) -> Points:
        """Hip joint, knee and ankle, (3, 2)."""
        return self._limbs["leg", side]

    def arm_spine(self, side: int) -> Points:
        return _rounded(self.arm(side))

    def leg_spine(self, side: int) -> Points:
        return _rounded(self.leg(side))

    @property
    def neck(self) -> Points:
        """The middle of the neck's base."""
        return self.torso(points((0, NECK)))[0]

    def seen_from_behind(self) -> Body:
        return replace(self, back=True)


def _chain(start: Points, side: int, angles: tuple[float, float], spans: tuple[float, float]) -> Points:
    joints = [start]
    for angle, span in zip(np.radians(angles), spans, strict=True):
        joints.append(joints[-1] + span * np.array([side * np.sin(angle), np.cos(angle)]))
    return np.array(joints)


def _rounded(joints: Points) -> Points:
    """The limb's middle line, its joint rounded off."""
    a, b, c = joints
    near = 0.22
    return spline(np.array([a, a + (b - a) * 0.5, b + (a - b) * near, b + (c - b) * near, b + (c - b) * 0.6, c]), 5)
