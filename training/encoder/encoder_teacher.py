"""What EfficientNet-Lite (ImageNet) says of a garment: the targets of the encoder's distillation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from search.vision.crops import Crop
from training.encoder.encoder_network import GarmentEncoder, LiteTaps
from training.encoder.fit_encoder import tensors

TAPS = (2, 3, 5, 7)  # strides 4, 8, 16, 32: one for each stage of a ResNet
LARGEST = 6.0  # ReLU6: what is kept in eight bits is the square root of value / 6, for most values are small
FINEST = 16  # strides below are averaged to this one: a sixteenth of the room, and a student's cell has an exact target


class _PooledMaps(nn.Module):
    """The teacher's feature maps, brought to the cells of a student that sees `size` pixels, 0..1."""

    def __init__(self, variant: str, teacher_size: int, size: int):
        super().__init__()
        self.encoder = GarmentEncoder(LiteTaps(variant, teacher_size, TAPS), colours=False)
        self.cells = grid_sizes(size)

    def forward(self, image: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        maps = self.encoder.maps(image, mask)
        pooled = [functional.adaptive_avg_pool2d(m, n) for m, n in zip(maps, self.cells, strict=True)]
        return tuple((m / LARGEST).sqrt() for m in pooled)


def grid_sizes(size: int) -> list[int]:
    """Returns how many cells a side each of the four targets has, for a student that sees `size` pixels."""
    return [size // FINEST] * 3 + [size // (2 * FINEST)]


class Teacher:
    """Returns for crops, by name, the feature maps "map0" to "map3" (N, C, n, n) uint8: sqrt(value / 6) * 255.

    It sees the crop at 6/5 of the student's size. Run by OpenVINO in bfloat16: a third of torch's time.
    """

    def __init__(self, variant: str, size: int, threads: int = 1):
        import openvino

        self.size = size * 6 // 5
        net = _PooledMaps(variant, self.size, size).eval()
        example = torch.zeros(2, 3, self.size, self.size), torch.ones(2, 1, self.size, self.size)
        with torch.no_grad():
            model = openvino.convert_model(net, example_input=example)
        settings = {"INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": threads}
        self.run = openvino.compile_model(model, "CPU", settings)

    def __call__(self, crops: Sequence[Crop]) -> dict[str, np.ndarray]:
        parts = []
        for start in range(0, len(crops), 16):
            maps = self.run(list(tensors(crops[start : start + 16], self.size))).to_tuple()
            parts.append([(value * 255).round().clip(0, 255).astype(np.uint8) for value in maps])
        return {f"map{index}": np.concatenate(found) for index, found in enumerate(zip(*parts, strict=True))}
