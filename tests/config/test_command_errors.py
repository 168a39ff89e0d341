"""What is wrong with an installation is said in a sentence, not in a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.utils import OperationalError, ProgrammingError
from PIL import Image

from config.command_errors import explanation
from config.embedded_postgres import EmbeddedPostgresError

ROOT = Path(__file__).resolve().parents[2]


def manage(*command, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ImproperlyConfigured("SECRET_KEY is missing"), "SECRET_KEY is missing"),
        (EmbeddedPostgresError("initdb failed"), "initdb failed"),
        (OperationalError("could not connect\n"), "The database does not answer as it should: could not connect"),
        (ProgrammingError("syntax error"), None),
    ],
)
def test_explanation(error, expected):
    assert explanation(error) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM catalogue_nothing", "run manage.py migrate"),
        ("CREATE TABLE public.t (a int)", "The database user lacks a privilege: permission denied for schema public"),
        ("CREATE EXTENSION vector SCHEMA public", "CREATE EXTENSION vector;"),
    ],
)
def test_a_user_without_privileges_is_told_what_is_missing(statement, expected):
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION vector CASCADE")
        cursor.execute("CREATE ROLE unprivileged")
        cursor.execute("SET LOCAL ROLE unprivileged")
        try:
            cursor.execute(statement)
        except ProgrammingError as error:
            found = explanation(error)
            assert found and expected in found
        else:
            raise AssertionError(f"{statement} was permitted")


def test_a_command_without_a_database_ends_with_a_sentence():
    done = manage("migrate", DATABASE_URL="postgres://nobody@127.0.0.1:9/shop")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "127.0.0.1" in done.stderr


def test_a_traceback_is_shown_to_who_asks_for_it():
    assert "Traceback" in manage("migrate", "--traceback", DATABASE_URL="postgres://nobody@127.0.0.1:9/shop").stderr


def test_a_detector_that_is_not_there_is_named_with_those_that_are(tmp_path):
    Image.new("RGB", (60, 80), "red").save(tmp_path / "photo.jpg")
    done = manage("detect", str(tmp_path / "photo.jpg"), "--json", DETECTOR="wrong")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "'wrong'" in done.stderr and "garments-lite2" in done.stderr
