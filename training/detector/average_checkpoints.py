"""Averages the weights of two checkpoints of one model, such as before and after it was trained further.

    python -m training.detector.average_checkpoints before.pth after.pth --share 0.5 --out var/training/average.pth

Between the two lies a model that has learned the new without forgetting the old (Wortsman et al., Robust fine-tuning of
zero-shot models, 2022): what training further on few photos makes too sure of itself, as on plain noise, is taken back.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor

from training.detector.checkpoints import CheckpointError, read_checkpoint


def average(before: dict[str, Tensor], after: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Returns `share` of `after` and the rest of `before`. Raises CheckpointError where names or shapes differ."""
    different = {name for name in before.keys() | after.keys() if _shape(before, name) != _shape(after, name)}
    if different:
        raise CheckpointError(f"The checkpoints are of different models: {len(different)} names, as {min(different)}.")
    return {name: torch.lerp(before[name].float(), after[name].float(), share) for name in before}


def _shape(weights: dict[str, Tensor], name: str) -> torch.Size | None:
    return weights[name].shape if name in weights else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of `after`, 0 to 1")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    try:
        before, after = (read_checkpoint(path)["state_dict"] for path in (options.before, options.after))
        weights = average(before, after, options.share)
    except CheckpointError as error:
        sys.exit(f"Not averaged: {error}")
    torch.save({"state_dict": weights}, options.out)
    print(f"{options.out}: {len(weights)} tensors, {options.share:.0%} of {options.after}")


if __name__ == "__main__":
    main()
