"""`manage.py fetch_models` from a web server on this machine to a model that finds and encodes, MMDetection's own code
and torchvision's included; small random weights stand in for the published ones."""

import functools
import hashlib
import http.server
import io
import pickle
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from search import file_download, public_models, services
from search.file_download import RemoteFile
from search.vision import cards
from search.vision.crops import whole_photo
from search.vision.detector import Detector
from search.vision.encoder import Encoder
from tests.factories import make_image
from tests.http_server import serving
from tests.training.mmdetection import mmdetection

torch = pytest.importorskip("torch", reason="pip install -r requirements-training.txt")
pytestmark = pytest.mark.slow
PHOTO = np.random.default_rng(0).integers(0, 255, (120, 90, 3), np.uint8)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def published(tmp_path):
    """A folder and the address under which it is served."""
    folder = tmp_path / "published"
    folder.mkdir()
    handler = functools.partial(Quiet, directory=folder)
    with serving(handler) as server:
        yield folder, server.url


@pytest.fixture
def models_dir(tmp_path, settings, monkeypatch):
    settings.MODELS_DIR = str(tmp_path / "models")
    monkeypatch.setenv("MODELS_DIR", settings.MODELS_DIR)
    cards.clear_card_cache()
    yield tmp_path / "models"
    cards.clear_card_cache()


def know(monkeypatch, **changes):
    """Makes fetch_models know of one model, the published one of this kind but for `changes`."""
    model = next(model for model in public_models.PUBLIC_MODELS if model.kind == changes["kind"])
    model = replace(model, **changes)
    monkeypatch.setattr(public_models, "PUBLIC_MODELS", [model])
    return model


def publish_resnet(folder, base):
    from torchvision.models import resnet18

    torch.manual_seed(0)
    torch.save(resnet18().state_dict(), folder / "resnet18.pth")
    digest = hashlib.sha256((folder / "resnet18.pth").read_bytes()).hexdigest()
    return RemoteFile(f"{base}/resnet18.pth", digest[:8])


@pytest.mark.django_db
def test_resnet_is_fetched_embeds_the_catalogue_and_answers(published, models_dir, monkeypatch, capsys):
    weights = publish_resnet(*published)
    know(monkeypatch, kind="encoder", name="fetched-resnet", config="resnet18", weights=weights)
    call_command("fetch_models", "fetched-resnet")
    assert "fetched-resnet is at hand" in capsys.readouterr().out
    before = sorted(path.stat().st_mtime_ns for path in models_dir.rglob("*") if path.is_file())
    call_command("fetch_models", "fetched-resnet")
    assert sorted(path.stat().st_mtime_ns for path in models_dir.rglob("*") if path.is_file()) == before

    (vector,) = Encoder(cards.choose("encoder", "fetched-resnet")).encode([whole_photo(PHOTO)])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    image = make_image(picture=cloth_bytes(seed=1))
    other = make_image(picture=cloth_bytes(seed=2))
    call_command("embed_catalogue", encoder="fetched-resnet", verbosity=0)
    call_command("switch_encoder", "fetched-resnet")
    answer = services.search_photo(photo=cloth_bytes(seed=1))
    assert answer.encoder == "fetched-resnet"
    found = [(result.product, result.distance) for result in answer.garments[0].results]
    assert {product for product, _ in found} <= {image.product, other.product}
    assert found[0][0] == image.product
    assert found[0][1] < 0.001


def cloth_bytes(seed):
    """A photo of checked cloth all over, so that there is nothing to detect but the whole."""
    squares = np.random.default_rng(seed).integers(0, 256, (2, 2, 3)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.tile(np.kron(squares, np.ones((8, 8, 1), np.uint8)), (10, 8, 1))).save(file, "PNG")
    return file.getvalue()


def test_mask_rcnn_of_mmdetection_is_fetched_exported_and_finds(published, models_dir, monkeypatch, tmp_path, capsys):
    mmdetection()
    from mmdet.registry import MODELS
    from mmengine.registry import init_default_scope

    from tests.training.detector.test_detector_export import LABELS, own_config

    folder, base = published
    config = own_config()
    config.model.backbone.init_cfg = None
    resize = {"type": "Resize", "scale": (192, 128), "keep_ratio": True}
    config.test_dataloader = {"dataset": {"pipeline": [resize]}}
    config.dump(tmp_path / "tiny.py")
    init_default_scope("mmdet")
    torch.save({"meta": {"epoch": 15}, "state_dict": MODELS.build(config.model).state_dict()}, folder / "tiny.pth")
    know(
        monkeypatch,
        kind="detector",
        name="fetched-detector",
        config=str(tmp_path / "tiny.py"),
        weights=RemoteFile(f"{base}/tiny.pth"),
        labels=LABELS,
    )
    call_command("fetch_models", "fetched-detector")
    card = cards.choose("detector", "fetched-detector")
    assert card.labels == tuple(LABELS)
    assert set(Detector(card).detect(PHOTO).garment_types) <= set(LABELS.values())
    recorded = (models_dir / "downloads" / "tiny.pth.sha256").read_text().strip()
    assert recorded == hashlib.sha256((folder / "tiny.pth").read_bytes()).hexdigest()
    said = capsys.readouterr().out
    assert f"tiny.pth has sha256 {recorded}" in said
    assert "next to MMDetection: {'photos': 8, " in said
    assert card.measured["next_to_mmdetection"]["photos"] == 8
    assert sorted(path.name for path in models_dir.iterdir()) == ["downloads", "fetched-detector"]


class Trap:
    def __reduce__(self):
        return exec, ("raise SystemExit('this checkpoint ran code')",)


def test_checkpoint_that_needs_unpickling_is_refused_and_nothing_changes(published, models_dir, monkeypatch):
    folder, base = published
    (folder / "trap.pth").write_bytes(pickle.dumps(Trap()))
    know(monkeypatch, kind="encoder", name="trap", config="resnet18", weights=RemoteFile(f"{base}/trap.pth"))
    with pytest.raises(CommandError, match="could not be exported") as refusal:
        call_command("fetch_models", "trap")
    assert "ran code" not in str(refusal.value)
    assert "The site is as it was." in str(refusal.value)
    assert "trap" not in cards.available("encoder")


def test_changed_file_is_refused_by_its_published_hash(published, models_dir, monkeypatch):
    folder, base = published
    weights = publish_resnet(folder, base)
    (folder / "resnet18.pth").write_bytes(b"something else")
    know(monkeypatch, kind="encoder", name="changed", config="resnet18", weights=weights)
    with pytest.raises(CommandError, match=f"{weights.sha256} was to be expected"):
        call_command("fetch_models", "changed")
    assert not (models_dir / "changed").exists()


def test_without_a_network_it_says_what_could_not_be_reached(models_dir, monkeypatch):
    monkeypatch.setattr(file_download, "PAUSE_S", 0)
    know(monkeypatch, kind="encoder", name="far-away", weights=RemoteFile("http://127.0.0.1:9/far.pth", "0" * 8))
    with pytest.raises(CommandError, match="http://127.0.0.1:9/far.pth could not be fetched.*\nThe site is as it was"):
        call_command("fetch_models", "far-away")


def test_unknown_model_names_those_known():
    with pytest.raises(CommandError, match="no public model 'nobody'; known are: resnet50-imagenet, mask-rcnn"):
        call_command("fetch_models", "nobody")


def test_mirror_serves_the_same_file_names():
    model = public_models.public_model("resnet50-imagenet", mirror="https://mirror.example/models/")
    assert model.weights.url == "https://mirror.example/models/resnet50-11ad3fa6.pth"
    assert model.weights.sha256 == "11ad3fa6"
