import os
from pathlib import Path

import numpy as np
import pytest

from search.vision.cards import ModelCard, ModelError
from search.vision.detector import Detector, RawDetections, load_detector
from search.vision.photo_decoding import decode_photo

CODE = {"means": [0, 0, 0, 0], "stds": [1, 1, 1, 1], "wh_ratio_clip": 0.016}
PARAMETERS = {
    "proposals": {
        "anchors": [[[-8, -8, 8, 8]]], "strides": [8], "box_coder": CODE,
        "nms_pre": 5, "max_per_img": 3, "iou_threshold": 0.7, "min_bbox_size": 0,
    },
    "roi_levels": {"strides": [8], "finest_scale": 56},
    "box_code": CODE,
    "postprocess": {
        "score_thresholds": [0.3], "iou_threshold": 0.5, "class_agnostic_iou_threshold": 0.7, "max_per_img": 9,
        "mask_threshold": 0.5,
    },
    "input_sizes": [[32, 48], [48, 32]],
    "padding": [100, 110, 120],
}  # fmt: skip


def card(**parameters):
    return ModelCard(
        name="tiny", kind="detector", folder=Path("."), files={}, input_size=(32, 48), mean=(100, 110, 120),
        std=(10, 10, 20), licence="none", training={}, measured={}, labels=("coat", "hair", "boot"),
        garment_types={"coat": "outerwear", "boot": "footwear"}, parameters={**PARAMETERS, **parameters},
    )  # fmt: skip


def parts(probabilities):
    """A network that sees one thing, 16 pixels square at (16, 16), and calls it by `probabilities`."""

    def body(inputs):
        height, width = inputs[0].shape[2] // 8, inputs[0].shape[3] // 8
        logits = np.full((1, 1, height, width), -9, np.float32)
        logits[0, 0, 2, 2] = 5
        return [logits, np.zeros((1, 4, height, width), np.float32), np.zeros((1, 2, height, width), np.float32)]

    def boxes(inputs):
        rows = np.tile(np.array([0, 0, 0, 1], np.float32), (len(inputs[1]), 1))
        rows[0] = probabilities
        return [rows, np.zeros((len(rows), 4), np.float32)]

    def masks(inputs):
        return [np.ones((len(inputs[1]), 3, 28, 28), np.float32)]

    return {"body": body, "boxes": boxes, "masks": masks}


def photo(width, height):
    return np.full((height, width, 3), 50, np.uint8)


def test_boxes_and_masks_come_back_in_the_photos_own_pixels():
    found = Detector(card(), parts([0.9, 0, 0.05, 0.05])).detect(photo(64, 96))
    assert found.boxes.tolist() == [[16, 16, 48, 48]]
    assert found.garment_types == ("outerwear",)
    assert found.labels == ("coat",)
    assert found.masks[0, 16:48, 16:48].mean() > 0.95
    assert found.masks.sum() == found.masks[0, 16:48, 16:48].sum()


@pytest.mark.parametrize(
    ("probabilities", "labels"),
    [
        pytest.param([0.1, 0.1, 0.1, 0.7], (), id="nothing"),
        pytest.param([0.31, 0, 0.35, 0.34], ("boot",), id="two types at one place: the better one"),
        pytest.param([0.32, 0.5, 0.1, 0.08], ("coat",), id="hair is no garment and hides none"),
    ],
)
def test_what_is_kept(probabilities, labels):
    assert Detector(card(), parts(probabilities)).detect(photo(32, 48)).labels == labels


def test_the_padded_image_is_normalised_and_its_padding_is_zero():
    detector = Detector(card(), parts([0, 0, 0, 1]))
    padded = detector.preprocess(photo(16, 48))
    tensor = detector.tensor(padded)
    assert tensor.shape == (1, 3, 48, 32)
    assert tensor[0, :, 0, 0].tolist() == [-5, -6, -3.5]
    assert not tensor[0, :, :, 16:].any()


def test_photos_of_any_shape_fit():
    detector = Detector(card(), parts([0.9, 0, 0, 0.1]))
    for width, height in [(8, 8), (1, 900), (900, 1), (1024, 1024), (4000, 30)]:
        found = detector.detect(photo(width, height))
        assert found.size == (width, height)
        assert found.boxes.max(initial=0) <= max(width, height)


@pytest.mark.parametrize(
    "broken",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
    ids=["grey", "alpha", "float", "empty"],
)
def test_what_is_no_photo_is_refused(broken):
    with pytest.raises(ValueError, match=r"\(H, W, 3\) uint8"):
        Detector(card(), parts([0, 0, 0, 1])).detect(broken)


def test_a_card_without_its_rules_is_refused():
    with pytest.raises(ModelError, match="tiny.*score_thresholds"):
        Detector(card(postprocess={}), parts([0, 0, 0, 1]))


def test_postprocess_of_nothing_is_no_detections():
    detector = Detector(card(), parts([0, 0, 0, 1]))
    nothing = RawDetections(
        np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, int), np.zeros((0, 28, 28))
    )
    assert len(detector.postprocess(nothing, detector.preprocess(photo(20, 20)), (20, 20))) == 0


def test_the_bundled_detector_is_loaded_once_and_always_says_the_same():
    detector = load_detector()
    assert load_detector() is detector
    noise = np.random.default_rng(1).integers(0, 256, (200, 150, 3), dtype=np.uint8)
    first, second = detector.detect(noise), detector.detect(noise)
    assert first.boxes.tolist() == second.boxes.tolist()
    assert first.scores.tolist() == second.scores.tolist()


def test_the_bundled_detector_finds_street_clothes():
    """A dozen photos in which nobody could miss them all; the numbers are on the card."""
    shared = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[4] / "shared/data"))
    if not (shared / "ccp/images").is_dir():
        pytest.skip(f"needs the street photos, which are not at {shared}")
    detector = load_detector()
    seen = set()
    for path in sorted((shared / "ccp/images").glob("*.jpg"))[:12]:
        seen |= set(detector.detect(decode_photo(path)).garment_types)
    assert seen >= {"footwear", "trousers", "outerwear"}


def test_an_unknown_detector_is_named_with_those_at_hand():
    with pytest.raises(ModelError, match="nosuch.*garments-lite2"):
        load_detector("nosuch")
