"""Packshots made for the detector, and what it is said to make of them."""

import csv
import json

import cv2
import numpy as np
import pytest

pytest.importorskip("pycocotools", reason="pip install -r requirements-training.txt")

from search.vision.detections import Detections
from training.detector.copy_paste import Scene, lay_on_plain_ground
from training.detector.detector_data import as_coco
from training.detector.packshots import bag_packshots, drawn_packshots, worn_photos, write_coco
from training.detector.product_scores import product_scores, right_types, strongest
from training.detector.street_garments import StreetGarments, beside_the_person
from training.garment_labels import DETECTED_TYPES, IGNORED
from training.splits import views_detector_split

SIZE = (120, 160)  # (width, height)


def box_mask(x0, y0, x1, y1, size=SIZE):
    mask = np.zeros(size[::-1], bool)
    mask[y0:y1, x0:x1] = True
    return mask


def found(*garments, size=SIZE):
    """Detections of (type, score, box)."""
    types, scores, boxes = zip(*garments, strict=True) if garments else ((), (), np.zeros((0, 4)))
    masks = np.array([box_mask(*box, size) for box in boxes], bool).reshape(-1, *size[::-1])
    return Detections(np.float32(boxes), np.float32(scores), tuple(types), tuple(types), masks, size)


class FixedDetector:
    """Detects the same garments in every photo."""

    def __init__(self, *garments):
        self.garments = garments

    def detect(self, photo):
        return found(*self.garments, size=photo.shape[1::-1])


