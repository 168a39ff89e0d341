import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("pycocotools")

from search.vision import cards  # noqa: E402
from search.vision.crops import Crop  # noqa: E402
from search.vision.encoder import Encoder, load_encoder  # noqa: E402
from tests.training.own_shop import write_shop  # noqa: E402
from training import fine_tune  # noqa: E402
from training.encoder.artifact_projection import OpenedEncoder, Projection  # noqa: E402
from training.encoder.encoder_network import GarmentEncoder, ResNetTaps  # noqa: E402
from training.encoder.export_encoder import export  # noqa: E402


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder of models with a small encoder of random weights."""
    torch.manual_seed(0)
    network = GarmentEncoder(ResNetTaps("resnet10"), 32).eval()
    folder = tmp_path_factory.mktemp("models")
    export(network, folder, {"name": "small", "licence": "own", "training": {}, "measured": {}}, 64)
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return write_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def own_models(models, monkeypatch):
    monkeypatch.setenv("MODELS_DIR", str(models))
    read_anew()
    yield models
    read_anew()


def read_anew():
    cards.clear_card_cache()
    load_encoder.cache_clear()


def crops(count=6):
    rng = np.random.default_rng(0)
    return [Crop(rng.integers(0, 256, (50, 40, 3), dtype=np.uint8)) for _ in range(count)]


def run(shop, tmp_path, *more):
    arguments = ["--photos", str(shop), "--name", "mine", "--encoder", "small", "--out", str(tmp_path / "models")]
    return fine_tune.main([*arguments, "--cache", str(tmp_path / "features.npz"), *more])


def test_the_opened_projection_gives_the_artifacts_vectors(own_models):
    encoder = load_encoder("small")
    opened = OpenedEncoder(encoder)
    ours, theirs = opened.projection(opened.features()(crops())), encoder.encode(crops())
    assert (ours * theirs).sum(1).min() > 0.999


def test_another_projection_takes_its_place(own_models, tmp_path):
    opened = OpenedEncoder(load_encoder("small"))
    features = opened.features()(crops())
    rng = np.random.default_rng(1)
    turned = opened.projection.refined(rng.normal(size=(32, 32)).astype(np.float32), np.ones(32, np.float32))
    card = json.loads((own_models / "small" / "card.json").read_text())
    card |= {"name": "turned", "files": opened.write(turned, tmp_path / "turned")}
    (tmp_path / "turned" / "card.json").write_text(json.dumps(card))
    vectors = Encoder(cards.read_card(tmp_path / "turned")).encode(crops())
    assert (vectors * turned(features)).sum(1).min() > 0.999


def test_it_finds_more_on_held_out_products_and_writes_what_embed_catalogue_takes(own_models, shop, tmp_path, capsys):
    assert run(shop, tmp_path) == 0
    card = cards.read_card(tmp_path / "models" / "mine")
    card.verify()
    assert card.measured["after"]["mAP"] >= card.measured["before"]["mAP"]
    assert card.measured["held-out products"] == 5
    assert (card.training["products"], card.training["photos"], card.training["base"]) == (24, 72, "small")
    assert not card.is_default
    assert Encoder(card).encode(crops()).shape == (6, 32)
    assert "switch_encoder mine" in capsys.readouterr().out


def test_a_second_run_reads_the_features_and_gives_the_same(own_models, shop, tmp_path):
    assert run(shop, tmp_path) == 0
    first = (tmp_path / "models" / "mine" / "model.bin").read_bytes()
    stored = dict(np.load(tmp_path / "features.npz"))
    assert len(stored) == 24
    np.savez(tmp_path / "features.npz", **{key: value + 1 for key, value in stored.items()})
    run(shop, tmp_path, "--name", "other")  # of what was stored, and not of the photos
    assert all((np.load(tmp_path / "features.npz")[key] == value + 1).all() for key, value in stored.items())
    np.savez(tmp_path / "features.npz", **stored)
    assert run(shop, tmp_path) == 0
    assert (tmp_path / "models" / "mine" / "model.bin").read_bytes() == first


def test_a_name_that_is_taken_is_refused(own_models, shop, tmp_path, capsys):
    assert run(shop, tmp_path, "--name", "small") == 1
    assert "encoder called small already" in capsys.readouterr().err


def test_too_few_photos_are_refused_with_what_is_expected(own_models, tmp_path, capsys):
    few = write_shop(tmp_path / "few", products=3)
    assert run(few, tmp_path) == 1
    assert "3 products" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [("--name", "../x"), ("--held-out", "1.5")])
def test_options_that_make_no_sense_are_refused(shop, tmp_path, wrong):
    with pytest.raises(SystemExit):
        run(shop, tmp_path, *wrong)


def test_ranks_count_products_and_not_photos():
    degrees = np.deg2rad([0, 50, 10, 20, 90])
    vectors = np.stack([np.cos(degrees), np.sin(degrees)], 1)
    assert fine_tune.ranks(vectors, np.array([0, 0, 1, 1, 2])).tolist()[:2] == [1, 2]


def test_where_nothing_is_gained_the_projection_stays(own_models):
    """Products whose photos are the same but for noise too small to matter: there is nothing to shrink."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(24, 8)).repeat(3, axis=0)
    features = fine_tune.Features(values.astype(np.float32), np.arange(24).repeat(3))
    assert (
        fine_tune.chosen_shrinkage(Projection(np.eye(8, dtype=np.float32), np.zeros(8, np.float32)), features, 0)
        is None
    )
