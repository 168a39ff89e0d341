"""Exports an encoder to an artifact that search.vision.encoder runs without torch.

    python -m training.encoder.export_encoder --fitted var/training/resnet18-fashion.pt --name resnet18-fashion \\
        --out search/weights
    python -m training.encoder.export_encoder --torchvision resnet50 --weights resnet50-11ad3fa6.pth \\
        --name resnet50-imagenet --out var/models

The first is what `fit_encoder` wrote. The second is a plain torchvision ResNet with the weights of a state dict, or of
a checkpoint that holds one: its four stages and the colours, each an equal share, brought to `--dimensions` by a fixed
random rotation, which keeps cosines; nothing is learned, so nothing but the weights is needed. (`fit_encoder
--checkpoint` takes the same files and learns the projection, given garments.) Both print how far the artifact is from
torch.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import torch

from training.artifacts import file_hashes, rewrite_card, save, write_card
from training.encoder.encoder_network import EncoderError, GarmentEncoder, ResNetTaps
from training.encoder.fit_encoder import make_network
from training.encoder.resnet_weights import load_resnet, read_state


def read_fitted(path: Path) -> tuple[GarmentEncoder, dict[str, Any]]:
    """Returns the encoder that `fit_encoder` wrote and its recipe (backbone, size, dimensions).

    Raises EncoderError where the file is another's.
    """
    content = read_state(path)
    try:
        recipe = content["recipe"]
        network = make_network(recipe["backbone"], recipe["size"], recipe["dimensions"])
        network.load_state_dict(content["state_dict"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise EncoderError(f"{path} is not what fit_encoder writes: {error}") from error
    return network.eval(), recipe


def plain_resnet(depth: str, weights: Path, dimensions: int = 512, seed: int = 0) -> GarmentEncoder:
    """Returns an encoder of a torchvision ResNet with the weights in a file (see `load_resnet`).

    Raises EncoderError where the file has no weights of this ResNet, or reading it would unpickle objects.
    """
    network = GarmentEncoder(ResNetTaps(depth), dimensions)
    load_resnet(network.taps, depth, weights)
    rotation = np.random.default_rng(seed).normal(size=(dimensions, sum(network.widths)))
    with torch.no_grad():
        network.project.weight.copy_(torch.from_numpy(np.linalg.qr(rotation.T)[0].T))
        network.project.bias.zero_()
    return network.eval()


def convert(network: GarmentEncoder, size: int) -> openvino.Model:
    """Returns the graph with inputs image (N, 3, S, S) 0..1 and mask (N, 1, S, S) and one output (N, dimensions)."""
    shapes = [([-1, 3, size, size],), ([-1, 1, size, size],)]
    example = torch.rand(2, 3, size, size), torch.ones(2, 1, size, size)
    with torch.no_grad():
        model = openvino.convert_model(network, example_input=example, input=shapes)
    for port, name in zip(model.inputs, ("image", "mask"), strict=True):
        port.get_tensor().set_names({name})
    return model


def export(network: GarmentEncoder, folder: Path, card: dict[str, Any], size: int) -> Path:
    """Writes the artifact and its card to folder/<name>; returns that folder."""
    target = folder / card["name"]
    target.mkdir(parents=True, exist_ok=True)
    save(target, "model", convert(network, size))
    made = {
        "kind": "encoder",
        "files": file_hashes(target, ("model",)),
        "input_size": [size, size],
        "mean": [0.0, 0.0, 0.0],  # the graph takes RGB from 0 to 1 and normalises it itself
        "std": [255.0, 255.0, 255.0],
        "dimensions": network.project.out_features,
        "parameters": {
            "weights": "fp16",
            "values": sum(p.numel() for p in network.parameters()),
            "branch_weights": [round(float(weight), 6) for weight in network.weights],
        },
    }
    write_card(target, card | made)
    return target


def farthest(network: GarmentEncoder, artifact: Path, size: int, count: int = 8) -> float:
    """Returns the largest cosine distance between torch's and the artifact's vectors of the same random crops."""
    rng = np.random.default_rng(0)
    coarse = torch.from_numpy(rng.random((count, 3, 9, 9), np.float32))
    image = torch.nn.functional.interpolate(coarse, size=(size, size), mode="bicubic").clamp(0, 1)
    mask = torch.ones(count, 1, size, size)
    mask[::2, :, : size // 4] = 0
    with torch.no_grad():
        ours = network(image, mask).numpy()
    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    theirs = openvino.compile_model(artifact / "model.xml", "CPU", settings)([image.numpy(), mask.numpy()])[0]
    return float(1 - (ours * theirs).sum(1).min())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--fitted", type=Path, help="what fit_encoder wrote")
    source.add_argument("--torchvision", help="a ResNet of torchvision, such as resnet50")
    parser.add_argument("--weights", type=Path, help="its state dict")
    parser.add_argument("--name", required=True)
    parser.add_argument("--out", type=Path, default=Path("var/models"))
    parser.add_argument("--size", type=int, default=224, help="of a torchvision ResNet's input")
    parser.add_argument("--dimensions", type=int, default=512, help="of a torchvision ResNet's vector")
    parser.add_argument("--licence", default="unknown")
    parser.add_argument("--data", default="", help="what it learned from, for the card")
    parser.add_argument("--default", action="store_true", help="the encoder of a site that names none")
    args = parser.parse_args(arguments)
    if args.torchvision and not args.weights:
        parser.error("--torchvision needs --weights")
    try:
        network, recipe = _chosen(args)
    except EncoderError as error:
        print(error, file=sys.stderr)
        return 1
    card = {"name": args.name, "licence": args.licence, "training": recipe | {"data": args.data}, "measured": {}}
    folder = export(network, args.out, card | ({"is_default": True} if args.default else {}), recipe["size"])
    distance = farthest(network, folder, recipe["size"])
    rewrite_card(folder, measured={"cosine distance to torch": float(f"{distance:.1e}")})
    print(f"{folder}: cosine distance to torch at most {distance:.1e}")
    return 0


def _chosen(args: argparse.Namespace) -> tuple[GarmentEncoder, dict[str, Any]]:
    if args.fitted:
        return read_fitted(args.fitted)
    recipe = {"backbone": args.torchvision, "size": args.size, "weights": args.weights.name}
    return plain_resnet(args.torchvision, args.weights, args.dimensions), recipe


if __name__ == "__main__":
    sys.exit(main())