def views(folder, *rows):
    """A views/ folder whose photos show a dark block before white; rows of (image, garment, type)."""
    (folder / "views/images").mkdir(parents=True)
    photo = np.full((160, 120, 3), 255, np.uint8)
    photo[30:130, 30:90] = (60, 40, 30)
    with open(folder / "views/views.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "garment", "garment_type"])
        for image, garment, kind in rows:
            writer.writerow([image, garment, kind])
            cv2.imwrite(str(folder / f"views/images/{image}.jpg"), photo)
    return folder


def test_a_garment_on_plain_ground_keeps_its_type_and_lies_on_one_colour():
    garment = Scene(np.zeros((80, 80, 3), np.uint8), box_mask(10, 10, 70, 70, (80, 80)).astype(np.uint8), [-1, 7])
    for seed in range(8):
        scene = lay_on_plain_ground(garment, SIZE, np.random.default_rng(seed))
        assert scene.kinds == [-1, 7]
        assert (scene.ids == 1).sum() > 300
        assert scene.pixels[scene.ids == 1].mean() < 40 < scene.pixels[scene.ids == 0].std(axis=1).max() + 60


def test_the_views_of_one_garment_are_all_held_out_or_none():
    assert {views_detector_split(f"mb{number:02}") for number in range(20)} == {"train", "val"}
    assert len({views_detector_split("mb01") for _ in range(3)}) == 1


def test_a_bag_before_white_is_cut_out_by_its_ground(tmp_path):
    ((_, photo),) = bag_packshots(views(tmp_path, ("a", "mb01", "bag"), ("b", "mt01", "top")))
    (kind, mask), = photo["garments"]  # fmt: skip
    assert kind == "bag"
    assert (mask == box_mask(30, 30, 90, 130)).mean() > 0.97


def test_hair_taken_for_a_hat_is_learned_as_background_and_a_faint_garment_is_ignored(tmp_path):
    detector = FixedDetector(
        ("top", 0.9, (30, 40, 90, 90)), ("headwear", 0.8, (50, 30, 70, 40)), ("trousers", 0.3, (30, 90, 90, 130))
    )
    name = next(f"g{number}" for number in range(20) if views_detector_split(f"g{number}") == "train")
    ((split, photo),) = worn_photos(views(tmp_path, ("a", name, "top")), detector)
    assert split == "train"
    assert [kind for kind, _ in photo["garments"]] == [IGNORED, "top"]


def test_a_photo_in_which_the_product_is_not_found_is_not_trained_on(tmp_path):
    names = {
        split: next(f"g{n}" for n in range(20) if views_detector_split(f"g{n}") == split) for split in ("train", "val")
    }
    folder = views(tmp_path, ("a", names["train"], "shorts"), ("b", names["val"], "shorts"))
    kept = list(worn_photos(folder, FixedDetector(("top", 0.9, (30, 40, 90, 90)))))
    assert [(split, photo["garments"]) for split, photo in kept] == [("val", [])]


def test_drawn_products_come_with_their_masks(tmp_path):
    photos = list(drawn_packshots(tmp_path, count=120, seed=1, per_type=1))
    assert {photo["kind"] for photo in photos} == set(DETECTED_TYPES)
    for photo in photos:
        assert cv2.imread(str(tmp_path / photo["file_name"])).shape[:2] == photo["size"]
        assert 0.02 < sum(mask.mean() for _, mask in photo["garments"]) < 0.8, photo["kind"]
    write_coco(tmp_path / "drawn.json", photos)
    assert all(image["generated"] for image in json.loads((tmp_path / "drawn.json").read_text())["images"])


def street(folder, labels):
    """A street photo with a mask of label indices (H, W)."""
    from PIL import Image

    for name in ("images", "masks"):
        (folder / "ccp" / name).mkdir(parents=True)
    cv2.imwrite(str(folder / "ccp/images/0001.jpg"), np.full((*labels.shape, 3), 90, np.uint8))
    Image.fromarray(labels).convert("P").save(folder / "ccp/masks/0001.png")
    return folder / "ccp/images/0001.jpg"


@pytest.mark.parametrize(("left", "width"), [(100, 100), (60, None)], ids=["room beside", "no side of 70 pixels"])
def test_the_side_without_a_person(tmp_path, left, width):
    labels = np.zeros((90, 140), np.uint8)
    labels[:, left:130] = 1
    side = beside_the_person(street(tmp_path, labels))
    assert (None if side is None else side.shape[1]) == width


def test_shoes_of_a_photo_come_as_a_pair_and_small_garments_not_at_all(tmp_path):
    photo = street(tmp_path, np.zeros((160, 120), np.uint8))
    garments = [("footwear", box_mask(0, 120, 40, 150)), ("footwear", box_mask(60, 120, 100, 150)),
                ("bag", box_mask(0, 0, 20, 20)), ("dress", box_mask(30, 0, 90, 100))]  # fmt: skip
    coco = as_coco([{"file_name": "ccp/images/0001.jpg", "size": (160, 120), "garments": garments}])
    (tmp_path / "street.json").write_text(json.dumps(coco))
    pool = StreetGarments(photo.parent.parent.parent, tmp_path / "street.json")
    assert {kind: len(of_kind) for kind, of_kind in pool.by_type.items() if of_kind} == {"footwear": 1, "dress": 1}
    scene = pool.draw("footwear", np.random.default_rng(0))
    assert scene.kinds == [-1, 6, 6]
    assert set(np.unique(scene.ids)) == {0, 1, 2}
    twice = StreetGarments(photo.parent.parent.parent, tmp_path / "street.json", tmp_path / "street.json")
    assert {kind: len(of_kind) for kind, of_kind in twice.by_type.items() if of_kind} == {"footwear": 2, "dress": 2}


def test_the_largest_garment_is_the_product_once_size_counts():
    detections = found(("footwear", 0.9, (0, 150, 10, 160)), ("shorts", 0.8, (20, 40, 100, 100)))
    assert strongest(detections) == "footwear"
    assert strongest(detections, 0.5) == "shorts"
    assert strongest(found()) == "nothing"


def test_right_types_are_counted_by_source():
    images = [{"id": 1, "garment_type": "bag", "source": "views"}, {"id": 2, "garment_type": "bag", "source": "drawn"}]
    box = (0, 0, 50, 50)
    scores = product_scores({"images": images}, {1: found(("bag", 0.9, box)), 2: found(("top", 0.9, box))})
    assert scores["views"]["mean_over_types"] == 1
    assert scores["drawn"]["confused_most"] == {"bag as top": 1}
    assert right_types(images, {1: found(("bag", 0.9, box)), 2: found()}, 0.0)["by_type"] == {"bag": 0.5}
