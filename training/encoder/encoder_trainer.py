"""The student of `train_encoder` with what it is trained with: heads, optimiser, and the four terms of its loss."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder.encoder_batches import Batch, Batches
from training.encoder.encoder_network import GarmentEncoder, ResNetTaps
from training.encoder.encoder_projection import fit_projection, weighed
from training.encoder.encoder_relations import TeacherVectors, relational_loss
from training.encoder.resnet_weights import load_resnet

TEMPERATURE = 0.07
SHARES = (0.3, 0.3, 0.3, 0.3, 1.0)  # of the squared length of the vector before projection: four taps and the colours
AVERAGE = 0.998  # of the weights, a step: about the last 500


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
