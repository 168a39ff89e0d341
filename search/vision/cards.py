"""Models as data: an artifact's files and the card that says what they are (Mitchell et al., Model Cards, 2019)."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

BUNDLED = Path(__file__).resolve().parent.parent / "weights"
DEFAULT_MODELS_DIR = BUNDLED.parent.parent / "var" / "models"  # what `manage.py fetch_models` brings
KINDS = ("detector", "encoder")
logger = logging.getLogger(__name__)


class ModelError(RuntimeError):
    """A model is unknown, incomplete or not the one that its card describes; the message says which and why."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What one model is. `files` maps a part's name to {"file": name, "sha256": hex}; sizes are (width, height) px."""

    name: str
    kind: str
    folder: Path
    files: dict[str, dict[str, str]]
    input_size: tuple[int, int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    licence: str
    training: dict[str, Any]
    measured: dict[str, Any]
    labels: tuple[str, ...] = ()
    garment_types: dict[str, str] = field(default_factory=dict)
    dimensions: int | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    is_default: bool = False

    def part(self, name: str) -> Path:
        """Where the file of part `name` lies."""
        return self.folder / self.files[name]["file"]

    @property
    def fingerprint(self) -> str:
        """The first 16 hex digits over all the files' hashes: changes when any weight does."""
        together = "".join(self.files[part]["sha256"] for part in sorted(self.files))
        return hashlib.sha256(together.encode()).hexdigest()[:16]

    def verify(self) -> None:
        """Raises ModelError where a file is missing or is not the one that the card describes."""
        for part, entry in self.files.items():
            path = self.part(part)
            if not path.is_file():
                raise ModelError(f"Model {self.name}: {path} is missing.")
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if found != entry["sha256"]:
                raise ModelError(f"Model {self.name}: {path} has sha256 {found}; its card says {entry['sha256']}.")


def read_card(folder: Path) -> ModelCard:
    """The card of the model in `folder`. Raises ModelError where it is broken or lacks a field."""
    path = folder / "card.json"
    try:
        raw = json.loads(path.read_text())
        fields: dict[str, Any] = {name: tuple(raw[name]) for name in ("input_size", "mean", "std")}
        fields["labels"] = tuple(raw.get("labels", ()))
        optional = {key: raw[key] for key in ("garment_types", "dimensions", "parameters", "is_default") if key in raw}
        needed = {key: raw[key] for key in ("name", "kind", "files", "licence", "training", "measured")}
        card = ModelCard(folder=folder, **needed, **fields, **optional)
        if not all(isinstance(entry[key], str) for entry in card.files.values() for key in ("file", "sha256")):
            raise TypeError("files maps parts to {file, sha256}")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path} is no model card: {type(error).__name__}: {error}.") from error
    if card.kind not in KINDS:
        raise ModelError(f"{path}: kind is {card.kind!r}; it must be one of {', '.join(KINDS)}.")
    return card


@dataclass(frozen=True, slots=True)
class CardsFound:
    """The models at hand. broken: by their folder's name, those whose card cannot be read, and why."""

    cards: tuple[ModelCard, ...]
    broken: dict[str, ModelError]


@cache
def _read_cards() -> CardsFound:
    found: list[ModelCard] = []
    broken: dict[str, ModelError] = {}
    for folder in (BUNDLED, Path(os.environ.get("MODELS_DIR") or DEFAULT_MODELS_DIR)):
        for path in sorted(folder.glob("*/card.json")):
            try:
                found.append(read_card(path.parent))
            except ModelError as error:
                broken[path.parent.name] = error
                logger.warning("A model is left out: %s", error)
    return CardsFound(tuple(found), broken)


def clear_card_cache() -> None:
    """Has the cards read again: models have come or gone."""
    _read_cards.cache_clear()


def available(kind: str) -> dict[str, ModelCard]:
    """Every model of this kind at hand, by name: the bundled, then those under MODELS_DIR (default var/models).

    One whose card is broken is left out, so that it takes no other down.
    """
    return {card.name: card for card in _read_cards().cards if card.kind == kind}


def choose(kind: str, name: str | None = None) -> ModelCard:
    """The card called `name`, or the default of its kind.

    Raises ModelError: the reason where that card is broken, else naming those at hand.
    """
    cards, broken = available(kind), _read_cards().broken
    if name is None:
        name = next((card.name for card in cards.values() if card.is_default), None)
    if name is None and broken:  # it may be the default: no other takes its place unasked
        raise next(iter(broken.values()))
    name = name or next(iter(cards), None)
    if name in cards:
        return cards[name]
    raise broken.get(name or "") or ModelError(
        f"There is no {kind} called {name!r}; at hand are: {', '.join(cards) or 'none'}."
    )
