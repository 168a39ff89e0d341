"""Fits the bundled encoder to a shop's own photos: minutes, on a CPU.

    python -m training.fine_tune --photos PHOTOS --name my-shop
    python manage.py embed_catalogue --encoder my-shop
    python manage.py switch_encoder my-shop

PHOTOS holds one folder of pictures per product, two or more each (`training.own_photos` has the layout). The network
stays as it is; what is fitted is the projection at its end: directions in which photos of one product differ here are
shrunk (within-class whitening), by as much as helps products left out of the fit. A fifth of the products is held out
from all of it: on those recall is measured before and after. An encoder that finds fewer of them is not written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from search.vision.cards import ModelError, available
from search.vision.detector import load_detector
from search.vision.encoder import Encoder, load_encoder
from training.artifacts import write_card
from training.encoder.artifact_projection import OpenedEncoder, Projection
from training.encoder.encoder_network import EncoderError
from training.encoder.encoder_projection import fit_projection
from training.own_photos import OwnPhotosError, Photo, product_crops, read_photos

SHRINKAGES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # how much of the mean variance every direction keeps; more changes less
FOLDS = 4
LIKELY_GAIN = 0.002  # of mean reciprocal rank in the folds, below which the projection stays as it is


@dataclass(frozen=True)
class Features:
    """`values` (N, F) float32, what is projected of each photo; `products` (N,) int."""

    values: np.ndarray
    products: np.ndarray

    def of(self, products: np.ndarray) -> Features:
        chosen = np.isin(self.products, products)
        return Features(self.values[chosen], self.products[chosen])


def ranks(vectors: np.ndarray, products: np.ndarray) -> np.ndarray:
    """Returns for each photo how many other products are nearer than the nearest photo of its own; 0 is best."""
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    found = []
    for row, product in enumerate(products):
        own = products == product
        nearer = ~own & (scores[row] > scores[row][own].max())
        found.append(len(np.unique(products[nearer])))
    return np.array(found)


def measured(projection: Projection, features: Features) -> dict[str, float]:
    """Returns recall@1, @5 and the mean reciprocal rank, 0 to 1."""
    found = ranks(projection(features.values), features.products)
    shares = {"recall@1": (found < 1).mean(), "recall@5": (found < 5).mean(), "mAP": (1 / (1 + found)).mean()}
    return {name: round(float(share), 4) for name, share in shares.items()}


def fitted(base: Projection, features: Features, shrinkage: float) -> Projection:
    """Returns the base projection with what tells photos of one of these products apart shrunk."""
    vectors = features.values @ base.matrix.T + base.bias
    vectors = vectors / np.linalg.norm(vectors, axis=1).mean()
    scale = 1 / np.linalg.norm(features.values @ base.matrix.T + base.bias, axis=1).mean()
    matrix, bias = fit_projection(vectors, features.products, vectors.shape[1], shrinkage=shrinkage)
    return base.refined(matrix * scale, bias)


def chosen_shrinkage(base: Projection, features: Features, seed: int) -> float | None:
    """Returns the shrinkage that serves products left out best, None where none serves them better than the base."""
    names = np.random.default_rng(seed).permutation(np.unique(features.products))
    folds = [(features.of(names[i::FOLDS]), features.of(np.setdiff1d(names, names[i::FOLDS]))) for i in range(FOLDS)]

    def score(shrinkage: float | None) -> float:
        tried = [(base if shrinkage is None else fitted(base, rest, shrinkage), out) for out, rest in folds]
        return float(np.mean([measured(projection, out)["mAP"] for projection, out in tried]))

    scores = {shrinkage: score(shrinkage) for shrinkage in SHRINKAGES}
    best = max(scores, key=lambda shrinkage: scores[shrinkage])
    return best if scores[best] > score(None) + LIKELY_GAIN else None


def photo_features(photos: list[Photo], opened: OpenedEncoder, cache: Path) -> Features:
    """Returns the features of all photos, those that an earlier run left in `cache` from there."""
    detector, run = load_detector(), opened.features()
    models = f"{opened.encoder.card.fingerprint} {detector.card.fingerprint}"
    stored = dict(np.load(cache)) if cache.exists() else {}
    values, products = [], []
    for number, (_, group) in enumerate(groupby(photos, key=lambda photo: photo.product)):
        of_product = list(group)
        key = _key(of_product, models)
        if key not in stored:
            stored[key] = run(product_crops(of_product, detector)).astype(np.float16)
        values.append(stored[key].astype(np.float32))
        products += [number] * len(of_product)
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.savez(cache, **stored)
    return Features(np.concatenate(values), np.array(products))


def _key(photos: list[Photo], models: str) -> str:
    """Names one product's photos, their masks and the models that look at them."""
    digest = hashlib.sha256(models.encode())
    for photo in photos:
        digest.update(photo.path.read_bytes())
        digest.update(b"" if photo.mask is None else np.packbits(photo.mask).tobytes())
    return digest.hexdigest()


