"""The database, Redis or a model goes away in earnest: 503 with a time to come back, and everything works again."""

import json
import shutil
import socket
import subprocess
import time

import pytest
from django.core.cache import cache, caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.test import override_settings

from config import health
from config.caches import caches_of
from config.faults import FaultMiddleware
from search.photo import cache as photo_cache
from search.vision import cards
from search.vision.cards import choose
from tests.catalogue.test_fuzzed_parameters import PARTS as FUZZED_PARTS
from tests.factories import make_product
from tests.routes import addresses_of, routes
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


@pytest.fixture
def no_tables(monkeypatch):
    """A database in which `migrate` has not run."""
    name = f"{connection.settings_dict['NAME']}_empty"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    with monkeypatch.context() as patch:
        patch.setattr(health, "_migrated", [])
        patch.setitem(connection.settings_dict, "NAME", name)
        yield
        connection.close()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


PARTS = {name: values[:1] for name, values in FUZZED_PARTS.items()}  # one of each


def every_address(method):
    """One address of each URL pattern, but those that only another method takes."""
    others = {"get": {"api-search-photo", "photo-delete"}, "post": set()}[method]
    return [address for route in routes() if route.name not in others for address in addresses_of(route, PARTS)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("fault", ["no_database", "no_tables"])
def test_without_a_database_or_its_tables_every_address_says_so_or_needs_none(client, request, fault, method):
    request.getfixturevalue(fault)
    client.raise_request_exception = False
    unavailable = set()
    for address in every_address(method):
        response = getattr(client, method)(address)
        assert response.status_code < 500 or response.status_code == 503, (method, address)
        if response.status_code == 503:
            assert_unavailable(response, is_json=address.startswith("/api/"))
            unavailable.add(address)
    if method == "get":
        assert {"/", "/search/", "/c/dress/", "/p/1/dress/", *API} <= unavailable
        assert not unavailable & {"/robots.txt", "/api/v1/docs/"}
    if fault == "no_tables":
        assert "run manage.py migrate" in client.get("/readyz").json()["migrations"]


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
    redis_cache = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": server.url}
    with override_settings(CACHES=caches_of(redis_cache, photo_bytes=1)):
        yield server
    server.stop()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["shopper", "admin"])
def test_without_redis_no_address_fails(client, redis, admin_user, method, who):
    make_product(name="Gaun", pk=1)
    if who == "admin":
        client.force_login(admin_user)
    client.raise_request_exception = False
    redis.stop()
    for address in every_address(method):
        if (who == "admin") != address.startswith("/admin/") or "logout" in address:
            continue
        response = getattr(client, method)(address)
        is_photo = address.startswith(("/photo/A", "/api/v1/search/photo/A"))
        assert response.status_code < 500 or (is_photo and response.status_code == 503), (method, address)


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


@pytest.fixture
def own_models(tmp_path, monkeypatch):
    """A folder with copies of the bundled models, called "own-" and their names."""
    for folder in cards.BUNDLED.iterdir():
        if (folder / "card.json").exists():
            copy = shutil.copytree(folder, tmp_path / f"own-{folder.name}")
            card = json.loads((copy / "card.json").read_text())
            (copy / "card.json").write_text(json.dumps({**card, "name": copy.name, "is_default": False}))
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    cards.clear_card_cache()
    yield tmp_path
    monkeypatch.undo()
    cards.clear_card_cache()


def break_model(folder, fault):
    if fault == "missing":
        shutil.rmtree(folder)
    elif fault == "card":
        (folder / "card.json").write_text("{")
    else:
        (folder / "body.bin").write_bytes((folder / "body.bin").read_bytes()[:-100])
    cards.clear_card_cache()


@pytest.fixture
def broken_models(settings, own_models, request):
    """The site's detector is missing, has a broken card, or a file that is not the one that the card names."""
    folder = next(path.parent for path in own_models.glob("*/body.bin"))
    break_model(folder, request.param)
    settings.DETECTOR = folder.name


@pytest.mark.django_db
def test_a_broken_card_takes_no_other_model_down(client, own_models):
    folder = next(path.parent for path in own_models.glob("*/body.bin"))
    break_model(folder, "card")
    names = {kind: set(cards.available(kind)) for kind in cards.KINDS}
    assert folder.name not in names["detector"] and {choose(kind).name for kind in cards.KINDS} <= set().union(
        *names.values()
    )
    with pytest.raises(cards.ModelError, match="is no model card"):
        choose("detector", folder.name)
    make_encoder(choose("encoder").name)
    answer = client.get("/readyz").json()
    assert "models" not in answer


@pytest.mark.django_db
@pytest.mark.parametrize("broken_models", ["missing", "card", "file"], indirect=True)
def test_a_broken_model_is_503_where_it_is_needed_and_nowhere_else(client, broken_models):
    make_product(name="Gaun", pk=1)
    make_encoder("lite2-colour")
    client.raise_request_exception = False
    for address in every_address("get"):
        assert client.get(address).status_code < 500, address
    for address in ("/photo/", "/api/v1/search/photo/"):
        photo = {"image": SimpleUploadedFile("a.jpg", photo_bytes())}
        response = client.post(address, photo)
        assert response.status_code == 503
        assert int(response["Retry-After"]) > 0, address
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("the connection is gone"), 503),
        (DatabaseError("server closed the connection unexpectedly"), 503),  # psycopg2 has no narrower class for it
        (ProgrammingError("no such column"), None),
        (ValueError("x"), None),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_connection_that_breaks_is_an_outage_and_a_mistake_is_none(rf, error, status):
    answer = FaultMiddleware(lambda request: None).process_exception(rf.get("/api/v1/products/"), error)
    assert (answer and answer.status_code) == status
