"""One client sends so many photos a minute and no more, by the page and by the API together; refining is free."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from access.throttling import DeepOffsetThrottle
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


BOX = {"x0": "10", "y0": "10", "x1": "60", "y1": "60"}


def test_a_drawn_box_is_counted_like_a_photo(client):
    encoder = make_encoder()
    vectors, _products = make_embedded_catalogue(encoder, products=6)
    query = cache_photo(encoder, vectors)
    assert send(client, API) == 400
    client.raise_request_exception = False
    first = client.get("/photo/", {"query": query, **BOX}).status_code
    assert first != 429
    refused = client.get("/photo/", {"query": query, **BOX})
    assert refused.status_code == 429
    assert "a lot of photos" in refused.content.decode()
    assert client.post(API, {"query": query, "box": "0.1,0.1,0.6,0.6"}).status_code == 429
    assert client.get("/photo/", {"query": query, "whole": "1"}).status_code == 200


@pytest.mark.parametrize(("offset", "limited"), [("1000", False), ("1001", True), ("99000", True)])
@pytest.mark.parametrize("way", ["products", "photo"])
def test_deep_offsets_are_counted(client, monkeypatch, way, offset, limited):
    monkeypatch.setattr(DeepOffsetThrottle, "rate", "2/min", raising=False)
    encoder = make_encoder()
    vectors, _products = make_embedded_catalogue(encoder, products=6)
    query = cache_photo(encoder, vectors)

    def ask():
        if way == "products":
            return client.get("/api/v1/products/", {"offset": offset}).status_code
        return client.post(API, {"query": query, "offset": offset}).status_code

    assert [ask() for _ in range(4)] == ([200, 200, 429, 429] if limited else [200] * 4)


def test_behind_a_proxy_a_client_does_not_change_its_address(client, settings):
    settings.NUM_PROXIES = 1
    sent = [send(client, API, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 192.0.2.1") for number in range(3)]
    assert sent == [400, 400, 429]
    assert send(client, API, HTTP_X_FORWARDED_FOR="192.0.2.2") == 400


def test_the_addresses_of_one_ipv6_network_are_one_client(client):
    assert [send(client, API, REMOTE_ADDR=f"2001:db8::{number}") for number in range(1, 4)] == [400, 400, 429]


def test_a_body_that_is_no_object_is_an_error_like_any_other(client):
    assert client.post(API, "[1, 2]", content_type="application/json").status_code == 400
    assert client.post(API, "{", content_type="application/json").status_code == 400
