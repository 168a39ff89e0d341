"""Streets for people to stand in: sky, houses, shops, trees, cars, posters and passers-by, out of focus."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from demo.drawing.palette import RGB, mix, rgb

WALLS = tuple(
    map(rgb, ("#d9c7ae", "#c98f6e", "#b5b9bd", "#e5ddcf", "#9fae9f", "#b8745a", "#8e98a8", "#e2cfa6", "#c7a7a0"))
)
AWNINGS = tuple(map(rgb, ("#c0392b", "#2c6e63", "#2d4a7c", "#d79b2e", "#7a3b55", "#3d3d3f")))
CARS = tuple(map(rgb, ("#b8352f", "#2f4a6d", "#e8e6e1", "#3a3c3f", "#d5a021", "#6d8fa3")))


@dataclass(frozen=True)
class Weather:
    sky: tuple[RGB, RGB]
    tint: RGB
    ambient: float
    sun: tuple[float, float]
    shadow: float


WEATHERS = (
    Weather((rgb("#7fb2e3"), rgb("#dcecf7")), (1.0, 0.985, 0.95), 0.5, (-0.5, -0.5), 0.5),
    Weather((rgb("#c9d0d6"), rgb("#e6e9eb")), (0.99, 1.0, 1.01), 0.66, (-0.15, -0.5), 0.25),
    Weather((rgb("#dfb4a0"), rgb("#fbe9cf")), (1.06, 0.98, 0.88), 0.48, (0.6, -0.25), 0.5),
    Weather((rgb("#8fb9d6"), rgb("#f2efe3")), (1.02, 1.0, 0.96), 0.54, (0.45, -0.55), 0.45),
    Weather((rgb("#2b3350"), rgb("#6a5b7a")), (0.92, 0.9, 1.0), 0.56, (-0.3, -0.45), 0.2),
)


class Street:
    """Draws one street. Sizes are shares of the picture's height, so that any size looks alike."""

    def __init__(self, width: int, height: int, weather: Weather, rng: np.random.Generator):
        self.width, self.height, self.weather, self.rng = width, height, weather, rng
        self.horizon = height * rng.uniform(0.5, 0.58)
        self.sheet = np.zeros((height, width, 3), dtype=np.uint8)

    def paint(self) -> np.ndarray:
        """(height, width, 3) float32 0..1, a little out of focus and lit by the weather."""
        self._sky()
        self._houses()
        self._pavement()
        self._furniture()
        self._passers_by()
        picture = cv2.GaussianBlur(self.sheet, (0, 0), self.height / 480).astype(np.float32) / 255
        return picture * np.asarray(self.weather.tint, dtype=np.float32) * 0.97

    def _colour(self, tone: RGB, vary: float = 0.05) -> tuple[int, ...]:
        shift = self.rng.uniform(-vary, vary)
        return tuple(int(np.clip(c + shift, 0, 1) * 255) for c in tone)

    def _area(self, corners, tone: RGB, vary: float = 0.0) -> None:
        fixed = np.round(np.asarray(corners, dtype=float) * 16).astype(np.int32)
        cv2.fillPoly(self.sheet, [fixed], self._colour(tone, vary), cv2.LINE_AA, 4)

    def _box(self, x0: float, y0: float, x1: float, y1: float, tone: RGB, vary: float = 0.0) -> None:
        self._area([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], tone, vary)

    def _sky(self) -> None:
        top, low = (np.asarray(tone) * 255 for tone in self.weather.sky)
        share = np.linspace(0, 1, self.height)[:, None] ** 0.8
        self.sheet[:] = (top + (low - top) * np.clip(share * 1.8, 0, 1))[:, None, :].astype(np.uint8)

    def _houses(self) -> None:
        x, unit = -self.rng.uniform(0, 0.2) * self.width, self.height
        while x < self.width:
            wide = unit * self.rng.uniform(0.24, 0.42)
            top = unit * self.rng.uniform(-0.05, 0.16)
            wall = WALLS[int(self.rng.integers(len(WALLS)))]
            self._box(x, top, x + wide, self.horizon + unit * 0.02, wall, 0.04)
            self._box(x, top, x + wide, top + unit * 0.012, mix(wall, (1, 1, 1), 0.35))
            self._windows(x, top, wide, wall)
            self._shop(x, wide, wall)
            x += wide

    def _windows(self, x: float, top: float, wide: float, wall: RGB) -> None:
        unit, columns = self.height, int(self.rng.integers(2, 4))
        night = self.weather is WEATHERS[4]
        y = top + unit * 0.04
        while y < self.horizon - unit * 0.3:
            for k in range(columns):
                left = x + wide * (k + 0.22) / columns
                right = x + wide * (k + 0.78) / columns
                glass = (
                    rgb("#f3cf86")
                    if night and self.rng.random() < 0.5
                    else mix(rgb("#5f7688"), self.weather.sky[1], self.rng.uniform(0.1, 0.6))
                )
                self._box(left - 2, y - 2, right + 2, y + unit * 0.085 + 2, mix(wall, (1, 1, 1), 0.5))
                self._box(left, y, right, y + unit * 0.085, glass)
                self._area(
                    [(left, y + unit * 0.06), (left + (right - left) * 0.6, y), (right, y), (left, y + unit * 0.085)],
                    mix(glass, (1, 1, 1), 0.25),
                )
                self._box(
                    (left + right) / 2 - 1, y, (left + right) / 2 + 1, y + unit * 0.085, mix(wall, (1, 1, 1), 0.5)
                )
                self._box(left - 4, y + unit * 0.085, right + 4, y + unit * 0.094, mix(wall, (0, 0, 0), 0.25))
            y += unit * 0.125

    def _shop(self, x: float, wide: float, wall: RGB) -> None:
        unit = self.height
        low, high = self.horizon + unit * 0.02, self.horizon - unit * 0.2
        awning, glass = AWNINGS[int(self.rng.integers(len(AWNINGS)))], mix(rgb("#39424d"), self.weather.sky[1], 0.35)
        self._box(x, high - unit * 0.05, x + wide, high, mix(awning, (0, 0, 0), 0.3), 0.03)
        sign = mix(awning, (1, 1, 1), 0.8)
        self._box(x + wide * 0.25, high - unit * 0.036, x + wide * 0.75, high - unit * 0.016, sign)
        self._box(x + wide * 0.05, high, x + wide * 0.66, low - unit * 0.03, glass)
        self._display(x, wide, low - unit * 0.03)
        gleam = [(0.1, low - unit * 0.04), (0.3, high), (0.38, high), (0.18, low - unit * 0.04)]
        self._area([(x + wide * share, y) for share, y in gleam], mix(rgb("#39424d"), (1, 1, 1), 0.55))
        self._box(x + wide * 0.72, high + unit * 0.02, x + wide * 0.93, low, mix(wall, (0.15, 0.1, 0.08), 0.6))
        self._box(x + wide * 0.745, high + unit * 0.04, x + wide * 0.905, low - unit * 0.06, glass)
        self._awning(x + wide * 0.03, wide * 0.65, high, awning)

    def _display(self, x: float, wide: float, shelf: float) -> None:
        """What a shop window shows."""
        for _ in range(6):
            left = x + wide * self.rng.uniform(0.08, 0.56)
            tall = self.height * self.rng.uniform(0.03, 0.12)
            tone = mix(CARS[int(self.rng.integers(len(CARS)))], WALLS[int(self.rng.integers(len(WALLS)))], 0.4)
            self._box(left, shelf - tall, left + wide * self.rng.uniform(0.04, 0.09), shelf, tone, 0.08)

    def _awning(self, x: float, wide: float, y: float, tone: RGB, stripes: int = 8) -> None:
        out, drop = self.height * 0.012, self.height * 0.045
        for k in range(stripes):
            a, b = x + wide * k / stripes, x + wide * (k + 1) / stripes
            corners = [(a, y - 2), (b, y - 2), (b + out, y + drop), (a + out, y + drop)]
            self._area(corners, tone if k % 2 else (0.95, 0.93, 0.9))

    def _pavement(self) -> None:
        unit, tone = self.height, mix(rgb("#b3aea6"), self.weather.sky[1], 0.15)
        top = self.horizon + unit * 0.02
        self._box(0, top, self.width, self.height, tone)
        kerb = top + unit * 0.05
        self._box(0, top, self.width, kerb, mix(tone, (0.25, 0.25, 0.27), 0.55))
        self._box(0, kerb, self.width, kerb + unit * 0.01, mix(tone, (1, 1, 1), 0.4))
        vanish = np.array((self.width * self.rng.uniform(0.3, 0.7), self.horizon - unit * 0.2))
        joint = mix(tone, (0, 0, 0), 0.16)
        for x in np.linspace(-1.4, 2.4, 24) * self.width:
            foot = np.array((x, self.height))
            share = (kerb + unit * 0.01 - foot[1]) / (vanish[1] - foot[1])
            head = foot + (vanish - foot) * share
            self._area([foot, foot + (3, 0), head + (1, 0), head], joint)
        for share in np.linspace(0, 1, 9) ** 1.8:
            y = kerb + unit * 0.012 + share * (self.height - kerb)
            self._box(0, y, self.width, y + 1 + 2 * share, joint)
        noise = np.random.default_rng(3).normal(0, 3, (self.height // 2, self.width // 2, 1)).astype(np.float32)
        grain = cv2.resize(noise, (self.width, self.height))[int(top) :, :, None]
        self.sheet[int(top) :] = np.clip(self.sheet[int(top) :] + grain, 0, 255).astype(np.uint8)

    def _furniture(self) -> None:
        for x in self.rng.uniform(-0.05, 1.05, int(self.rng.integers(1, 4))):
            self._tree(x * self.width)
        if self.rng.random() < 0.75:
            self._car(self.rng.uniform(-0.1, 0.8) * self.width)
        for x in self.rng.uniform(0, 1, int(self.rng.integers(0, 3))):
            self._poster(x * self.width)
        if self.rng.random() < 0.6:
            self._lamp(self.rng.uniform(0.05, 0.95) * self.width)

    def _tree(self, x: float) -> None:
        unit, ground = self.height, self.horizon + self.height * 0.075
        trunk, wide = rgb("#5d4636"), self.height * 0.012
        self._area(
            [
                (x - wide, ground),
                (x - wide * 0.6, ground - unit * 0.3),
                (x + wide * 0.6, ground - unit * 0.3),
                (x + wide, ground),
            ],
            trunk,
        )
        green = mix(rgb("#4f7d43"), rgb("#8aa04a"), self.rng.random())
        for k in range(26):
            place = (
                x + float(np.clip(self.rng.normal(0, 0.055), -0.09, 0.09)) * unit,
                ground - unit * 0.38 + float(np.clip(self.rng.normal(0, 0.05), -0.08, 0.08)) * unit,
            )
            tone = mix(green, (1, 1, 0.7) if k > 13 else (0, 0.1, 0.05), self.rng.uniform(0.0, 0.3))
            cv2.circle(
                self.sheet,
                tuple(map(int, place)),
                int(unit * self.rng.uniform(0.018, 0.045)),
                self._colour(tone),
                -1,
                cv2.LINE_AA,
            )

    def _car(self, x: float) -> None:
        unit, ground = self.height * 0.26, self.horizon + self.height * 0.062
        tone = CARS[int(self.rng.integers(len(CARS)))]
        body = np.array(
            [
                (0, -0.16),
                (0.04, -0.3),
                (0.32, -0.36),
                (0.52, -0.56),
                (1.02, -0.56),
                (1.26, -0.34),
                (1.5, -0.3),
                (1.54, -0.12),
                (1.5, -0.06),
                (0.04, -0.06),
            ]
        )
        self._area(body * unit + (x, ground), tone)
        self._area(
            np.array([(0.42, -0.36), (0.56, -0.52), (0.76, -0.52), (0.76, -0.36)]) * unit + (x, ground), rgb("#33404b")
        )
        self._area(
            np.array([(0.8, -0.36), (0.8, -0.52), (0.99, -0.52), (1.16, -0.36)]) * unit + (x, ground), rgb("#3c4a55")
        )
        self._area(
            np.array([(0.04, -0.2), (1.52, -0.2), (1.5, -0.06), (0.04, -0.06)]) * unit + (x, ground),
            mix(tone, (0, 0, 0), 0.3),
        )
        for wheel in (0.34, 1.2):
            centre = (int(x + wheel * unit), int(ground - 0.08 * unit))
            cv2.circle(self.sheet, centre, int(unit * 0.13), (30, 30, 32), -1, cv2.LINE_AA)
            cv2.circle(self.sheet, centre, int(unit * 0.065), (150, 152, 156), -1, cv2.LINE_AA)

    def _poster(self, x: float) -> None:
        unit, low = self.height, self.horizon + self.height * 0.04
        a, b = AWNINGS[int(self.rng.integers(len(AWNINGS)))], WALLS[int(self.rng.integers(len(WALLS)))]
        self._box(x, low - unit * 0.2, x + unit * 0.1, low - unit * 0.04, rgb("#f4f1ea"))
        self._box(x + 4, low - unit * 0.195, x + unit * 0.1 - 4, low - unit * 0.046, a)
        cv2.circle(
            self.sheet,
            (int(x + unit * 0.05), int(low - unit * 0.13)),
            int(unit * 0.028),
            self._colour(b),
            -1,
            cv2.LINE_AA,
        )
        self._box(x + unit * 0.02, low - unit * 0.075, x + unit * 0.08, low - unit * 0.065, (0.97, 0.96, 0.93))
        self._box(x + unit * 0.045, low - unit * 0.04, x + unit * 0.055, low + unit * 0.02, rgb("#4a4a4c"))

    def _lamp(self, x: float) -> None:
        unit, low = self.height, self.horizon + self.height * 0.07
        self._box(x - unit * 0.004, low - unit * 0.46, x + unit * 0.004, low, rgb("#33373b"))
        cv2.circle(
            self.sheet,
            (int(x), int(low - unit * 0.475)),
            int(unit * 0.02),
            self._colour(rgb("#fbeeca")),
            -1,
            cv2.LINE_AA,
        )

    def _passers_by(self) -> None:
        for _ in range(int(self.rng.integers(2, 6))):
            self._passer_by(self.rng.uniform(0, 1) * self.width, self.rng.uniform(0.16, 0.24) * self.height)

    def _passer_by(self, x: float, tall: float) -> None:
        """Somebody far off: a head, a coat, two legs."""
        ground = self.horizon + self.height * self.rng.uniform(0.05, 0.09)
        coat = CARS[int(self.rng.integers(len(CARS)))]
        trousers = mix(rgb("#2d3340"), WALLS[int(self.rng.integers(len(WALLS)))], 0.2)
        skin = rgb(("#e8bd9b", "#a86e48", "#633d28")[int(self.rng.integers(3))])
        step = self.rng.uniform(0.02, 0.07)

        def part(corners, tone: RGB, vary: float = 0.0) -> None:
            self._area([(x + dx * tall, ground - up * tall) for dx, up in corners], tone, vary)

        for side in (-1, 1):
            hips = [(-0.07 * (side < 0), 0.5), (0.07 * (side > 0), 0.5)]
            part([*hips, (side * step + 0.02, 0), (side * step - 0.03, 0)], trousers)
        part([(-0.1, 0.8), (0.1, 0.8), (0.11, 0.42), (-0.11, 0.42)], coat, 0.05)
        for side in (-1, 1):
            arm = [(0.09, 0.79), (0.13, 0.78), (0.15, 0.46), (0.11, 0.46)]
            part([(side * dx, up) for dx, up in arm], mix(coat, (0, 0, 0), 0.15))
        head, crown = (int(x), int(ground - tall * 0.9)), (int(x), int(ground - tall * 0.93))
        cv2.circle(self.sheet, head, int(tall * 0.065), self._colour(skin), -1, cv2.LINE_AA)
        hair, radii = self._colour((0.15, 0.1, 0.08)), (int(tall * 0.07), int(tall * 0.055))
        cv2.ellipse(self.sheet, crown, radii, 0, 180, 360, hair, -1, cv2.LINE_AA)
