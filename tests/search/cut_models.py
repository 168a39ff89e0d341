"""Encoders for tests: the bundled model with most of its output cut off. Real models, of another size or weights."""

import json
from hashlib import sha256

import numpy as np
import openvino
import pytest

from search.vision import cards
from search.vision.encoder import load_encoder

SMALL, SIZE = "small-encoder", 96


def write_cut_model(folder, *, first=0):
    """SMALL in `folder`, which need not be there: its vectors are the bundled model's numbers from `first` on."""
    folder.mkdir(exist_ok=True)
    card = cards.choose("encoder")
    model = openvino.Core().read_model(str(card.part("model")))
    ops = openvino.opset13
    numbers = [np.array([value], np.int64) for value in (first, first + SIZE, 1, 1)]
    cut = ops.slice(model.get_results()[0].input_value(0), *(ops.constant(value) for value in numbers))
    smaller = openvino.Model([cut], model.get_parameters(), SMALL)
    openvino.save_model(smaller, str(folder / "model.xml"), compress_to_fp16=False)
    files = {
        part: {"file": name, "sha256": sha256((folder / name).read_bytes()).hexdigest()}
        for part, name in (("model", "model.xml"), ("weights", "model.bin"))
    }
    written = json.loads((card.folder / "card.json").read_text())
    written |= {"name": SMALL, "dimensions": SIZE, "is_default": False, "files": files}
    (folder / "card.json").write_text(json.dumps(written))


def read_anew():
    """As a process does that starts: no card and no model is known."""
    cards.clear_card_cache()
    load_encoder.cache_clear()


@pytest.fixture
def small_encoder(tmp_path, monkeypatch):
    """SMALL under MODELS_DIR, in a folder of that name under `tmp_path`; returns the name."""
    write_cut_model(tmp_path / SMALL)
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    read_anew()
    yield SMALL
    monkeypatch.undo()
    read_anew()
