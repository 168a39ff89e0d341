"""MMDetection's own Mask R-CNN, exported and run by search.vision, finds what MMDetection finds."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.mmdetection import mmdetection

mmdetection()

import cv2  # noqa: E402
import mmdet  # noqa: E402
import torch  # noqa: E402
from mmengine.config import Config  # noqa: E402

from search.vision.cards import read_card  # noqa: E402
from search.vision.detector import PARTS, Detector  # noqa: E402
from training.artifacts import file_hashes, write_card  # noqa: E402
from training.detector import export_detector  # noqa: E402
from training.detector.compare_detectors import compare, quantise  # noqa: E402
from training.detector.detector_parts import UnsupportedModel, taken_apart  # noqa: E402
from training.detector.export_detector import (  # noqa: E402
    Plan,
    card_of,
    export,
    input_sizes_of,
    load_model,
    read_labels,
)

LABELS = {"shirt": "top", "jeans": "trousers", "boot": "footwear"}


def own_config():
    """MMDetection's mask-rcnn_r50_fpn, narrow enough for a test."""
    config = Config.fromfile(Path(mmdet.__file__).parent / ".mim/configs/_base_/models/mask-rcnn_r50_fpn.py")
    model = config.model
    model.backbone.update(depth=18, base_channels=16)
    model.neck.update(in_channels=[16, 32, 64, 128], out_channels=32)
    model.rpn_head.update(in_channels=32, feat_channels=32)
    for extractor in (model.roi_head.bbox_roi_extractor, model.roi_head.mask_roi_extractor):
        extractor.out_channels = 32
    model.roi_head.bbox_head.update(in_channels=32, fc_out_channels=64, num_classes=len(LABELS))
    model.roi_head.mask_head.update(in_channels=32, conv_out_channels=32, num_classes=len(LABELS))
    model.test_cfg.rpn.update(nms_pre=100, max_per_img=50)
    return config


def opinionated(config):
    """Random, but with opinions: untrained heads would call everything equally likely."""
    torch.manual_seed(5)
    model = load_model(config, None)
    with torch.no_grad():
        for head, spread in ((model.rpn_head.rpn_cls, 1.0), (model.rpn_head.rpn_reg, 0.1)):
            head.weight.normal_(0, spread)
        model.roi_head.bbox_head.fc_cls.weight.normal_(0, 1.0)
        model.roi_head.mask_head.conv_logits.weight.normal_(0, 2.0)
    return model


@pytest.fixture(scope="module")
def model():
    config = own_config()
    config.model.data_preprocessor.bgr_to_rgb = False  # the harder way: its graph turns the channels round
    return opinionated(config)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(2)
    for index, size in enumerate([(90, 60), (60, 90), (64, 64), (300, 170)]):
        picture = cv2.resize(rng.integers(0, 256, (7, 5, 3), dtype=np.uint8), size, interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f"{index}.png"), picture)
    return sorted(folder.glob("*.png"))


