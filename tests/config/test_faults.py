"""The database, Redis or a model goes away in earnest: 503 with a time to come back, and everything works again."""

import shutil
import socket
import subprocess
import time

import pytest
from django.core.cache import cache, caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings

from search.photo import cache as photo_cache
from search.vision.cards import choose
from tests.factories import make_product
from tests.search.photo.test_cache import cached_photo
from tests.search.photos import photo_bytes
from tests.search.vectors import make_encoder

PAGES = ["/", "/search/?q=dress", "/photo/?query=" + "A" * 22]
API = ["/api/v1/products/", "/api/v1/categories/"]


def assert_unavailable(response, *, is_json):
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert response["Cache-Control"] == "no-store"
    if is_json:
        assert "does not answer" in response.json()["detail"]
    else:
        content = response.content.decode()
        assert "does not answer" in content
        assert "shop.css" in content


@pytest.fixture
def no_database(monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    yield
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", [*PAGES[:2], *API])
def test_without_a_database_pages_and_api_say_so(client, no_database, path):
    assert_unavailable(client.get(path), is_json=path in API)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ends_is_one_503_and_no_more(client):
    """As when PostgreSQL is restarted: the connection at hand is dead, the next one is not."""
    make_product()
    assert client.get("/").status_code == 200
    other = connection.copy()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    assert_unavailable(client.get("/api/v1/products/"), is_json=True)
    connection.close_if_unusable_or_obsolete()  # as Django does when a request begins
    assert client.get("/api/v1/products/").status_code == 200


class Redis:
    """A real server that can be stopped and started again at its address."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.05)

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis():
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server here: apt-get install redis-server")
    server = Redis()
    options = {"socket_connect_timeout": 1, "socket_timeout": 1}
    backends = {
        "default": {"BACKEND": "config.optional_cache.OptionalRedisCache", "LOCATION": server.url, "OPTIONS": options},
        "photos": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": server.url,
                   "OPTIONS": options, "KEY_PREFIX": "photos"},
    }  # fmt: skip
    with override_settings(CACHES=backends):
        yield server
    server.stop()


@pytest.mark.django_db
def test_without_redis_pages_go_on_and_photos_wait(client, redis, monkeypatch):
    make_product()
    query = photo_cache.store(cached_photo())
    make_encoder(dimensions=8)
    redis.stop()
    for path in ["/", "/search/?q=garment", "/photo/", *API]:
        assert client.get(path).status_code == 200, path
    assert_unavailable(client.get(f"/photo/?query={query}"), is_json=False)
    answer = client.post("/api/v1/search/photo/", {"query": query})
    assert_unavailable(answer, is_json=True)
    redis.start()
    photo_cache.store(cached_photo(), query=query)
    assert photo_cache.load(query).size == (30, 40)


def test_an_optional_cache_without_its_server_finds_and_keeps_nothing(redis):
    cache.set("known", 1)
    assert cache.get("known") == 1
    redis.stop()
    assert cache.get("known", "nothing") == "nothing"
    assert cache.get_many(["known"]) == {}
    assert not cache.has_key("known")
    assert cache.get_or_set("known", lambda: 2) == 2
    cache.set("known", 3)
    assert cache.set_many({"known": 3}) == []
    assert not cache.touch("known")
    assert not cache.delete("known")
    cache.delete_many(["known"])
    cache.clear()
    with pytest.raises(ValueError, match="known"):
        cache.incr("known")


def test_an_optional_cache_is_asked_again_after_a_pause(redis, monkeypatch):
    redis.stop()
    assert cache.get("known") is None
    redis.start()
    caches["default"]._away_until = 0.0  # the pause is over
    cache.set("known", 1)
    assert cache.get("known") == 1


@pytest.mark.django_db
def test_a_detector_that_is_not_there_is_503(client, settings):
    make_encoder(choose("encoder").name)
    settings.DETECTOR = "no-such-detector"
    photo = {"image": SimpleUploadedFile("a.jpg", photo_bytes())}
    assert client.post("/api/v1/search/photo/", photo).status_code == 503
    photo = {"image": SimpleUploadedFile("a.jpg", photo_bytes())}
    assert client.post("/photo/", photo).status_code == 503
    assert client.get("/photo/").status_code == 200
