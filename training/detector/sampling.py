"""How often each training photo and each garment type is drawn: what is rare comes more often."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from training.garment_labels import DETECTED_TYPES

# How often a type is drawn for a packshot: bags, hats and jackets are in no other recipe.
PACKSHOT_ODDS = {"bag": 9.0, "headwear": 2.0, "outerwear": 2.0, "shorts": 1.5, "dress": 1.5}


def packshot_type(by_type: dict[str, list[Any]], rng: np.random.Generator) -> str:
    """Returns a garment type of which there is something, drawn by `PACKSHOT_ODDS`."""
    kinds = [kind for kind, members in by_type.items() if members]
    odds = np.array([PACKSHOT_ODDS.get(kind, 1.0) for kind in kinds])
    return kinds[rng.choice(len(kinds), p=odds / odds.sum())]


def by_type(photos: list[dict[str, Any]], root: Path) -> dict[str, list[dict[str, Any]]]:
    """Returns the packshots by garment type, generated ones named by their place under `root`."""
    by_type: dict[str, list[dict[str, Any]]] = {kind: [] for kind in DETECTED_TYPES}
    for photo in photos:
        file_name = str((root / photo["file_name"]).resolve()) if photo["generated"] else photo["file_name"]
        by_type[photo["garment_type"]].append(photo | {"file_name": file_name})
    return by_type


def real_more_often(photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the photos, real ones repeated until they are about twice as many as those that are drawn."""
    real = [photo for photo in photos if not photo["generated"]]
    drawn = [photo for photo in photos if photo["generated"]]
    return drawn + real * max(1, round(2 * len(drawn) / max(len(real), 1)))


def sampling_weights(photos: list[dict[str, Any]], power: float = 0.65, limit: float = 6.0) -> np.ndarray:
    """Returns how often each photo is drawn, (N,): the rarer its rarest garment, the more, up to `limit` times."""
    kinds = [{a["category_id"] for a in photo["annotations"] if not a["iscrowd"]} for photo in photos]
    counts = np.bincount([kind for of_photo in kinds for kind in of_photo], minlength=len(DETECTED_TYPES) + 1)
    rarest = np.array([min((counts[kind] for kind in of_photo), default=len(photos)) for of_photo in kinds])
    # By the square root, headwear and skirts were still taken for tops; in full, 37 shorts would be learned by heart.
    odds = np.minimum((len(photos) / rarest) ** power, limit)
    return odds / odds.sum()
