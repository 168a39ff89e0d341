"""The photo cache: in one process's memory, and in a real Redis shared by several."""

import time

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
