"""Trains the ResNet encoder on prepared views: to predict its teacher, and to know a product again.

    python -m training.encoder.train_encoder --views var/training/encoder-views --out var/training/encoder

Four terms. Distillation: at every stride the student's feature map, through a 1x1 convolution, predicts
EfficientNet-Lite's (ImageNet) of the same crop. Relations: a view's cosines to the others of the batch are distributed
as those of the teacher's vectors (see `encoder_relations`). Products: supervised contrastive loss (Khosla et al.,
2020) over several views of products that are easily confused: colours of one garment, garments of one type or colour.
Types: the garment type can be read off the vector.

Stopped at any time, it goes on from its last checkpoint when run again with the same arguments; `--steps` and `--rate`
may have changed. An average of the weights over the last steps is kept beside them: it is what is exported.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from training.encoder.encoder_batches import Batch, Batches, PreparedViews
from training.encoder.encoder_network import EncoderError
from training.encoder.encoder_relations import TeacherVectors, fit_teacher_vectors
from training.encoder.encoder_trainer import Trainer, inputs_of, make_trainer, start_projection, train_step

WARM_UP = 200  # steps until the full rate
DECAY_FROM = 0.7  # of all steps, after which the rate falls to nothing by a cosine
RECIPE = (
    "depth",
    "size",
    "dimensions",
    "batch",
    "views_each",
    "real_share",
    "steps",
    "rate",
    "freeze",
    "relations",
    "seed",
)


def rate_at(step: int, steps: int, rate: float) -> float:
    """Returns the learning rate: a linear warm-up, a plateau, a cosine to nothing at `steps`."""
    falling = (step - DECAY_FROM * steps) / ((1 - DECAY_FROM) * steps)
    return rate * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * min(max(falling, 0.0), 1.0)))


def _teacher_vectors(batches: Batches, size: int, count: int = 3000) -> TeacherVectors:
    """Returns the teacher's vectors with a projection fitted to views of the first batches: always the same ones."""
    count = min(count, sum(map(len, batches.prepared.rows.values())))
    seen = (batches.draw(20_000_000 + step) for step in range(-(-count // batches.size)))
    return fit_teacher_vectors((*inputs_of(batch, None, size), batch.products) for batch in seen)


def read_ahead(batches: Batches, step: int, steps: int) -> Iterator[Batch]:
    """Yields the batches of steps `step` to `steps`, the next one being read from disk meanwhile."""
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(batches.draw, step)
        for number in range(step, steps):
            batch = following.result()
            following = reader.submit(batches.draw, number + 1)
            yield batch


def train(args: argparse.Namespace) -> Path:
    """Trains to `args.steps` or on from the checkpoint there is; returns the checkpoint's path."""
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    prepared = PreparedViews(args.views)
    options = {"size": args.batch, "views": args.views_each, "real_share": args.real_share, "seed": args.seed}
    batches = Batches(prepared, **options)
    channels = [prepared.array(prepared.shards[0], name).shape[1] for name in prepared.target_names]
    trainer = make_trainer(args, len(prepared.kinds), channels)
    path = args.out / "checkpoint.pt"
    if path.exists():
        trainer.restore(torch.load(path, map_location="cpu", weights_only=True))
    else:
        start_projection(trainer, batches)
    print(f"{len(prepared.products)} products in {len(prepared.shards)} shards; from step {trainer.step}", flush=True)
    trainer.set_train_mode()
    _run(trainer, batches, args, path)
    _keep(trainer, args, path)
    return path


def _run(trainer: Trainer, batches: Batches, args: argparse.Namespace, path: Path) -> None:
    relations = (_teacher_vectors(batches, args.size), args.relations) if args.relations else None
    started = kept = time.monotonic()
    for batch in read_ahead(batches, trainer.step, args.steps):
        rng = np.random.default_rng((args.seed, trainer.step, 1))
        rate = rate_at(trainer.step, args.steps, args.rate)
        terms = train_step(trainer, batch, rate, rng, args.size, relations)
        now = time.monotonic()
        _report(args.out / "log.jsonl", {"step": trainer.step, "seconds": now - started, **terms})
        if now - kept > 60 * args.keep_minutes:
            _keep(trainer, args, path)
            kept = now
        if trainer.step % args.snapshot == 0:
            torch.save(
                {"student": trainer.average, "command": command_of(args)}, args.out / f"student-{trainer.step:06d}.pt"
            )


def command_of(args: argparse.Namespace) -> str:
    """Returns the command of this training without where the machine keeps its files: the encoder's card says it."""
    numbers = " ".join(f"--{name.replace('_', '-')} {getattr(args, name)}" for name in RECIPE)
    start = " --start START" if args.start else ""
    return f"python -m training.encoder.train_encoder {numbers}{start} --views VIEWS --out OUT"


def _keep(trainer: Trainer, args: argparse.Namespace, path: Path) -> None:
    """Writes the checkpoint, whole or not at all."""
    torch.save(trainer.state() | {"command": command_of(args)}, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def _report(path: Path, line: dict) -> None:
    line = {name: round(value, 4) for name, value in line.items()}
    with open(path, "a") as log:
        log.write(json.dumps(line) + "\n")
    if line["step"] % 20 == 0:
        print(line, flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--views", type=Path, required=True, help="folder that prepare_views wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--depth", default="resnet18", help="a torchvision ResNet")
    parser.add_argument("--start", type=Path, help="weights of its backbone to begin from (see load_resnet)")
    parser.add_argument(
        "--size", type=int, default=128, help="pixels a side shown to it; fewer than prepared is faster"
    )
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--freeze", type=int, default=0, help="stages, from the stem on, that are not trained")
    parser.add_argument("--batch", type=int, default=64, help="views a step")
    parser.add_argument("--views-each", type=int, default=4, help="of a product in a batch")
    parser.add_argument("--real-share", type=float, default=0.4, help="of a batch from real photos in several views")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--relations", type=float, default=1.0, help="weight of the teacher's cosines in the loss")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep-minutes", type=float, default=3.0, help="between checkpoints")
    parser.add_argument("--snapshot", type=int, default=500, help="steps between copies of the averaged weights")
    try:
        print(train(parser.parse_args(arguments)))
    except (EncoderError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
