"""The bundled models in ONNX Runtime find what they find in OpenVINO; what is missing is said with a command."""

import shutil

import numpy as np
import pytest

from demo.assortment import assortment
from demo.product_photos import shots
from search.embedding.photo_stream import Models
from search.vision import detector, encoder
from search.vision.analysis import analyse_photo
from search.vision.cards import ModelError, choose, read_card
from search.vision.onnx_runtime import CUDA, check_provider, open_session
from training.export_onnx import export_card

CPU = "CPUExecutionProvider"


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """The bundled detector's and encoder's cards in a folder with their ONNX files."""
    cards = {}
    for kind in ("detector", "encoder"):
        folder = tmp_path_factory.mktemp("models") / choose(kind).name
        shutil.copytree(choose(kind).folder, folder, ignore=shutil.ignore_patterns("*.onnx"))
        cards[kind] = read_card(folder)
        export_card(cards[kind])
    return cards


def test_the_same_photo_gives_the_same_garments_and_vectors(converted, monkeypatch):
    monkeypatch.setenv("INFERENCE_PRECISION", "f32")
    parts = {part: open_session(converted["detector"].part(part), CPU) for part in detector.PARTS}
    found_by = detector.Detector(converted["detector"], parts)
    theirs = Models(found_by, encoder.Encoder(converted["encoder"], provider=CPU))
    photo = np.asarray(shots(assortment(1)[0])[0](), np.uint8)
    ours = analyse_photo(photo, detector=detector.load_detector(), encoder=encoder.Encoder(choose("encoder")))
    other = analyse_photo(photo, detector=theirs.detector, encoder=theirs.encoder)
    assert ours.garments
    assert [garment.label for garment in other.garments] == [garment.label for garment in ours.garments]
    for mine, their in zip([ours.whole, *ours.garments], [other.whole, *other.garments], strict=True):
        np.testing.assert_allclose(their.box, mine.box, atol=1e-3)
        assert 1 - float(their.vector @ mine.vector) < 1e-4


def test_a_missing_file_is_named_with_the_command_that_makes_it(converted, tmp_path):
    folder = tmp_path / converted["encoder"].name
    shutil.copytree(converted["encoder"].folder, folder, ignore=shutil.ignore_patterns("*.onnx"))
    with pytest.raises(ModelError, match=rf"model.onnx is missing.*python -m training.export_onnx {folder.name}"):
        open_session(folder / "model.xml", CPU)


def test_a_file_of_another_model_is_refused(converted, tmp_path):
    folder = tmp_path / "changed"
    shutil.copytree(converted["encoder"].folder, folder)
    weights = folder / "model.bin"
    weights.write_bytes(weights.read_bytes() + b"\0")
    with pytest.raises(ModelError, match="was made of another model"):
        open_session(folder / "model.xml", CPU)


def test_a_provider_that_is_not_installed_is_named_with_the_package():
    if CUDA in __import__("onnxruntime").get_available_providers():
        pytest.skip("this machine has onnxruntime-gpu")
    with pytest.raises(ModelError, match="has no CUDAExecutionProvider.*pip install onnxruntime-gpu"):
        check_provider(CUDA)
