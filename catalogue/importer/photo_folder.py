"""The photo folder: every file below it, and what its place says about the product it shows."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

TABLES = (".csv", ".tsv", ".txt")
TEXTS = (*TABLES, ".json", ".xml", ".md", ".xlsx", ".xls", ".ods")  # files that nobody takes for photos
_LITTER = {"thumbs.db", "desktop.ini", "__macosx"}  # what Windows and macOS leave in folders


class FoundFile(NamedTuple):
    """A regular file under the photo folder; `path` is relative to it, as bytes, for names are not always text."""

    path: bytes

    @property
    def parts(self) -> list[str]:
        return shown_path(self.path).split("/")


def scan(
    folder: Path,
    *,
    on_refused: Callable[[str, str], None],
    max_depth: int = 16,
    leave_out: Collection[Path] = (),
) -> Iterator[FoundFile]:
    """Every file under `folder`, folder by folder in the order of names, not following links that lead out of it.

    `on_refused` is told the relative path of what cannot be read or leads out, and why. `leave_out` are folders that
    are passed over where they lie below `folder`.
    """
    root = os.path.realpath(os.fsencode(folder))
    passed_over = {os.path.realpath(os.fsencode(each)) for each in leave_out}
    waiting = [b""]
    while waiting:
        relative = waiting.pop()
        try:
            with os.scandir(os.path.join(root, relative)) as entries:
                children = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            on_refused(shown_path(relative), f"The folder cannot be read: {error.strerror}.")
            continue
        subfolders = []
        for entry in children:
            path = os.path.join(relative, entry.name)
            if entry.name.startswith(b".") or os.fsdecode(entry.name).lower() in _LITTER:
                continue
            if entry.is_symlink() and not _stays_inside(root, path, on_refused):
                continue
            if entry.is_dir(follow_symlinks=False):
                if os.path.join(root, path) not in passed_over:
                    subfolders.append(path)
            elif entry.is_file():
                yield FoundFile(path)
        if relative.count(b"/") + 1 < max_depth:
            waiting.extend(reversed(subfolders))


def _stays_inside(root: bytes, path: bytes, on_refused: Callable[[str, str], None]) -> bool:
    target = os.path.realpath(os.path.join(root, path))
    if target.startswith(root + b"/"):
        return True
    on_refused(shown_path(path), f"The link leads out of the photo folder, to {shown_path(target)}.")
    return False


def shown_path(path: bytes) -> str:
    """The path as text; what is no UTF-8 in it loses what cannot be shown."""
    return os.fsdecode(path).encode("utf-8", "replace").decode()
