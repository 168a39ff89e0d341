"""Batches for the encoder's training: two views each of garments that are easily confused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from search.vision.crops import Crop
from search.vision.encoder import letterbox
from training.encoder.encoder_garments import Garment
from training.encoder.garment_views import RECIPES, TRAINING, make_view

NEAR = 6  # garments around one seed: it and those that are hard to tell from it


@dataclass(frozen=True)
class Batch:
    """`images` (2 B, 3, S, S) float32 0..1, `masks` (2 B, 1, S, S); rows i and B + i show garment `garments[i]`.

    A garment without a mask is -1 there: its two views share a background, and would teach rooms, not garments.
    """

    images: np.ndarray
    masks: np.ndarray
    garments: np.ndarray
    kinds: np.ndarray  # index into Batches.kinds, -1 where the photo has no usable label


class Batches:
    """Draws batches; the same seed and step give the same batch, so that training can go on where it stopped."""

    def __init__(self, garments: Sequence[Garment], others: Sequence[np.ndarray], *, size: int, pairs: int, seed: int):
        self.garments, self.others = [_at_most(garment, size * 3 // 2) for garment in garments], others
        self.recipes = [replace(RECIPES["shown"], side=size * 5 // 4), replace(TRAINING, side=size * 5 // 4)]
        self.size, self.pairs, self.seed = size, pairs, seed
        self.kinds = sorted({garment.kind for garment in garments} - {""})
        self.colours = np.stack([_mean_colour(garment) for garment in garments])
        self.relatives = _relatives(garments)

    def draw(self, step: int) -> Batch:
        rng = np.random.default_rng((self.seed, step))
        chosen = self._confusable(rng)
        crops = [self._view(index, side, rng) for side in (0, 1) for index in chosen]
        laid = [letterbox(crop, self.size) for crop in crops]
        images = np.stack([image for image, _ in laid]).transpose(0, 3, 1, 2) / np.float32(255)
        masks = np.stack([mask for _, mask in laid])[:, None]
        labels = [self.garments[index].kind for index in chosen]
        kinds = [self.kinds.index(label) if label else -1 for label in labels]
        known = [index if self.garments[index].mask is not None else -1 for index in chosen]
        return Batch(np.ascontiguousarray(images), masks, np.array(known), np.array(kinds))

    def _view(self, index: int, side: int, rng: np.random.Generator) -> Crop:
        """One side is as the catalogue shows it about half the time; the other always is a heavy view."""
        recipe = self.recipes[0 if side == 0 and rng.random() < 0.5 else 1]
        return make_view(self.garments[index], recipe, rng, self.others)[1]

    def _confusable(self, rng: np.random.Generator) -> list[int]:
        """Seeds, and around each the nearest in mean colour among the same sender's or the same kind's garments."""
        chosen: list[int] = []
        while len(chosen) < self.pairs:
            seed = int(rng.integers(len(self.garments)))
            pool = self.relatives[seed][int(rng.integers(len(self.relatives[seed])))]
            pool = pool[rng.permutation(len(pool))[:60]]
            distance = np.linalg.norm(self.colours[pool] - self.colours[seed], axis=1)
            near = [seed, *pool[np.argsort(distance)][:NEAR].tolist()][:NEAR]
            chosen += [index for index in dict.fromkeys(near) if index not in chosen]
        return chosen[: self.pairs]


def _at_most(garment: Garment, longest: int) -> Garment:
    """The garment at the size that the encoder sees: making a view takes time by the pixel."""
    height, width = garment.pixels.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return garment
    size = max(1, round(width * scale)), max(1, round(height * scale))
    pixels = cv2.resize(garment.pixels, size, interpolation=cv2.INTER_AREA)
    if garment.mask is None:
        return replace(garment, pixels=pixels)
    mask = cv2.resize(garment.mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    return replace(garment, pixels=pixels, mask=mask)


def _relatives(garments: Sequence[Garment]) -> list[list[np.ndarray]]:
    """For each garment those of the same origin and those of the same kind, as arrays of indices."""
    origins, kinds = defaultdict(list), defaultdict(list)
    for index, garment in enumerate(garments):
        origins[garment.group].append(index)
        kinds[garment.kind].append(index)
    by_origin = {key: np.array(found) for key, found in origins.items()}
    by_kind = {key: np.array(found) for key, found in kinds.items()}
    return [[by_origin[garment.group], by_kind[garment.kind]] for garment in garments]


def _mean_colour(garment: Garment) -> np.ndarray:
    """Mean CIELAB (3,) of the garment."""
    lab = cv2.cvtColor(garment.pixels, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    inside = lab if garment.mask is None else lab[garment.mask.reshape(-1)]
    return inside.mean(0)
