"""Draws the terms of the encoder's loss over its training.

python -m training.encoder.encoder_curves var/training/resnet18/log.jsonl training/encoder/encoder_curves.png
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

SMOOTHED_OVER = 20  # steps


def draw(log: Path, picture: Path) -> None:
    """Writes one panel a term: every step in pale, their running mean in full colour."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    figure, panels = pyplot.subplots(1, 3, figsize=(11, 3), layout="constrained")
    steps = np.array([line["step"] for line in lines])
    window = min(SMOOTHED_OVER, len(steps))
    for panel, term in zip(panels, ("teacher", "products", "types"), strict=True):
        values = np.array([line[term] for line in lines])
        panel.plot(steps, values, alpha=0.25, color="tab:blue")
        panel.plot(steps[window - 1 :], np.convolve(values, np.ones(window) / window, "valid"), color="tab:blue")
        panel.set(title=term, xlabel="step")
    figure.savefig(picture, dpi=90)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
