"""The garments that the encoder learns from and is measured on: each with its mask, kind and origin.

Street garments (ccp) come with masks. Clothing photos get theirs from GrabCut, started from the colours of the
photo's border; about one in ten comes out unusable (a carpet like the shirt, a hat that fills the photo) and is
then kept without a mask, or left out where views need one.
"""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from training.pictures import read_grey
from training.splits import ccp_split, clothing_split

LONGEST = 320  # pixels kept of a garment: the views are made from them, and the encoder sees at most 256
NOT_GARMENTS = {
    "null",
    "hair",
    "skin",
    "accessories",
    "bracelet",
    "earrings",
    "glasses",
    "necklace",
    "ring",
    "sunglasses",
    "watch",
    "gloves",
    "tie",
    "belt",
    "wallet",
    "socks",
    "bra",
    "panties",
    "intimate",
}
NOISE_LABELS = {"Not sure", "Other", "Skip"}


@dataclass(frozen=True)
class Garment:
    """One garment. `pixels` (h, w, 3) uint8 RGB with some of what is around it; `mask` (h, w) bool or None."""

    name: str
    pixels: np.ndarray
    mask: np.ndarray | None
    kind: str
    group: str  # the sender of a clothing photo, the street photo of a worn garment
    split: str


def data_folder() -> Path:
    """Returns the folder of the training photos: SHARED_DATA, or ../shared/data beside the checkout."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return Path(os.environ.get("SHARED_DATA", beside))


def read_rgb(path: Path, longest: int | None = None) -> np.ndarray:
    """Returns (h, w, 3) uint8 RGB, its longer side at most `longest`."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"{path} is no image that OpenCV reads")
    return _shrink(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), longest)


def clothing_garments(data: Path, split: str | None = None, masks: Path | None = None) -> list[Garment]:
    """Returns the garments of the clothing photos, those of one split ("train" or "val") or all."""
    with open(data / "clothing" / "images.csv", newline="") as rows:
        wanted = [row for row in csv.DictReader(rows) if split in (None, clothing_split(row["sender_id"]))]
    return [garment for row in wanted if (garment := _clothing_garment(data, row, masks)) is not None]


def street_garments(data: Path, split: str | None = None) -> list[Garment]:
    """Returns the worn garments of the street photos with masks: one per label, at least 1.2 % of the photo."""
    names = json.loads((data / "ccp" / "labels.json").read_text())
    garments: list[Garment] = []
    for path in sorted((data / "ccp" / "images").glob("*.jpg")):
        if split in (None, ccp_split(path.stem)):
            garments += _worn_garments(path, data / "ccp" / "masks" / f"{path.stem}.png", names)
    return garments


def unlabelled_garments(data: Path) -> list[Garment]:
    """Returns the street photos without masks, each as one thing without a mask or kind: for the teacher's term."""
    paths = sorted((data / "ccp" / "unlabelled").glob("*.jpg"))
    return [Garment(f"ccp/{path.stem}", read_rgb(path, LONGEST), None, "", "unlabelled", "train") for path in paths]


def estimate_mask(pixels: np.ndarray, work: int = 128) -> np.ndarray | None:
    """Returns the mask (h, w) bool of one garment laid flat or hung, or None where none can be told.

    pixels: (h, w, 3) uint8 RGB. GrabCut at `work` pixels, its prior being the distance from the border's four main
    colours and the closeness to the middle.
    """
    height, width = pixels.shape[:2]
    small = _shrink(pixels, work)
    labels = _grab(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    if labels is None:
        return None
    kept = _main_parts(labels)
    area = kept.mean()
    if not 0.05 < area < 0.85:
        return None
    return cv2.resize(kept.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR).astype(bool)


def _grab(bgr: np.ndarray) -> np.ndarray | None:
    height, width = bgr.shape[:2]
    lab = cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB).astype(np.float32)
    thickness = max(2, round(0.05 * min(height, width)))
    ring = np.ones((height, width), bool)
    ring[thickness:-thickness, thickness:-thickness] = False
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 10, 1.0)
    nearest = np.zeros((int(ring.sum()), 1), np.int32)
    _, _, colours = cv2.kmeans(lab[ring], 4, nearest, stop, 1, cv2.KMEANS_PP_CENTERS)
    offsets = (lab[:, :, None] - colours) * np.array([0.6, 1, 1], np.float32)  # light counts less than hue: shadows
    distance = np.linalg.norm(offsets, axis=-1).min(-1)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    likely = distance / 20 + 1.2 * (0.75 - np.maximum(np.abs(x), np.abs(y))) > 0.6
    labels = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[ring & (distance < 12)] = cv2.GC_BGD
    try:
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(bgr, labels, (0, 0, 1, 1), *models, 3, cv2.GC_INIT_WITH_MASK)  # reads no rectangle
    except cv2.error:  # one of the two sides is empty
        return None
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))


