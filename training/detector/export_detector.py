"""Exports an MMDetection Mask R-CNN to an artifact that search.vision.detector runs without torch.

    python -m training.detector.export_detector --config C --checkpoint K --labels map.json --name N \\
        [--out var/models] [--photos FOLDER_OR_COCO ... [--root FOLDER]] [--int8 body boxes masks]

`--labels` maps the model's labels to garment types: a JSON object in the order of its classes; what maps to null
(hair, skin) is not a garment and never shown. Without it, the labels are taken to be the garment types of our own
configs. It says, and writes into the card, how far boxes, scores and masks are from MMDetection's own: on some of
`--photos` (a folder, or a COCO file with names relative to `--root`), else on pictures that the sample catalogue
draws. The rest of `--photos` calibrate what `--int8` names.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.detector.mmcv_ops import install

install()

import numpy as np  # noqa: E402 - mmdet must find the stand-in
import openvino  # noqa: E402
import torch  # noqa: E402
from mmdet.registry import MODELS  # noqa: E402
from mmengine.config import Config  # noqa: E402
from mmengine.registry import init_default_scope  # noqa: E402
from PIL import Image  # noqa: E402
from torch import nn  # noqa: E402

from garments import GarmentType  # noqa: E402
from search.vision.detector import PARTS  # noqa: E402
from training.artifacts import file_hashes, rewrite_card, save, write_card  # noqa: E402
from training.detector.checkpoints import CheckpointError, read_checkpoint  # noqa: E402
from training.detector.detector_parts import UnsupportedModel, normalisation, parameters, taken_apart  # noqa: E402


@dataclass(frozen=True)
class Plan:
    """What a card says beyond the network itself."""

    name: str
    labels: dict[str, str | None]
    input_sizes: list[tuple[int, int]]
    licence: str = "unknown"
    training: dict[str, Any] = field(default_factory=dict)
    is_default: bool = False


def load_model(config: Config, checkpoint: Path | None) -> nn.Module:
    """Returns the config's detector with the checkpoint's weights, ready to predict; without one, random.

    Raises CheckpointError where the checkpoint is no data or its weights are another model's.
    """
    init_default_scope(config.get("default_scope", "mmdet"))
    model = MODELS.build(_without_pretrained(config.model))
    if checkpoint is not None:
        found = model.load_state_dict(read_checkpoint(checkpoint)["state_dict"], strict=False)
        missing, unknown = found.missing_keys, found.unexpected_keys
        if missing or unknown:
            first = (missing + unknown)[0]
            raise CheckpointError(f"{checkpoint} does not fit the config: {len(missing + unknown)} names, as {first}.")
    return model.eval()


def export(model: nn.Module, plan: Plan, folder: Path) -> dict[str, Any]:
    """Writes the three parts and card.json into `folder`; returns the card as it was written."""
    parts = taken_apart(model)
    card = card_of(model, plan)  # before the conversion, which takes much longer than a refusal
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        save(folder, name, converted(name, part, plan.input_sizes[0]))
    card |= {"files": file_hashes(folder, PARTS)}
    write_card(folder, card)
    return card


def converted(name: str, part: nn.Module, canvas: tuple[int, int]) -> openvino.Model:
    """Returns part `name` as an OpenVINO model that takes any canvas and any number of regions."""
    picture = torch.zeros(1, 3, canvas[1], canvas[0])
    if name == "body":
        return openvino.convert_model(part, example_input=(picture,), input=[openvino.PartialShape([1, 3, -1, -1])])
    with torch.no_grad():
        maps = part_maps(part, canvas)
    boxes = [torch.tensor([[0.0, 0.0, 16.0, 16.0]] * 2) for _ in maps]
    shapes = [openvino.PartialShape([1, level.shape[1], -1, -1]) for level in maps]
    shapes += [openvino.PartialShape([-1, 4])] * len(boxes)
    return openvino.convert_model(part, example_input=(*maps, *boxes), input=shapes)


def part_maps(head: nn.Module, canvas: tuple[int, int]) -> list[torch.Tensor]:
    """Returns empty feature maps of a canvas (width, height) as `head` takes them."""
    channels = head.finish.head.in_channels
    return [torch.zeros(1, channels, canvas[1] // stride, canvas[0] // stride) for stride in head.strides]


def card_of(model: nn.Module, plan: Plan) -> dict[str, Any]:
    """Returns the card, but for its files and what was measured."""
    mean, std = normalisation(model)
    classes = model.roi_head.bbox_head.num_classes
    if len(plan.labels) != classes:
        raise UnsupportedModel(f"{len(plan.labels)} labels for a model of {classes} classes")
    own = parameters(model)
    return {
        "name": plan.name,
        "kind": "detector",
        "is_default": plan.is_default,
        "input_size": list(plan.input_sizes[0]),
        "mean": mean,
        "std": std,
        "labels": list(plan.labels),
        "garment_types": {label: kind for label, kind in plan.labels.items() if kind is not None},
        "licence": plan.licence,
        "training": plan.training,
        "measured": {},
        "parameters": own
        | {"own_postprocess": own["postprocess"], "input_sizes": plan.input_sizes, "padding": list(map(round, mean))},
    }


def input_sizes_of(config: Config) -> list[tuple[int, int]]:
    """Returns the config's own INPUT_SIZES, or both orientations of the size its test pipeline scales photos to."""
    if "INPUT_SIZES" in config:
        return [tuple(size) for size, _ in config.INPUT_SIZES]
    scale = next(step["scale"] for step in config.test_dataloader.dataset.pipeline if step["type"] == "Resize")
    short, long = (math.ceil(side / 32) * 32 for side in sorted(scale))
    return [(short, long), (long, short)]


