import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pip install -r requirements-training.txt")
pytest.importorskip("nncf", reason="pip install -r requirements-training.txt")

from search.vision.cards import read_card  # noqa: E402
from search.vision.crops import Crop  # noqa: E402
from search.vision.encoder import Encoder  # noqa: E402
from tests.training.encoder.prepared_views import SIZE, write_prepared  # noqa: E402
from training.encoder.artifact_projection import OpenedEncoder  # noqa: E402
from training.encoder.encoder_batches import PreparedViews  # noqa: E402
from training.encoder.encoder_network import GarmentEncoder, ResNetTaps  # noqa: E402
from training.encoder.evaluate_encoder import View  # noqa: E402
from training.encoder.export_encoder import export  # noqa: E402
from training.encoder.quantise_encoder import (  # noqa: E402
    compared,
    is_as_good,
    prepared_inputs,
    quantised,
    refit_projection,
    replace_artifact,
    write_int8,
)


def make_crops(count, seed):
    rng = np.random.default_rng(seed)
    return [Crop(np.kron(rng.integers(0, 256, (6, 6, 3)), np.ones((10, 10, 1))).astype(np.uint8)) for _ in range(count)]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return PreparedViews(write_prepared(tmp_path_factory.mktemp("views")), size=SIZE)


@pytest.fixture(scope="module")
def artifact(tmp_path_factory):
    """The folder of an encoder of random weights."""
    torch.manual_seed(0)
    network = GarmentEncoder(ResNetTaps("resnet10"), 64).eval()
    card = {"name": "x", "licence": "", "training": {"shrinkage": 1.0, "strength": 1.0}, "measured": {"a": 1}}
    return export(network, tmp_path_factory.mktemp("artifact"), card, SIZE)


@pytest.fixture(scope="module")
def int8(artifact, prepared):
    """Its int8 model."""
    encoder = Encoder(read_card(artifact))
    inputs = prepared_inputs(prepared, 8, seed=0) + [encoder.preprocess([crop]) for crop in make_crops(6, 1)]
    assert {image.shape for image, _ in inputs} == {(1, 3, SIZE, SIZE)}
    assert all(part.min() >= 0 and part.max() <= 1 for one in inputs[:8] for part in one)
    return quantised(encoder, inputs)


@pytest.fixture
def encoder(artifact, tmp_path):
    """A copy of its own, to be replaced."""
    return Encoder(read_card(shutil.copytree(artifact, tmp_path / artifact.name)))


@pytest.mark.slow
def test_int8_sees_what_the_artifact_saw_and_takes_its_place(encoder, int8, tmp_path):
    (tmp_path / "small").mkdir()
    small = write_int8(encoder, int8, tmp_path / "small")
    crops = make_crops(8, 2)
    views = [View(i // 2, ("shown", "back")[i % 2], crop.pixels, crop) for i, crop in enumerate(crops)]
    measured = compared(encoder, small, {"shop": views, "street": views})
    assert measured["cosine, mean"] > 0.98
    assert set(measured["recall@1"]) == {"shop", "street"}
    before = encoder.card.part("model").with_suffix(".bin").stat().st_size
    replace_artifact(encoder.card.folder, tmp_path / "small")
    taken = read_card(encoder.card.folder)
    taken.verify()
    assert taken.parameters["weights"] == "int8 backbone, fp16 else"
    assert taken.part("model").with_suffix(".bin").stat().st_size < 0.7 * before


@pytest.mark.slow
def test_projection_is_fitted_to_the_int8_backbones_own_features(encoder, int8, prepared, tmp_path):
    (tmp_path / "small").mkdir()
    small = write_int8(encoder, int8, tmp_path / "small")
    before = OpenedEncoder(small).projection
    again = refit_projection(small, prepared, garments=10, copies=2)
    again.card.verify()
    fitted = OpenedEncoder(again).projection
    assert fitted.matrix.shape == before.matrix.shape
    assert np.abs(fitted.matrix - before.matrix).max() > 0.01
    vectors = again.encode(make_crops(5, 3))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("cosine", "shop", "street", "taken"),
    [
        (0.995, (0.80, 0.80), (0.90, 0.896), True),
        (0.985, (0.80, 0.80), (0.90, 0.90), False),
        (0.995, (0.80, 0.79), (0.90, 0.90), False),
        (0.995, (0.80, 0.82), (0.90, 0.89), False),
    ],
)
def test_int8_is_taken_only_where_it_is_as_good(cosine, shop, street, taken):
    assert is_as_good({"cosine, mean": cosine, "recall@1": {"shop": shop, "street": street}}) is taken


def test_int8_with_its_own_projection_is_judged_by_recall_alone():
    assert is_as_good({"recall@1": {"real": [0.8, 0.796]}, "mAP": {"real": [0.83, 0.8]}})
    assert not is_as_good({"recall@1": {"real": [0.8, 0.794]}, "mAP": {"real": [0.83, 0.83]}})
