"""Trains the box head alone, on stored region features.

    python -m training.detector.fine_tune_box_head \\
        --config training/detector/configs/mask-rcnn_lite0_fpn96_packshots.py \\
        --model search/weights/garments-lite2 \\
        --checkpoint var/training/garments-lite2.pth --photos ../shared/data --data var/training/garments \\
        --out var/training/box_head

Backbone, FPN, RPN and mask head stay as they are, so that a picture needs to pass through them only once. --model runs
that part with OpenVINO; --checkpoint is the same model restored (training.detector.restore_detector). First it writes
the features of the config's training pictures to --out/features, a file for every `SHARD` of them; then it trains and
writes --out/fine_tuned.pth, which training.detector.export_detector takes. Run again, it goes on from what is there,
after a kill too.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from training.detector.mmcv_ops import install

install()

import cv2  # noqa: E402 - mmdet must find the stand-in
import numpy as np  # noqa: E402
import torch  # noqa: E402
from mmdet.registry import DATASETS  # noqa: E402
from mmengine.config import Config  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from search.vision.cards import read_card  # noqa: E402
from search.vision.detector import Detector  # noqa: E402
from search.vision.nms import box_area, box_iou  # noqa: E402
from training.detector.checkpoints import read_checkpoint  # noqa: E402
from training.detector.detector_parts import Head  # noqa: E402
from training.detector.export_detector import load_model  # noqa: E402

SHARD = 100  # pictures a file
REGIONS = 40  # a picture
POSITIVE_SHARE = 0.4
MIN_IOU = 0.5  # of a region with a garment: below it is background, as in the config's assigner
BATCH = 512
Features = dict[str, np.ndarray]


class RegionFeatures:
    """Pools region features of training pictures with the exported body."""

    def __init__(self, detector: Detector, model: nn.Module):
        self.detector = detector
        extractor = model.roi_head.bbox_roi_extractor
        self.pool = Head(extractor, nn.Identity())

    def of_picture(self, picture: dict[str, Any], rng: np.random.Generator) -> Features:
        """Returns of up to `REGIONS` regions: features (N, C, 7, 7) float16, label (N,) and box deltas' target.

        boxes, targets: (N, 4) float32 xyxy in pixels, the region and the garment's box (its own for background).
        """
        pixels = cv2.cvtColor(picture["inputs"].numpy().transpose(1, 2, 0), cv2.COLOR_BGR2RGB)
        sample = picture["data_samples"]
        size = pixels.shape[1::-1]
        maps, proposals = self._proposals(pixels, size)
        garments = sample.gt_instances.bboxes.numpy()
        jittered = _jittered(np.repeat(garments, 3, axis=0), rng)
        boxes = np.concatenate([proposals, garments, jittered]).astype(np.float32)
        boxes = boxes[box_area(boxes) > 16]
        labels, targets = _assigned(boxes, garments, sample.gt_instances.labels.numpy())
        covered = box_iou(boxes, sample.ignored_instances.bboxes.numpy()).max(axis=1, initial=0) > 0.3
        kept = _sampled(np.where(covered & (labels < 0), -2, labels), rng)
        return {"features": self._pooled(maps, boxes[kept]), "labels": labels[kept], "boxes": boxes[kept],
                "targets": targets[kept]}  # fmt: skip

    def _proposals(self, pixels: np.ndarray, size: tuple[int, int]) -> tuple[list[np.ndarray], np.ndarray]:
        card, config = self.detector.card, self.detector.proposal_config
        tensor = (pixels - np.array(card.mean, np.float32)) / np.array(card.std, np.float32)
        outputs = self.detector._parts["body"]([np.ascontiguousarray(tensor.transpose(2, 0, 1)[None], np.float32)])
        levels = len(config.strides)
        proposals = config.generate(outputs[:levels], outputs[levels : 2 * levels], size)
        return outputs[2 * levels :], proposals

    def _pooled(self, maps: list[np.ndarray], boxes: np.ndarray) -> np.ndarray:
        levels = self.detector.roi_levels.levels(boxes)
        members = [np.flatnonzero(levels == level) for level in range(len(maps))]
        inputs = [torch.from_numpy(each) for each in maps] + [torch.from_numpy(boxes[of_level]) for of_level in members]
        with torch.no_grad():
            pooled = self.pool(*inputs).numpy()
        return pooled[np.argsort(np.concatenate(members))].astype(np.float16)


def _jittered(boxes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    return boxes + sides * rng.uniform(-0.15, 0.15, boxes.shape)


def _assigned(boxes: np.ndarray, garments: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns each box's label, -1 for background, and the garment's box that it is to become."""
    if not len(garments):
        return np.full(len(boxes), -1), boxes.copy()
    overlaps = box_iou(boxes, garments.astype(np.float32))
    best, nearest = overlaps.max(axis=1), overlaps.argmax(axis=1)
    is_garment = best >= MIN_IOU
    targets = np.where(is_garment[:, None], garments[nearest], boxes)
    return np.where(is_garment, kinds[nearest], -1), targets.astype(np.float32)


