"""Large files from public addresses: resumed where they broke off, tried again, and never taken on trust."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import urllib3
from urllib3.util import Timeout

TRIES = 4
PAUSE_S = 1.0  # before the second try; doubled each time
CHUNK = 1 << 16


class DownloadError(RuntimeError):
    """A file could not be fetched or is not the one that was published; the message says which and why."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One published file. `sha256` is its hash, or the first digits of it where that is all its publisher gives;
    empty where nothing is published: then the first download's hash is recorded and checked ever after."""

    url: str
    sha256: str = ""

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[1]


def fetch(remote: RemoteFile, folder: Path, *, pause_s: float = PAUSE_S) -> Iterator[tuple[int, int | None]]:
    """Downloads into `folder` unless the file is there; yields (bytes so far, bytes in all or None).

    Raises DownloadError after TRIES attempts, or when the hash is another: then nothing is left to be taken for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target, part = folder / remote.name, folder / f"{remote.name}.part"
    if not target.exists():
        for attempt in range(TRIES):
            try:
                yield from _continue(remote.url, part)
                break
            except (urllib3.exceptions.HTTPError, OSError) as error:
                if attempt == TRIES - 1:
                    raise DownloadError(f"{remote.url} could not be fetched ({_reason(error)}).") from error
                time.sleep(pause_s * 2**attempt)
        _check(remote, part)
        part.rename(target)
    _check(remote, target)


def _continue(url: str, part: Path) -> Iterator[tuple[int, int | None]]:
    """Appends to what is there. A server that knows no ranges sends all of it again."""
    start = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={start}-"} if start else {}
    with urllib3.PoolManager(timeout=Timeout(connect=10, read=60), retries=urllib3.Retry(0, redirect=5)) as pool:
        response = pool.request("GET", url, headers=headers, preload_content=False)
        if response.status == 416:  # nothing is left to send: the file was whole already
            return
        if response.status not in (200, 206):
            raise DownloadError(f"{url} answered {response.status}.")
        if response.status == 200:
            start = 0
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        with part.open("ab" if start else "wb") as file:
            for chunk in response.stream(CHUNK):
                file.write(chunk)
                start += len(chunk)
                yield start, total
    if total is not None and start < total:
        raise urllib3.exceptions.ProtocolError(f"the connection broke after {start} of {total} bytes")


def _check(remote: RemoteFile, path: Path) -> None:
    found, note = file_sha256(path), path.parent / f"{remote.name}.sha256"
    expected = remote.sha256 or (note.read_text().strip() if note.exists() else "")
    if not found.startswith(expected):
        path.unlink()
        raise DownloadError(
            f"{remote.url} has sha256 {found}, and {expected} was to be expected. It was removed; fetch it again, and "
            "if that gives the same, do not use it."
        )
    note.write_text(found + "\n")


def file_sha256(path: Path) -> str:
    """The hash of a file's content in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", None) or error
    return f"{type(inner).__name__}: {inner}"[:200]
