"""The photo cache: in one process's memory, and in a real Redis shared by several."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from django.core.cache import caches
from django.test import override_settings

from search.photo import cache as photo_cache
from search.photo.cache import CachedPhoto, PhotoExpired
from search.vision.analysis import WHOLE, DetectedGarment


def cached_photo():
    pixels = np.full((40, 30, 3), (200, 30, 60), np.uint8)
    whole = DetectedGarment(None, None, 1.0, WHOLE, [], ("red",), np.eye(1, 8, dtype=np.float32)[0])
    return CachedPhoto(photo_cache.to_webp(pixels), (30, 40), [], whole, "encoder", "fingerprint")


def check_round_trip():
    query = photo_cache.store(cached_photo())
    again = photo_cache.load(query)
    assert again.size == (30, 40)
    assert np.abs(again.pixels()[20, 15].astype(int) - (200, 30, 60)).max() < 12
    np.testing.assert_array_equal(again.whole.vector, cached_photo().whole.vector)
    photo_cache.delete(query)
    with pytest.raises(PhotoExpired, match="photos are deleted 30 minutes after the upload"):
        photo_cache.load(query)


def test_cached_photo_is_loaded_until_it_is_deleted():
    check_round_trip()


def test_ids_are_long_and_never_the_same():
    ids = {photo_cache.store(cached_photo()) for _ in range(50)}
    assert len(ids) == 50
    assert {len(query) for query in ids} == {22}


@pytest.mark.parametrize("query", ["", "x", "A" * 22, "A" * 23, "../" * 7 + "x", "é" * 22, "A" * 21 + "\n"])
def test_other_ids_find_nothing(query):
    with pytest.raises(PhotoExpired):
        photo_cache.load(query)


@override_settings(PHOTO_QUERY_SECONDS=0.2)
def test_expired_photo_leaves_the_memory_without_being_asked_for():
    query = photo_cache.store(cached_photo())
    assert caches["photos"]._cache, "this test looks into Django's cache of one process"
    deadline = time.monotonic() + 5
    while any(query in key for key in list(caches["photos"]._cache)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_redis_keeps_a_photo_for_every_process(redis_url):
    backend = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
    with override_settings(CACHES={"default": backend}):
        check_round_trip()
        with override_settings(PHOTO_QUERY_SECONDS=1):
            query = photo_cache.store(cached_photo())
        assert caches["default"].get(f"photo-query:{query}") is not None
        time.sleep(1.2)
        with pytest.raises(PhotoExpired):
            photo_cache.load(query)


def noise(size):
    """A photo that takes about `size` bytes of the cache."""
    return replace(cached_photo(), webp=np.random.default_rng(0).bytes(size))


def kept(queries):
    found = []
    for query in queries:
        with contextlib.suppress(PhotoExpired):
            photo_cache.load(query)
            found.append(query)
    return found


@pytest.fixture(params=["memory", "redis"])
def photos(request):
    """The photo cache in this process's memory, and in a real Redis."""
    if request.param == "memory":
        yield
        return
    backend = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": request.getfixturevalue("redis_url"),
    }
    with override_settings(CACHES={"default": backend}):
        caches["default"].clear()
        yield
        caches["default"].clear()


def test_tiny_photos_push_out_nobodys(photos):
    others = [photo_cache.store(cached_photo(), client=f"192.0.2.{number}") for number in range(20)]
    before = threading.active_count()
    tiny = [photo_cache.store(cached_photo(), client="203.0.113.9") for _ in range(560)]
    assert threading.active_count() <= before + 1
    assert kept(others) == others
    assert kept(tiny) == tiny


@pytest.mark.parametrize("size", [1_000, 150_000, 900_000])
def test_a_client_pushes_out_its_own_photos_alone(photos, settings, size):
    settings.PHOTO_CLIENT_BYTES = 3_200_000
    others = [photo_cache.store(noise(50_000), client=f"192.0.2.{number}") for number in range(5)]
    own = [photo_cache.store(noise(size), client="203.0.113.9") for _ in range(60)]
    left = kept(own)
    assert kept(others) == others
    assert left == own[-len(left) :], "the latest"
    assert 2_000_000 < len(left) * max(size, photo_cache.SLOT_BYTES) <= 3_200_000


def test_photos_of_the_same_moment_get_slots_of_their_own(photos, settings):
    settings.PHOTO_CLIENT_BYTES = 20 * photo_cache.SLOT_BYTES
    with ThreadPoolExecutor(8) as pool:
        own = list(pool.map(lambda _: photo_cache.store(cached_photo(), client="203.0.113.9"), range(64)))
    assert len(kept(own)) == 20


def test_the_cache_has_no_address_of_a_client():
    photo_cache.store(cached_photo(), client="203.0.113.9")
    assert not [key for key in caches["photos"]._cache if "203.0.113.9" in key]