def tune(args: argparse.Namespace) -> int:
    """Measures, fits, measures again, writes; returns the exit status."""
    encoder = load_encoder(args.encoder)
    if args.name in available("encoder") and not (args.out / args.name).exists():
        raise EncoderError(f"There is an encoder called {args.name} already; choose another --name.")
    opened = OpenedEncoder(encoder)
    photos = read_photos(args.photos)
    features = photo_features(photos, opened, args.cache)
    names = np.random.default_rng(args.seed).permutation(features.products.max() + 1)
    held = features.of(names[: max(1, round(args.held_out * len(names)))])
    learned = features.of(np.setdiff1d(names, held.products))
    shrinkage = chosen_shrinkage(opened.projection, learned, args.seed)
    before = measured(opened.projection, held)
    print(f"{len(names)} products, {len(photos)} photos; {len(np.unique(held.products))} products held out")
    print(f"before: {json.dumps(before)}")
    if shrinkage is None:
        print(f"Nothing was written: no projection fitted to these photos finds more than {encoder.name} does.")
        return 1
    after = measured(fitted(opened.projection, learned, shrinkage), held)
    print(f"after:  {json.dumps(after)}, shrinkage {shrinkage}")
    if after["mAP"] < before["mAP"]:
        print("Nothing was written: on the held-out products the fitted projection finds less.")
        return 1
    projection = fitted(opened.projection, features, shrinkage)
    recipe = {"products": len(names), "photos": len(photos), "shrinkage": shrinkage, "seed": args.seed}
    results = {"held-out products": len(np.unique(held.products)), "before": before, "after": after}
    print(f"{write_encoder(opened, projection, args, recipe, results)} is written. It serves after:")
    print(f"  python manage.py embed_catalogue --encoder {args.name}")
    print(f"  python manage.py switch_encoder {args.name}")
    return 0


def write_encoder(
    opened: OpenedEncoder, projection: Projection, args: argparse.Namespace, recipe: dict, results: dict
) -> Path:
    """Writes the artifact and its card to args.out/<name>, fitted to all products; returns that folder."""
    base: Encoder = opened.encoder
    folder = args.out / args.name
    files = opened.write(projection, folder)
    card = json.loads((base.card.folder / "card.json").read_text())
    command = f"python -m training.fine_tune --photos PHOTOS --name {args.name} --seed {args.seed}"
    note = "measured on held-out products by a projection fitted without them; what is written is fitted to all"
    card |= {
        "name": args.name,
        "files": files,
        "is_default": False,
        "licence": f"{base.card.licence}; projection fitted to the shop's own photos",
        "training": {"base": base.name, "base_fingerprint": base.card.fingerprint, "command": command, **recipe},
        "measured": results | {"command": command, "note": note},
    }
    write_card(folder, card)
    return folder


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, help="one folder of pictures per product")
    parser.add_argument("--name", required=True, help="of the new encoder")
    parser.add_argument("--encoder", help="to begin from (default: the bundled one)")
    parser.add_argument("--out", type=Path, default=Path("var/models"))
    parser.add_argument("--cache", type=Path, default=Path("var/training/fine-tune.npz"), help="keeps features")
    parser.add_argument("--held-out", type=float, default=0.2, help="share of the products that are only measured on")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(arguments)
    if not 0 < args.held_out < 1:
        parser.error(f"--held-out is {args.held_out}; it must be between 0 and 1")
    if not args.name.replace("-", "").replace("_", "").replace(".", "").isalnum() or args.name.startswith("."):
        parser.error(f"--name is {args.name!r}; letters, digits, '-', '_' and '.' are allowed")
    try:
        return tune(args)
    except (OwnPhotosError, EncoderError, ModelError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
