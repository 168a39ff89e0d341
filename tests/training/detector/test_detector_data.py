import json
import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pycocotools", reason="pip install -r requirements-training.txt")

from training.detector.copy_paste import Scene, pasted, tiled, warped
from training.detector.cutouts import cut_out, why_refused
from training.detector.detector_data import as_coco, instances
from training.garment_labels import CCP_TYPES, CLOTHING_TYPES, DETECTED_TYPES, IGNORED

LABELS = ["null", "shoes", "coat", "skin", "romper"]
SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[4] / "shared/data"))


def label_mask(*rectangles):
    mask = np.zeros((100, 80), np.uint8)
    for label, y, x, height, width in rectangles:
        mask[y : y + height, x : x + width] = LABELS.index(label)
    return mask


@pytest.mark.parametrize(
    ("rectangles", "kinds"),
    [
        pytest.param([("shoes", 90, 5, 8, 12), ("shoes", 90, 50, 8, 12)], ["footwear"] * 2, id="two shoes are two"),
        pytest.param([("coat", 10, 10, 30, 9), ("coat", 10, 40, 30, 9)], ["outerwear"], id="an open coat is one"),
        pytest.param([("shoes", 90, 5, 1, 2)], [], id="a speck is nothing"),
        pytest.param([("skin", 10, 10, 30, 30)], [], id="skin is no garment"),
        pytest.param([("romper", 10, 10, 30, 30)], [IGNORED], id="a type of its own is ignored"),
    ],
)
def test_instances(rectangles, kinds):
    assert [kind for kind, _ in instances(label_mask(*rectangles), LABELS)] == kinds


def test_loose_threads_are_left_out():
    ((_, mask),) = instances(label_mask(("coat", 10, 10, 40, 40), ("coat", 90, 70, 2, 2)), LABELS)
    assert mask.sum() == 1600


def test_coco_boxes_fit_their_masks():
    garments = list(instances(label_mask(("coat", 10, 20, 30, 40), ("romper", 60, 20, 10, 10)), LABELS))
    coco = as_coco([{"file_name": "a.jpg", "size": (100, 80), "garments": garments}])
    coat, romper = coco["annotations"]
    assert coat["bbox"] == [20, 10, 40, 30]
    assert coco["categories"][coat["category_id"] - 1]["name"] == "outerwear"
    assert (coat["iscrowd"], romper["iscrowd"]) == (0, 1)


def test_the_label_tables_know_every_label():
    assert set(CLOTHING_TYPES.values()) <= set(DETECTED_TYPES)
    assert set(CCP_TYPES.values()) <= {*DETECTED_TYPES, IGNORED, None}
    if not (SHARED / "ccp/labels.json").is_file():
        pytest.skip(f"needs the street photos' labels, which are not at {SHARED}")
    assert set(json.loads((SHARED / "ccp/labels.json").read_text())) <= set(CCP_TYPES)


def test_a_shirt_on_a_floor_is_cut_out():
    rng = np.random.default_rng(0)
    photo = rng.normal((120, 150, 180), 6, (200, 160, 3))
    photo[50:150, 40:120] = rng.normal((160, 40, 30), 6, (100, 80, 3))
    mask = cut_out(photo.clip(0, 255).astype(np.uint8))
    truth = np.zeros((200, 160), bool)
    truth[50:150, 40:120] = True
    assert (mask & truth).sum() / (mask | truth).sum() > 0.9
    assert why_refused(mask) is None


def test_a_photo_of_nothing_is_refused():
    assert "covers" in why_refused(cut_out(np.full((120, 90, 3), 200, np.uint8)))


@pytest.mark.parametrize(
    ("box", "reason"),
    [((0, 2, 0, 2), "covers"), ((0, 100, 0, 60), "border"), ((40, 60, 10, 60), None)],
    ids=["a button", "everything at once", "a garment"],
)
def test_why_refused(box, reason):
    mask = np.zeros((100, 80), bool)
    mask[box[0] : box[1], box[2] : box[3]] = True
    said = why_refused(mask)
    assert said is None if reason is None else reason in said


def scene(kind, height=40, width=30):
    ids = np.zeros((height, width), np.uint8)
    ids[10:30, 10:20] = 1
    return Scene(np.full((height, width, 3), 10 * kind, np.uint8), ids, [-1, kind])


def test_what_is_pasted_over_is_hidden():
    both = pasted(scene(3), scene(5))
    assert both.kinds == [-1, 5, 3]
    assert not (both.ids == 1).any()
    assert (both.ids == 2).sum() == 200


def test_tiles_keep_all_their_garments():
    canvas = tiled([scene(kind) for kind in (1, 2, 3, 4)], (64, 96))
    assert canvas.kinds == [-1, 1, 2, 3, 4]
    assert set(np.unique(canvas.ids)) == {0, 1, 2, 3, 4}


def test_a_shrunk_scene_keeps_its_garment_in_place():
    small = warped(scene(1, 400, 300), np.array([[0.1, 0, 0], [0, 0.1, 0]], np.float32), (30, 40), (0, 0, 0))
    assert small.ids.shape == (40, 30)
    assert small.ids[2, 1] == 1
