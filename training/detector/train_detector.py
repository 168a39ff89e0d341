"""Trains the garment detector with MMEngine's runner.

    python -m training.detector.train_detector --config training/detector/configs/mask-rcnn_lite0_fpn96.py \\
        --photos ../shared/data --data var/training/garments --out var/training/detector

Run again with the same --out it goes on from the last checkpoint. `--start` gives the first weights, such as those
of an artifact (training.detector.restore_detector), in place of ImageNet's. `--steps` shortens or lengthens the
whole: the rate stays constant until the last part of it, so that the end may be moved while the training runs. Any
key of the config may be overridden, as in `--set train_dataloader.batch_size=16`.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from training.detector.mmcv_ops import install

install()

import torch  # noqa: E402 - mmdet must find the stand-in
from mmengine.config import Config, DictAction  # noqa: E402
from mmengine.hooks import Hook  # noqa: E402
from mmengine.registry import HOOKS  # noqa: E402
from mmengine.runner import Runner, find_latest_checkpoint  # noqa: E402


@HOOKS.register_module()
class MovableEnd(Hook):
    """Lets a resumed training end where its config says now, not where it did when the checkpoint was written.

    MMEngine's LinearLR multiplies the rate step by step, so the rate itself is set too.
    """

    def before_train(self, runner: Runner) -> None:
        factor = 1.0
        for scheduler, config in zip(runner.param_schedulers, runner.cfg.param_scheduler, strict=True):
            scheduler.begin, scheduler.end = config["begin"], config["end"]
            scheduler.total_iters = scheduler.end - scheduler.begin - 1
            scheduler.last_step = min(runner.iter, scheduler.end - 1) - scheduler.begin
            if scheduler.last_step < 0:
                scheduler.last_step = -1  # it has not begun
                continue
            done = scheduler.last_step / max(scheduler.total_iters, 1)
            factor *= scheduler.start_factor + done * (scheduler.end_factor - scheduler.start_factor)
        for group in runner.optim_wrapper.param_groups:
            group["lr"] = factor * group["initial_lr"]


def configured(options: argparse.Namespace) -> Config:
    """Returns the config with folders, seed and length filled in."""
    config = Config.fromfile(options.config)
    config.work_dir = str(options.out)
    config.train_dataloader.dataset.data = str(options.photos)
    config.train_dataloader.dataset.annotations = str(options.data)
    if find_latest_checkpoint(config.work_dir):
        config.resume = True
    elif options.start:
        config.load_from = str(options.start)
    if options.steps:
        _set_length(config, options.steps)
    config.custom_hooks.append({"type": "MovableEnd"})
    if options.set:
        config.merge_from_dict(options.set)
    return config


def _set_length(config: Config, steps: int) -> None:
    """Moves the end of training, and with it the last scheduler's descent, to `steps`."""
    config.train_cfg.max_iters = steps
    cooling = config.param_scheduler[-1]
    cooling.begin, cooling.end = int(steps * (1 - config.COOL)), steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True, help="the folder that holds ccp/ and clothing/")
    parser.add_argument("--data", type=Path, required=True, help="what training.detector.detector_data wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="checkpoint with the first weights")
    parser.add_argument("--steps", type=int, help="length of the whole training, in batches")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--set", nargs="+", action=DictAction, help="overrides of the config")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    runner = Runner.from_cfg(configured(options))
    # Twice as fast on the CPU: depthwise convolutions run over contiguous channels.
    runner.model.to(memory_format=torch.channels_last)
    runner.train()


if __name__ == "__main__":
    main()
