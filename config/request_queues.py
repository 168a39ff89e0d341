"""Which requests a process works on, which wait their turn, and which are refused. No Django: the server decides.

A request that waits takes no thread and no database connection. Photo searches are counted apart, since each keeps the
processor busy: pages are answered while they wait. Health checks pass all others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from urllib.parse import unquote

from config.request_body import PHOTO_PATHS

HEALTH_PATHS = frozenset({"/healthz", "/readyz"})


class Admission(Enum):
    RUNS = auto()
    WAITS = auto()
    REFUSED = auto()


@dataclass
class RequestQueue:
    """At most `max_running` at once, then at most `max_waiting` in the order of their arrival."""

    max_running: int
    max_waiting: int
    running: int = 0
    waiting: deque[Any] = field(default_factory=deque)

    def enter(self, request: Any) -> Admission:
        """Whether `request` runs now, waits until `leave` returns it, or is refused."""
        if self.running < self.max_running:
            self.running += 1
            return Admission.RUNS
        if len(self.waiting) < self.max_waiting:
            self.waiting.append(request)
            return Admission.WAITS
        return Admission.REFUSED

    def leave(self) -> Any | None:
        """Called when one that ran has ended: the one that runs in its place."""
        if self.waiting:
            return self.waiting.popleft()
        self.running -= 1
        return None


class RequestQueues:
    """The queues of one process. Used by one thread alone."""

    def __init__(self, *, requests: int, photo_searches: int, waiting: int, waiting_photo_searches: int) -> None:
        self.pages = RequestQueue(requests, waiting)
        self.photo_searches = RequestQueue(photo_searches, waiting_photo_searches)

    def queue_of(self, method: str, target: str) -> RequestQueue | None:
        """The queue of a request line's method and target; None for what never waits."""
        path, _, query = target.partition("?")
        path = unquote(path)
        if path in HEALTH_PATHS:
            return None
        return self.photo_searches if is_photo_search(method, path, query) else self.pages


def is_photo_search(method: str, path: str, query: str) -> bool:
    """A photo that is sent, or an earlier one that is refined by the query string."""
    return (method == "POST" or bool(query)) and path.startswith(PHOTO_PATHS)


# -- what the site is told --------------------------------------------------------------------------------------------

_is_refused: ContextVar[bool] = ContextVar("is_refused", default=False)


@contextmanager
def refusal() -> Iterator[None]:
    """Requests that this thread handles inside the block are refused (config/overload.py)."""
    token = _is_refused.set(True)
    try:
        yield
    finally:
        _is_refused.reset(token)


def is_refused() -> bool:
    """Whether the request that is being handled is to be refused."""
    return _is_refused.get()
