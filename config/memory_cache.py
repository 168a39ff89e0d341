"""A cache in the memory of one process: bounded in bytes, and without what has expired."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import MutableMapping
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

DEFAULT_MAX_BYTES = 32_000_000
ENTRY_BYTES = 500  # of a key, its expiry and the dictionaries' own, besides the value
ANY_NUMBER = 1_000_000_000


class BoundedMemoryCache(LocMemCache):
    """Django's, which holds OPTIONS["MAX_BYTES"] of values and drops an expired one unasked.

    What was used longest ago leaves first. One thread for each cache, however much it holds, drops what expires; it
    ends when the cache is empty.
    """

    _cache: OrderedDict[str, bytes]  # LocMemCache's own, which the stubs do not name
    _expire_info: dict[str, float | None]
    _lock: threading.Lock

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        options = dict(params.get("OPTIONS", {}))
        self.max_bytes = int(options.get("MAX_BYTES", DEFAULT_MAX_BYTES))
        super().__init__(name, {**params, "OPTIONS": {**options, "MAX_ENTRIES": ANY_NUMBER}})
        self._sweeper = _sweepers.setdefault(name, Sweeper(self._cache, self._expire_info, self._lock))

    def _set(self, key: str, value: bytes, timeout: Any = DEFAULT_TIMEOUT) -> None:
        """Called with the lock held, as LocMemCache does."""
        super()._set(key, value, timeout)  # type: ignore[misc]  # not in the stubs
        size = sum(len(each) for each in self._cache.values()) + ENTRY_BYTES * len(self._cache)
        while size > self.max_bytes and self._cache:
            oldest, dropped = self._cache.popitem()
            del self._expire_info[oldest]
            size -= len(dropped) + ENTRY_BYTES
        self._sweeper.wake()


class Sweeper:
    """Drops the entries of one cache as they expire, in a thread that sleeps from one expiry to the next."""

    def __init__(self, values: MutableMapping[str, bytes], expiries: MutableMapping[str, Any], lock: Any) -> None:
        self.values, self.expiries, self.lock = values, expiries, lock
        self.changed = threading.Event()
        self.thread: threading.Thread | None = None

    def wake(self) -> None:
        """Looks again when the next entry expires. Called with the lock held."""
        if self.thread is None or not self.thread.is_alive():
            self.thread = threading.Thread(target=self._sweep, daemon=True, name="cache-sweeper")
            self.thread.start()
        self.changed.set()

    def _sweep(self) -> None:
        while True:
            with self.lock:
                self.changed.clear()
                now = time.time()
                for key in [key for key, at in self.expiries.items() if at is not None and at <= now]:
                    del self.values[key], self.expiries[key]
                following = min((at for at in self.expiries.values() if at is not None), default=None)
                if following is None:
                    self.thread = None
                    return
            self.changed.wait(max(0.05, following - now))


_sweepers: dict[str, Sweeper] = {}
