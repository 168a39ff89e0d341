"""Fits the projection of an encoder to garments seen several times, and writes the whole encoder as a state dict.

    python -m training.encoder.fit_encoder --backbone lite2 --size 192 --out var/training/lite2.pt
    python -m training.encoder.fit_encoder --backbone resnet10 --size 160 \\
        --checkpoint var/training/resnet10/checkpoint.pt --out var/training/resnet10.pt

Without a checkpoint a Lite backbone has its ImageNet weights. The features of the views are computed once and kept
beside the output, so that other weights, dimensions and strengths cost seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from search.vision.crops import Crop
from search.vision.encoder import letterbox
from training.encoder.encoder_batches import PreparedViews
from training.encoder.encoder_garments import Garment, all_garments, data_folder
from training.encoder.encoder_network import EncoderError, GarmentEncoder, LiteTaps, ResNetTaps
from training.encoder.encoder_projection import fit_projection, weighed
from training.encoder.garment_views import RECIPES, SHOP_RECIPES, TRAINING, backgrounds, make_view, seeded
from training.encoder.resnet_weights import load_resnet

VIEWS = (RECIPES["shown"], TRAINING, SHOP_RECIPES["back"])
CLOSE_UP = SHOP_RECIPES["close-up"]  # of some garments only: with as many as of the others, backs are found less often
# Of the squared length of the vector before projection: the backbone's four taps, shallow to deep, and the colours.
# Chosen on the validation; more for the shallow taps helps worn garments and costs close-ups.
SHARES = [0.15, 0.2, 0.15, 0.3, 1.0]

RECIPE = (
    "backbone",
    "size",
    "dimensions",
    "shrinkage",
    "strength",
    "shares",
    "garments",
    "close_ups",
    "real_copies",
    "seed",
)

Branches = Callable[[np.ndarray, np.ndarray], np.ndarray]


def make_network(backbone: str, size: int, dimensions: int) -> GarmentEncoder:
    """Returns the encoder with its backbone: "lite0" or "lite2" with ImageNet weights, else a ResNet without any."""
    if backbone.startswith("lite"):
        return GarmentEncoder(LiteTaps(backbone, size, (3, 4, 5, 7)), dimensions).eval()
    return GarmentEncoder(ResNetTaps(backbone), dimensions).eval()


def branches_of(network: GarmentEncoder, size: int, threads: int) -> Branches:
    """Returns a function from images and masks to branches, run by OpenVINO: half of torch's time."""
    import openvino

    # the converter runs `forward`; the attribute hides the class's own
    network.forward = network.branches  # type: ignore[method-assign]
    shapes = [([-1, 3, size, size],), ([-1, 1, size, size],)]
    example = torch.rand(2, 3, size, size), torch.ones(2, 1, size, size)
    model = openvino.convert_model(network, example_input=example, input=shapes)
    del network.forward
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads}
    run = openvino.compile_model(model, "CPU", settings)
    return lambda images, masks: run([images, masks])[0]


