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
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder.encoder_batches import Batch, Batches, PreparedViews
from training.encoder.encoder_network import EncoderError, GarmentEncoder, ResNetTaps
from training.encoder.encoder_projection import fit_projection, weighed
from training.encoder.encoder_relations import TeacherVectors, fit_teacher_vectors, relational_loss
from training.encoder.resnet_weights import load_resnet

TEMPERATURE = 0.07
SHARES = (0.3, 0.3, 0.3, 0.3, 1.0)  # of the squared length of the vector before projection: four taps and the colours
AVERAGE = 0.998  # of the weights, a step: about the last 500
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


@dataclass
class Trainer:
    """What a checkpoint holds: student, its averaged weights, heads, optimiser, step."""

    student: GarmentEncoder
    heads: nn.ModuleDict
    average: dict[str, Tensor]
    optimiser: torch.optim.Optimizer
    step: int = 0
    frozen: int = 0  # stages, from the stem on, that stay as they are

    def set_train_mode(self) -> None:
        """Puts the student into training mode, its frozen stages aside."""
        self.student.train()
        if self.frozen:
            for part in (self.student.taps.stem, *self.student.taps.stages[: self.frozen]):
                part.eval().requires_grad_(False)

    def state(self) -> dict:
        parts = {part: getattr(self, part).state_dict() for part in ("heads", "optimiser")}
        return {"step": self.step, "student": self.average, "live": self.student.state_dict(), **parts}

    def restore(self, state: dict) -> None:
        self.student.load_state_dict(state["live"])
        self.average = state["student"]
        self.heads.load_state_dict(state["heads"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]

    def update_average(self) -> None:
        with torch.no_grad():
            for name, value in self.student.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - min(AVERAGE, (1 + self.step) / (10 + self.step)))
                else:
                    self.average[name].copy_(value)


def make_trainer(args: argparse.Namespace, kinds: int, target_channels: list[int]) -> Trainer:
    """Returns a trainer at step 0, its backbone from `args.start` where that is given.

    Raises EncoderError where that file holds no weights of this ResNet.
    """
    torch.manual_seed(args.seed)
    student = GarmentEncoder(ResNetTaps(args.depth), args.dimensions)
    if args.start:
        load_resnet(student.taps, args.depth, args.start)
    student = student.to(memory_format=torch.channels_last)
    pairs = zip(student.taps.channels, target_channels, strict=True)
    heads = nn.ModuleDict(
        {
            "adapt": nn.ModuleList(nn.Conv2d(own, its, 1) for own, its in pairs),
            "scale": nn.ModuleList(nn.BatchNorm2d(width, affine=False) for width in target_channels),
            "kind": nn.Linear(args.dimensions, max(kinds, 1)),
        }
    )
    learned = [*student.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(learned, lr=args.rate, weight_decay=0.02)
    average = {name: value.clone() for name, value in student.state_dict().items()}
    trainer = Trainer(student, heads, average, optimiser, frozen=args.freeze)
    trainer.set_train_mode()
    return trainer


def rate_at(step: int, steps: int, rate: float) -> float:
    """Returns the learning rate: a linear warm-up, a plateau, a cosine to nothing at `steps`."""
    falling = (step - DECAY_FROM * steps) / ((1 - DECAY_FROM) * steps)
    return rate * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * min(max(falling, 0.0), 1.0)))


