"""Labels street photos of which only the labels that occur in them are known, with the help of a detector.

    python -m training.detector.tagged_photos --model search/weights/garments-lite2 --photos ../shared/data \\
        --out var/training/garments

writes street_tagged_train.json, a COCO file like those of training.detector.detector_data, and street_tagged.png, a
contact sheet for the eye. What a detector confuses most (top, outerwear, dress, skirt) is just what the labels
settle: only the garment types that occur compete for a place. A photo in which one of its types is not found is left
out, and what is found too faintly to learn from is ignored, neither rewarded nor punished.

A photo that looks like one of the held-out street photos is left out too.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from search.vision.cards import read_card
from search.vision.detections import Detections
from search.vision.detector import PARTS, Detector
from search.vision.photo_decoding import decode_photo
from search.vision.runtime import Runner, compile_model
from training.detector.detector_data import as_coco
from training.garment_labels import CCP_TYPES, DETECTED_TYPES, IGNORED
from training.pictures import read_bgr, read_grey
from training.splits import ccp_split

LEARNED = 0.45  # score from which a garment is learned from, its photo's types being known
SEEN = 0.1  # score from which a garment may be there: the photo is kept, the place ignored
SHOES = 2  # parts of one label; of everything else a label names one
ALIKE = 10  # of 64 bits in which two hashes of the same photo may differ, cropped or recompressed


class ClassMaskedBoxHead:
    """The part `boxes` of a detector, with only the garment types that occur in the photo competing for a place."""

    def __init__(self, run: Runner, labels: Sequence[str]):
        self.run, self.labels = run, labels
        self.occurring: set[str] = set(labels)

    def __call__(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Returns class probabilities (N, C + 1), those of absent types 0 and the rest of sum 1, and box deltas."""
        probabilities, deltas = self.run(inputs)
        possible = np.array([label in self.occurring for label in self.labels] + [True])
        probabilities = probabilities * possible
        return [probabilities / np.maximum(probabilities.sum(1, keepdims=True), 1e-9), deltas]


def counts_of(tags: Sequence[str]) -> Counter[str] | None:
    """Returns how many garments of each type a photo with these labels shows at most; None where one has no type."""
    kinds = Counter(kind for kind in map(CCP_TYPES.get, tags) if kind is not None)
    if IGNORED in kinds:
        return None
    if "footwear" in kinds:
        kinds["footwear"] = SHOES
    return kinds


def garments_of(found: Detections, counts: Counter[str]) -> list[tuple[str, np.ndarray]] | None:
    """Returns (garment type or IGNORED, (H, W) bool mask) of a photo, largest first; None where a type is missing."""
    left = counts.copy()
    garments, seen = [], set()
    for kind, score, mask in zip(found.garment_types, found.scores, found.masks, strict=True):
        if not mask.any():
            continue
        seen.add(kind)
        is_sure = score >= LEARNED and left[kind] > 0
        left[kind] -= is_sure
        if is_sure or left[kind] > 0:
            garments.append((kind if is_sure else IGNORED, mask))
    if set(counts) - seen:
        return None
    # Later ones are painted over earlier ones: a bag lies before a coat.
    return sorted(garments, key=lambda garment: (garment[0] != IGNORED, -garment[1].sum()))


def perceptual_hash(path: Path) -> int:
    """Returns 64 bits that stay the same when a photo is resized or recompressed (signs of its low frequencies)."""
    small = cv2.resize(read_grey(path), (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small.astype(np.float32))[:8, :8].ravel()
    return int("".join("1" if bit else "0" for bit in low > np.median(low)), 2)


def labelled(
    detector: Detector, box_head: ClassMaskedBoxHead, photos: Path
) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Returns the photos that can be learned from, each with its garments, and why the others cannot."""
    held_out = [
        perceptual_hash(path) for path in (photos / "ccp/images").glob("*.jpg") if ccp_split(path.stem) == "val"
    ]
    kept: list[dict[str, Any]] = []
    why: Counter[str] = Counter()
    for name, tags in json.loads((photos / "ccp/unlabelled_tags.json").read_text()).items():
        file_name = f"ccp/unlabelled/{name}.jpg"
        counts = counts_of(tags)
        if not counts:
            why["has a label without a garment type" if counts is None else "shows no garment"] += 1
            continue
        own = perceptual_hash(photos / file_name)
        if any((own ^ other).bit_count() <= ALIKE for other in held_out):
            why["looks like a held-out photo"] += 1
            continue
        box_head.occurring = set(counts)
        found = detector.detect(decode_photo(photos / file_name))
        garments = garments_of(found, counts)
        if garments is None:
            why["a type is not found"] += 1
            continue
        kept.append({"file_name": file_name, "size": found.size[::-1], "garments": garments})
    return kept, why


def contact_sheet(folder: Path, photos: list[dict[str, Any]], count: int = 60) -> np.ndarray:
    """Returns a BGR picture of random photos, each garment in its type's colour, what is ignored in black."""
    tiles = [_tile(folder, photo) for photo in random.Random(0).sample(photos, min(count, len(photos)))]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 12)
    return np.vstack([np.hstack(tiles[i : i + 12]) for i in range(0, len(tiles), 12)])


def _tile(folder: Path, photo: dict[str, Any]) -> np.ndarray:
    picture = read_bgr(folder / photo["file_name"])
    hues = {kind: 180 * i // len(DETECTED_TYPES) for i, kind in enumerate(DETECTED_TYPES)}
    for kind, mask in photo["garments"]:
        colour: np.ndarray = np.zeros((1, 1, 3), np.uint8)
        if kind != IGNORED:
            colour = cv2.cvtColor(np.array([[[hues[kind], 255, 255]]], np.uint8), cv2.COLOR_HSV2BGR)
        picture[mask] = picture[mask] // 2 + colour[0, 0] // 2
        y, x = np.argwhere(mask).mean(0).astype(int)
        cv2.putText(picture, kind, (int(x) - 30, int(y)), 0, 0.6, (255, 255, 255), 2)
    return cv2.resize(picture, (160, 240), interpolation=cv2.INTER_AREA)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of the detector's artifact")
    parser.add_argument("--photos", type=Path, required=True, help="the folder that holds ccp/ and clothing/")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    card = read_card(options.model)
    parts = {part: compile_model(card.part(part)) for part in PARTS}
    garment_types = [card.garment_types.get(label, "") for label in card.labels]
    parts["boxes"] = box_head = ClassMaskedBoxHead(parts["boxes"], garment_types)
    detector = Detector(card, parts)
    detector.postprocess_config = type(detector.postprocess_config)((SEEN,), 0.5, 0.8, 30, 0.5)
    photos, why = labelled(detector, box_head, options.photos)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "street_tagged_train.json").write_text(json.dumps(as_coco(photos)))
    cv2.imwrite(str(options.out / "street_tagged.png"), contact_sheet(options.photos, photos))
    kinds = Counter(kind for photo in photos for kind, _ in photo["garments"])
    print(f"{len(photos)} photos, {dict(kinds)}; left out: {dict(why)}")


if __name__ == "__main__":
    main()