def tensors(crops: Sequence[Crop], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns images (N, 3, S, S) float32 0..1 and masks (N, 1, S, S) as the bundled encoders take them."""
    laid = [letterbox(crop, size) for crop in crops]
    images = np.stack([image for image, _ in laid]).transpose(0, 3, 1, 2) / np.float32(255)
    return np.ascontiguousarray(images), np.stack([mask for _, mask in laid])[:, None]


def view_crops(garment: Garment, others: Sequence[np.ndarray], seed: int, *, close_up: bool = True) -> list[Crop]:
    """Returns the garment in each of VIEWS, and from near; a view depends on the garment, its place there and the seed.

    others: pictures to lay it on (see `backgrounds`).
    """
    recipes = (*VIEWS, CLOSE_UP) if close_up else VIEWS
    return [make_view(garment, recipe, seeded(garment.name, i, seed), others)[1] for i, recipe in enumerate(recipes)]


def view_branches(
    garments: Sequence[Garment], others: Sequence[np.ndarray], run: Branches, size: int, seed: int, close_ups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns branches (R, width) float16 of the garments' views, and the garment's number in each row.

    close_ups: how many of the garments are seen from near, too.
    """
    rows, numbers = [], []
    for number, garment in enumerate(garments):
        crops = view_crops(garment, others, seed, close_up=number < close_ups)
        rows.append(run(*tensors(crops, size)).astype(np.float16))
        numbers += [number] * len(crops)
    return np.concatenate(rows), np.array(numbers)


def fit(network: GarmentEncoder, branches: np.ndarray, numbers: np.ndarray, args: argparse.Namespace) -> None:
    """Sets centre, weights and projection of the network."""
    weights = np.sqrt(args.shares).astype(np.float32)
    centre = branches.astype(np.float32).mean(0)
    vectors = weighed(branches, network.widths, centre, weights)
    choice = {"shrinkage": args.shrinkage, "strength": args.strength}
    matrix, bias = fit_projection(vectors, numbers, args.dimensions, **choice)
    with torch.no_grad():
        network.centre.copy_(torch.from_numpy(centre))
        network.weights.copy_(torch.from_numpy(weights))
        network.project.weight.copy_(torch.from_numpy(matrix))
        network.project.bias.copy_(torch.from_numpy(bias))


def sample(data: Path, masks: Path, count: int, seed: int) -> tuple[list[Garment], list[np.ndarray]]:
    """Returns `count` training garments with a mask and the backgrounds to lay them on.

    The garments of a smaller count come first in a larger one, and their views are the same there.
    """
    garments = [garment for garment in all_garments(data, "train", masks) if garment.mask is not None]
    others = backgrounds(garments, np.random.default_rng(seed), 150)
    return [garments[index] for index in np.random.default_rng(seed).permutation(len(garments))[:count]], others


def prepared_branches(prepared: PreparedViews, run: Branches, count: int, copies: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns branches (R, width) float16 of views that `prepare_views` made, and the product's number in each row.

    count: how many made garments; all the products of real photos are taken, each view `copies` times, so that they
    weigh as much as many more of them would.
    """
    made = [name for name in prepared.products if not prepared.is_real[name]]
    chosen = {made[index] for index in np.random.default_rng(0).permutation(len(made))[:count]}
    rows, numbers = [], []
    for number, name in enumerate(prepared.products):
        if prepared.is_real[name] or name in chosen:
            views = prepared.rows[name]
            batch = prepared.batch(views, [number] * len(views), [0] * len(views), targets=False)
            images = np.ascontiguousarray(batch.images.transpose(0, 3, 1, 2)) / np.float32(255)
            times = copies if prepared.is_real[name] else 1
            found = run(images, batch.masks[:, None] / np.float32(255)).astype(np.float16)
            rows += [found] * times
            numbers += [number] * len(views) * times
    return np.concatenate(rows), np.array(numbers)


def kept_views(network: GarmentEncoder, args: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Returns what `view_branches` does, from the file beside the output where that was made of the same."""
    path = args.out.with_suffix(f".views{args.size}.npz")
    weights = hashlib.sha256(args.checkpoint.read_bytes()).hexdigest() if args.checkpoint else "published"
    made_of = f"{args.backbone} {weights} {args.size} {args.garments} {args.close_ups} {args.seed}"
    if args.views:
        made_of += f" {args.views} {args.real_copies}"
    if path.exists() and str((views := np.load(path))["made_of"]) == made_of:
        return views["branches"], views["numbers"]
    run = branches_of(network, args.size, args.threads)
    if args.views:
        prepared = PreparedViews(args.views, size=args.size)
        branches, numbers = prepared_branches(prepared, run, args.garments, args.real_copies)
    else:
        garments, others = sample(args.data, args.masks, args.garments, args.seed)
        branches, numbers = view_branches(garments, others, run, args.size, args.seed, args.close_ups)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, branches=branches, numbers=numbers, made_of=made_of)
    return branches, numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backbone", required=True, help="lite0, lite2 or a torchvision ResNet (or resnet10)")
    parser.add_argument("--checkpoint", type=Path, help="of train_encoder, or a state dict of torchvision's")
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--shrinkage", type=float, default=1.0)
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--shares", type=float, nargs=5, default=SHARES, help="of the four taps and the colours")
    parser.add_argument("--views", type=Path, help="folder that prepare_views wrote, real pairs among them")
    parser.add_argument("--real-copies", type=int, default=4, help="how often each real view counts; with --views")
    parser.add_argument("--garments", type=int, default=3500)
    parser.add_argument("--close-ups", type=int, default=700, help="how many of them are seen from near, too")
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
    try:
        branches, numbers = kept_views(network, args)
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    fit(network, branches, numbers, args)
    recipe = {name: getattr(args, name) for name in RECIPE} | {"command": _command(args)}
    if backbone:
        recipe["backbone trained by"] = backbone
    torch.save({"recipe": recipe, "state_dict": network.state_dict()}, args.out)
    print(args.out)


def _command(args: argparse.Namespace) -> str:
    """The command that fits this encoder again, without where this machine keeps its files."""
    student = ["--checkpoint CHECKPOINT"] if args.checkpoint else []
    numbers = [f"--{name.replace('_', '-')} {_words(getattr(args, name))}" for name in RECIPE]
    views = ["--views VIEWS"] if args.views else []
    return " ".join(["python -m training.encoder.fit_encoder", *numbers, *student, *views, "--out FITTED"])


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


if __name__ == "__main__":
    main()
