"""The public models that `manage.py fetch_models` brings, and how each becomes an artifact."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from search.file_download import RemoteFile, fetch, recorded
from search.vision import cards


class ExportError(RuntimeError):
    """The weights came, but no artifact could be made of them; the message says why."""


@dataclass(frozen=True, slots=True)
class PublicModel:
    """A model that somebody else published. `labels` maps its labels to garment types, None for what is none."""

    name: str
    kind: str
    weights: RemoteFile
    licence: str
    about: str
    config: str  # an architecture of torchvision, or a configuration of MMDetection, as it is named there
    labels: dict[str, str | None] | None = None


PUBLIC_MODELS = [
    PublicModel(
        name="resnet50-imagenet",
        kind="encoder",
        # torchvision's file names carry the first eight digits of the hash.
        weights=RemoteFile("https://download.pytorch.org/models/resnet50-11ad3fa6.pth", "11ad3fa6"),
        licence="BSD-3-Clause (torchvision); trained on ImageNet-1k",
        about="torchvision's ResNet-50, IMAGENET1K_V2",
        config="resnet50",
    ),
    PublicModel(
        name="mask-rcnn-deepfashion",
        kind="detector",
        weights=RemoteFile(
            "https://download.openmmlab.com/mmdetection/v2.0/deepfashion/mask_rcnn_r50_fpn_15e_deepfashion/"
            "mask_rcnn_r50_fpn_15e_deepfashion_20200329_192752.pth"
        ),
        licence="Apache-2.0 (OpenMMLab); trained on DeepFashion In-shop, which is for research",
        about="OpenMMLab's mask-rcnn_r50_fpn_15e_deepfashion: shop photos of worn clothes",
        config="deepfashion/mask-rcnn_r50_fpn_15e_deepfashion.py",
        labels={
            "top": "top", "skirt": "skirt", "leggings": "trousers", "dress": "dress", "outer": "outerwear",
            "pants": "trousers", "bag": "bag", "neckwear": "accessory", "headwear": "headwear", "eyeglass": "accessory",
            "belt": "accessory", "footwear": "footwear", "hair": None, "skin": None, "face": None,
        },
    ),
]  # fmt: skip


def public_model(name: str, *, mirror: str = "") -> PublicModel:
    """The public model called `name`; with a `mirror`, its file from there. Raises LookupError naming those known."""
    known = {model.name: model for model in PUBLIC_MODELS}
    if name not in known:
        raise LookupError(f"There is no public model {name!r}; known are: {', '.join(known)}.")
    model = known[name]
    if mirror:
        moved = replace(model.weights, url=f"{mirror.rstrip('/')}/{model.weights.name}")
        model = replace(model, weights=moved)
    return model


def is_fetched(model: PublicModel) -> bool:
    """Whether its artifact is at hand and whole."""
    try:
        cards.read_card(models_dir() / model.name).verify()
    except cards.ModelError:
        return False
    return True


def models_dir() -> Path:
    """Where fetched models go."""
    return Path(settings.MODELS_DIR)


def download(model: PublicModel) -> Iterator[tuple[int, int | None]]:
    """Fetches the weights; yields (bytes so far, bytes in all or None). Raises DownloadError."""
    yield from fetch(model.weights, models_dir() / "downloads")


def recorded_sha256(model: PublicModel) -> str:
    """The hash of the weights as they came the first time, in hex; what comes later must have it too."""
    return recorded(model.weights, models_dir() / "downloads")


def export(model: PublicModel) -> tuple[Path, str]:
    """Makes the artifact of the downloaded weights, in a process of its own: it needs torch, this one does not.
    Returns where it is and what the exporter said of it.

    The artifact appears whole or not at all. Raises ExportError with what the exporter said last.
    """
    weights, folder = models_dir() / "downloads" / model.weights.name, models_dir() / model.name
    with TemporaryDirectory(dir=models_dir(), prefix=".making-") as scratch:
        arguments = _arguments(model, weights, Path(scratch))
        command = [sys.executable, "-m", f"training.{model.kind}.export_{model.kind}", *arguments]
        done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise ExportError(f"{model.name} could not be exported: {last}")
        shutil.rmtree(folder, ignore_errors=True)
        (Path(scratch) / model.name).rename(folder)
        report = done.stdout.strip().replace(scratch, str(models_dir()))
    cards.clear_card_cache()
    return folder, report


def _arguments(model: PublicModel, weights: Path, out: Path) -> list[str]:
    common = ["--name", model.name, "--out", str(out), "--licence", model.licence]
    if model.kind == "encoder":
        return [*common, "--torchvision", model.config, "--weights", str(weights)]
    table = out / "labels.json"
    table.write_text(json.dumps(model.labels))
    config = _mmdetection() / ".mim" / "configs" / model.config
    return [*common, "--config", str(config), "--checkpoint", str(weights), "--labels", str(table)]


def _mmdetection() -> Path:
    """Where MMDetection lies; its own configurations come with it."""
    spec = importlib.util.find_spec("mmdet")
    if spec is None or not spec.submodule_search_locations:
        raise ExportError("MMDetection is not installed; exporting needs all of requirements.txt.")
    return Path(spec.submodule_search_locations[0])
