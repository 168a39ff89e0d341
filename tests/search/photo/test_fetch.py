"""A shopper's address is fetched, and never one of our own network."""

import http.server

import pytest
from django.test import override_settings

from search.photo.fetch import FetchError, fetch_photo
from tests.http_server import serving


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved.jpg":
            self.send_response(302)
            self.send_header("Location", "/photo.jpg?size=2")
            self.end_headers()
            return
        if self.path == "/ring.jpg":
            self.send_response(302)
            self.send_header("Location", "/ring.jpg")
            self.end_headers()
            return
        if not self.path.startswith("/photo.jpg"):
            self.send_error(404)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 3000)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with serving(Server) as running:
        yield running.url


@pytest.mark.parametrize("path", ["/photo.jpg", "/moved.jpg"])
@override_settings(PHOTO_URL_PRIVATE_HOSTS=True)
def test_photo_comes_also_over_a_redirect(server, path):
    assert fetch_photo(server + path) == b"x" * 3000


@pytest.mark.parametrize("path, words", [("/missing.jpg", "answered 404"), ("/ring.jpg", "answered 302")])
@override_settings(PHOTO_URL_PRIVATE_HOSTS=True)
def test_refusals_are_said(server, path, words):
    with pytest.raises(FetchError, match=words):
        fetch_photo(server + path)


@override_settings(PHOTO_URL_PRIVATE_HOSTS=True, PHOTO_MAX_BYTES=1000)
def test_file_is_cut_off_at_the_bound(server):
    with pytest.raises(FetchError, match="1,000 bytes"):
        fetch_photo(server + "/photo.jpg")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x.jpg",
        "http://localhost/x.jpg",
        "http://10.0.0.8/x.jpg",
        "http://192.168.1.1/x.jpg",
        "http://169.254.169.254/latest/meta-data/",  # a cloud's own secrets
        "http://[::1]/x.jpg",
        "http://0.0.0.0/x.jpg",
        "http://2130706433/x.jpg",  # 127.0.0.1 as one number
    ],
)
def test_our_own_network_is_out_of_reach(url):
    with pytest.raises(FetchError, match="is no public address|did not answer"):
        fetch_photo(url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://shop.example/x.jpg", "http://", "shop.example/x.jpg"])
def test_only_web_addresses(url):
    with pytest.raises(FetchError, match="begin with http:// or https://"):
        fetch_photo(url)
