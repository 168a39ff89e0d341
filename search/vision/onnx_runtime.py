"""Runs models with ONNX Runtime: on a GPU. Its CPU provider runs the same code in tests.

The files are made by `python -m training.export_onnx NAME`. Each says of which artifact it was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from search.vision.cards import ModelError

CUDA = "CUDAExecutionProvider"
MADE_OF = "made_of"  # the key in a file's metadata


def check_provider(provider: str) -> None:
    """Raises ModelError, which says what to install, where ONNX Runtime lacks this execution provider."""
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            "ONNX Runtime is not installed. For an NVIDIA GPU: pip install onnxruntime-gpu, with CUDA and cuDNN of the "
            "versions that it names."
        ) from error
    if provider not in onnxruntime.get_available_providers():
        raise ModelError(
            f"ONNX Runtime has no {provider} here; it has {', '.join(onnxruntime.get_available_providers())}. For an "
            "NVIDIA GPU: pip uninstall onnxruntime, then pip install onnxruntime-gpu, with CUDA and cuDNN of the "
            "versions that it names."
        )


def open_session(path: Path, provider: str) -> Callable[[Sequence[np.ndarray]], list[np.ndarray]]:
    """A function that runs the ONNX file beside the artifact's graph at `path`; any thread may call it.

    Raises ModelError where the file is missing or was made of another artifact, or the provider does not start.
    """
    check_provider(provider)
    import onnxruntime

    file = path.with_suffix(".onnx")
    command = f"python -m training.export_onnx {path.parent.name}"
    if not file.is_file():
        raise ModelError(f"{file} is missing. This command writes it: {command} (it needs the package onnx)")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors; warnings are about constants that it removes
    session: Any = onnxruntime.InferenceSession(str(file), options, providers=[provider])
    if session.get_providers()[0] != provider:
        raise ModelError(f"ONNX Runtime could not start {provider}: CUDA or cuDNN is missing or of another version.")
    if session.get_modelmeta().custom_metadata_map.get(MADE_OF) != digest_of(path):
        raise ModelError(f"{file} was made of another model than {path}. Make it anew: {command}")
    names = [value.name for value in session.get_inputs()]

    def run(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        return list(session.run(None, dict(zip(names, inputs, strict=True))))

    return run


def digest_of(path: Path) -> str:
    """SHA-256 over an artifact's graph, NAME.xml, and its weights, NAME.bin."""
    return hashlib.sha256(path.read_bytes() + path.with_suffix(".bin").read_bytes()).hexdigest()