def inputs_of(batch: Batch, rng: np.random.Generator | None, size: int = 0) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Returns images (N, 3, S, S) and masks (N, 1, S, S), float32 in 0..1, and the teacher's maps, 0..1.

    size: pixels a side that the student is shown, 0 for as many as there are.
    rng: mirrors half of the views, their targets too, and changes the light of the image alone; None does neither.
    """
    image = torch.from_numpy(batch.images).permute(0, 3, 1, 2).float() / 255
    mask = torch.from_numpy(batch.masks)[:, None].float() / 255
    targets = [torch.from_numpy(target).float() / 255 for target in batch.targets]
    if size and size != image.shape[-1]:
        image, mask = (functional.interpolate(part, size=(size, size), mode="area") for part in (image, mask))
    if rng is not None:
        mirrored = torch.from_numpy(rng.random(len(image)) < 0.5)
        for tensor in (image, mask, *targets):
            tensor[mirrored] = tensor[mirrored].flip(-1)
        image = _lit(image, rng)
    return image.contiguous(memory_format=torch.channels_last), mask, targets


def _lit(image: Tensor, rng: np.random.Generator) -> Tensor:
    """Another exposure, contrast and white balance for each image."""

    def drawn(spread: float, channels: int = 1) -> Tensor:
        return torch.from_numpy(rng.normal(0, spread, (len(image), channels, 1, 1)).astype(np.float32))

    image = image * 2 ** (drawn(0.12) + drawn(0.03, 3))
    return (0.5 + (image - 0.5) * (1 + drawn(0.06))).clamp(0, 1)


def train_step(
    trainer: Trainer,
    batch: Batch,
    rate: float,
    rng: np.random.Generator,
    size: int = 0,
    relations: tuple[TeacherVectors, float] | None = None,
) -> dict[str, float]:
    """Makes one step; returns the terms of the loss.

    relations: the teacher's vectors and the weight of their term in the loss, None to leave it out.
    """
    image, mask, targets = inputs_of(batch, rng, size)
    with torch.autocast("cpu", torch.bfloat16):
        maps = trainer.student.maps(image, mask)
    vector = functional.normalize(trainer.student.project(_weighed(trainer.student, maps, image, mask)))
    terms = {
        "teacher": _teacher_loss(trainer, maps, targets),
        "products": contrastive_loss(vector, torch.from_numpy(batch.products)),
        "types": _types(trainer.heads["kind"](10 * vector), batch.kinds),
    }
    loss = terms["teacher"] + 0.5 * terms["products"] + 0.2 * terms["types"]
    if relations is not None:
        teacher, share = relations
        terms["relations"] = relational_loss(vector, teacher(targets, image, mask))
        loss = loss + share * terms["relations"]
    for group in trainer.optimiser.param_groups:
        group["lr"] = rate
    trainer.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(trainer.student.parameters(), 5.0)
    trainer.optimiser.step()
    trainer.step += 1
    trainer.update_average()
    return {name: float(term.detach()) for name, term in terms.items()}


def _teacher_loss(trainer: Trainer, maps: list[Tensor], targets: list[Tensor]) -> Tensor:
    """Returns the mean squared error of the teacher's maps, normalised, as the stages that learn predict them."""
    losses = []
    for stage in range(min(trainer.frozen, len(maps) - 1), len(maps)):
        with torch.no_grad():
            wanted = trainer.heads["scale"][stage](targets[stage])
        with torch.autocast("cpu", torch.bfloat16):
            cells = functional.adaptive_avg_pool2d(maps[stage], wanted.shape[-1])
            guess = trainer.heads["adapt"][stage](cells)
        losses.append(functional.mse_loss(guess.float(), wanted))
    return torch.stack(losses).mean()


def _weighed(student: GarmentEncoder, maps: list[Tensor], image: Tensor, mask: Tensor) -> Tensor:
    return student.weighed(student.pooled(maps, image, mask))


def contrastive_loss(vectors: Tensor, products: Tensor) -> Tensor:
    """Returns the supervised contrastive loss of unit vectors (N, D), 0 where no product is seen twice.

    products: (N,) int, -1 for what is no product's: it counts as different from everything.
    """
    itself = torch.eye(len(vectors), dtype=torch.bool)
    same = (products[:, None] == products) & (products >= 0)[:, None] & ~itself
    scores = (vectors @ vectors.T / TEMPERATURE).masked_fill(itself, -torch.inf)
    log_shares = scores - scores.logsumexp(1, keepdim=True)
    counts = same.sum(1)
    if not counts.any():
        return vectors.sum() * 0  # the mean of nothing would be no number
    per_view = -log_shares.masked_fill(~same, 0).sum(1)[counts > 0] / counts[counts > 0]
    return per_view.mean()


def _types(scores: Tensor, kinds: np.ndarray) -> Tensor:
    target = torch.from_numpy(kinds)
    return functional.cross_entropy(scores, target, ignore_index=-1) if (kinds >= 0).any() else scores.sum() * 0


def start_projection(trainer: Trainer, batches: Batches, count: int = 1500) -> None:
    """Sets centre, weights and projection of a student at step 0 in closed form, from its features of some views."""
    student, rows, products = trainer.student, [], []
    count = min(count, sum(map(len, batches.prepared.rows.values())))
    student.eval()
    with torch.no_grad():
        for step in range(-(-count // batches.size)):
            batch = batches.draw(10_000_000 + step)
            image, mask, _ = inputs_of(batch, None)
            rows.append(student.branches(image, mask).numpy())
            products.append(np.where(batch.products < 0, -1 - np.arange(len(batch.products)), batch.products))
        found, weights = np.concatenate(rows), np.sqrt(np.array(SHARES, np.float32))
        centre = found.mean(0)
        vectors = weighed(found, student.widths, centre, weights)
        matrix, bias = fit_projection(vectors, np.concatenate(products), student.project.out_features, shrinkage=1.0)
        student.centre.copy_(torch.from_numpy(centre))
        student.weights.copy_(torch.from_numpy(weights))
        student.project.weight.copy_(torch.from_numpy(matrix))
        student.project.bias.copy_(torch.from_numpy(bias))
    trainer.average = {name: value.clone() for name, value in student.state_dict().items()}


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
