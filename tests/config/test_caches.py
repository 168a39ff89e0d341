"""Each cache is bounded by itself, in bytes, and drops what has expired without a thread for each entry."""

import threading
import time

import environ
import pytest
from django.core.cache import caches
from django.test import override_settings

from config.caches import MEMORY_BYTES, caches_of
from config.memory_cache import ENTRY_BYTES, BoundedMemoryCache

IN_MEMORY = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
OWN = ["photos", "throttles", "counts", "sitemaps", "default"]


def small_cache(name, *, entries=10, size=1_000):
    cache = BoundedMemoryCache(name, {"OPTIONS": {"MAX_BYTES": entries * (size + ENTRY_BYTES)}})
    cache.clear()
    return cache


@pytest.fixture(autouse=True)
def fresh():
    with override_settings(CACHES=caches_of(IN_MEMORY, photo_bytes=100_000)):
        yield
        for name in OWN:
            caches[name].clear()


def test_every_purpose_has_a_bounded_cache_of_its_own():
    found = caches_of(IN_MEMORY, photo_bytes=7)
    assert sorted(found) == sorted(OWN)
    assert {name: each["OPTIONS"]["MAX_BYTES"] for name, each in found.items()} == {**MEMORY_BYTES, "photos": 7}


@pytest.mark.parametrize("full", OWN)
def test_what_fills_one_cache_pushes_nothing_out_of_another(full):
    for name in OWN:
        caches[name].set("kept", name)
    for number in range(200):
        caches[full].set(f"key-{number}", "x" * 500_000)
    assert [name for name in OWN if caches[name].get("kept") != name] == [full]


def test_a_server_has_the_same_caches_under_prefixes_of_their_own():
    url = environ.Env().cache_url_config("redis://cache.example:6379/0")
    found = caches_of(url, photo_bytes=7)
    assert len({each["KEY_PREFIX"] for each in found.values()}) == len(found)
    assert {each["LOCATION"] for each in found.values()} == {"redis://cache.example:6379/0"}
    assert {name for name, each in found.items() if not each["BACKEND"].endswith("OptionalRedisCache")} == {"photos"}
    assert all(each["OPTIONS"]["socket_timeout"] for each in found.values())


def test_what_was_used_longest_ago_leaves_first():
    cache = small_cache("oldest", entries=5, size=100)
    for number in range(5):
        cache.set(str(number), "x" * 80)
    cache.get("0")
    cache.set("5", "x" * 80)
    assert [number for number in range(6) if cache.get(str(number)) is None] == [1]


def test_a_value_larger_than_the_cache_is_not_kept():
    cache = small_cache("large", entries=2)
    cache.set("a", "x" * 10_000)
    assert cache.get("a") is None


def test_one_thread_for_all_entries_drops_what_expires():
    before = threading.active_count()
    cache = small_cache("expiring", entries=1_000, size=10)
    for number in range(600):
        cache.set(str(number), number, timeout=0.3 if number % 2 else 1_000)
    assert threading.active_count() <= before + 1
    deadline = time.monotonic() + 10
    while len(cache._cache) > 300:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert cache.get("0") == 0


def test_an_entry_that_expires_before_the_others_does_not_wait_for_them():
    cache = small_cache("order")
    cache.set("long", 1, timeout=1_000)
    cache.set("short", 1, timeout=0.2)
    deadline = time.monotonic() + 10
    while len(cache._cache) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert cache.get("long") == 1


def test_the_thread_ends_with_the_last_entry():
    cache = small_cache("ending")
    cache.set("a", 1, timeout=0.1)
    deadline = time.monotonic() + 10
    while cache._sweeper.thread is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    cache.set("b", 1, timeout=0.1)
    assert cache._sweeper.thread is not None
