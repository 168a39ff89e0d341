"""Trains the ResNet encoder: first like its teacher, then to know a garment again.

    python -m training.encoder.train_encoder --out var/training/resnet18-garment

Three terms. Teacher: at every stride the student's feature map, through a 1x1 convolution, predicts EfficientNet-Lite's
(ImageNet) of the same crop: thousands of targets a photo, which is what makes a ResNet from nothing possible on six
thousand photos. Views: two heavy views of one garment are nearer to each other than to garments of the same sender,
kind and colour. Labels: the kind of garment can be read off the vector. The last two grow in while the first lasts.
Run again with the same arguments after a stop, it goes on from its last checkpoint.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder.encoder_batches import Batch, Batches
from training.encoder.encoder_garments import all_garments, data_folder, unlabelled_garments
from training.encoder.encoder_network import GarmentEncoder, LiteTaps, ResNetTaps
from training.encoder.garment_views import backgrounds

TEACHER_TAPS = (2, 3, 5, 7)  # strides 4, 8, 16, 32: one for each stage of a ResNet
TEMPERATURE = 0.07
KEEP_EVERY = 20  # steps
RECIPE = ("depth", "size", "dimensions", "pairs", "steps", "rate", "seed")


class Teacher:
    """EfficientNet-Lite2's feature maps of the same crops, run by OpenVINO in bfloat16: a third of torch's time."""

    def __init__(self, size: int, threads: int):
        import openvino

        net = GarmentEncoder(LiteTaps("lite2", size, TEACHER_TAPS), colours=False).eval()
        self.channels = net.taps.channels
        net.forward = net.maps
        example = torch.zeros(2, 3, size, size), torch.ones(2, 1, size, size)
        model = openvino.convert_model(net, example_input=example)
        settings = {"INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": threads}
        self.model = openvino.compile_model(model, "CPU", settings)

    def __call__(self, image: Tensor, mask: Tensor) -> list[Tensor]:
        return [torch.from_numpy(value) for value in self.model([image.numpy(), mask.numpy()]).to_tuple()]


@dataclass
class Trainer:
    """What a checkpoint holds: student, adapters to the teacher, optimiser, schedule."""

    student: GarmentEncoder
    heads: nn.ModuleDict
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    step: int = 0

    def state(self) -> dict:
        parts = ("student", "heads", "optimiser")
        return {"step": self.step, **{part: getattr(self, part).state_dict() for part in parts}}

    def restore(self, state: dict) -> None:
        """Goes on from a checkpoint; the schedule is this run's, so that `--steps` may have become another number."""
        for part in ("student", "heads", "optimiser"):
            getattr(self, part).load_state_dict(state[part])
        self.step = self.schedule.last_epoch = state["step"]


