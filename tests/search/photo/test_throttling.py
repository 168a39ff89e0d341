"""One client sends so many photos a minute and no more, by the page and by the API together; refining is free."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from search.photo.throttling import PhotoThrottle
from tests.search.photos import cache_photo
from tests.search.vectors import make_embedded_catalogue, make_encoder

API = "/api/v1/search/photo/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_a_minute(monkeypatch):
    monkeypatch.setattr(PhotoThrottle, "rate", "2/min", raising=False)


def send(client, address, **extra):
    """Sends a file that is refused as no photo, which costs no model its time, but counts."""
    return client.post(address, {"image": SimpleUploadedFile("a.jpg", b"no photo")}, **extra).status_code


def test_the_third_photo_of_a_minute_is_refused_wherever_it_is_sent(client):
    assert [send(client, address) for address in (API, "/photo/", API, "/photo/")] == [400, 400, 429, 429]


def test_another_client_has_a_minute_of_its_own(client):
    assert [send(client, API) for _ in range(3)] == [400, 400, 429]
    assert send(client, API, REMOTE_ADDR="10.1.1.1") == 400


def test_a_client_does_not_change_its_address_by_a_header(client):
    sent = [send(client, API, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}") for number in range(3)]
    assert sent == [400, 400, 429]


def test_the_refusal_says_when_to_come_back(client):
    send(client, API), send(client, API)
    response = client.post(API, {"image": SimpleUploadedFile("a.jpg", b"no photo")})
    assert 0 < int(response["Retry-After"]) <= 60


@pytest.mark.parametrize("as_json", [True, False])
def test_refining_a_kept_photo_is_not_counted(client, as_json):
    encoder = make_encoder()
    vectors, _products = make_embedded_catalogue(encoder, products=6)
    query = {"query": cache_photo(encoder, vectors)}
    options = {"content_type": "application/json"} if as_json else {}
    assert [client.post(API, query, **options).status_code for _ in range(4)] == [200] * 4


def test_a_body_that_is_no_object_is_an_error_like_any_other(client):
    assert client.post(API, "[1, 2]", content_type="application/json").status_code == 400
    assert client.post(API, "{", content_type="application/json").status_code == 400
