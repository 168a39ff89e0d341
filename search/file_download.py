"""Large files from public addresses: resumed where they broke off, tried again, and never taken on trust."""

from __future__ import annotations

import hashlib
import http.client
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalogue.http_fetch import FetchError, open_url

TRIES = 4  # without a byte of progress between them
TRANSIENT = (408, 429, 500, 502, 503, 504)  # answers that may be others a moment later
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


def fetch(remote: RemoteFile, folder: Path) -> Iterator[tuple[int, int | None]]:
    """Downloads into `folder` unless the file is there; yields (bytes so far, bytes in all or None).

    Raises DownloadError after TRIES attempts, or when the hash is another: then nothing is left to be taken for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target, part = folder / remote.name, folder / f"{remote.name}.part"
    if not target.exists():
        yield from _download_with_retries(remote.url, part)
        _version(part).unlink(missing_ok=True)
        _check(remote, part)
        part.rename(target)
    _check(remote, target)


def recorded(remote: RemoteFile, folder: Path) -> str:
    """The hash in hex of the file as it first came into `folder`; empty where it never did."""
    note = folder / f"{remote.name}.sha256"
    return note.read_text().strip() if note.exists() else ""


def _download_with_retries(url: str, part: Path) -> Iterator[tuple[int, int | None]]:
    """Fills `part`, going on from wherever a connection broke. Raises DownloadError."""
    failures, farthest = 0, 0
    while True:
        try:
            yield from _continue(url, part)
            return
        except FetchError as error:
            raise DownloadError(f"{url} could not be fetched ({error})") from error
        except (http.client.HTTPException, OSError) as error:
            reached = part.stat().st_size if part.exists() else 0
            failures = 1 if reached > farthest else failures + 1
            farthest = max(farthest, reached)
            if failures == TRIES:
                raise DownloadError(f"{url} could not be fetched ({_reason(error)}).") from error
            time.sleep(PAUSE_S * 2 ** (failures - 1))


def _continue(url: str, part: Path) -> Iterator[tuple[int, int | None]]:
    """Appends to what is there. A server that knows no ranges, or has another file by now, sends all of it again."""
    start = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={start}-"} if start else {}
    if start and _version(part).exists():
        headers["If-Range"] = _version(part).read_text()
    with open_url(url, headers=headers, allow_private=True) as response:  # the operator's own choice, checked by hash
        if response.status == 416:  # nothing is left to send: the file was whole already
            return
        if response.status in TRANSIENT:
            raise ConnectionError(f"it answered {response.status}")
        if response.status not in (200, 206):
            raise DownloadError(f"{url} answered {response.status}.")
        if response.status == 200:
            start = 0
            _note_version(part, response.headers)
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdecimal() else None
        with part.open("ab" if start else "wb") as file:
            while chunk := response.read1(CHUNK):
                file.write(chunk)
                start += len(chunk)
                yield start, total
    if total is not None and start < total:
        raise ConnectionError(f"the connection broke after {start} of {total} bytes")


def _version(part: Path) -> Path:
    """Where is noted which version of the file `part` is a part of, as its server calls it."""
    return part.with_name(f"{part.name}.version")


def _note_version(part: Path, headers: http.client.HTTPMessage) -> None:
    tag = headers.get("ETag", "")
    version = (
        tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "")
    )  # a weak one may not be asked
    if version:
        _version(part).write_text(version)
    else:
        _version(part).unlink(missing_ok=True)


def _check(remote: RemoteFile, path: Path) -> None:
    found = file_sha256(path)
    expected = remote.sha256 or recorded(remote, path.parent)
    if not found.startswith(expected):
        path.unlink()
        raise DownloadError(
            f"{remote.url} has sha256 {found}, and {expected} was to be expected. It was removed; fetch it again, and "
            "if that gives the same, do not use it."
        )
    (path.parent / f"{remote.name}.sha256").write_text(found + "\n")


def file_sha256(path: Path) -> str:
    """The hash of a file's content in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
