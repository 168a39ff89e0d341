"""Draws a detector's training as curves, from the logs that MMEngine's runner leaves beside its checkpoints.

python -m training.detector.plot_detector --run var/training/detector --out training/detector/detector_curves.png
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt

LOSSES = {
    "loss_cls": "which garment", "loss_bbox": "where", "loss_mask": "which pixels",
    "loss_rpn_cls": "proposals: whether", "loss_rpn_bbox": "proposals: where",
}  # fmt: skip


def read_logs(run: Path) -> list[dict]:
    """Returns the log's rows by step, those of resumed runs replacing what they repeat."""
    rows: dict[int, dict] = {}
    for path in sorted(run.glob("*/vis_data/scalars.json")):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        first = min((row["step"] for row in lines), default=0)
        rows = {step: row for step, row in rows.items() if step < first} | {row["step"]: row for row in lines}
    return [rows[step] for step in sorted(rows)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True, help="what train_detector had as --out")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows = read_logs(options.run)
    steps = [row["step"] for row in rows]
    figure, (losses, rate) = plt.subplots(2, 1, figsize=(8, 6), height_ratios=(3, 1), sharex=True)
    for key, name in LOSSES.items():
        losses.plot(steps, [row[key] for row in rows], label=name)
    losses.set(ylim=(0, 1.2), ylabel="loss")
    losses.legend(ncols=2, frameon=False)
    rate.plot(steps, [row["base_lr"] for row in rows], color="grey")
    rate.set(xlabel="step", ylabel="learning rate")
    figure.tight_layout()
    figure.savefig(options.out, dpi=80)
    print(f"{options.out}: {len(rows)} rows, steps {steps[0]} to {steps[-1]}")


if __name__ == "__main__":
    main()
