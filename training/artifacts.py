"""Writes exported models' files and cards."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import openvino


def save(folder: Path, name: str, part: openvino.Model) -> None:
    """Writes part `name` as name.xml and name.bin, float weights in 16 bits."""
    openvino.save_model(part, folder / f"{name}.xml", compress_to_fp16=True)


def file_hashes(folder: Path, parts: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Returns a card's `files`: of each part the graph (what is compiled) and its weights."""
    files = {}
    for part in parts:
        for key, suffix in ((part, ".xml"), (f"{part}_weights", ".bin")):
            path = folder / f"{part}{suffix}"
            files[key] = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    return files


def write_card(folder: Path, card: dict[str, Any]) -> None:
    (folder / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")


def rewrite_card(folder: Path, *, postprocess: dict[str, Any] | None = None, **fields: Any) -> None:
    """Replaces `fields` of the card in `folder`, and the `postprocess` among its parameters where one is given."""
    card = json.loads((folder / "card.json").read_text()) | fields
    if postprocess is not None:
        card["parameters"]["postprocess"] = postprocess
    write_card(folder, card)
