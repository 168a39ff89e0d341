"""Runs artifacts. The only module that imports OpenVINO."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from search.vision.cards import ModelError
from search.vision.onnx_runtime import open_session

Runner = Callable[[Sequence[np.ndarray]], list[np.ndarray]]
PRECISIONS = ("auto", "f32", "bf16")


_OPENING = threading.Lock()


def _core() -> Any:
    with _OPENING:
        return _opened()


@cache
def _opened() -> Any:
    try:
        import openvino
    except ImportError as error:
        raise RuntimeError("Models run with OpenVINO, which is missing: install requirements-serve.txt.") from error
    core = openvino.Core()
    core.set_property({"CACHE_DIR": ""})
    # The first conversion of an array sets up OpenVINO's binding of NumPy. Two threads that do so at once wait for each
    # other for ever, one with the interpreter's lock and one with the binding's.
    openvino.Tensor(np.zeros(1, np.float32), shared_memory=True).data.copy()
    return core


def inference_precision() -> str:
    """ "f32" or "bf16": what INFERENCE_PRECISION says; "auto", the default, is bf16 where the processor computes in it.

    Raises ModelError for another value.
    """
    chosen = os.environ.get("INFERENCE_PRECISION") or "auto"
    if chosen not in PRECISIONS:
        raise ModelError(f"INFERENCE_PRECISION is {chosen!r}; it may be {', '.join(PRECISIONS)}.")
    if chosen == "auto":
        # Listed only where it is native: processors with AVX-512 alone imitate it, more slowly than f32.
        return "bf16" if "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"
    return chosen


def compile_model(
    path: Path,
    *,
    threads: int | None = None,
    in_bulk: bool = False,
    provider: str | None = None,
    precision: str = "f32",
) -> Runner:
    """A function that runs the model at `path` (OpenVINO IR or ONNX) on the CPU: input arrays in the model's order in,
    output arrays in its order out. Any thread may call it; each calling thread has an inference request of its own.

    `threads` bounds the cores; default INFERENCE_THREADS, else all. in_bulk: calls of several threads run beside each
    other, each on a share of the cores, which does more in all; otherwise a call has all of them and ends soonest.
    provider: one of ONNX Runtime's, which runs the ONNX file beside `path` instead, in its own precision.
    precision: "f32" or "bf16", for models whose answers hardly depend on it (`inference_precision`).
    """
    if provider is not None:
        return open_session(path, provider)
    threads = threads or int(os.environ.get("INFERENCE_THREADS", "0"))
    hint = "THROUGHPUT" if in_bulk else "LATENCY"
    settings: dict[str, str | int] = {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": precision}
    if threads:
        settings["INFERENCE_NUM_THREADS"] = threads
    compiled = _core().compile_model(str(path), "CPU", settings)
    requests = threading.local()

    def run(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        if not hasattr(requests, "request"):
            requests.request = compiled.create_infer_request()
        results = requests.request.infer(list(inputs), share_inputs=True)
        return [np.array(value) for value in results.values()]  # a copy: the request reuses its own memory

    return run
