"""Detectors whose weights come back out of their artifacts, the bundled one first: MMDetection's own code, given those
weights, finds what the artifact finds."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.training.mmdetection import mmdetection

mmdetection()

import cv2  # noqa: E402
import torch  # noqa: E402
from mmdet.registry import MODELS  # noqa: E402
from mmengine.config import Config  # noqa: E402

from demo.assortment import assortment  # noqa: E402
from demo.product_photos import shots  # noqa: E402
from search.vision import cards  # noqa: E402
from tests.training.detector.test_detector_export import LABELS, own_config  # noqa: E402
from training.detector import restore_detector  # noqa: E402
from training.detector.compare_detectors import compare  # noqa: E402
from training.detector.export_detector import Plan, export, load_model  # noqa: E402
from training.detector.restore_detector import RestoreError, restored  # noqa: E402

pytestmark = pytest.mark.slow
CONFIGS = Path(restore_detector.__file__).parent / "configs"
BUNDLED = [card for card in cards.available("detector").values() if card.folder.parent == cards.BUNDLED]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """What the sample catalogue draws of a few products."""
    folder = tmp_path_factory.mktemp("photos")
    for index, product in enumerate(assortment(240)[::40]):
        cv2.imwrite(str(folder / f"{index}.png"), shots(product)[0]()[..., ::-1])
    return sorted(folder.glob("*.png"))


@pytest.mark.parametrize("card", BUNDLED, ids=lambda card: card.name)
def test_a_bundled_detector_finds_what_mmdetection_finds_with_its_weights(card, photos, tmp_path, monkeypatch):
    config = CONFIGS / Path(card.training["command"].split("--config ")[1].split()[0]).name
    out = tmp_path / "restored.pth"
    command = ["restore", "--config", str(config), "--model", str(card.folder), "--out", str(out)]
    monkeypatch.setattr("sys.argv", command)
    restore_detector.main()
    numbers = compare(load_model(Config.fromfile(config), out), card.folder, photos)
    assert numbers["garments"] >= len(photos)
    assert numbers["found_again"] == 1
    assert numbers["box_pixels_max"] < 0.01
    assert numbers["score_max"] < 0.001
    assert numbers["mask_iou_min"] > 0.99


def learned(config):
    """A model of the config with weights that all differ, as they do once something was learned."""
    torch.manual_seed(3)
    model = load_model(config, None)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.1)
    return model


@MODELS.register_module()
class PlainBackbone(torch.nn.Module):
    """Feature maps at strides 8, 16 and 32, by convolutions alone, or with batch norms behind them."""

    def __init__(self, has_norms=False):
        super().__init__()
        widths = (3, 8, 16, 24)
        self.layers = torch.nn.ModuleList(
            torch.nn.Conv2d(before, after, 3, stride=8 if before == 3 else 2, padding=1)
            for before, after in pairwise(widths)
        )
        self.norms = torch.nn.ModuleList(
            torch.nn.BatchNorm2d(width) if has_norms else torch.nn.Identity() for width in widths[1:]
        )

    def forward(self, pictures):
        maps = [pictures]
        for layer, norm in zip(self.layers, self.norms, strict=True):
            maps.append(norm(layer(maps[-1])).relu())
        return tuple(maps[1:])


def plain_config(*, has_norms=False):
    """A small detector; without batch norms nothing is merged."""
    config = own_config()
    config.model.backbone = {"type": "PlainBackbone", "has_norms": has_norms}
    config.model.neck.update(in_channels=[8, 16, 24], num_outs=5)
    return config


@pytest.fixture(scope="module")
def model():
    return learned(plain_config())


@pytest.fixture(scope="module")
def artifact(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    export(model, Plan("plain", LABELS, [(128, 192)]), folder)
    return folder


def test_every_weight_comes_back_in_sixteen_bits(model, artifact):
    weights = restored(load_model(plain_config(), None), artifact, (128, 192))
    assert set(weights) == {name for name, _ in model.named_parameters()}
    for name, parameter in model.named_parameters():
        assert torch.equal(weights[name], parameter.detach().half().float()), name


def test_merged_batch_norms_are_refused_with_a_sentence(tmp_path):
    export(learned(plain_config(has_norms=True)), Plan("merged", LABELS, [(128, 192)]), tmp_path)
    with pytest.raises(RestoreError, match="parameters cannot be told apart.*backbone"):
        restored(load_model(plain_config(has_norms=True), None), tmp_path, (128, 192))


def test_an_artifact_of_another_config_is_refused_with_a_sentence(artifact):
    other = plain_config()
    other.model.roi_head.bbox_head.fc_out_channels = 48
    with pytest.raises(RestoreError, match="boxes.xml is not the graph"):
        restored(load_model(other, None), artifact, (128, 192))
