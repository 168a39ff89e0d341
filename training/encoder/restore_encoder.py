"""Makes a checkpoint out of an exported ResNet encoder, so that training can go on where only the artifact was kept.

    python -m training.encoder.restore_encoder --model search/weights/NAME --depth resnet18 \\
        --out var/training/restored.pt

An artifact's batch norms are merged into its convolutions and its weights are 16 bits wide. The checkpoint's
convolutions are the merged ones; its batch norms are set from made pictures so that they change nothing: mean and
variance are those measured, weight and bias undo them. ResNets of basic blocks (18 and 34 layers) only.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openvino
import torch
from torch import Tensor, nn

from training.encoder.encoder_network import EncoderError, ResNetTaps


def convolutions(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns weight (O, I, k, k) and bias (O,) float32 of the graph's convolutions, in its order."""
    found = []
    for operation in openvino.Core().read_model(path).get_ordered_ops():
        if operation.get_type_name() == "Convolution":
            weight = _constant(operation.input_value(1).get_node())
            add = next(iter(operation.output(0).get_target_inputs())).get_node()
            sides = [add.input_value(index).get_node() for index in range(2)]
            bias = next((_constant(side) for side in sides if side.get_type_name() != "Convolution"), None)
            if add.get_type_name() != "Add" or weight is None or bias is None or bias.size != len(weight):
                raise EncoderError(f"{path}: convolution {operation.get_friendly_name()} has no bias of its own")
            found.append((weight, bias.reshape(-1)))
    return found


def _constant(node: openvino.Node) -> np.ndarray | None:
    while node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return np.array(node.data, np.float32) if node.get_type_name() == "Constant" else None


def norm_pairs(taps: ResNetTaps) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Yields convolutions with their batch norms as data passes them: a block's shortcut last.

    Raises EncoderError for a ResNet that is not made of basic blocks.
    """
    yield taps.stem[0], taps.stem[1]
    for stage in taps.stages:
        for block in stage:
            if hasattr(block, "conv3"):
                raise EncoderError("only ResNets of basic blocks (resnet18, resnet34) can be restored")
            yield block.conv1, block.bn1
            yield block.conv2, block.bn2
            if block.downsample is not None:
                yield block.downsample[0], block.downsample[1]


def restore(taps: ResNetTaps, path: Path, pictures: Tensor) -> None:
    """Puts the weights of the artifact's graph into the backbone.

    pictures: (N, 3, S, S) float32, normalised as the backbone takes them; they decide the batch norms' statistics, and
    so how the backbone behaves in training, not what it computes.
    Raises EncoderError where graph and backbone do not match.
    """
    layers, found = list(norm_pairs(taps)), convolutions(path)
    shortcuts = [pair for pair in found if pair[0].shape[-1] == 1]
    others = iter([pair for pair in found if pair[0].shape[-1] != 1])
    in_order, rest = [], iter(shortcuts)
    for convolution, _ in layers:
        in_order.append(next(rest if convolution.kernel_size == (1, 1) else others, None))
    pairs = [pair for pair in in_order if pair is not None]
    if not len(found) == len(layers) == len(pairs) or any(
        weight.shape != convolution.weight.shape for (weight, _), (convolution, _) in zip(pairs, layers, strict=True)
    ):
        raise EncoderError(f"{path} has {len(found)} convolutions that do not match this ResNet's {len(layers)}")
    with torch.no_grad():
        hooks = []
        for (convolution, norm), (weight, bias) in zip(layers, pairs, strict=True):
            convolution.weight.copy_(torch.from_numpy(weight))
            hooks.append(norm.register_forward_pre_hook(_neutral(torch.from_numpy(bias))))
        taps.eval()(pictures)
        for hook in hooks:
            hook.remove()


def _neutral(bias: Tensor):
    """A hook that sets a batch norm so that it adds `bias` to what comes in, and nothing else."""

    def set_statistics(norm: nn.BatchNorm2d, inputs: tuple[Tensor]) -> None:
        mean, variance = inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(mean + bias)

    return set_statistics


def made_pictures(size: int = 160, count: int = 64) -> Tensor:
    """Returns smooth noise (count, 3, size, size), normalised: for statistics where no photos are at hand."""
    generator = torch.Generator().manual_seed(0)
    noise = [torch.randn(count, 3, size // step, size // step, generator=generator) for step in (2, 8, 32)]
    return sum(nn.functional.interpolate(part, size=(size, size), mode="bilinear") for part in noise) / 1.5


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of the artifact")
    parser.add_argument("--depth", default="resnet18", help="of its ResNet")
    parser.add_argument("--views", type=Path, help="what prepare_views wrote: statistics are measured on some of them")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(arguments)
    try:
        taps = ResNetTaps(args.depth)
        restore(taps, args.model / "model.xml", _pictures(args.views))
    except EncoderError as error:
        print(f"Not restored: {error}", file=sys.stderr)
        return 1
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state_dict": taps.state_dict(), "command": f"restored from the artifact {args.model.name}"}, args.out)
    print(args.out)
    return 0


def _pictures(views: Path | None) -> Tensor:
    if views is None:
        return made_pictures()
    from training.encoder.encoder_network import IMAGENET

    shard = sorted(views.glob("*.json"))[0].stem
    images = torch.from_numpy(np.load(views / f"{shard}.images.npy")[:96]).permute(0, 3, 1, 2) / 255
    masks = torch.from_numpy(np.load(views / f"{shard}.masks.npy")[:96])[:, None] / 255
    mean, std = (torch.tensor(values)[:, None, None] for values in IMAGENET)
    return (images - mean) / std * masks


if __name__ == "__main__":
    sys.exit(main())
