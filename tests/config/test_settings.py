"""Production refuses to start where something is missing; the database is whose DATABASE_URL says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import override_settings

from config.database import database_settings
from search.checks import pgvector_is_there, photos_are_shared_between_processes

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {"DEBUG": "", "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "shop.example"}


def run(*command, **environment):
    """Runs `command` in production mode: with the settings of PRODUCTION that `environment` has, and no others."""
    inherited = {k: v for k, v in os.environ.items() if k not in PRODUCTION}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True
    )


COMMANDS = {
    "manage.py": ["manage.py", "check"],
    "gunicorn": ["-m", "gunicorn", "config.wsgi"],
    "celery": ["-m", "celery", "--app", "config", "worker"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_production_names_everything_that_is_missing_at_once(command):
    done = run(*command)
    assert done.returncode != 0
    assert "SECRET_KEY:" in done.stderr and "ALLOWED_HOSTS:" in done.stderr
    assert "set DEBUG=1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_names_what_is_missing_alone(missing):
    done = run("manage.py", "check", **{key: value for key, value in PRODUCTION.items() if key != missing})
    assert done.returncode != 0
    assert [name for name in ("SECRET_KEY", "ALLOWED_HOSTS") if f"{name}:" in done.stderr] == [missing]


def test_production_starts_when_all_is_there():
    assert run("manage.py", "check", **PRODUCTION).returncode == 0


def test_development_needs_nothing():
    assert run("manage.py", "check", DEBUG="1").returncode == 0


@pytest.mark.parametrize("module", ["config.wsgi", "config.asgi", "config.celery"])
def test_servers_and_workers_run_in_production_mode(module):
    code = f"import {module}; from django.conf import settings; print(settings.DEBUG)"
    assert run("-c", code, **{**PRODUCTION, "DEBUG": "0"}).stdout == "False\n"
    assert run("-c", code, **{key: PRODUCTION[key] for key in ("SECRET_KEY", "ALLOWED_HOSTS")}).stdout == "False\n"


def test_database_url_is_taken():
    found = database_settings("postgres://u:p@db.example:5433/shop", folder=Path("/nowhere"))
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"]) == ("db.example", 5433, "shop", "u")


def test_without_a_url_the_project_runs_its_own(tmp_path):
    found = database_settings("", folder=tmp_path)
    assert found["ENGINE"] == "config.postgresql"
    assert found["OPTIONS"] == {"embedded": str(tmp_path)}


@pytest.mark.django_db
def test_our_own_database_has_pgvector():
    assert pgvector_is_there(databases=["default"]) == []


@pytest.mark.parametrize("command", [["check", "--database", "default"], ["prepare_demo"]])
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///{folder}/db.sqlite3", "PostgreSQL with pgvector is needed"),
        ("postgres://nobody@127.0.0.1:9/shop", "it cannot be reached"),  # port 9 is nobody's
    ],
)
def test_a_database_that_will_not_do_is_refused_with_a_way_on(tmp_path, command, url, reason):
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url.format(folder=tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert reason in done.stderr
    assert "unset DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_memory_of_one_process_is_warned_of_where_several_serve(monkeypatch):
    assert caches["default"].__class__.__name__ == "BoundedMemoryCache"
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    assert [warning.id for warning in photos_are_shared_between_processes()] == ["search.W001"]
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}):
        assert photos_are_shared_between_processes() == []
    monkeypatch.setenv("WEB_CONCURRENCY", "1")
    assert photos_are_shared_between_processes() == []
