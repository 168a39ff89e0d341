"""The admin's log-in under somebody who tries passwords: refused soon, and nobody else is."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client, override_settings

from access.login import MAX_FOR_A_NAME, MAX_OF_A_CLIENT

PASSWORD = "the right one"
ATTACKER, OTHER = "192.0.2.66", "192.0.2.1"


@pytest.fixture
def admin():
    return User.objects.create_superuser("admin", password=PASSWORD)


def log_in(password, *, name="admin", address=ATTACKER, **extra):
    data = {"username": name, "password": password}
    return Client().post("/admin/login/", data, REMOTE_ADDR=address, **extra)


@pytest.mark.django_db
def test_past_the_limit_not_even_the_right_password_is_looked_at(admin):
    answers = [log_in(f"wrong {number}").status_code for number in range(30)]
    assert answers == [200] * MAX_FOR_A_NAME + [429] * (30 - MAX_FOR_A_NAME)
    refused = log_in(PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 300
    assert "Too many wrong passwords" in refused.content.decode()


@pytest.mark.django_db
def test_the_owner_is_not_locked_out_by_an_attacker_elsewhere(admin):
    for number in range(30):
        log_in(f"wrong {number}")
    assert log_in(PASSWORD, address=OTHER).status_code == 302


@pytest.mark.django_db
def test_one_client_does_not_try_name_after_name(admin):
    answers = [log_in("wrong", name=f"name {number}").status_code for number in range(MAX_OF_A_CLIENT + 10)]
    assert answers == [200] * MAX_OF_A_CLIENT + [429] * 10


@pytest.mark.django_db
def test_a_password_that_could_not_be_looked_at_is_no_wrong_one(admin, monkeypatch):
    """The database is away for a while."""

    def authenticate(self, request, **credentials):
        raise OperationalError("the connection is gone")

    with monkeypatch.context() as patch:
        patch.setattr("django.contrib.auth.backends.ModelBackend.authenticate", authenticate)
        answers = {log_in(PASSWORD).status_code for _ in range(MAX_OF_A_CLIENT + 2)}
    assert answers == {503}
    assert log_in(PASSWORD).status_code == 302


@pytest.mark.django_db
def test_a_right_password_is_no_wrong_one(admin):
    for _ in range(MAX_OF_A_CLIENT + 2):
        assert log_in(PASSWORD).status_code == 302


@pytest.mark.django_db
def test_after_a_right_password_the_name_has_its_attempts_again(admin):
    for _ in range(3):
        for _ in range(MAX_FOR_A_NAME - 1):
            assert log_in("wrong").status_code == 200
        assert log_in(PASSWORD).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "refused"), [(0, True), (1, False)])
def test_a_changing_header_is_another_client_only_where_a_proxy_wrote_it(admin, settings, proxies, refused):
    """With one proxy before it, what stands last in the header is the address that the proxy saw."""
    settings.NUM_PROXIES = proxies
    answers = [log_in("wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").status_code for number in range(10)]
    assert (429 in answers) is refused


@pytest.mark.django_db
def test_behind_a_proxy_what_the_client_wrote_itself_changes_nothing(admin, settings):
    settings.NUM_PROXIES = 1
    headers = [f"203.0.113.{number}, {ATTACKER}" for number in range(10)]
    answers = [log_in("wrong", address="10.0.0.1", HTTP_X_FORWARDED_FOR=header).status_code for header in headers]
    assert answers == [200] * MAX_FOR_A_NAME + [429] * (10 - MAX_FOR_A_NAME)
    assert log_in(PASSWORD, address="10.0.0.1", HTTP_X_FORWARDED_FOR=OTHER).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_passwords_tried_at_the_same_moment_are_counted_one_by_one(admin):
    def attempt(number):
        try:
            return log_in(f"wrong {number}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(24)))
    assert answers.count(200) == MAX_FOR_A_NAME
    assert answers.count(429) == 24 - MAX_FOR_A_NAME


@pytest.mark.django_db
def test_without_the_shared_cache_each_process_counts_for_itself(admin):
    away = {
        "BACKEND": "config.optional_cache.OptionalRedisCache",
        "LOCATION": "redis://127.0.0.1:9/0",  # port 9 is nobody's
        "OPTIONS": {"socket_connect_timeout": 1},
    }
    with override_settings(CACHES={"default": away}):
        answers = [log_in("wrong", address="192.0.2.77").status_code for _ in range(MAX_FOR_A_NAME + 3)]
    assert answers == [200] * MAX_FOR_A_NAME + [429] * 3


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_an_address_elsewhere_is_not_followed(admin, address):
    data = {"username": "admin", "password": PASSWORD, "next": address}
    assert Client().post("/admin/login/", data)["Location"] == "/admin/"