def read_labels(path: Path | None) -> dict[str, str | None]:
    """Returns {label: garment type or None} in the order of the model's classes.

    Raises UnsupportedModel for unknown types.
    """
    if path is not None:
        labels = json.loads(path.read_text())
    else:
        from training.garment_labels import DETECTED_TYPES

        labels = {kind: kind for kind in DETECTED_TYPES}
    unknown = sorted(set(labels.values()) - {*GarmentType, None})
    if unknown:
        raise UnsupportedModel(f"{unknown} are no garment types; those are {', '.join(GarmentType)}")
    return labels


def _without_pretrained(model: dict[str, Any]) -> dict[str, Any]:
    """Returns the model's config without the backbone's first weights, which the checkpoint replaces anyway."""
    model = {**model, "backbone": {**model["backbone"]}}
    model["backbone"].pop("init_cfg", None)
    return model


def photo_files(source: Path, root: Path) -> list[Path]:
    """Returns the photos in a folder, or those of a COCO file, whose names are relative to `root`."""
    if source.is_file():
        return [root / image["file_name"] for image in json.loads(source.read_text())["images"]]
    return [path for path in sorted(source.rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg", ".png")]


def drawn_photos(folder: Path, count: int = 8) -> list[Path]:
    """Returns pictures of `count` products of the sample catalogue, drawn into `folder`."""
    from demo.assortment import assortment
    from demo.product_photos import shots

    paths = [folder / f"{index}.png" for index in range(count)]
    for path, product in zip(paths, assortment(30 * count)[::30], strict=True):
        Image.fromarray(shots(product)[0]()).save(path)
    return paths


def spread(paths: list[Path], count: int) -> list[Path]:
    """Returns `count` of the paths, evenly spread over all."""
    return [paths[i] for i in np.linspace(0, len(paths) - 1, min(len(paths), count)).astype(int)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--labels", type=Path, help="JSON: label to garment type, in the order of the classes")
    parser.add_argument("--name", required=True)
    parser.add_argument("--out", type=Path, default=Path("var/models"))
    parser.add_argument("--photos", type=Path, nargs="+", help="photos to compare with MMDetection and calibrate on")
    parser.add_argument("--root", type=Path, default=Path("."), help="what a COCO file's names are relative to")
    parser.add_argument("--compare", type=int, default=20, help="how many photos to compare on")
    parser.add_argument("--int8", nargs="*", choices=PARTS, default=[], help="parts to quantise; needs --photos")
    parser.add_argument("--licence", help="default: what the config says")
    options = parser.parse_args()
    if options.int8 and options.photos is None:
        parser.error("--int8 needs --photos to calibrate on")
    try:
        _export(options)
    except (CheckpointError, UnsupportedModel) as error:
        sys.exit(f"Not exported: {error}")


def _export(options: argparse.Namespace) -> None:
    config = Config.fromfile(options.config)
    model = load_model(config, options.checkpoint)
    plan = Plan(
        options.name,
        read_labels(options.labels),
        input_sizes_of(config),
        options.licence or config.get("LICENCE", "unknown"),
        dict(config.get("TRAINING", {"config": options.config.name})),
        config.get("IS_DEFAULT", False),
    )
    folder = options.out / options.name
    export(model, plan, folder)
    print(f"{options.name}: {sum(path.stat().st_size for path in folder.glob('*.bin')) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as scratch:
        _compare(model, folder, options, Path(scratch))


def _compare(model: nn.Module, folder: Path, options: argparse.Namespace, scratch: Path) -> None:
    """Says how far the artifact is from `model`, once more where parts of it are made int8."""
    from training.detector.compare_detectors import CALIBRATION_PHOTOS, compare, quantise

    if options.photos is None:
        paths = drawn_photos(scratch)
    else:
        paths = [path for source in options.photos for path in photo_files(source, options.root)]
    chosen = spread(paths, options.compare)
    numbers = compare(model, folder, chosen)
    print("next to MMDetection:", numbers)
    if options.int8:
        quantise(folder, options.int8, spread([path for path in paths if path not in chosen], CALIBRATION_PHOTOS))
        numbers = compare(model, folder, chosen)
        print("int8, next to MMDetection:", numbers)
    rewrite_card(folder, measured={"next_to_mmdetection": numbers})


if __name__ == "__main__":
    main()
