"""API tokens: shown once, stored as hashes; those of the first release keep working."""

import hashlib
import importlib

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection

from access.models import ApiToken
from access.tokens import create_token
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
CATEGORIES = "/api/v1/categories/"


def write(client, token):
    headers = {"Authorization": f"Token {token}"}
    return client.post(CATEGORIES, {"name": "Topi"}, content_type="application/json", headers=headers)


def test_a_token_is_its_users_and_is_stored_as_a_hash(client):
    token = create_token(make_staff("category"))
    assert write(client, token).status_code == 201
    (row,) = ApiToken.objects.values()
    assert row["digest"] == hashlib.sha512(token.encode()).hexdigest()
    assert token not in str(row)
    assert row["expiry"] is None


@pytest.mark.parametrize(
    "token", ["", "wrong", "a b", "x" * 5000, "\u00fe\u00ff", "%00", "\u20ac".encode().decode("latin-1")]
)
def test_another_token_is_401(client, token):
    create_token(make_staff("category"))
    client.raise_request_exception = False
    assert write(client, token).status_code == 401


def test_a_token_ends_with_its_user(client):
    user = make_staff("category")
    token = create_token(user)
    User.objects.update(is_active=False)
    assert write(client, token).status_code == 401
    user.delete()
    assert not ApiToken.objects.exists()


def test_the_admin_shows_a_token_once(client, admin_user):
    client.force_login(admin_user)
    page = client.post("/admin/access/apitoken/add/", {"user": admin_user.pk}, follow=True).content.decode()
    row = ApiToken.objects.get()
    (token,) = (word.rstrip(".") for word in page.split() if word.startswith(row.token_key))
    assert hashlib.sha512(token.encode()).hexdigest() == row.digest
    for path in ("", f"{row.pk}/change/", f"{row.pk}/history/", f"{row.pk}/delete/", "../../"):
        again = client.get(f"/admin/access/apitoken/{path}").content.decode()
        assert token not in again
        assert row.token_key not in again


def test_a_token_does_not_become_another_users(client, admin_user):
    client.force_login(admin_user)
    create_token(admin_user)
    other = make_staff()
    row = ApiToken.objects.get()
    assert client.post(f"/admin/access/apitoken/{row.pk}/change/", {"user": other.pk}).status_code == 403
    assert ApiToken.objects.get().user == admin_user


def test_the_command_prints_a_token(client, capsys):
    make_staff("category", name="import")
    call_command("create_api_token", "import")
    assert write(client, capsys.readouterr().out.strip()).status_code == 201
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("create_api_token", "nobody")


def test_a_token_of_the_first_release_keeps_working(client):
    """As rest_framework.authtoken stored it: readable, and in the admin's log too."""
    key = "0123456789abcdef0123456789abcdef01234567"
    user = make_staff("category")
    kind = ContentType.objects.create(app_label="authtoken", model="tokenproxy")
    LogEntry.objects.create(user=user, content_type=kind, object_id=str(user.pk), object_repr=key, action_flag=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE authtoken_token (key varchar(40) PRIMARY KEY, created timestamptz NOT NULL,"
            " user_id integer NOT NULL UNIQUE REFERENCES auth_user DEFERRABLE INITIALLY DEFERRED)"
        )
        cursor.execute("INSERT INTO authtoken_token VALUES (%s, '2025-03-01T10:00:00Z', %s)", [key, user.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    migration = importlib.import_module("access.migrations.0002_hash_tokens")
    with connection.schema_editor() as editor:
        migration.hash_plain_tokens(apps, editor)
    assert write(client, key).status_code == 201
    row = ApiToken.objects.get()
    assert (row.user, row.created.year) == (user, 2025)
    assert not LogEntry.objects.filter(object_repr__contains=key).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM authtoken_token")
        assert cursor.fetchone() == (0,)


def test_the_schema_describes_the_tokens(client):
    schema = client.get("/api/v1/schema/?format=json").json()
    assert schema["components"]["securitySchemes"]["tokenAuth"]["name"] == "Authorization"
    assert {"tokenAuth": []} in schema["paths"]["/api/v1/products/"]["post"]["security"]
