"""State dicts of ResNets, torchvision's own or a checkpoint of one's own, read as data and never as code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.encoder.encoder_network import EncoderError, ResNetTaps

WRAPPERS = ("student", "state_dict", "model")  # under which a training's checkpoint keeps its weights
PREFIXES = ("module.", "backbone.", "taps.")  # what a wrapper around the network puts before every name
STEM = {"stem.0": "conv1", "stem.1": "bn1"}
STAGES = {f"stages.{index}": f"layer{index + 1}" for index in range(4)}


def read_state(path: Path) -> dict[str, Any]:
    """Returns what torch.save wrote into `path`, a dict, loaded with weights_only.

    Raises EncoderError where the file is missing or no dict, or reading it would unpickle objects.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a different one for every way in which a file can be wrong
        raise EncoderError(
            f"{path} is refused: it is no state dict, or reading it would unpickle objects, which can run any code "
            f"({type(error).__name__}). Save its state_dict alone with torch.save."
        ) from error
    if not isinstance(content, dict):
        raise EncoderError(f"{path} holds a {type(content).__name__}, not a state dict")
    return content


def load_resnet(taps: ResNetTaps, depth: str, path: Path) -> str | None:
    """Puts the weights in `path` into the backbone: torchvision's state dict, one that a wrapper renamed ("module."),
    one inside a checkpoint ("state_dict", "model"), or a checkpoint of `train_encoder`. Returns the command that made
    them, where the file says it.

    Raises EncoderError where there are no weights of torchvision's `depth` in it.
    """
    content = read_state(path)
    weights = _plain(content)
    try:
        taps.load_state_dict({name: _found(weights, name) for name in taps.state_dict()})
    except (KeyError, RuntimeError) as error:
        raise EncoderError(f"{path} holds no weights of torchvision's {depth}: {error}") from error
    command = content.get("command")
    return command if isinstance(command, str) else None


def _plain(content: dict[str, Any]) -> dict[str, Tensor]:
    inner = next((content[key] for key in WRAPPERS if isinstance(content.get(key), dict)), content)
    return {_without_prefix(name): value for name, value in inner.items() if isinstance(value, Tensor)}


def _without_prefix(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _found(weights: dict[str, Tensor], name: str) -> Tensor:
    """Returns the weight of this name here ("stages.0.1.conv1.weight") or in torchvision ("layer1.1.conv1.weight")."""
    if name in weights:
        return weights[name]
    renamed = STEM | STAGES
    ours = next(key for key in renamed if name.startswith(f"{key}."))
    theirs = renamed[ours] + name[len(ours) :]
    if name.endswith("num_batches_tracked"):  # files of torch before 0.4.1 lack this count, which only training reads
        return weights.get(theirs, torch.tensor(0))
    return weights[theirs]
