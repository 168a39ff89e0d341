"""Prepares the next batch in a thread while the database writes the current one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import TypeVar, cast

T = TypeVar("T")
_END = object()


def prefetch(items: Iterator[T], *, depth: int = 1) -> Iterator[T]:
    """Yields `items`, produced by a background thread at most `depth` ahead. Raises what `items` raises."""
    waiting: queue.Queue[object] = queue.Queue(depth)
    is_stopped = threading.Event()

    def put(item: object) -> bool:
        while not is_stopped.is_set():
            try:
                waiting.put(item, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def make() -> None:
        try:
            for item in items:
                if not put(item):
                    return
        except BaseException as error:  # noqa: BLE001  to be raised where somebody sees it
            put(error)
        else:
            put(_END)

    thread = threading.Thread(target=make, name="prefetch", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not _END:
            if isinstance(item, BaseException):
                raise item
            yield cast(T, item)
    finally:
        is_stopped.set()
        thread.join()
