"""Every model at hand is what its card says."""

import json

import openvino
import pytest

from garments import GarmentType
from search.vision import cards
from search.vision.cards import ModelError, available, choose, read_card

EVERY_MODEL = [card for kind in cards.KINDS for card in available(kind).values()]
BUNDLED = [card for card in EVERY_MODEL if card.folder.parent == cards.BUNDLED]
CARD = {
    "name": "m", "kind": "encoder", "files": {"model": {"file": "m.bin", "sha256": "0" * 64}}, "input_size": [8, 8],
    "mean": [0, 0, 0], "std": [1, 1, 1], "licence": "Apache-2.0", "training": {}, "measured": {}, "dimensions": 4,
}  # fmt: skip


@pytest.mark.parametrize("card", EVERY_MODEL, ids=lambda card: card.name)
def test_files_have_the_hash_on_the_card(card):
    card.verify()


@pytest.mark.parametrize("card", EVERY_MODEL, ids=lambda card: card.name)
def test_card_says_all_that_one_must_know(card):
    assert card.licence
    assert card.training
    assert card.measured
    if card.kind == "encoder":
        assert card.dimensions > 0
    else:
        assert card.labels
        assert {card.garment_types[label] for label in card.labels} <= set(GarmentType)


@pytest.mark.parametrize("card", EVERY_MODEL, ids=lambda card: card.name)
def test_every_field_is_of_its_kind(card):
    assert card.folder.name == card.name
    assert card.kind in cards.KINDS
    assert all((card.folder / file["file"]).is_file() and len(file["sha256"]) == 64 for file in card.files.values())
    assert all(isinstance(side, int) and 0 < side <= 1024 for side in card.input_size)
    assert len(card.mean) == len(card.std) == 3 and min(card.std) > 0
    assert card.parameters


@pytest.mark.parametrize("card", BUNDLED, ids=lambda card: card.name)
def test_a_bundled_model_says_how_it_was_made_and_measured(card):
    assert card.training["command"].startswith("python -m training.")
    assert card.training["data"]
    assert card.measured["command"].startswith("python -m training.")


@pytest.mark.parametrize("card", available("encoder").values(), ids=lambda card: card.name)
def test_an_encoders_card_gives_the_shapes_of_its_graph(card):
    graph = openvino.Core().read_model(card.part("model"))
    image, mask = (port.partial_shape.to_string() for port in graph.inputs)
    width, height = card.input_size
    assert (image, mask) == (f"[?,3,{height},{width}]", f"[?,1,{height},{width}]")
    assert graph.output(0).partial_shape.to_string() == f"[?,{card.dimensions}]"
    assert card.labels == () and card.garment_types == {}


@pytest.mark.parametrize("card", available("detector").values(), ids=lambda card: card.name)
def test_a_detectors_card_names_every_output_of_its_graph(card):
    boxes, masks = (openvino.Core().read_model(card.part(part)) for part in ("boxes", "masks"))
    scores, regression = (port.partial_shape[1].get_length() for port in boxes.outputs)
    assert scores == len(card.labels) + 1  # and one for none of them
    assert regression in (4, 4 * len(card.labels))  # one box for all labels, or one of each
    assert masks.output(0).partial_shape[1].get_length() == len(card.labels)
    assert set(card.garment_types) == set(card.labels)
    assert card.dimensions is None


@pytest.mark.parametrize("kind", cards.KINDS)
def test_one_model_of_a_kind_is_the_default(kind):
    assert [card.name for card in available(kind).values() if card.is_default] == [choose(kind).name]


def test_bundled_models_are_small_enough_to_ship():
    assert sum(path.stat().st_size for path in cards.BUNDLED.rglob("*") if path.is_file()) < 80e6


def test_unknown_model_names_those_at_hand():
    with pytest.raises(ModelError, match=f"'nobody'; at hand are: .*{choose('encoder').name}"):
        choose("encoder", "nobody")


def write_card(folder, **overrides):
    (folder / "card.json").write_text(json.dumps({**CARD, **overrides}))
    return folder


@pytest.mark.parametrize("field", ["name", "files", "input_size", "licence", "measured"])
def test_card_without_a_field_is_refused(tmp_path, field):
    folder = write_card(tmp_path)
    raw = json.loads((folder / "card.json").read_text())
    del raw[field]
    (folder / "card.json").write_text(json.dumps(raw))
    with pytest.raises(ModelError, match=field):
        read_card(folder)


@pytest.mark.parametrize(
    "files",
    [None, "m.bin", [], {"model": "m.bin"}, {"model": {"file": "m.bin"}}, {"model": {"file": 1, "sha256": "0"}}],
)
def test_card_whose_files_are_none_is_refused(tmp_path, files):
    with pytest.raises(ModelError, match="no model card"):
        read_card(write_card(tmp_path, files=files))


def test_card_of_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(ModelError, match="'horoscope'; it must be one of detector, encoder"):
        read_card(write_card(tmp_path, kind="horoscope"))


def test_changed_file_is_refused(tmp_path):
    (tmp_path / "m.bin").write_bytes(b"not what it was")
    with pytest.raises(ModelError, match="its card says 0000"):
        read_card(write_card(tmp_path)).verify()


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(ModelError, match="is missing"):
        read_card(write_card(tmp_path)).verify()
