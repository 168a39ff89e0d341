"""What a benchmark makes once and may find again: arrays and indexes in files, and how long each took to make."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

FOLDER = Path("var/benchmark")


class CachedResults:
    """The things made under one name; without `keep` they are made anew, and `seconds` is of this run."""

    def __init__(self, name: str, *, keep: bool):
        self.name = name
        self.folder = FOLDER / name
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def seconds(self) -> dict[str, float]:
        """How long each thing took to make."""
        try:
            return json.loads((self.folder / "seconds.json").read_text())
        except FileNotFoundError:
            return {}

    def once(self, thing: str, make: Callable[[], object]) -> None:
        """Makes it unless it has been made, and notes how long that took."""
        if thing in self.seconds:
            return
        started = time.perf_counter()
        make()
        seconds = self.seconds | {thing: round(time.perf_counter() - started, 1)}
        (self.folder / "seconds.json").write_text(json.dumps(seconds, indent=2) + "\n")

    def array(self, thing: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """The array, read from its file as it is needed."""
        path = self.folder / f"{thing}.npy"
        self.once(thing, lambda: np.save(path, make()))
        return np.load(path, mmap_mode="r")
