"""/metrics is for scrapers that are allowed to read it."""

from ipaddress import ip_network

import pytest

TOKEN = "a-token-for-the-scraper"


@pytest.fixture(autouse=True)
def _production(settings):
    settings.DEBUG = False
    settings.METRICS_TOKEN = TOKEN
    settings.METRICS_NETWORKS = [ip_network("10.1.0.0/16"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        pytest.param({}, "127.0.0.1", 403, id="a proxy on this machine"),
        pytest.param({}, "203.0.113.5", 403, id="anybody"),
        pytest.param({"authorization": f"Bearer {TOKEN}"}, "203.0.113.5", 200, id="the token"),
        pytest.param({"authorization": "Bearer other"}, "203.0.113.5", 403, id="another token"),
        pytest.param({"authorization": "Bearer "}, "203.0.113.5", 403, id="an empty token"),
        pytest.param({}, "10.1.2.3", 200, id="an allowed network"),
        pytest.param({}, "fd00::7", 200, id="an allowed network of IPv6"),
        pytest.param({}, "10.2.0.1", 403, id="the network beside"),
        pytest.param({"x-forwarded-for": "203.0.113.5"}, "10.1.2.3", 403, id="a visitor behind an allowed proxy"),
    ],
)
def test_who_may_read_metrics(client, headers, address, status):
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_without_token_or_networks_nobody_may(client, settings):
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = "", []
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 403


def test_in_development_everybody_may(client, settings):
    settings.DEBUG = True
    client.get("/healthz")
    assert "django_http_requests_total_by_method_total" in client.get("/metrics").content.decode()
