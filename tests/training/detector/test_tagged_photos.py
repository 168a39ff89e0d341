"""Photos of which only the labels are known: what is learned from them, what is ignored, what is left out."""

import json
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("pycocotools", reason="pip install -r requirements-training.txt")

import cv2

from training.detector.tagged_photos import (
    ClassMaskedBoxHead,
    contact_sheet,
    counts_of,
    garments_of,
    labelled,
    perceptual_hash,
)
from training.garment_labels import IGNORED
from training.splits import ccp_split

SIZE = (60, 90)


def found(*garments):
    """Detections, best first: (type, score, height in pixels)."""
    masks = np.zeros((len(garments), SIZE[1], SIZE[0]), bool)
    for mask, (_, _, height) in zip(masks, garments, strict=True):
        mask[:height] = True
    kinds = tuple(kind for kind, _, _ in garments)
    return SimpleNamespace(garment_types=kinds, scores=[score for _, score, _ in garments], masks=masks, size=SIZE)


@pytest.mark.parametrize(
    ("tags", "counts"),
    [
        pytest.param(["null", "belt", "coat", "skirt"], {"outerwear": 1, "skirt": 1}, id="no garments left out"),
        pytest.param(["shirt", "sweater"], {"top": 2}, id="two labels of one type"),
        pytest.param(["boots"], {"footwear": 2}, id="shoes are two"),
        pytest.param(["romper", "shoes"], None, id="a label without a type spoils the photo"),
        pytest.param(["null", "hair"], {}, id="nobody's clothes"),
    ],
)
def test_counts_of(tags, counts):
    assert counts_of(tags) == counts


@pytest.mark.parametrize(
    ("detections", "counts", "kinds"),
    [
        pytest.param([("top", 0.9, 20), ("skirt", 0.8, 9)], {"top": 1, "skirt": 1}, ["top", "skirt"], id="sure"),
        pytest.param([("top", 0.9, 20)], {"top": 1, "skirt": 1}, None, id="a type is missing"),
        pytest.param([("top", 0.9, 9), ("bag", 0.2, 20)], {"top": 1, "bag": 1}, [IGNORED, "top"], id="faint: ignored"),
        pytest.param([("top", 0.9, 9), ("top", 0.8, 20)], {"top": 1}, ["top"], id="one too many: nothing"),
        pytest.param([("bag", 0.9, 9), ("dress", 0.8, 50)], {"bag": 1, "dress": 1}, ["dress", "bag"], id="large first"),
    ],
)
def test_garments_of(detections, counts, kinds):
    garments = garments_of(found(*detections), Counter(counts))
    assert (garments and [kind for kind, _ in garments]) == kinds


def test_only_what_occurs_competes_for_a_place():
    rows = np.array([[0.1, 0.6, 0.1, 0.2]], np.float32)
    box_head = ClassMaskedBoxHead(lambda inputs: [rows, "deltas"], ["top", "outerwear", "dress"])
    box_head.occurring = {"top", "dress"}
    probabilities, deltas = box_head([])
    assert probabilities == pytest.approx(np.array([[0.25, 0, 0.25, 0.5]]))
    assert deltas == "deltas"


def test_a_photos_hash_outlives_resizing_and_recompressing(tmp_path):
    rng = np.random.default_rng(0)
    pictures = [cv2.resize(rng.integers(0, 256, (9, 6, 3), dtype=np.uint8), (200, 300)) for _ in range(2)]
    cv2.imwrite(str(tmp_path / "a.png"), pictures[0])
    cv2.imwrite(str(tmp_path / "b.jpg"), cv2.resize(pictures[0], (120, 180)), [cv2.IMWRITE_JPEG_QUALITY, 60])
    cv2.imwrite(str(tmp_path / "c.png"), pictures[1])
    same, again, other = (perceptual_hash(tmp_path / name) for name in ("a.png", "b.jpg", "c.png"))
    assert (same ^ again).bit_count() <= 4
    assert (same ^ other).bit_count() > 16


def test_a_photo_that_looks_like_a_held_out_one_is_left_out(tmp_path):
    held_out = next(number for number in range(1, 99) if ccp_split(number) == "val")
    pictures = np.random.default_rng(1).integers(0, 256, (2, 9, 6, 3), dtype=np.uint8)
    large = [cv2.resize(picture, SIZE, interpolation=cv2.INTER_CUBIC) for picture in pictures]
    for folder in ("images", "unlabelled"):
        (tmp_path / "ccp" / folder).mkdir(parents=True)
    cv2.imwrite(str(tmp_path / f"ccp/images/{held_out:04d}.jpg"), large[0])
    cv2.imwrite(str(tmp_path / "ccp/unlabelled/1005.jpg"), large[0])
    cv2.imwrite(str(tmp_path / "ccp/unlabelled/1006.jpg"), large[1])
    (tmp_path / "ccp/unlabelled_tags.json").write_text(json.dumps({"1005": ["dress"], "1006": ["dress"]}))
    detector = SimpleNamespace(detect=lambda photo: found(("dress", 0.9, 40)))
    photos, why = labelled(detector, ClassMaskedBoxHead(None, ["dress"]), tmp_path)
    assert [photo["file_name"] for photo in photos] == ["ccp/unlabelled/1006.jpg"]
    assert why == {"looks like a held-out photo": 1}
    assert contact_sheet(tmp_path, photos).shape == (240, 12 * 160, 3)
