"""Checkpoints that are data: tensors, numbers and strings, never code; written so, and read only if so."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner


class CheckpointError(RuntimeError):
    """A checkpoint cannot be read as data; the message says why and what to do."""


@HOOKS.register_module()
class PlainCheckpoints(Hook):
    """Keeps MMEngine's log objects out of the checkpoints: torch would have to unpickle them to resume."""

    priority = "VERY_LOW"

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict[str, Any]) -> None:
        info = checkpoint["message_hub"]["runtime_info"]
        # By exact type: NumPy's float64 is a float too, and is unpickled.
        plain = {key: value for key, value in info.items() if type(value) in (bool, int, float, str)}
        resumed = dict.fromkeys(plain, True)
        checkpoint["message_hub"] = {"log_scalars": {}, "runtime_info": plain, "resumed_keys": resumed}


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Returns the checkpoint's content, its weights under "state_dict"; loaded with weights_only.

    Raises CheckpointError where reading it would run code that it brings along, or where it holds no weights.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"{path} is refused: it is no checkpoint, or reading it would unpickle objects, which can run any code. "
            "Save its state_dict alone, with torch.save, on a machine that trusts it."
        ) from error
    except (OSError, RuntimeError, EOFError) as error:
        raise CheckpointError(f"{path} is no checkpoint ({type(error).__name__})") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path} holds a {type(content).__name__}, not weights by name.")
    return content if "state_dict" in content else {"state_dict": content}
