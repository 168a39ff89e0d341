"""Limits for one client, counted by all processes together in the cache `throttles`.

A count is one atomic step of the cache, so that requests sent at the same moment do not pass on the same number. While
the shared cache does not answer, each process counts for itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from django.core.cache import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from access.client_address import client_of
from access.named_caches import cache_of

if TYPE_CHECKING:
    from rest_framework.views import APIView

_own = LocMemCache("throttles-of-this-process", {"OPTIONS": {"MAX_ENTRIES": 10_000}})


class Count(NamedTuple):
    """How often something happened since its first time, and the time (time.time()) at which counting begins anew."""

    number: int
    until: float


def count(key: str, seconds: float) -> Count:
    """Counts one more time under `key`, within `seconds` from the first."""
    try:
        return _count(cache_of("throttles"), key, seconds)
    except ValueError:  # the number is not there: the shared cache is away
        return _count(_own, key, seconds)


def uncount(key: str) -> None:
    """Takes the last time back."""
    for cache in (cache_of("throttles"), _own):
        until = cache.get(key)
        if until is not None and (cache.get(_counter(key, until)) or 0) > 0:
            cache.decr(_counter(key, until))


def reset(key: str) -> None:
    for cache in (cache_of("throttles"), _own):
        cache.delete(key)


def _count(cache: BaseCache, key: str, seconds: float) -> Count:
    until = float(cache.get_or_set(key, lambda: time.time() + seconds, seconds) or 0)
    cache.add(_counter(key, until), 0, seconds)
    return Count(cache.incr(_counter(key, until)), until)


def _counter(key: str, until: float) -> str:
    return f"{key}:{until:.3f}"


class ClientThrottle(SimpleRateThrottle):
    """So many requests of one client, by the rate of its `scope`, in views of the API and elsewhere."""

    duration: int
    num_requests: int

    def get_cache_key(self, request: Request | HttpRequest, view: APIView | None) -> str | None:
        return f"{self.scope}:{client_of(request)}"

    def allow_request(self, request: Request | HttpRequest, view: APIView | None) -> bool:
        key = self.get_cache_key(request, view) if self.rate else None
        if key is None:
            return True
        number, self.until = count(key, self.duration)
        return number <= self.num_requests

    def allows(self, request: HttpRequest) -> bool:
        """Whether a plain request, of no API view, is within the limit."""
        return self.allow_request(request, None)

    def wait(self) -> float:
        """Seconds until counting begins anew."""
        return max(1.0, self.until - time.time())


class DeepOffsetThrottle(ClientThrottle):
    """For lists by offset: rows that are skipped cost as much as rows that are shown."""

    scope = "deep"
    FREE = 1_000  # rows; nobody looks so far, and what reads all of a list has time

    def get_cache_key(self, request: Request | HttpRequest, view: APIView | None) -> str | None:
        return super().get_cache_key(request, view) if _offset_of(request) > self.FREE else None


def _offset_of(request: Request | HttpRequest) -> int:
    """The offset in a query string, a form or JSON; 0 where there is none. The view refuses what is no number."""
    query = request.GET.get("offset", "")
    data = getattr(request, "data", {}) if request.method == "POST" else {}
    given = str(query or (data.get("offset", "") if hasattr(data, "get") else ""))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 12 else 0
