"""Measures encoders on photos, garments and senders that none was trained on, beside five baselines.

    python -m training.encoder.evaluate_encoder --garments 300 --json var/training/encoder-evaluation.json

Three questions. *Real*, which encoders are chosen by: does a real photo of a product find its other photos, among other
colours of the same garment, other products and single garments (`real_pairs`)? *Shop*: two photos of each product, the
second made from the first (the other side in the same room, a side view, a close-up); each photo looks for the other
among all. *Street*: made views in other light, on another background, partly hidden, in part; each looks for the photo
it was made from among all photos as the shop shows them. The gallery of the latter two is every garment of the split;
masks are spoilt as a detector's are, and now and then there is none.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from search.vision.crops import Crop, whole_photo
from search.vision.encoder import available_encoders, load_encoder
from training.artifacts import rewrite_card
from training.encoder.encoder_garments import Garment, all_garments, data_folder
from training.encoder.encoder_network import GarmentEncoder, LiteTaps
from training.encoder.fit_encoder import branches_of, tensors
from training.encoder.garment_views import RECIPES, SHOP_RECIPES, backgrounds, make_view, seeded
from training.encoder.real_pairs import real_ranks, real_vectors
from training.encoder.real_views import RealView, distractor_crops, real_views

STREET_KINDS = tuple(kind for kind in RECIPES if kind != "shown")
SHOP_KINDS = ("back", "back", "side", "close-up")  # a back is the view that shops have most
PRODUCTS = 95
BASELINE_SIZE = 192


@dataclass(frozen=True)
class View:
    """One photo of garment number `garment`: the picture, and the garment in it as a detector finds it."""

    garment: int
    kind: str
    picture: np.ndarray
    crop: Crop


def shop_views(garments: Sequence[Garment], others: Sequence[np.ndarray], seed: int) -> list[View]:
    """Returns two views of each garment that has a mask."""
    views = []
    for number, garment in enumerate(garments):
        if garment.mask is not None:
            kind = SHOP_KINDS[seeded(garment.name, "shop", seed).integers(len(SHOP_KINDS))]
            views.append(_view(number, garment, "shown", others, seed))
            views.append(_view(number, garment, kind, others, seed))
    return views


def street_views(garments: Sequence[Garment], others: Sequence[np.ndarray], seed: int) -> list[View]:
    """Returns what the shop shows of each garment and two views of other kinds."""
    views = []
    for number, garment in enumerate(garments):
        chosen = seeded(garment.name, "street", seed).choice(STREET_KINDS, 2, replace=False)
        views += [_view(number, garment, kind, others, seed) for kind in ("shown", *chosen)]
    return views


def _view(number: int, garment: Garment, kind: str, others: Sequence[np.ndarray], seed: int) -> View:
    recipe = (RECIPES | SHOP_RECIPES)[kind]
    return View(number, kind, *make_view(garment, recipe, seeded(garment.name, kind, seed), others))


def baselines(views: Sequence[View], threads: int) -> dict[str, np.ndarray]:
    """Returns the unit vectors of the four baselines for whole photos, none of which uses a mask."""
    network = GarmentEncoder(LiteTaps("lite2", BASELINE_SIZE, (3, 7))).eval()
    run = branches_of(network, BASELINE_SIZE, threads)
    rows = [run(*tensors([Crop(view.picture)], BASELINE_SIZE)) for view in views]
    cuts = np.cumsum(network.widths)[:-1]
    middle, top, colour = (_unit(part) for part in np.split(np.concatenate(rows), cuts, axis=1))
    return {
        "EfficientNet-Lite2, whole photo, pooled": top,
        "its stride 8, GeM, whole photo": middle,
        "CIELAB histogram, whole photo": colour,
        "histogram and Lite2, 1 : 0.3": _mixed((colour, 1), (top, 0.3)),
        "histogram, Lite2 and stride 8, 1 : 0.3 : 0.3": _mixed((colour, 1), (top, 0.3), (middle, 0.3)),
    }


def _mixed(*parts: tuple[np.ndarray, float]) -> np.ndarray:
    return _unit(np.concatenate([np.sqrt(share) * vectors for vectors, share in parts], 1))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12)


def encoded(name: str, crops: Sequence[Crop]) -> np.ndarray:
    """Returns the vectors (N, D) of the artifact `name`, as the site makes them."""
    encoder = load_encoder(name)
    return np.concatenate([encoder.encode(crops[start : start + 8]) for start in range(0, len(crops), 8)])


def ranks(queries: np.ndarray, gallery: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Returns for each query how many of the gallery are nearer than the one wanted (its row), 0 being the best."""
    scores = queries @ gallery.T
    own = scores[np.arange(len(queries)), wanted]
    return (scores > own[:, None]).sum(1)


def shop_ranks(vectors: np.ndarray) -> np.ndarray:
    """Returns the rank of the other photo for each; rows 2i and 2i + 1 are the two photos of one product."""
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    own = scores[np.arange(len(vectors)), np.arange(len(vectors)) ^ 1]
    return (scores > own[:, None]).sum(1)


def summary(found: np.ndarray) -> dict[str, float]:
    """Returns recall@1, @5, @10 and mAP (one right answer each, so the mean reciprocal rank), 0 to 1."""
    recalls = {f"recall@{k}": float((found < k).mean()) for k in (1, 5, 10)}
    return {name: round(value, 4) for name, value in {**recalls, "mAP": float((1 / (1 + found)).mean())}.items()}


def of_95(vectors: np.ndarray, draws: int = 50) -> float:
    """Returns the mean recall@1 of the shop question when only 95 products are there."""
    rng, products = np.random.default_rng(0), len(vectors) // 2
    total = 0.0
    for _ in range(draws):
        chosen = rng.choice(products, min(PRODUCTS, products), replace=False)
        total += (shop_ranks(vectors[np.stack([2 * chosen, 2 * chosen + 1], 1).reshape(-1)]) < 1).mean()
    return round(total / draws, 4)


