"""The site's caches: each is bounded by itself, so that what fills one pushes nothing out of another.

| cache | holds | without it |
|---|---|---|
| photos | shoppers' photos for 30 minutes | no photo search |
| throttles | counts of photos and wrong passwords of each client | each process counts for itself |
| counts | how many products lists hold | they are counted again |
| sitemaps | the sitemap's files | they are made again |
| default | synonyms, which words are known, example photos | they are read again |

All lie in the memory of the process by default, on one server with CACHE_URL.
"""

from __future__ import annotations

from typing import Any

MEMORY_BYTES = {"default": 16_000_000, "throttles": 16_000_000, "counts": 32_000_000, "sitemaps": 32_000_000}
TIMEOUTS = {"socket_connect_timeout": 2, "socket_timeout": 5}


def caches_of(url_settings: dict[str, Any], *, photo_bytes: int) -> dict[str, dict[str, Any]]:
    """Django's CACHES for the cache that CACHE_URL names. photo_bytes: of the photos, where they lie in memory."""
    sizes = {**MEMORY_BYTES, "photos": photo_bytes}
    return {name: _cache(name, url_settings, max_bytes) for name, max_bytes in sizes.items()}


def _cache(name: str, url_settings: dict[str, Any], max_bytes: int) -> dict[str, Any]:
    options = dict(url_settings.get("OPTIONS", {}))
    prefix = "" if name == "default" else name
    found = {**url_settings, "OPTIONS": options, "KEY_PREFIX": "-".join(filter(None, [_prefix(url_settings), prefix]))}
    if found["BACKEND"].endswith("LocMemCache"):
        found |= {"BACKEND": "config.memory_cache.BoundedMemoryCache", "LOCATION": name}
        options["MAX_BYTES"] = max_bytes
    elif found["BACKEND"].endswith("RedisCache"):
        options |= TIMEOUTS
        if name != "photos":
            found["BACKEND"] = "config.optional_cache.OptionalRedisCache"
    return found


def _prefix(url_settings: dict[str, Any]) -> str:
    return str(url_settings.get("KEY_PREFIX", ""))
