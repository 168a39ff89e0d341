"""Running artifacts from several threads."""

import subprocess
import sys

from search.vision.cards import choose

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
