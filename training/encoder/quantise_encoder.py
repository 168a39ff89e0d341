"""Makes an encoder's backbone int8, where that is as good: the artifact is replaced only if it is.

    python -m training.encoder.quantise_encoder resnet18-fashion --views var/training/views160

Pooling, colours and projection stay as they are: they are a tenth of the time and most of the accuracy. With `--views`
(what `prepare_views` wrote) the eight bits are chosen on training views, and the projection is fitted anew to the int8
backbone's features: whitening enlarges what eight bits lose. The real question of `evaluate_encoder` decides: recall@1
may lose half a point at most.

Without `--views` the projection stays, and made views take their place: cosine to the artifact as it was must be 0.99
in the mean, and neither the shop nor the street question may lose more than half a point. What was measured goes into
the card either way.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import nncf
import numpy as np
import openvino

from search.vision.cards import read_card
from search.vision.encoder import Encoder, load_encoder
from training.artifacts import file_hashes, rewrite_card, save
from training.encoder.artifact_projection import OpenedEncoder, Projection
from training.encoder.encoder_batches import PreparedViews
from training.encoder.encoder_garments import data_folder
from training.encoder.encoder_projection import fit_projection
from training.encoder.evaluate_encoder import View, questions, shop_ranks, street_ranks, summary
from training.encoder.fit_encoder import prepared_branches, sample, view_crops
from training.encoder.real_pairs import real_ranks, real_vectors
from training.encoder.real_views import distractor_crops, real_views

MIN_COSINE = 0.99  # in the mean, to the artifact as it was
MAX_LOST = 0.005  # of recall@1
NOT_INT8 = (".*histogram.*", ".*pool.*", ".*project.*", ".*normalize.*", ".*linear.*")
PARTS = ("model",)
Inputs = tuple[np.ndarray, ...]  # images (N, 3, S, S) and masks (N, 1, S, S), float32 in 0..1


def quantised(encoder: Encoder, inputs: Sequence[Inputs]) -> openvino.Model:
    """Returns the encoder's graph with its backbone in int8, calibrated on these images and masks (N, ., S, S)."""
    model = openvino.Core().read_model(encoder.card.part("model"))
    return nncf.quantize(
        model,
        nncf.Dataset([list(one) for one in inputs]),
        # "mixed": ReLU makes activations one-sided, which symmetric steps would waste half of
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(inputs),
        fast_bias_correction=False,
        ignored_scope=nncf.IgnoredScope(patterns=list(NOT_INT8), validate=False),
    )


def write_int8(encoder: Encoder, model: openvino.Model, folder: Path) -> Encoder:
    """Writes the graph and the encoder's card to `folder`; returns the encoder there."""
    shutil.copy(encoder.card.folder / "card.json", folder)
    save(folder, "model", model)
    parameters = encoder.card.parameters | {"weights": "int8 backbone, fp16 else"}
    rewrite_card(folder, files=file_hashes(folder, PARTS), parameters=parameters)
    return Encoder(read_card(folder))


def prepared_inputs(prepared: PreparedViews, count: int, seed: int) -> list[Inputs]:
    """Returns `count` prepared views of as many products."""
    names = np.random.default_rng(seed).permutation(prepared.products)[:count]
    batches = [prepared.batch(prepared.rows[name][:1], [0], [0], targets=False) for name in names]
    return [
        (
            np.ascontiguousarray(batch.images.transpose(0, 3, 1, 2)) / np.float32(255),
            batch.masks[:, None] / np.float32(255),
        )
        for batch in batches
    ]


def refit_projection(encoder: Encoder, prepared: PreparedViews, garments: int, copies: int) -> Encoder:
    """Fits the artifact's projection to its own features of prepared views, as `fit_encoder` does; returns it anew."""
    opened, recipe, folder = OpenedEncoder(encoder), encoder.card.training, encoder.card.folder
    features = opened.features()
    rows, numbers = prepared_branches(
        prepared, lambda images, masks: features.run([images, masks])[0], garments, copies
    )
    choice = {name: recipe.get(name, 1.0) for name in ("shrinkage", "strength")}
    matrix, bias = fit_projection(rows.astype(np.float32), numbers, encoder.dimensions, **choice)
    with TemporaryDirectory() as place:
        files = opened.write(Projection(matrix, bias), Path(place))
        for name in ("model.xml", "model.bin"):
            shutil.copy(Path(place) / name, folder / name)
    rewrite_card(folder, files=files)
    return Encoder(read_card(folder))


