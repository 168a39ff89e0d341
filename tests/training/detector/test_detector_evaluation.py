"""What a detector is said to reach, on detections that were made up."""

import pytest

pytest.importorskip("pycocotools", reason="pip install -r requirements-training.txt")

from search.vision.detections import Detections
from search.vision.detector import PostprocessConfig
from tests.training.detector.made_detections import found, mask
from training.detector.detector_data import as_coco
from training.detector.evaluate_detector import (
    as_results,
    as_served,
    average_precision,
    class_agnostic_nms,
    measured,
    shop_scores,
)
from training.detector.product_scores import empty_scores

COAT, BAG, FAR = (10, 10, 50, 60), (60, 60, 80, 80), (0, 70, 20, 99)


def photos(*of_photos, kind=None):
    """The COCO data set of photos with these (type, box) garments."""
    shown = [{"file_name": f"{i}.jpg", "size": (100, 100), "garments": [(k, mask(box)) for k, box in garments]}
             for i, garments in enumerate(of_photos)]  # fmt: skip
    return as_coco([photo | ({"kind": kind} if kind else {}) for photo in shown])


def ap50(coco, detections, kind="bbox"):
    return average_precision(coco, as_results(detections, coco), kind)["AP50_by_type"]


def test_a_garment_named_twice_counts_as_found_for_coco_and_not_where_the_surer_name_is_wrong():
    coco = photos([("outerwear", COAT)])
    both = {1: found(("top", 0.6, COAT), ("outerwear", 0.5, COAT))}
    assert ap50(coco, both)["outerwear"] == 1
    single = {1: class_agnostic_nms(both[1], 0.7)}
    assert single[1].garment_types == ("top",)
    assert ap50(coco, single)["outerwear"] == 0


def test_garments_apart_are_all_left():
    assert len(class_agnostic_nms(found(("top", 0.9, COAT), ("bag", 0.8, BAG), ("bag", 0.3, FAR)), 0.7)) == 3


@pytest.mark.parametrize("kind", ["bbox", "segm"])
def test_a_false_alarm_surer_than_the_garment_halves_its_precision(kind):
    coco = photos([("bag", BAG)])
    assert ap50(coco, {1: found(("bag", 0.9, BAG), ("bag", 0.8, FAR))}, kind)["bag"] == 1
    assert ap50(coco, {1: found(("bag", 0.9, FAR), ("bag", 0.8, BAG))}, kind)["bag"] == pytest.approx(0.5)


def test_served_is_what_reaches_its_types_least_score():
    seen = found(("top", 0.9, COAT), ("bag", 0.5, BAG), ("headwear", 0.2, FAR))
    config = PostprocessConfig(
        score_thresholds=(),
        iou_threshold=0.5,
        class_agnostic_iou_threshold=0.7,
        max_per_img=30,
        mask_threshold=0.5,
        max_nested_share=0.9,
    )
    least = {"top": 0.3, "bag": 0.6, "headwear": 0.1}
    assert as_served(seen, least, config).garment_types == ("top", "headwear")


def test_shop_photos_ask_for_the_type_and_the_place_of_the_strongest_alone():
    coco = photos([("dress", COAT)], [("dress", COAT)], [], kind="dress")
    scores = shop_scores(coco, {
        1: found(("dress", 0.9, COAT), ("top", 0.8, COAT)),
        2: found(("top", 0.9, FAR), ("dress", 0.8, COAT)),
        3: Detections.none((100, 100)),
    })  # fmt: skip
    assert scores["photos"] == 3
    assert scores["right_type"] == pytest.approx(1 / 3, abs=1e-4)
    assert (scores["box_iou"], scores["boxes"]) == (0.5, 2)
    assert scores["confused_most"] == {"dress as top": 1, "dress as nothing": 1}


def test_all_numbers_come_together():
    street = {1: found(("top", 0.9, COAT), ("bag", 0.8, BAG))}
    shop = {1: found(("top", 0.9, COAT))}
    data = {"street": photos([("top", COAT), ("bag", BAG)]), "shop": photos([("top", COAT)], kind="top")}
    numbers = measured(street, shop, data)
    assert numbers["street"]["box"]["AP50"] == numbers["street"]["mask"]["AP50"] == 1
    assert (numbers["street"]["garments_per_photo"], numbers["shop"]["right_type"]) == (2, 1)


def test_whatever_is_found_in_noise_is_counted(tmp_path):
    class Sees:
        def detect(self, picture):
            return found(("dress", 0.4, COAT)) if picture.mean() > 128 else Detections.none((100, 100))

    class Blind:
        def detect(self, picture):
            return Detections.none((100, 100))

    seen = empty_scores(Sees(), tmp_path)["noise"]
    assert 0 < seen["something_found"] < 1
    assert seen["highest_score"] == pytest.approx(0.4)
    assert empty_scores(Blind(), tmp_path) == {"noise": {"pictures": 100, "something_found": 0, "highest_score": 0}}
