"""Garments to vectors: crops in, unit vectors out, near for the same garment in another photo."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property

import cv2
import numpy as np

from search.vision import cards
from search.vision.cards import ModelCard
from search.vision.crops import Crop
from search.vision.runtime import Runner, compile_model, inference_precision

MAX_AT_ONCE = 16  # crops in one call: enough to keep the cores busy, 10 MB of input at 224 pixels


class Encoder:
    """One encoder: it prepares crops as it was trained to see them, so that callers cannot do it otherwise."""

    def __init__(self, card: ModelCard, *, in_bulk: bool = False, provider: str | None = None):
        self.card = card
        self._in_bulk = in_bulk
        self._provider = provider

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def dimensions(self) -> int:
        return int(self.card.dimensions or 0)

    @cached_property
    def _run(self) -> Runner:
        self.card.verify()
        # Vectors in bf16 and in f32 agree (cosine distance 0.0006 on average), so machines of both kinds may be mixed.
        return compile_model(
            self.card.part("model"),
            in_bulk=self._in_bulk,
            provider=self._provider,
            precision=inference_precision(),
        )

    def preprocess(self, crops: Sequence[Crop]) -> tuple[np.ndarray, np.ndarray]:
        """Returns images (N, 3, S, S) float32, normalised as the card says, and masks (N, 1, S, S) float32 in 0..1.

        Crops keep their proportions and lie in the middle; what is around them has mask 0.
        """
        size = self.card.input_size[0]
        laid = [letterbox(crop, size) for crop in crops]
        mean, std = (np.array(value, np.float32) for value in (self.card.mean, self.card.std))
        images = (np.stack([image for image, _ in laid]) - mean) / std
        masks = np.stack([mask for _, mask in laid])[:, None]
        return np.ascontiguousarray(images.transpose(0, 3, 1, 2)), np.ascontiguousarray(masks)

    def infer(self, tensors: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Takes what `preprocess` returns; returns (N, dimensions) float32."""
        return self._run(tensors)[0]

    def encode(self, crops: Sequence[Crop]) -> np.ndarray:
        """Returns (N, dimensions) float32, each row of length 1. N may be 0.

        A crop's vector does not depend on what else is in the batch (cosine distance below 1e-4).
        """
        parts = [crops[start : start + MAX_AT_ONCE] for start in range(0, len(crops), MAX_AT_ONCE)]
        return self._unit_vectors([self.infer(self.preprocess(part)) for part in parts])

    def encode_prepared(self, prepared: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        """The same of what `preprocess` returned for each of several photos, MAX_AT_ONCE crops at a time."""
        images, masks = (np.concatenate(parts) for parts in zip(*prepared, strict=True))
        starts = range(0, len(images), MAX_AT_ONCE)
        return self._unit_vectors(
            [self.infer((images[i : i + MAX_AT_ONCE], masks[i : i + MAX_AT_ONCE])) for i in starts]
        )

    def _unit_vectors(self, outputs: Sequence[np.ndarray]) -> np.ndarray:
        if not outputs:
            return np.zeros((0, self.dimensions), np.float32)
        stacked: np.ndarray = np.concatenate(outputs).astype(np.float32)
        lengths: np.ndarray = np.linalg.norm(stacked, axis=1, keepdims=True)
        unit: np.ndarray = stacked / lengths.clip(1e-12)
        return unit


def letterbox(crop: Crop, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the crop laid in the middle of a square: (size, size, 3) float32 0..255 and mask (size, size) 0..1.

    Around the crop the picture repeats its edge and the mask is 0. A crop without a mask is garment all over.
    """
    height, width = crop.pixels.shape[:2]
    scale = size / max(height, width)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    image = cv2.resize(crop.pixels, inner, interpolation=smooth)
    mask = np.ones(inner[::-1], np.float32)
    if crop.mask is not None and crop.mask.any():
        mask = cv2.resize(crop.mask.astype(np.float32), inner, interpolation=smooth)
    left, top = (size - inner[0]) // 2, (size - inner[1]) // 2
    around = top, size - inner[1] - top, left, size - inner[0] - left
    image = cv2.copyMakeBorder(image, *around, cv2.BORDER_REPLICATE)
    return image.astype(np.float32), cv2.copyMakeBorder(mask, *around, cv2.BORDER_CONSTANT, value=0)


def available_encoders() -> list[str]:
    """Returns the names that `load_encoder` takes."""
    return sorted(cards.available("encoder"))


@cache
def load_encoder(name: str | None = None, *, in_bulk: bool = False, provider: str | None = None) -> Encoder:
    """Returns the encoder `name`, by default the bundled one, made once a process. in_bulk, provider: of
    `compile_model`.

    Raises ModelError, naming those at hand, when there is none of that name.
    """
    return Encoder(cards.choose("encoder", name), in_bulk=in_bulk, provider=provider)
