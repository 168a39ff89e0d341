"""Makes a detector's body int8, where that is as good and faster: the artifact is replaced only if it is.

    python -m training.detector.quantise_detector --model search/weights/garments-lite2 --photos ../shared/data \\
        --data var/training/garments

Box AP50 of the held-out street photos, as COCO measures it, may fall by half a point at most. The eight bits are fitted
to training photos. Box and mask heads stay as they are. What was measured goes into the card either way.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nncf
import numpy as np
import openvino

from search.vision.cards import read_card
from search.vision.detector import PARTS, Detector
from search.vision.photo_decoding import decode_photo
from training.artifacts import file_hashes, rewrite_card, save
from training.detector.evaluate_detector import as_results, average_precision, keeping_everything

MAX_LOST = 0.005  # of box AP50
TIMED = 40  # photos


def quantised(detector: Detector, photos: Sequence[Path]) -> openvino.Model:
    """Returns the detector's body in int8, calibrated on these photos."""
    tensors = [[detector.tensor(detector.preprocess(decode_photo(photo)))] for photo in photos]
    return nncf.quantize(
        openvino.Core().read_model(detector.card.part("body")),
        nncf.Dataset(tensors),
        # ReLU6 makes activations one-sided, which symmetric steps would waste half of.
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(tensors),
        fast_bias_correction=False,
    )


def write_int8(detector: Detector, body: openvino.Model, folder: Path) -> Detector:
    """Writes the int8 body and the rest of the detector to `folder`; returns the detector there."""
    shutil.copytree(detector.card.folder, folder, dirs_exist_ok=True)
    save(folder, "body", body)
    rewrite_card(folder, files=file_hashes(folder, PARTS))
    return Detector(read_card(folder))


def box_ap50(detector: Detector, coco: dict[str, Any], photos: Path) -> float:
    """Returns box AP50 of the photos as COCO measures it."""
    served = detector.postprocess_config
    detector.postprocess_config = keeping_everything(served)
    found = {each["id"]: detector.detect(decode_photo(photos / each["file_name"])) for each in coco["images"]}
    detector.postprocess_config = served
    return float(average_precision(coco, as_results(found, coco), "bbox")["AP50"])


def milliseconds(detectors: Sequence[Detector], photos: Sequence[Path]) -> list[float]:
    """Returns the median time that each detector takes for a decoded photo, the detectors taking turns."""
    taken: list[list[float]] = [[] for _ in detectors]
    for pixels in map(decode_photo, photos):
        for seconds, detector in zip(taken, detectors, strict=True):
            began = time.perf_counter()
            detector.detect(pixels)
            seconds.append(time.perf_counter() - began)
    return [round(1000 * float(np.median(seconds)), 1) for seconds in taken]


def is_as_good(measured: dict[str, Any]) -> bool:
    """Whether int8 may take the place of what was there; `measured` holds (fp16, int8) pairs."""
    (before, after), (slow, fast) = measured["box_AP50"], measured["milliseconds"]
    return before - after <= MAX_LOST and fast < slow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of the artifact")
    parser.add_argument("--photos", type=Path, required=True, help="the folder that holds ccp/")
    parser.add_argument("--data", type=Path, required=True, help="what detector_data wrote")
    parser.add_argument("--calibration", type=int, default=60, help="training photos, street and shop")
    options = parser.parse_args()
    street, shop, held_out = (
        json.loads((options.data / f"{name}.json").read_text()) for name in ("street_train", "shop_train", "street_val")
    )
    half = options.calibration // 2
    chosen = [each["file_name"] for coco in (street, shop) for each in coco["images"][:: len(coco["images"]) // half]]
    detector = Detector(read_card(options.model))
    with TemporaryDirectory() as name:
        small = write_int8(detector, quantised(detector, [options.photos / each for each in chosen]), Path(name))
        both = (detector, small)
        photos = [options.photos / each["file_name"] for each in held_out["images"]]
        measured = {
            "box_AP50": [box_ap50(each, held_out, options.photos) for each in both],
            "milliseconds": milliseconds(both, photos[:TIMED]),
        }
        is_taken = is_as_good(measured)
        print(json.dumps(measured | {"taken": is_taken}))
        if is_taken:
            for file in ("body.xml", "body.bin", "card.json"):
                os.replace(shutil.copy(Path(name) / file, options.model / f"{file}.part"), options.model / file)
    figures = read_card(options.model).measured | {"int8": measured | {"taken": is_taken}}
    rewrite_card(options.model, measured=figures)


if __name__ == "__main__":
    main()
