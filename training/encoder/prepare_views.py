"""Makes the views that the encoder is trained on once, with what its teacher says of them, and keeps them on disk.

    python -m training.encoder.prepare_views --out var/training/encoder-views

Views take longer to make than a step of training on them. They are written in shards of whole garments, each as .npy
files that training maps into memory; a shard is complete when its .json is there. The command can be stopped and run
again: it makes what is missing. Training may begin while it runs.

What is prepared: several heavy views of every garment of the training split, and of the real photos in several views
and colours (`real_views`) more of each. The latter in further, artificial colours as well: the photos of one product
are recoloured alike, so that front and back still differ as real ones do.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch

from search.vision.crops import Crop
from search.vision.encoder import letterbox
from training.encoder.encoder_garments import Garment, all_garments, data_folder, unlabelled_garments
from training.encoder.garment_views import RECIPES, SHOP_RECIPES, TRAINING, Recipe, backgrounds, make_view, seeded
from training.encoder.real_views import RealView, real_views

SHARD = 24  # items: about 130 views, 30 MB
REAL = Recipe((0.55, 1.0), "other", other_side=0.0, pose=0.6, light=0.7, hidden=0.2, detected=0.9)
REAL_PLAIN = Recipe((0.8, 1.0), "plain", pose=0.4, light=0.5, detected=0.95)
MADE_RECIPES = (RECIPES["shown"], TRAINING, TRAINING, SHOP_RECIPES["back"], replace(TRAINING, other_side=0.0))
REAL_RECIPES = (RECIPES["shown"], REAL_PLAIN, REAL_PLAIN, REAL, REAL, REAL)
RECOLOURED_RECIPES = (RECIPES["shown"], REAL_PLAIN, REAL)
UNLABELLED_RECIPES = (RECIPES["shown"], RECIPES["detail"])
RECOLOURINGS = 3
SIDE = 5 / 4  # of the canvas on which a view is laid out, to the encoder's input


@dataclass(frozen=True)
class Item:
    """A garment to make views of, and what they are labelled with.

    product: two views are of the same product where this is the same. style: the product in whatever colour.
    """

    garment: Garment
    product: str
    style: str
    kind: str
    recipes: tuple[Recipe, ...]
    is_real: bool


def made_items(garments: Sequence[Garment]) -> list[Item]:
    """Returns an item a garment; one without a mask is no product ("") for its views share a background."""
    return [
        Item(g, g.name if g.mask is not None else "", g.name, g.kind, _recipes_of(g), is_real=False) for g in garments
    ]


def _recipes_of(garment: Garment) -> tuple[Recipe, ...]:
    return MADE_RECIPES if garment.mask is not None else UNLABELLED_RECIPES


def real_items(views: Sequence[RealView]) -> list[Item]:
    """Returns an item a real photo, and RECOLOURINGS more of each that has a mask and is of several of its product."""
    items = [Item(v.garment, v.product, v.style, v.garment_type, REAL_RECIPES, is_real=True) for v in views]
    products = [view.product for view in views]
    for view in views:
        if products.count(view.product) > 1 and view.garment.mask is not None:
            for number in range(1, RECOLOURINGS + 1):
                name = f"{view.product}~{number}"
                garment = recoloured(view.garment, seeded("recolour", name))
                garment = replace(garment, name=f"{garment.name}~{number}")
                items.append(Item(garment, name, view.style, view.garment_type, RECOLOURED_RECIPES, is_real=True))
    return items


def recoloured(garment: Garment, rng: np.random.Generator) -> Garment:
    """Returns the garment in another colour: CIELAB turned around the grey axis, lightness stretched and shifted.

    The same generator state gives the same change, so that photos of one product can be changed alike.
    Raises ValueError for a garment without a mask.
    """
    if garment.mask is None:
        raise ValueError(f"{garment.name} has no mask: what of the photo should be recoloured is not known")
    angle, chroma = rng.uniform(0.15, 1.85) * np.pi, rng.uniform(0.6, 1.5)
    slope, shift = rng.uniform(0.7, 1.15), rng.uniform(-25, 25)
    tint = rng.normal(0, 14, 2)
    lab = cv2.cvtColor(garment.pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lightness = 50 + (lab[..., 0] - 50) * slope + shift
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * chroma
    changed = np.dstack([lightness, lab[..., 1:] @ turn.T + tint]).astype(np.float32)
    rgb = cv2.cvtColor(changed, cv2.COLOR_LAB2RGB).clip(0, 1) * 255
    soft = cv2.GaussianBlur(garment.mask.astype(np.float32), (0, 0), 1.0)[..., None]
    pixels = garment.pixels * (1 - soft) + rgb * soft
    return replace(garment, pixels=pixels.astype(np.uint8))


def item_crops(item: Item, others: Sequence[np.ndarray], size: int, seed: int) -> list[Crop]:
    """Returns the garment in each of the item's recipes."""
    crops = []
    for number, recipe in enumerate(item.recipes):
        rng = seeded(item.garment.name, number, seed)
        crops.append(make_view(item.garment, replace(recipe, side=round(SIDE * size)), rng, others)[1])
    return crops


