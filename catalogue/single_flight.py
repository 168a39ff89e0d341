"""One thread does what several want at once; the others wait and find it done."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager

_LOCKS = [threading.Lock() for _ in range(64)]  # two keys may share one: then one waits for the other in vain


def alone(key: str) -> AbstractContextManager:
    """A lock of this process on `key`. Not to be nested."""
    return _LOCKS[hash(key) % len(_LOCKS)]