def _sampled(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    positive, negative = np.flatnonzero(labels >= 0), np.flatnonzero(labels == -1)
    positive = rng.permutation(positive)[: int(REGIONS * POSITIVE_SHARE)]
    negative = rng.permutation(negative)[: REGIONS - len(positive)]
    return np.sort(np.concatenate([positive, negative]))


def write_features(source: RegionFeatures, dataset: Any, folder: Path, pictures: int) -> None:
    """Writes the shards that are missing in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for shard in range(pictures // SHARD):
        path = folder / f"{shard:04d}.npz"
        if path.exists():
            continue
        found = [
            source.of_picture(dataset[index], np.random.default_rng([index, 5]))
            for index in range(shard * SHARD, (shard + 1) * SHARD)
        ]
        unfinished = path.with_suffix(".part")
        with open(unfinished, "wb") as file:
            features: dict[str, Any] = {key: np.concatenate([each[key] for each in found]) for key in found[0]}
            np.savez(file, **features)
        os.replace(unfinished, path)
        print(f"features: {(shard + 1) * SHARD} of {pictures} pictures", flush=True)


def read_features(folder: Path) -> dict[str, Tensor]:
    """Returns all shards together."""
    shards = [np.load(path) for path in sorted(folder.glob("*.npz"))]
    return {key: torch.from_numpy(np.concatenate([shard[key] for shard in shards])) for key in shards[0].files}


def train(head: nn.Module, data: dict[str, Tensor], *, epochs: int, lr: float, out: Path) -> None:
    """Trains the box head in place: cross entropy over the types and background, L1 over the garments' box deltas."""
    optimizer = torch.optim.AdamW(head.parameters(), lr=lr, weight_decay=0.02)
    count, background = len(data["labels"]), head.num_classes
    steps = epochs * (count // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps, pct_start=0.1)
    averaged = {name: value.clone() for name, value in head.state_dict().items()}
    begun = _resume(out, head, optimizer, schedule, averaged)
    for step in range(begun, steps):
        rows = torch.from_numpy(np.random.default_rng([step, 11]).choice(count, BATCH, replace=False))
        labels, boxes = data["labels"][rows], data["boxes"][rows]
        scores, deltas = head(data["features"][rows].float())
        is_garment = labels >= 0
        wanted = head.bbox_coder.encode(boxes[is_garment], data["targets"][rows][is_garment])
        loss = functional.cross_entropy(scores, torch.where(is_garment, labels, background).long())
        box_loss = functional.l1_loss(deltas[is_garment], wanted, reduction="sum") / BATCH
        optimizer.zero_grad()
        (loss + box_loss).backward()
        optimizer.step()
        schedule.step()
        for name, value in head.state_dict().items():
            averaged[name].lerp_(value, 0.01)
        if step % 25 == 0:
            print(f"step {step} of {steps}: types {loss:.4f}, boxes {box_loss:.4f}", flush=True)
        if (step + 1) % 200 == 0:
            state = {"head": head.state_dict(), "averaged": averaged, "step": step + 1,
                     "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}  # fmt: skip
            torch.save(state, out / "unfinished.part")
            os.replace(out / "unfinished.part", out / "unfinished.pth")
    head.load_state_dict(averaged)


def _resume(out: Path, head: nn.Module, optimizer: Any, schedule: Any, averaged: dict[str, Tensor]) -> int:
    """Takes up the training that was stopped, and returns its step; 0 where there is none."""
    path = out / "unfinished.pth"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    head.load_state_dict(state["head"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    averaged |= state["averaged"]
    return int(state["step"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="folder of the artifact")
    parser.add_argument("--checkpoint", type=Path, required=True, help="the artifact restored")
    parser.add_argument("--photos", type=Path, required=True, help="the folder that holds ccp/, clothing/ and views/")
    parser.add_argument("--data", type=Path, required=True, help="what detector_data and packshots wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=4000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--lr", type=float, default=4e-4)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    os.environ.setdefault("INFERENCE_THREADS", str(options.threads))
    config = Config.fromfile(options.config)
    model = load_model(config, options.checkpoint)
    settings = config.train_dataloader.dataset | {"data": str(options.photos), "annotations": str(options.data)}
    source = RegionFeatures(Detector(read_card(options.model)), model)
    write_features(source, DATASETS.build(settings), options.out / "features", options.pictures)
    head = model.roi_head.bbox_head.train()
    train(head, read_features(options.out / "features"), epochs=options.epochs, lr=options.lr, out=options.out)
    weights = read_checkpoint(options.checkpoint)["state_dict"]
    weights |= {f"roi_head.bbox_head.{name}": value for name, value in head.state_dict().items()}
    torch.save({"state_dict": weights}, options.out / "fine_tuned.pth")
    print(f"{options.out / 'fine_tuned.pth'} written")


if __name__ == "__main__":
    main()
