"""One thread does what several want at once; the others wait and find it done."""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

_LOCKS = [threading.Lock() for _ in range(64)]  # two keys may share one: then one waits for the other in vain


def single_flight(key: str) -> AbstractContextManager:
    """A lock of this process on `key`. Not to be nested."""
    return _LOCKS[hash(key) % len(_LOCKS)]


@contextmanager
def single_flight_on_machine(key: str) -> Iterator[None]:
    """A lock of all this user's processes on this machine on `key`. Not to be nested.

    Of this process alone where lock files cannot be made, on a full disk for example: what it guards must be harmless
    to do twice.
    """
    with single_flight(key):
        file = _lock_file(zlib.crc32(key.encode()) % len(_LOCKS))
        if file is None:
            yield
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)  # and the lock goes


def _lock_file(number: int) -> int | None:
    folder = Path(tempfile.gettempdir()) / f"fashion-visual-search-locks-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