def make_trainer(args: argparse.Namespace, kinds: int, teacher: Teacher) -> Trainer:
    torch.manual_seed(args.seed)
    student = GarmentEncoder(ResNetTaps(args.depth), args.dimensions).to(memory_format=torch.channels_last)
    pairs = zip(student.taps.channels, teacher.channels, strict=True)
    heads = nn.ModuleDict(
        {
            "adapt": nn.ModuleList(nn.Conv2d(own, its, 1) for own, its in pairs),
            "scale": nn.ModuleList(nn.BatchNorm2d(width, affine=False) for width in teacher.channels),
            "kind": nn.Linear(args.dimensions, kinds),
        }
    )
    learned = [*student.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(learned, lr=args.rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=args.steps, pct_start=0.08)
    return Trainer(student, heads, optimiser, schedule)


def train_step(trainer: Trainer, teacher: Teacher, batch: Batch, progress: float) -> dict[str, float]:
    """Makes one step; returns the terms of the loss. progress: 0 at the first step, 1 at the last."""
    image, mask = torch.from_numpy(batch.images), torch.from_numpy(batch.masks)
    with torch.no_grad():
        wanted = zip(trainer.heads["scale"], teacher(image, mask), strict=True)
        wanted = [norm(tap) for norm, tap in wanted]
    with torch.autocast("cpu", torch.bfloat16):
        maps = trainer.student.maps(image.contiguous(memory_format=torch.channels_last), mask)
        guesses = [adapt(tap) for adapt, tap in zip(trainer.heads["adapt"], maps, strict=True)]
    vector = functional.normalize(trainer.student.project(_weighed(trainer.student, maps, image, mask)))
    terms = {
        "teacher": sum(functional.mse_loss(g.float(), w) for g, w in zip(guesses, wanted, strict=True)) / len(wanted),
        "views": _same_garment(vector, batch.garments),
        "labels": _kinds(trainer.heads["kind"](10 * vector), batch.kinds),
    }
    share = min(1.0, progress / 0.4)
    loss = terms["teacher"] + 0.25 * share * terms["views"] + 0.1 * share * terms["labels"]
    trainer.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(trainer.student.parameters(), 5.0)
    trainer.optimiser.step()
    trainer.schedule.step()
    return {name: float(term.detach()) for name, term in terms.items()}


def _weighed(student: GarmentEncoder, maps: list[Tensor], image: Tensor, mask: Tensor) -> Tensor:
    return student.weighed(student.pooled(maps, image, mask))


def _same_garment(vector: Tensor, garments: np.ndarray) -> Tensor:
    """InfoNCE both ways between the two sides; photos without a garment's mask or number (-1) only are negatives."""
    first, second = vector.chunk(2)
    scores = first @ second.T / TEMPERATURE
    rows = torch.from_numpy(np.flatnonzero(garments >= 0))
    if not len(rows):
        return scores.sum() * 0  # the mean of nothing would be no number
    there = functional.cross_entropy(scores[rows], rows)
    return (there + functional.cross_entropy(scores.T[rows], rows)) / 2


def _kinds(scores: Tensor, kinds: np.ndarray) -> Tensor:
    target = torch.from_numpy(np.concatenate([kinds, kinds]))
    return functional.cross_entropy(scores, target, ignore_index=-1) if (kinds >= 0).any() else scores.sum() * 0


def train(args: argparse.Namespace) -> Path:
    """Trains to `args.steps` or on from the checkpoint there is; returns the checkpoint's path."""
    cv2.setNumThreads(1)
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    garments = all_garments(args.data, "train", args.out.parent / "masks")
    behind = backgrounds(garments, np.random.default_rng(args.seed))
    garments += unlabelled_garments(args.data)
    batches = Batches(garments, behind, size=args.size, pairs=args.pairs, seed=args.seed)
    teacher = Teacher(args.size, args.threads)
    trainer = make_trainer(args, len(batches.kinds), teacher)
    path = args.out / "checkpoint.pt"
    if path.exists():
        trainer.restore(torch.load(path, map_location="cpu", weights_only=True))
    trainer.student.train()
    started = time.monotonic()
    while trainer.step < args.steps:
        terms = train_step(trainer, teacher, batches.draw(trainer.step), trainer.step / args.steps)
        trainer.step += 1
        _report(args.out / "log.jsonl", {"step": trainer.step, "seconds": time.monotonic() - started, **terms})
        if trainer.step % KEEP_EVERY == 0:
            _keep(trainer, args, path)
    _keep(trainer, args, path)
    return path


def _keep(trainer: Trainer, args: argparse.Namespace, path: Path) -> None:
    """Writes the checkpoint, whole or not at all, with the command that made it: the encoder's card will say it."""
    numbers = " ".join(f"--{name} {getattr(args, name)}" for name in RECIPE)
    command = f"python -m training.encoder.train_encoder {numbers} --out OUT"
    torch.save(trainer.state() | {"command": command}, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def _report(path: Path, line: dict) -> None:
    line = {name: round(value, 4) for name, value in line.items()}
    with open(path, "a") as log:
        log.write(json.dumps(line) + "\n")
    if line["step"] % 20 == 0:
        print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--depth", default="resnet18", help="a torchvision ResNet")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--dimensions", type=int, default=384)
    parser.add_argument("--pairs", type=int, default=24, help="garments a batch, two views each")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    print(train(parser.parse_args()))


if __name__ == "__main__":
    main()
