"""Measures up to which distances an encoder's matches are right, and stores them in its card.

    SHARED_DATA=... python -m training.encoder.calibrate_match_strength --encoder resnet18-fashion --write

Photos of products (views/) and of single garments at home (clothing/) search among each other, those of one person's
home never, as the site searches: among the products of the detected type, and near duplicates. Of each the nearest five
products are judged: right is the same type and a main colour that both have. Only photos that the encoder was not
trained with are searched with. All of them fit the distances; what each word is worth, and how often it is said, is
measured by cross-validation, each half with distances that the other half gave.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from search.vision.analysis import DetectedGarment, analyse_photo
from search.vision.cards import choose
from search.vision.detector import load_detector
from search.vision.encoder import load_encoder
from search.vision.match_distances import MatchDistances, fit_match_distances, precision_of_words
from search.vision.photo_decoding import decode_photo
from training.encoder.encoder_batches import garment_type_of
from training.splits import clothing_split, views_split

JUDGED = 5  # products a search
NEAR_DUPLICATE_DISTANCE = 0.1  # that of search.retrieval.nearest_sql, which needs a database
NOISE_LABELS = {"Not sure", "Other", "Skip"}


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo whose product is known. Photos of one `room` are not compared unless they show one product."""

    path: Path
    product: str
    room: str
    garment_type: str
    split: str
    group: str  # photos of one are in one half of the cross-validation


class JudgedPair(NamedTuple):
    """A match: its distance, whether it is right, the type searched with, and its half of the cross-validation."""

    distance: float
    is_right: bool
    garment_type: str
    half: int


@dataclass(frozen=True)
class LabelledGarment:
    """The garment of a labelled photo."""

    photo: LabelledPhoto
    garment: DetectedGarment

    def shares_main_colour(self, other: LabelledGarment) -> bool:
        """Whether the main colour of one is a colour of the other: light decides which of two comes first."""
        own, others = self.garment.colours, other.garment.colours
        return bool({*own[:1]} & {*others} or {*others[:1]} & {*own})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("SHARED_DATA"), help="default $SHARED_DATA")
    parser.add_argument("--encoder", help="its name (default: the bundled one)")
    parser.add_argument("--homes", type=int, default=1500, help="photos of clothing/ at most (default %(default)s)")
    parser.add_argument("--write", action="store_true", help="store the distances in the encoder's card")
    args = parser.parse_args()
    if not args.data:
        parser.error("--data or SHARED_DATA must name the folder with views/ and clothing/.")
    card = choose("encoder", args.encoder)
    garments = list(labelled_garments([*shop_photos(args.data), *home_photos(args.data)[: args.homes]], card.name))
    report = calibrate(garments)
    print(json.dumps(report, indent=1))
    if args.write:
        path = card.folder / "card.json"
        stored = json.loads(path.read_text())
        stored.setdefault("parameters", {})["match_distances"] = report["match_distances"]
        stored["measured"]["match_strength"] = report["words"]
        path.write_text(json.dumps(stored, indent=1) + "\n")


def calibrate(garments: list[LabelledGarment]) -> dict[str, Any]:
    """{"match_distances": the fitted ones, "words": what each word is worth in cross-validation}."""
    pairs = judged_pairs(garments)
    halves = [[pair for pair in pairs if pair.half == half] for half in (0, 1)]
    bounds = [_bounds(halves[half], _fitted(halves[1 - half])) for half in (0, 1)]
    judged = [*halves[0], *halves[1]]
    return {
        "match_distances": _fitted(pairs),
        "words": precision_of_words(_distances(judged), _is_right(judged), [*bounds[0], *bounds[1]]),
    }


