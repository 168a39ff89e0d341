"""Image addresses, fetched several at a time into a folder that outlives a killed import."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from catalogue.http_fetch import FetchError, fetch
from catalogue.photo_files import MAX_BYTES, NotAPhoto, read_photo

CONCURRENCY = 8
TRIES = 3
WAIT_SECONDS = 0.5  # before the second try; twice that before each further one
MAX_WAIT_SECONDS = 30.0


class Downloads:
    """Downloads into `folder`, named by the hash of its address, kept until `delete`. `problems`: address -> why."""

    def __init__(self, *, folder: Path, allow_private: bool = False, on_fetched=None) -> None:
        self.folder = folder
        self.allow_private = allow_private
        self.on_fetched = on_fetched
        self.problems: dict[str, str] = {}
        self.pool = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="download")
        folder.mkdir(parents=True, exist_ok=True)

    def path_of(self, url: str) -> Path:
        return self.folder / hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()

    def fetch(self, urls: Iterable[str]) -> None:
        """Fetches those that are not there yet."""
        self.problems.clear()
        for url, problem in self.pool.map(lambda url: (url, self._fetch(url)), urls):
            if problem:
                self.problems[url] = problem
            if self.on_fetched:
                self.on_fetched(url)

    def delete(self, urls: Iterable[str]) -> None:
        for url in urls:
            self.path_of(url).unlink(missing_ok=True)

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)
        with contextlib.suppress(OSError):  # not empty: a batch that did not commit
            self.folder.rmdir()

    def _fetch(self, url: str) -> str:
        """Downloads one address into the folder. Returns the reason where that failed, else ""."""
        path = self.path_of(url)
        if path.exists():
            return ""
        try:
            content = download_with_retries(url, allow_private=self.allow_private)
            read_photo(content)
        except (NotAPhoto, FetchError) as error:
            return str(error)
        _write(path, content)
        return ""


def download_with_retries(url: str, *, allow_private: bool = False) -> bytes:
    """The bytes at `url`. Transient failures are retried up to TRIES times. Raises FetchError."""
    wait = WAIT_SECONDS
    for attempt in range(1, TRIES + 1):
        try:
            return fetch(url, max_bytes=MAX_BYTES, allow_private=allow_private)
        except FetchError as error:
            if not error.is_transient or attempt == TRIES:
                raise FetchError(f"{error} Tried {attempt} time{'s' * (attempt > 1)}.") from error
            time.sleep(min(max(wait, error.retry_after), MAX_WAIT_SECONDS))
            wait *= 2
    raise AssertionError("unreachable")


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, also when killed."""
    partial = path.with_suffix(f".{os.getpid()}.part")
    partial.write_bytes(content)
    partial.replace(path)
