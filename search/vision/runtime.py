"""Runs artifacts. The only module that imports OpenVINO."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from search.vision.onnx_runtime import open_session

Runner = Callable[[Sequence[np.ndarray]], list[np.ndarray]]


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


def compile_model(
    path: Path, *, threads: int | None = None, in_bulk: bool = False, provider: str | None = None
) -> Runner:
    """A function that runs the model at `path` (OpenVINO IR or ONNX) on the CPU: input arrays in the model's order in,
    output arrays in its order out. Any thread may call it; each calling thread has an inference request of its own.

    `threads` bounds the cores; default INFERENCE_THREADS, else all. in_bulk: calls of several threads run beside each
    other, each on a share of the cores, which does more in all; otherwise a call has all of them and ends soonest.
    provider: one of ONNX Runtime's, which runs the ONNX file beside `path` instead.
    """
    if provider is not None:
        return open_session(path, provider)
    threads = threads or int(os.environ.get("INFERENCE_THREADS", "0"))
    # fp32, not bf16, where the processor offers both: the same photo must give the same vector on every machine.
    hint = "THROUGHPUT" if in_bulk else "LATENCY"
    settings: dict[str, str | int] = {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": "f32"}
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