def mean_colour(crop: Crop) -> list[float]:
    """Returns the mean CIELAB of the garment, each 0 to 255 as OpenCV has it."""
    lab = cv2.cvtColor(crop.pixels, cv2.COLOR_RGB2LAB)
    inside = lab.reshape(-1, 3) if crop.mask is None or not crop.mask.any() else lab[crop.mask]
    return [round(float(value), 1) for value in inside.mean(0)]


def tensors_of(crops: Sequence[Crop], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns images (N, S, S, 3) and masks (N, S, S), both uint8."""
    laid = [letterbox(crop, size) for crop in crops]
    images = np.stack([image for image, _ in laid]).round().astype(np.uint8)
    return images, (np.stack([mask for _, mask in laid]) * 255).round().astype(np.uint8)


def write_shard(folder: Path, number: int, items: Sequence[Item], others: Sequence[np.ndarray], teacher, args) -> None:
    """Writes NNNNN.<name>.npy for images, masks and each of the teacher's arrays, then NNNNN.json with the labels."""
    crops, labels = [], []
    for item in items:
        made = item_crops(item, others, args.size, args.seed)
        crops += made
        label = {"product": item.product, "style": item.style, "kind": item.kind, "real": item.is_real}
        labels += [label | {"photo": item.garment.name, "colour": mean_colour(crop)} for crop in made]
    images, masks = tensors_of(crops, args.size)
    arrays = {"images": images, "masks": masks, **teacher(crops)}
    for name, value in arrays.items():
        np.save(folder / f"{number:05d}.{name}.npy", value)
    path = folder / f"{number:05d}.json"
    path.with_suffix(".part").write_text(json.dumps(labels))
    path.with_suffix(".part").replace(path)


def shards_of(items: Sequence[Item], seed: int) -> list[list[Item]]:
    """Returns the items in shards, products in random order, all views of one product in one shard."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.product or item.style, []).append(item)
    names = sorted(groups)
    ordered = [item for index in np.random.default_rng(seed).permutation(len(names)) for item in groups[names[index]]]
    return [ordered[start : start + SHARD] for start in range(0, len(ordered), SHARD)]


def all_items(data: Path, state: Path) -> tuple[list[Item], list[np.ndarray]]:
    """Returns everything to make views of, training split only, and the backgrounds to lay them on."""
    garments = all_garments(data, "train", state / "masks")
    others = backgrounds(garments, np.random.default_rng(1), 300)
    found = state / "detected.json"
    # in a process of its own, which leaves its findings there: a process that has run OpenVINO cannot be forked safely
    detecting = multiprocessing.get_context("spawn").Process(target=real_views, args=(data, "train", found))
    detecting.start()
    detecting.join()
    views = real_views(data, "train", found)
    return made_items(garments + unlabelled_garments(data)) + real_items(views), others


def prepare(args: argparse.Namespace) -> None:
    """Makes the shards that are missing, in `args.workers` processes."""
    cv2.setNumThreads(1)  # before its first use: threads do not survive the fork, and waiting for them never ends
    args.out.mkdir(parents=True, exist_ok=True)
    items, others = all_items(args.data, args.state)
    shards = shards_of(items, args.seed)
    recipe = {"size": args.size, "seed": args.seed, "items": len(items), "shards": len(shards), "teacher": args.teacher}
    _check_recipe(args.out / "recipe.json", recipe)
    missing = [number for number in range(len(shards)) if not (args.out / f"{number:05d}.json").exists()]
    print(f"{len(shards)} shards of {len(items)} items, {len(missing)} to make", flush=True)
    jobs = [missing[worker :: args.workers] for worker in range(args.workers)]
    context = multiprocessing.get_context("fork")  # the garments are shared with the workers
    workers = [context.Process(target=_work, args=(job, shards, others, args)) for job in jobs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit("A worker failed; run the command again to make what is missing.")


def _check_recipe(path: Path, recipe: dict) -> None:
    if path.exists() and json.loads(path.read_text()) != recipe:
        raise SystemExit(f"{path} says {path.read_text()}, not {json.dumps(recipe)}: choose another --out.")
    path.write_text(json.dumps(recipe))


def _work(numbers: Sequence[int], shards: list[list[Item]], others: list[np.ndarray], args) -> None:
    from training.encoder.encoder_teacher import Teacher

    torch.set_num_threads(1)
    teacher = Teacher(args.teacher, args.size)
    for done, number in enumerate(numbers, 1):
        write_shard(args.out, number, shards[number], others, teacher, args)
        if done % 10 == 0 or done == len(numbers):
            print(f"worker {os.getpid()}: {done} of {len(numbers)} shards", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--state", type=Path, default=Path("var/training"), help="where masks and cut-outs are kept")
    parser.add_argument("--size", type=int, default=160, help="of the encoder's input")
    parser.add_argument("--teacher", default="lite2")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=11)
    prepare(parser.parse_args())


if __name__ == "__main__":
    main()
