"""Image addresses, fetched several at a time into a folder that outlives a killed import."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from catalogue.http_fetch import Fetched, FetchError, fetch_changed
from catalogue.image_storage import PARTIAL
from catalogue.photo_files import MAX_BYTES, NotAPhoto, read_photo

FOLDER = "downloads"  # below settings.VAR_DIR
CONCURRENCY = 8
TRIES = 3
WAIT_SECONDS = 0.5  # before the second try; twice that before each further one
MAX_WAIT_SECONDS = 30.0


class Downloads:
    """Downloads into `folder`, into files named by the address's hash, which are kept until `delete`.

    `problems` are addresses of the last `fetch` and why they failed; `answers` what their hosts said of the others.
    """

    def __init__(self, *, folder: Path, allow_private: bool = False) -> None:
        self.folder = folder
        self.allow_private = allow_private
        self.problems: dict[str, str] = {}
        self.answers: dict[str, Fetched] = {}
        self.pool = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="download")
        folder.mkdir(parents=True, exist_ok=True)

    def path_of(self, url: str) -> Path:
        """Where the file of this address is, once it has been fetched."""
        return self.folder / hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()

    def fetch(self, urls: Mapping[str, Fetched | None]) -> None:
        """Fetches those that are not there yet; with an earlier answer, only if the file has changed since."""
        self.problems.clear()
        self.answers.clear()
        for url, problem in self.pool.map(lambda item: (item[0], self._fetch(*item)), urls.items()):
            if problem:
                self.problems[url] = problem

    def delete(self, urls: Iterable[str]) -> None:
        """Removes what was fetched from these addresses."""
        for url in urls:
            self.path_of(url).unlink(missing_ok=True)

    def close(self) -> None:
        """Ends the threads, and removes the folder if it is empty."""
        self.pool.shutdown(cancel_futures=True)
        with contextlib.suppress(OSError):  # not empty: a batch that did not commit
            self.folder.rmdir()

    def _fetch(self, url: str, known: Fetched | None) -> str:
        """Downloads one address into the folder. Returns the reason where that failed, else ""."""
        path = self.path_of(url)
        if path.exists():
            return ""
        try:
            answer = download_with_retries(url, allow_private=self.allow_private, known=known)
            if answer.content is None:
                return ""
            read_photo(answer.content)
        except (NotAPhoto, FetchError) as error:
            return str(error)
        _write(path, answer.content)
        self.answers[url] = Fetched(None, answer.etag[:300], answer.last_modified[:60])
        return ""


def download_with_retries(url: str, *, allow_private: bool = False, known: Fetched | None = None) -> Fetched:
    """The file at `url` if it is another than `known`; transient failures are retried. Raises FetchError."""
    etag, modified = (known.etag, known.last_modified) if known else ("", "")
    wait = WAIT_SECONDS
    for attempt in range(1, TRIES + 1):
        try:
            return fetch_changed(
                url, max_bytes=MAX_BYTES, etag=etag, last_modified=modified, allow_private=allow_private
            )
        except FetchError as error:
            if not error.is_transient or attempt == TRIES:
                raise FetchError(f"Download failed: {error} Tried {attempt} time{'s' * (attempt > 1)}.") from error
            time.sleep(min(max(wait, error.retry_after), MAX_WAIT_SECONDS))
            wait *= 2
    raise AssertionError("unreachable")


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, also when killed; verify_catalogue finds what a killed import leaves."""
    partial = path.with_suffix(f".{os.getpid()}{PARTIAL}")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
