import pytest

pytestmark = pytest.mark.django_db


def test_healthz_answers_while_the_process_lives(client):
    assert client.get("/healthz").content == b"ok\n"


def test_readyz_answers_when_the_database_does(client):
    assert client.get("/readyz").json() == {"ready": True}


@pytest.mark.django_db(transaction=True)
def test_readyz_is_503_without_a_database(client, monkeypatch):
    from django.db import connection

    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "OperationalError"


def test_metrics_count_requests(client):
    client.get("/healthz")
    assert "django_http_requests_total_by_method_total" in client.get("/metrics").content.decode()
