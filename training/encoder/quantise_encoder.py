"""Makes an encoder's backbone int8, where that is as good: the artifact is replaced only if it is.

    python -m training.encoder.quantise_encoder resnet18-fashion

Cosine to the artifact as it was must be 0.99 in the mean, and recall@1 of neither question of `evaluate_encoder` may
lose more than half a point, on held-out garments. The eight bits are fitted to views of training garments. Pooling,
colours and projection stay as they are: they are a tenth of the time and most of the accuracy. What was measured goes
into the card either way.
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
from search.vision.crops import Crop
from search.vision.encoder import Encoder, load_encoder
from training.artifacts import file_hashes, rewrite_card, save
from training.encoder.encoder_garments import data_folder
from training.encoder.evaluate_encoder import View, questions, shop_ranks, street_ranks
from training.encoder.fit_encoder import sample, view_crops

LEAST_COSINE = 0.99  # in the mean, to the artifact as it was
MOST_LOST = 0.005  # of recall@1
NOT_INT8 = (".*histogram.*", ".*pool.*", ".*project.*", ".*normalize.*", ".*linear.*")
PARTS = ("model",)


def quantised(encoder: Encoder, crops: Sequence[Crop]) -> openvino.Model:
    """Returns the encoder's graph with its backbone in int8, calibrated on these crops."""
    model = openvino.Core().read_model(encoder.card.part("model"))
    return nncf.quantize(
        model,
        nncf.Dataset([list(encoder.preprocess([crop])) for crop in crops]),
        # "mixed": ReLU makes activations one-sided, which symmetric steps would waste half of
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(crops),
        fast_bias_correction=True,
        ignored_scope=nncf.IgnoredScope(patterns=list(NOT_INT8), validate=False),
    )


def write_int8(encoder: Encoder, model: openvino.Model, folder: Path) -> Encoder:
    """Writes the graph and the encoder's card to `folder`; returns the encoder there."""
    shutil.copy(encoder.card.folder / "card.json", folder)
    save(folder, "model", model)
    parameters = encoder.card.parameters | {"weights": "int8 backbone, fp16 else"}
    rewrite_card(folder, files=file_hashes(folder, PARTS), parameters=parameters)
    return Encoder(read_card(folder))


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
    """Whether int8 may take the place of what was there."""
    lost = max(before - after for before, after in measured["recall@1"].values())
    return measured["cosine, mean"] >= LEAST_COSINE and lost <= MOST_LOST


def replace_artifact(folder: Path, small: Path) -> None:
    """Puts the files and the card of `small` in the place of those in `folder`."""
    for name in ("model.xml", "model.bin", "card.json"):
        os.replace(shutil.copy(small / name, folder / f"{name}.part"), folder / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder", help="its name")
    parser.add_argument("--calibration", type=int, default=100, help="training garments, several views each")
    parser.add_argument("--measured", type=int, default=300, help="held-out garments")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--masks", type=Path, default=Path("var/training/masks"))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    encoder = load_encoder(args.encoder)
    garments, others = sample(args.data, args.masks, args.calibration, args.seed)
    crops = [crop for garment in garments for crop in view_crops(garment, others, args.seed)]
    asked = questions(args.data, args.masks, args.measured, args.seed)
    with TemporaryDirectory() as place:
        small = write_int8(encoder, quantised(encoder, crops), Path(place))
        measured = compared(encoder, small, asked)
        taken = is_as_good(measured)
        if taken:
            replace_artifact(encoder.card.folder, Path(place))
    command = f"python -m training.encoder.quantise_encoder {args.encoder} --measured {args.measured}"
    note = {"int8": measured | {"taken": taken, "command": command}}
    rewrite_card(encoder.card.folder, measured=encoder.card.measured | note)
    print(("int8 is taken" if taken else "int8 is not taken"), measured)


if __name__ == "__main__":
    main()
