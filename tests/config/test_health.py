"""Health checks: what they look at, and that they answer whatever name the server is called by."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.test import RequestFactory, override_settings

from config import health
from config.capacity import SPARE_THREADS


@pytest.fixture
def only(monkeypatch):
    """Leaves the named checks."""

    def leave(*names):
        monkeypatch.setattr(health, "CHECKS", {name: health.CHECKS[name] for name in names})

    return leave


def test_healthz_answers_while_the_process_lives(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_readyz_answers_when_every_part_works(client):
    assert client.get("/readyz").json() == {"ready": True}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["10.0.0.7", "10.0.0.7:8000", "[fd00::1]:8000", "not a host"])
@override_settings(ALLOWED_HOSTS=["shop.example"], SECURE_SSL_REDIRECT=True)
def test_a_health_check_by_address_is_answered(client, only, path, host):
    only("static", "cache")
    assert client.get(path, headers={"host": host}).status_code == 200


@override_settings(ALLOWED_HOSTS=["shop.example"])
def test_a_page_by_address_is_refused(client):
    assert client.get("/robots.txt", headers={"host": "10.0.0.7"}).status_code == 400


def test_checks_of_a_part_that_hangs_do_not_take_every_thread(monkeypatch):
    parted = threading.Event()
    monkeypatch.setattr(health, "CHECKS", {"database": parted.wait})
    monkeypatch.setattr(health, "PATIENCE_S", 0.05)
    assert health.AT_ONCE < SPARE_THREADS
    with ThreadPoolExecutor(health.AT_ONCE) as pool:
        hanging = [pool.submit(health.readyz) for _ in range(health.AT_ONCE)]
        time.sleep(0.1)
        answers = [health.readyz() for _ in range(5)]
        parted.set()
    assert {answer.status_code for answer in answers} == {503}
    assert {each.result().status_code for each in hanging} == {200}
    assert health.readyz().status_code == 200


@pytest.mark.django_db(transaction=True)
def test_readyz_is_503_without_a_database(client, monkeypatch, only):
    from django.db import connection

    only("database", "cache")
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "database": "OperationalError"}
    assert response["Retry-After"]


@pytest.mark.django_db
def test_readyz_names_a_migration_that_is_not_applied(client, monkeypatch, only):
    from django.db import connection

    only("migrations")
    monkeypatch.setattr(health, "_migrated", [])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert "1 migrations are not applied" in client.get("/readyz").json()["migrations"]


def test_readyz_names_a_missing_manifest(client, tmp_path, only):
    only("static")
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES={"default": storage, "staticfiles": storage}):
        assert "run manage.py collectstatic" in client.get("/readyz").json()["static"]
        (tmp_path / "staticfiles.json").write_text('{"version": "1.1", "paths": {"a.css": "a.1.css"}, "hash": ""}')
    with override_settings(STATIC_ROOT=tmp_path, STORAGES={"default": storage, "staticfiles": storage}):
        assert client.get("/readyz").json() == {"ready": True}


@pytest.mark.django_db
def test_readyz_names_a_detector_that_is_not_there(client, settings, only):
    only("models")
    settings.DETECTOR = "wrong"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "'wrong'" in response.json()["models"]


def test_readyz_names_a_cache_that_keeps_nothing(client, only):
    only("cache")
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}):
        assert "could not be read back" in client.get("/readyz").json()["cache"]
    cache.clear()


def test_one_broken_part_does_not_hide_another(client, monkeypatch):
    def broken():
        raise OSError("secret")

    monkeypatch.setattr(health, "CHECKS", {"one": broken, "two": broken, "static": health.check_static_files})
    assert client.get("/readyz").json() == {"ready": False, "one": "OSError", "two": "OSError"}


def test_health_checks_are_never_cached():
    middleware = health.HealthCheckMiddleware(lambda request: None)
    assert middleware(RequestFactory().get("/healthz"))["Cache-Control"] == "no-store"