def judged_pairs(garments: list[LabelledGarment]) -> list[JudgedPair]:
    """The nearest products of each garment that was not trained with, and whether they are right."""
    vectors = np.stack([one.garment.vector for one in garments])
    pairs = []
    for query, asked in enumerate(garments):
        if asked.photo.split != "val" or asked.garment.garment_type is None:
            continue
        half = zlib.crc32(asked.photo.group.encode()) % 2
        for match, distance in _nearest_products(garments, query, 1 - vectors @ vectors[query]):
            is_right = match.photo.garment_type == asked.photo.garment_type and asked.shares_main_colour(match)
            pairs.append(JudgedPair(distance, is_right, asked.garment.garment_type, half))
    return pairs


def _fitted(pairs: list[JudgedPair]) -> MatchDistances:
    return fit_match_distances(_distances(pairs), _is_right(pairs), [pair.garment_type for pair in pairs])


def _bounds(pairs: list[JudgedPair], found: MatchDistances) -> list[list[float]]:
    return [found.get(pair.garment_type, found[""]) for pair in pairs]


def _distances(pairs: list[JudgedPair]) -> np.ndarray:
    return np.array([pair.distance for pair in pairs])


def _is_right(pairs: list[JudgedPair]) -> np.ndarray:
    return np.array([pair.is_right for pair in pairs], bool)


def _nearest_products(
    garments: list[LabelledGarment], query: int, distances: np.ndarray
) -> list[tuple[LabelledGarment, float]]:
    """The nearest products, each once at its nearest photo, as a shop that sells the others would show them."""
    asked = garments[query]
    found: dict[str, tuple[LabelledGarment, float]] = {}
    for index in np.argsort(distances, kind="stable"):
        other = garments[index]
        if index == query or (other.photo.room == asked.photo.room and other.photo.product != asked.photo.product):
            continue
        if _is_searched(asked, other, distances[index]):
            found.setdefault(other.photo.product, (other, float(distances[index])))
        if len(found) == JUDGED:
            break
    return list(found.values())


def _is_searched(asked: LabelledGarment, other: LabelledGarment, distance: float) -> bool:
    """As a search does: products of categories that hold the detected type, and near duplicates detected as that."""
    if asked.garment.garment_type == other.photo.garment_type:
        return True
    return asked.garment.garment_type == other.garment.garment_type and distance < NEAR_DUPLICATE_DISTANCE


def labelled_garments(photos: list[LabelledPhoto], encoder: str) -> Iterator[LabelledGarment]:
    """The surest garment of each photo's type, else its surest; the whole photo where none is detected."""
    for photo in photos:
        seen = analyse_photo(decode_photo(photo.path), detector=load_detector(), encoder=load_encoder(encoder))
        own = [garment for garment in seen.garments if garment.garment_type == photo.garment_type]
        candidates = own or seen.garments or ([seen.whole] if seen.whole else [])
        yield LabelledGarment(photo, max(candidates, key=lambda garment: garment.score))


def shop_photos(data: Path) -> list[LabelledPhoto]:
    """The photos of views/: garment and colour make a product, and each photo is a room of its own."""
    with open(data / "views" / "views.csv", newline="") as file:
        return [
            LabelledPhoto(
                data / "views" / "images" / f"{row['image']}.jpg",
                f"{row['garment']}/{row['colour']}",
                row["image"],
                row["garment_type"],
                views_split(row["garment"]),
                row["garment"],
            )
            for row in csv.DictReader(file)
        ]


def home_photos(data: Path) -> list[LabelledPhoto]:
    """The photos of clothing/ of a known type, those not trained with first: each is a product."""
    with open(data / "clothing" / "images.csv", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (clothing_split(row["sender_id"]) == "train", row["image"]))
    return [
        LabelledPhoto(
            data / "clothing" / "images" / f"{row['image']}.jpg",
            row["image"],
            f"sender {row['sender_id']}",
            garment_type_of(row["label"]),
            clothing_split(row["sender_id"]),
            f"sender {row['sender_id']}",
        )
        for row in rows
        if row["label"] not in NOISE_LABELS and garment_type_of(row["label"])
    ]


if __name__ == "__main__":
    main()