def _main_parts(labels: np.ndarray) -> np.ndarray:
    solid = cv2.morphologyEx(labels.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    solid = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(solid)
    if count < 2:
        return np.zeros(labels.shape, bool)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return np.isin(parts, 1 + np.flatnonzero(areas >= 0.15 * areas.max()))


def _clothing_garment(data: Path, row: dict[str, str], masks: Path | None) -> Garment | None:
    path = data / "clothing" / "images" / f"{row['image']}.jpg"
    if row["label"] == "Skip" or not path.exists():
        return None
    pixels = read_rgb(path, LONGEST)
    kind = "" if row["label"] in NOISE_LABELS else row["label"]
    split = clothing_split(row["sender_id"])
    mask = _kept_mask(pixels, masks / f"{row['image']}.png") if masks else estimate_mask(pixels)
    return Garment(f"clothing/{row['image']}", pixels, mask, kind, f"s{row['sender_id']}", split)


def _kept_mask(pixels: np.ndarray, path: Path) -> np.ndarray | None:
    """The mask as an earlier run left it in `path`, else estimated now and left there; an empty one means none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        mask = estimate_mask(pixels)
        kept = np.zeros(pixels.shape[:2], bool) if mask is None else mask
        cv2.imwrite(str(path), kept.astype(np.uint8) * 255)
    stored = read_grey(path) > 127
    return stored if stored.any() else None


def _worn_garments(image: Path, mask: Path, names: list[str]) -> list[Garment]:
    photo, labels = read_rgb(image), _read_labels(mask)
    if labels.shape != photo.shape[:2]:
        raise ValueError(f"{mask.name} is {labels.shape}, its photo {photo.shape[:2]}")
    found = []
    for value in np.unique(labels):
        part = labels == value
        if names[value] in NOT_GARMENTS or part.mean() < 0.012:
            continue
        box = _around(part, 0.12)
        pixels, cut = _shrink(photo[box], LONGEST), part[box].astype(np.uint8)
        cut = cv2.resize(cut, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST).astype(bool)
        name = f"ccp/{image.stem}/{names[value]}"
        found.append(Garment(name, pixels, cut, names[value], f"c{image.stem}", ccp_split(image.stem)))
    return found


def _read_labels(path: Path) -> np.ndarray:
    from PIL import Image  # OpenCV would turn the palette into colours

    return np.array(Image.open(path))


def _around(part: np.ndarray, margin: float) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(part.any(1)), np.flatnonzero(part.any(0))
    dy, dx = int(margin * len(rows)) + 1, int(margin * len(columns)) + 1
    return (
        slice(max(rows[0] - dy, 0), rows[-1] + 1 + dy),
        slice(max(columns[0] - dx, 0), columns[-1] + 1 + dx),
    )


def _shrink(image: np.ndarray, longest: int | None) -> np.ndarray:
    height, width = image.shape[:2]
    scale = 1 if longest is None else min(1, longest / max(height, width))
    if scale == 1:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def shrink_garment(garment: Garment, longest: int) -> Garment:
    """Returns the garment with its longer side at most `longest` pixels."""
    height, width = garment.pixels.shape[:2]
    if max(height, width) <= longest:
        return garment
    pixels = _shrink(garment.pixels, longest)
    if garment.mask is None:
        return replace(garment, pixels=pixels)
    mask = cv2.resize(garment.mask.astype(np.uint8), pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return replace(garment, pixels=pixels, mask=mask.astype(bool))


def all_garments(data: Path, split: str | None, masks: Path | None = None) -> list[Garment]:
    """Returns clothing and worn garments of one split (or all). `masks`: a folder that keeps GrabCut's masks."""
    return [*clothing_garments(data, split, masks), *street_garments(data, split)]