def shop_report(vectors: np.ndarray, kinds: np.ndarray) -> dict:
    found = shop_ranks(vectors)
    per_kind = {kind: float((found[kinds == kind] < 1).mean().round(4)) for kind in sorted(set(kinds))}
    return {**summary(found), "recall@1 of 95": of_95(vectors), "recall@1 by kind": per_kind}


def street_ranks(vectors: np.ndarray, kinds: np.ndarray, garments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns for each view that is not the shop's own how many of the shop's are nearer than its own, and its kind."""
    shown = kinds == "shown"
    row = {number: place for place, number in enumerate(garments[shown])}
    wanted = np.array([row[number] for number in garments[~shown]])
    return ranks(vectors[~shown], vectors[shown], wanted), kinds[~shown]


def street_report(vectors: np.ndarray, kinds: np.ndarray, garments: np.ndarray) -> dict:
    found, asked = street_ranks(vectors, kinds, garments)
    per_kind = {kind: float((found[asked == kind] < 1).mean().round(4)) for kind in sorted(set(asked))}
    return {**summary(found), "recall@1 by kind": per_kind}


def real_report(found: np.ndarray, asking: Sequence[RealView]) -> dict[str, Any]:
    """Returns recall, mAP and recall@1 by garment type and by view of the photos that ask."""
    report: dict[str, Any] = summary(found)
    for attribute in ("garment_type", "view"):
        of_photo = np.array([getattr(view, attribute) for view in asking])
        parts = {name: float((found[of_photo == name] < 1).mean().round(4)) for name in sorted(set(of_photo))}
        report[f"recall@1 by {attribute.replace('_', ' ')}"] = parts
    return report | {"queries": len(found)}


def measure_real(args: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Returns by name of encoder the report of the real question; empty where `args.data` has no views."""
    if not (args.data / "views" / "views.csv").exists():
        print(f"{args.data} has no views/views.csv: the real question is left out")
        return {}
    views = real_views(args.data, "val", args.found)
    distractors = distractor_crops(args.data, args.found)
    results = {}
    for name in args.encoders or available_encoders():
        vectors = real_vectors(views, distractors, load_encoder(name).encode)
        results[f"{name}, detected garment"] = {"real": real_report(*real_ranks(vectors, views))}
        print(f"real   {name:48s} {json.dumps(results[f'{name}, detected garment']['real'])}", flush=True)
    return results


def questions(data: Path, masks: Path, count: int, seed: int) -> dict[str, list[View]]:
    """Returns the views of both questions about `count` held-out garments, drawn by the seed."""
    garments = all_garments(data, "val", masks)
    behind = backgrounds(garments, np.random.default_rng(7), 150)
    order = np.random.default_rng(seed).permutation(len(garments))[:count]
    chosen = [garments[index] for index in order]
    return {"shop": shop_views(chosen, behind, seed), "street": street_views(chosen, behind, seed)}


def measure(args: argparse.Namespace) -> dict[str, dict]:
    """Returns by name of baseline or encoder {"real": ..., "shop": ..., "street": ...}."""
    results = measure_real(args)
    if args.real:
        return results
    for question, views in questions(args.data, args.masks, args.garments, args.seed).items():
        kinds, numbers = np.array([v.kind for v in views]), np.array([v.garment for v in views])
        vectors = {} if args.no_baselines else baselines(views, args.threads)
        for name in args.encoders or available_encoders():
            vectors[f"{name}, detected garment"] = encoded(name, [view.crop for view in views])
            if args.whole:
                vectors[f"{name}, whole photo"] = encoded(name, [whole_photo(view.picture) for view in views])
        for name, found in vectors.items():
            report = shop_report(found, kinds) if question == "shop" else street_report(found, kinds, numbers)
            results.setdefault(name, {})[question] = report
            print(f"{question:6s} {name:48s} {json.dumps(report)}", flush=True)
    return results


def record(results: dict[str, dict], args: argparse.Namespace) -> None:
    """Writes each encoder's results into its card, with the command and the best baseline beside them."""
    switches = "".join(f" --{name}" for name in ("whole", "real") if getattr(args, name))
    options = f"--garments {args.garments} --seed {args.seed}{switches} --record"
    command = f"python -m training.encoder.evaluate_encoder {options}"
    for name in args.encoders or available_encoders():
        folder = load_encoder(name).card.folder
        measured = json.loads((folder / "card.json").read_text())["measured"]
        measured |= {"command": command, "split": "val: garments, senders and street photos never trained on"}
        own = {key.removeprefix(f"{name}, "): value for key, value in results.items() if key.startswith(f"{name}, ")}
        for question in ("real", "shop"):
            others = {key: found[question]["recall@1"] for key, found in results.items() if question in found}
            others = {key: recall for key, recall in others.items() if key.split(",")[0] != name}
            own |= {f"{question} recall@1 of others": others} if others else {}
        rewrite_card(folder, measured=measured | own)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoders", nargs="*", help="names; all at hand if none is given")
    parser.add_argument("--garments", type=int, default=300, help="of the held-out 1,079, drawn once by the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--whole", action="store_true", help="the encoders on whole photos, too")
    parser.add_argument("--real", action="store_true", help="the real question alone")
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--masks", type=Path, default=Path("var/training/masks"))
    parser.add_argument("--found", type=Path, default=Path("var/training/detected.json"), help="keeps detections")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--record", action="store_true", help="write what was measured into the encoders' cards")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    results = measure(args)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(results, indent=1) + "\n")
    if args.record:
        record(results, args)


if __name__ == "__main__":
    main()
