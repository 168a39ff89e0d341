"""How cloth falls: heights over a panel, in centimetres, from where on the panel's grain a point lies."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from demo.drawing.panels import Drape

SIZE = 256  # pixels of the noise that folds are made of; it repeats
FEATURE = 12.0  # pixels from a fold to the next


@cache
def _creases() -> np.ndarray:
    """Smooth noise (SIZE, SIZE) float32 with ridges, mean 0 and deviation 1."""
    raw = np.random.default_rng(20).standard_normal((SIZE, SIZE)).astype(np.float32)
    padded = cv2.copyMakeBorder(raw, 48, 48, 48, 48, cv2.BORDER_WRAP)
    wide = cv2.GaussianBlur(padded, (0, 0), FEATURE * 0.45)[48:-48, 48:-48]
    fine = cv2.GaussianBlur(padded, (0, 0), FEATURE * 0.22)[48:-48, 48:-48]
    noise = wide / wide.std() + 0.22 * fine / fine.std()
    ridged = noise - 0.5 * np.abs(noise)  # cloth has sharp valleys and broad backs
    return ((ridged - ridged.mean()) / ridged.std()).astype(np.float32)


def _noise(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Creases at (x, y), one unit from a fold to the next."""
    x, y = np.broadcast_arrays(x, y)
    across, down = (np.multiply(ramp, FEATURE, dtype=np.float32) for ramp in (x, y))
    return cv2.remap(_creases(), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def _cloth(drape, u, s, v):
    return _noise(s / 9 + v / 26 + drape.shift, v / 17 + drape.shift * 0.7)


def _torso(drape, u, s, v):
    slant = np.abs(s) * 0.6
    return _noise(s / 10 + drape.shift, (v - slant) / 15) * 0.8 + 0.5 * _noise(s / 22 + drape.shift, v / 9 + s / 30)


def _sleeve(drape, u, s, v):
    return _noise(s / 12 + drape.shift, v / 5.5 + s / 16 + drape.shift)


def _leg(drape, u, s, v):
    return 0.7 * _noise(s / 9 + drape.shift, v / 20 + s / 30) + 0.6 * _noise(s / 15, v / 7 - s / 18 + drape.shift)


def _flare(drape, u, s, v):
    grow = np.clip(v / 45, 0.08, 1.2)
    wander = _noise(s / 30 + drape.shift, v / 40) * 0.5
    return grow * np.sin((u * drape.count / 2 + wander * 0.5 + drape.shift) * 2 * np.pi) * 1.6


def _gather(drape, u, s, v):
    fine = np.sin((u * drape.count + 0.3 * _noise(s / 9 + drape.shift, v / 20)) * 2 * np.pi)
    return fine * np.exp(-v / 11) * 0.8 + _flare(drape, u, s, v) * 0.8


def _pleat(drape, u, s, v):
    phase = (u * drape.count / 2 + drape.shift) % 1.0
    return np.minimum(phase, (1 - phase) * 5) * 2.4


def _quilt(drape, u, s, v):
    return np.abs(np.sin(v / drape.count * np.pi)) ** 0.55 * 2.6 + 0.4 * _noise(s / 4 + drape.shift, v / 9)


def _smooth(drape, u, s, v):
    return _noise(s / 16 + drape.shift, v / 24)


STYLES = {
    "cloth": _cloth, "torso": _torso, "sleeve": _sleeve, "leg": _leg, "flare": _flare, "gather": _gather,
    "pleat": _pleat, "quilt": _quilt, "smooth": _smooth,
}  # fmt: skip


def drape_height(drape: Drape, u: np.ndarray, s: np.ndarray, v: np.ndarray) -> np.ndarray:
    """(h, w) float32, centimetres, for the places `Grain.locate` gives."""
    return (STYLES[drape.style](drape, u, s, v) * drape.height).astype(np.float32)
