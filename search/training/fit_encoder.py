"""Fits the projection of an encoder to garments seen several times, and writes the whole encoder as a state dict.

    python -m search.training.fit_encoder --backbone lite2 --size 192 --out var/training/lite2-colour.pt
    python -m search.training.fit_encoder --backbone resnet10 --size 160 \\
        --checkpoint var/training/resnet10-garment/checkpoint.pt --out var/training/resnet10-garment.pt

Without a checkpoint a Lite backbone has its ImageNet weights. The features of the views are computed once and kept
beside the output, so that other weights, dimensions and strengths cost seconds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from search.training.encoder_garments import Garment, all_garments, data_folder
from search.training.encoder_network import EncoderError, GarmentEncoder, LiteTaps, ResNetTaps
from search.training.encoder_projection import fit_projection, weighed
from search.training.garment_views import RECIPES, SHOP_RECIPES, TRAINING, backgrounds, make_view, seeded
from search.training.resnet_weights import load_resnet
from search.vision.crops import Crop
from search.vision.encoder import letterbox

VIEWS = (RECIPES["shown"], TRAINING, SHOP_RECIPES["back"])
# Of the squared length of the vector before projection: the backbone's four taps, shallow to deep, and the colours.
# Chosen on the validation; more for the shallow taps helps worn garments and costs close-ups.
SHARES = (0.15, 0.2, 0.15, 0.3, 1.0)

RECIPE = ("backbone", "size", "dimensions", "shrinkage", "strength", "garments", "seed")

Branches = Callable[[np.ndarray, np.ndarray], np.ndarray]


def make_network(backbone: str, size: int, dimensions: int) -> GarmentEncoder:
    """Returns the encoder with its backbone: "lite0" or "lite2" with ImageNet weights, else a ResNet without any."""
    if backbone.startswith("lite"):
        return GarmentEncoder(LiteTaps(backbone, size, (3, 4, 5, 7)), dimensions).eval()
    return GarmentEncoder(ResNetTaps(backbone), dimensions).eval()


def branches_of(network: GarmentEncoder, size: int, threads: int) -> Branches:
    """Returns a function from images and masks to branches, run by OpenVINO: half of torch's time."""
    import openvino

    forward, network.forward = network.forward, network.branches
    shapes = [([-1, 3, size, size],), ([-1, 1, size, size],)]
    example = torch.rand(2, 3, size, size), torch.ones(2, 1, size, size)
    model = openvino.convert_model(network, example_input=example, input=shapes)
    network.forward = forward
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads}
    run = openvino.compile_model(model, "CPU", settings)
    return lambda images, masks: run([images, masks])[0]


def tensors(crops: Sequence[Crop], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns images (N, 3, S, S) float32 0..1 and masks (N, 1, S, S) as the bundled encoders take them."""
    laid = [letterbox(crop, size) for crop in crops]
    images = np.stack([image for image, _ in laid]).transpose(0, 3, 1, 2) / np.float32(255)
    return np.ascontiguousarray(images), np.stack([mask for _, mask in laid])[:, None]


def view_crops(garment: Garment, others: Sequence[np.ndarray], seed: int) -> list[Crop]:
    """Returns the garment in each of VIEWS; a view's pixels depend on the garment, its place there and the seed."""
    return [make_view(garment, recipe, seeded(garment.name, i, seed), others)[1] for i, recipe in enumerate(VIEWS)]


def view_branches(garments: Sequence[Garment], run: Branches, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns branches (N * views, width) float16 of every garment's views and the garment's number in each row."""
    behind = backgrounds(garments, np.random.default_rng(seed), 150)
    rows = []
    for garment in garments:
        rows.append(run(*tensors(view_crops(garment, behind, seed), size)).astype(np.float16))
    return np.concatenate(rows), np.repeat(np.arange(len(garments)), len(VIEWS))


def fit(network: GarmentEncoder, branches: np.ndarray, numbers: np.ndarray, args: argparse.Namespace) -> None:
    """Sets centre, weights and projection of the network."""
    shares = SHARES if len(network.widths) == len(SHARES) else (1.0,) * len(network.widths)
    weights = np.sqrt(shares).astype(np.float32)
    centre = branches.astype(np.float32).mean(0)
    vectors = weighed(branches, network.widths, centre, weights)
    choice = {"shrinkage": args.shrinkage, "strength": args.strength}
    matrix, bias = fit_projection(vectors, numbers, args.dimensions, **choice)
    with torch.no_grad():
        network.centre.copy_(torch.from_numpy(centre))
        network.weights.copy_(torch.from_numpy(weights))
        network.project.weight.copy_(torch.from_numpy(matrix))
        network.project.bias.copy_(torch.from_numpy(bias))


def sample(data: Path, masks: Path, count: int, seed: int) -> list[Garment]:
    """Returns `count` training garments with a mask; those of a smaller count come first in a larger one."""
    garments = [garment for garment in all_garments(data, "train", masks) if garment.mask is not None]
    return [garments[index] for index in np.random.default_rng(seed).permutation(len(garments))[:count]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backbone", required=True, help="lite0, lite2 or a torchvision ResNet (or resnet10)")
    parser.add_argument("--checkpoint", type=Path, help="of train_encoder, or a state dict of torchvision's")
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--shrinkage", type=float, default=0.1)
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--garments", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--masks", type=Path, default=Path("var/training/masks"))
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    try:
        network = make_network(args.backbone, args.size, args.dimensions)
        backbone = load_resnet(network.taps, args.backbone, args.checkpoint) if args.checkpoint else None
    except EncoderError as error:
        sys.exit(str(error))
    kept = args.out.with_suffix(f".views{args.size}.npz")
    if not kept.exists():
        run = branches_of(network, args.size, args.threads)
        branches, numbers = view_branches(
            sample(args.data, args.masks, args.garments, args.seed), run, args.size, args.seed
        )
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, branches=branches, numbers=numbers)
    views = np.load(kept)
    fit(network, views["branches"], views["numbers"], args)
    recipe = {name: getattr(args, name) for name in RECIPE} | {"command": _command(args)}
    if backbone:
        recipe["backbone trained by"] = backbone
    torch.save({"recipe": recipe, "state_dict": network.state_dict()}, args.out)
    print(args.out)


def _command(args: argparse.Namespace) -> str:
    """The command that fits this encoder again, without where this machine keeps its files."""
    student = ["--checkpoint CHECKPOINT"] if args.checkpoint else []
    numbers = [f"--{name} {getattr(args, name)}" for name in RECIPE]
    return " ".join(["python -m search.training.fit_encoder", *numbers, *student, "--out FITTED"])


if __name__ == "__main__":
    main()
