"""A Redis that may be away: what is cached to save time is then computed, and no page fails for it."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PAUSE_S = 5.0  # after a failure: nobody waits for a time limit again and again
logger = logging.getLogger(__name__)


def _optional(name: str, nothing: Callable[..., Any]) -> Callable[..., Any]:
    """The cache's method `name`; what `nothing` makes of its arguments while the server does not answer."""
    method = getattr(RedisCache, name)

    @functools.wraps(method)
    def call(self: OptionalRedisCache, *args: Any, **options: Any) -> Any:
        if not self.is_away():
            try:
                return method(self, *args, **options)
            except RedisError as error:
                self.note_failure(error)
        return nothing(*args, **options)

    return call


def _default(key: str, default: Any = None, version: int | None = None) -> Any:
    return default


def _no_number(key: str, *args: Any, **options: Any) -> Any:
    raise ValueError(f"Key {key!r} not found")  # as of a key that has expired


class OptionalRedisCache(RedisCache):
    """Django's Redis cache; while its server does not answer, nothing is found and nothing is kept."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._away_until = 0.0
        self._lock = threading.Lock()

    def is_away(self) -> bool:
        return time.monotonic() < self._away_until

    def note_failure(self, error: RedisError) -> None:
        with self._lock:
            is_news = not self.is_away()
            self._away_until = time.monotonic() + PAUSE_S
        if is_news:
            logger.warning("The cache does not answer and is done without for %g s: %s", PAUSE_S, error)

    get = _optional("get", _default)
    get_many = _optional("get_many", lambda *args, **options: {})
    has_key = _optional("has_key", lambda *args, **options: False)
    incr = _optional("incr", _no_number)
    add = _optional("add", lambda *args, **options: True)
    set = _optional("set", lambda *args, **options: None)
    set_many = _optional("set_many", lambda *args, **options: [])
    touch = _optional("touch", lambda *args, **options: False)
    delete = _optional("delete", lambda *args, **options: False)
    delete_many = _optional("delete_many", lambda *args, **options: None)
    clear = _optional("clear", lambda *args, **options: False)
