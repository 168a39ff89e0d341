"""Running artifacts from several threads."""

import subprocess
import sys

import numpy as np
import openvino
import pytest

from search.vision.cards import ModelError, choose
from search.vision.crops import Crop
from search.vision.encoder import Encoder
from search.vision.runtime import inference_precision

IS_NATIVE = "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")

FIRST_CALLS = """
import sys, threading
from pathlib import Path
import numpy as np
from search.vision.runtime import compile_model

run = compile_model(Path(sys.argv[1]), threads=1)
size = int(sys.argv[2])
start = threading.Barrier(8)
inputs = [np.zeros((1, 3, size, size), np.float32), np.ones((1, 1, size, size), np.float32)]
sys.setswitchinterval(1e-6)

def first_call():
    start.wait()
    run(inputs)

threads = [threading.Thread(target=first_call) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print("done")
"""


def test_threads_whose_first_calls_coincide_all_get_an_answer():
    """OpenVINO's binding of NumPy used to be set up by two threads at once, which stood still for ever."""
    card = choose("encoder")
    command = [sys.executable, "-c", FIRST_CALLS, str(card.part("model")), str(card.input_size[0])]
    for _ in range(3):
        assert subprocess.run(command, capture_output=True, timeout=120, check=True).stdout == b"done\n"


@pytest.mark.parametrize(
    ("chosen", "precision"),
    [("f32", "f32"), ("bf16", "bf16"), *((each, "bf16" if IS_NATIVE else "f32") for each in ("", "auto"))],
)
def test_the_precision_is_the_chosen_one_else_the_processors(monkeypatch, chosen, precision):
    monkeypatch.setenv("INFERENCE_PRECISION", chosen)
    assert inference_precision() == precision


def test_an_unknown_precision_is_named_with_those_there_are(monkeypatch):
    monkeypatch.setenv("INFERENCE_PRECISION", "fp16")
    with pytest.raises(ModelError, match="'fp16'; it may be auto, f32, bf16"):
        inference_precision()


@pytest.mark.skipif(not IS_NATIVE, reason="this processor does not compute in bf16")
def test_vectors_of_both_precisions_agree(monkeypatch):
    """A catalogue embedded on one machine is searched on another, and NEAR_DUPLICATE_DISTANCE is 0.1."""
    rng = np.random.default_rng(0)
    crops = [Crop(rng.integers(0, 256, (8, 6, 3), np.uint8).repeat(20, 0).repeat(20, 1)) for _ in range(8)]
    vectors = {}
    for precision in ("f32", "bf16"):
        monkeypatch.setenv("INFERENCE_PRECISION", precision)
        vectors[precision] = Encoder(choose("encoder")).encode(crops)
    distances = 1 - (vectors["f32"] * vectors["bf16"]).sum(1)
    assert 1e-6 < distances.max() < 0.01
    assert distances.mean() < 0.002