def compared_on_real_pairs(encoder: Encoder, small: Encoder, data: Path, found: Path) -> dict[str, Any]:
    """Returns recall@1 and mAP of both encoders on held-out real pairs."""
    views, distractors = real_views(data, "val", found), distractor_crops(data, found)
    summaries = [
        summary(real_ranks(real_vectors(views, distractors, one.encode), views)[0]) for one in (encoder, small)
    ]
    return {name: {"real": [found[name] for found in summaries]} for name in ("recall@1", "mAP")}


def compared(encoder: Encoder, small: Encoder, asked: dict[str, list[View]]) -> dict[str, Any]:
    """Returns the mean and least cosine between the two encoders' vectors and the recall@1 of both, by question."""
    cosines, recalls = [], {}
    for question, views in asked.items():
        crops = [view.crop for view in views]
        before, after = encoder.encode(crops), small.encode(crops)
        cosines.append((before * after).sum(1))
        found = [_ranks(question, vectors, views) < 1 for vectors in (before, after)]
        recalls[question] = [round(float(right.mean()), 4) for right in found]
    every = np.concatenate(cosines)
    mean, least = (round(float(value), 4) for value in (every.mean(), every.min()))
    return {"cosine, mean": mean, "cosine, least": least, "recall@1": recalls}


def _ranks(question: str, vectors: np.ndarray, views: Sequence[View]) -> np.ndarray:
    if question == "shop":
        return shop_ranks(vectors)
    return street_ranks(vectors, np.array([v.kind for v in views]), np.array([v.garment for v in views]))[0]


def is_as_good(measured: dict[str, Any]) -> bool:
    """Whether int8 may take the place of what was there; a projection fitted anew has no cosine to the earlier one."""
    lost = max(before - after for before, after in measured["recall@1"].values())
    return measured.get("cosine, mean", 1.0) >= MIN_COSINE and lost <= MAX_LOST


def replace_artifact(folder: Path, small: Path) -> None:
    """Puts the files and the card of `small` in the place of those in `folder`."""
    for name in ("model.xml", "model.bin", "card.json"):
        os.replace(shutil.copy(small / name, folder / f"{name}.part"), folder / name)


def _with_views(encoder: Encoder, place: Path, args: argparse.Namespace) -> dict[str, Any]:
    prepared = PreparedViews(args.views, size=encoder.card.input_size[0])
    small = write_int8(encoder, quantised(encoder, prepared_inputs(prepared, args.calibration, args.seed)), place)
    small = refit_projection(small, prepared, args.garments, args.real_copies)
    return compared_on_real_pairs(encoder, small, args.data, args.found)


def _without(encoder: Encoder, place: Path, args: argparse.Namespace) -> dict[str, Any]:
    garments, others = sample(args.data, args.masks, args.calibration, args.seed)
    crops = [crop for garment in garments for crop in view_crops(garment, others, args.seed)]
    asked = questions(args.data, args.masks, args.measured, args.seed)
    small = write_int8(encoder, quantised(encoder, [encoder.preprocess([crop]) for crop in crops]), place)
    return compared(encoder, small, asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder", help="its name")
    parser.add_argument(
        "--calibration", type=int, default=100, help="training garments, several views each without --views"
    )
    parser.add_argument("--views", type=Path, help="folder that prepare_views wrote, real pairs among them")
    parser.add_argument("--garments", type=int, default=600, help="to fit the projection to; with --views")
    parser.add_argument("--real-copies", type=int, default=4, help="how often each real view counts; with --views")
    parser.add_argument("--found", type=Path, default=Path("var/training/detected.json"), help="keeps detections")
    parser.add_argument("--measured", type=int, default=300, help="held-out garments")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--masks", type=Path, default=Path("var/training/masks"))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    encoder = load_encoder(args.encoder)
    with TemporaryDirectory() as place:
        measured = _with_views(encoder, Path(place), args) if args.views else _without(encoder, Path(place), args)
        taken = is_as_good(measured)
        if taken:
            replace_artifact(encoder.card.folder, Path(place))
    options = (
        f"--views VIEWS --calibration {args.calibration} --garments {args.garments}"
        if args.views
        else f"--measured {args.measured}"
    )
    command = f"python -m training.encoder.quantise_encoder {args.encoder} {options}"
    note = {"int8": measured | {"taken": taken, "command": command}}
    rewrite_card(encoder.card.folder, measured=encoder.card.measured | note)
    print(("int8 is taken" if taken else "int8 is not taken"), measured)


if __name__ == "__main__":
    main()