@pytest.fixture(scope="module")
def artifact(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("artifact")
    export(model, Plan("tiny", LABELS, [(128, 192), (192, 128), (160, 160)]), folder)
    return folder


def test_the_artifact_finds_what_mmdetection_finds(model, artifact, photos):
    numbers = compare(model, artifact, photos)
    assert numbers["garments"] > 10
    assert numbers["found_again"] == 1
    assert numbers["box_pixels_max"] < 0.5
    assert numbers["score_max"] < 0.02
    assert numbers["mask_iou_mean"] > 0.98


@pytest.mark.parametrize(
    ("channels", "card_mean"),
    [
        pytest.param({"bgr_to_rgb": True, "mean": [120, 110, 100], "std": [60, 50, 40]}, [120, 110, 100], id="rgb"),
        pytest.param({"bgr_to_rgb": False, "mean": [100, 110, 120], "std": [1, 1, 1]}, [120, 110, 100], id="bgr"),
        pytest.param({"bgr_to_rgb": True, "mean": None, "std": None}, [0, 0, 0], id="not normalised"),
    ],
)
def test_pixels_reach_the_network_as_mmdetection_itself_gives_them(channels, card_mean, artifact, tmp_path):
    config = own_config()
    config.model.data_preprocessor.update(channels)
    model = opinionated(config)
    card = card_of(model, Plan("pixels", LABELS, [(128, 192)]))
    assert card["mean"] == card_mean
    shutil.copytree(artifact, tmp_path, dirs_exist_ok=True)
    write_card(tmp_path, card | {"files": file_hashes(tmp_path, PARTS)})
    rng = np.random.default_rng(4)
    rgb = cv2.resize(rng.integers(0, 256, (7, 5, 3), dtype=np.uint8), (128, 192), interpolation=cv2.INTER_CUBIC)
    bgr = torch.from_numpy(rgb[..., ::-1].transpose(2, 0, 1).copy())
    with torch.no_grad():
        logits, _ = model.rpn_head(model.extract_feat(model.data_preprocessor({"inputs": [bgr]})["inputs"]))
        detector = Detector(read_card(tmp_path))
        ours = taken_apart(model)["body"](torch.from_numpy(detector.tensor(detector.preprocess(rgb))))[0]
    assert (ours - logits[0]).abs().max() < 0.02 * logits[0].std()


def test_a_model_of_another_kind_is_refused_with_a_sentence(tmp_path):
    path = Path(mmdet.__file__).parent / ".mim/configs/solo/solo_r50_fpn_1x_coco.py"
    with pytest.raises(UnsupportedModel, match="Cannot be taken apart: SOLO is no MaskRCNN"):
        export(load_model(Config.fromfile(path), None), Plan("solo", LABELS, [(64, 64)]), tmp_path)


def test_the_card_describes_the_artifact(artifact):
    card = read_card(artifact)
    card.verify()
    assert card.labels == tuple(LABELS)
    assert card.garment_types == LABELS
    assert set(card.files) == {"body", "body_weights", "boxes", "boxes_weights", "masks", "masks_weights"}


def test_detections_lie_in_the_photo(artifact, photos):
    detector = Detector(read_card(artifact))
    for path in photos:
        photo = cv2.imread(str(path))[..., ::-1].copy()
        found = detector.detect(photo)
        assert len(found) > 0
        assert found.masks.shape == (len(found), *photo.shape[:2])
        assert (np.diff(found.scores) <= 0).all()
        assert found.boxes.min() >= 0
        assert (found.boxes[:, 2:] <= photo.shape[1::-1]).all()


@pytest.mark.slow
def test_int8_parts_run_and_are_hashed_anew(artifact, photos, tmp_path):
    folder = shutil.copytree(artifact, tmp_path / "int8")
    quantise(folder, ["boxes"], photos)
    card = read_card(folder)
    card.verify()
    assert card.files["boxes"] != read_card(artifact).files["boxes"]
    assert card.files["body"] == read_card(artifact).files["body"]
    Detector(card).detect(np.zeros((40, 30, 3), np.uint8))


def test_canvases_follow_the_test_pipelines_size():
    resize = {"type": "Resize", "scale": (750, 1101), "keep_ratio": True}
    config = Config({"test_dataloader": {"dataset": {"pipeline": [{"type": "LoadImageFromFile"}, resize]}}})
    assert input_sizes_of(config) == [(768, 1120), (1120, 768)]


def test_labels_must_be_of_known_types(tmp_path):
    (tmp_path / "map.json").write_text(json.dumps({"hat": "headwear", "cup": "crockery"}))
    with pytest.raises(UnsupportedModel, match="crockery.*headwear"):
        read_labels(tmp_path / "map.json")


def test_what_has_no_garment_type_is_never_shown(model, artifact, photos):
    photo = cv2.imread(str(photos[3]))
    card = read_card(artifact)
    seen = set(Detector(card).detect(photo).labels)
    hidden = min(seen)
    types = {label: kind for label, kind in LABELS.items() if label != hidden}
    assert set(Detector(replace(card, garment_types=types)).detect(photo).labels) == seen - {hidden}


def test_a_label_that_maps_to_null_has_no_garment_type(model):
    card = card_of(model, Plan("tiny", {"skin": None, "jeans": "trousers", "boot": None}, [(128, 192)]))
    assert card["labels"] == ["skin", "jeans", "boot"]
    assert card["garment_types"] == {"jeans": "trousers"}


def test_a_model_of_other_classes_than_the_labels_is_refused(model, tmp_path):
    with pytest.raises(UnsupportedModel, match="2 labels for a model of 3 classes"):
        export(model, Plan("tiny", {"a": "top", "b": "bag"}, [(64, 64)]), tmp_path)


def test_a_checkpoint_of_another_model_is_refused_with_a_sentence(tmp_path, monkeypatch):
    own_config().dump(tmp_path / "config.py")
    torch.save({"state_dict": {"somebody.elses": torch.ones(1)}}, tmp_path / "k.pth")
    command = ["export", "--config", "config.py", "--checkpoint", "k.pth", "--name", "n", "--out", "out"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit, match="Not exported: k.pth does not fit"):
        export_detector.main()
    assert not (tmp_path / "out").exists()
