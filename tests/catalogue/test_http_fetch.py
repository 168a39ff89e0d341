import socket
import threading

import pytest

from catalogue.http_fetch import FetchError, _is_public, fetch


def serve(answer):
    """A server on this machine that sends these bytes to whoever connects, and its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def work():
        connection, _address = listener.accept()
        with connection:
            connection.recv(10_000)
            connection.sendall(answer)
        listener.close()

    threading.Thread(target=work, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/a.jpg"


def answer(body, headers=b""):
    return b"HTTP/1.1 200 OK\r\n" + headers + b"Connection: close\r\n\r\n" + body


def test_the_bytes_arrive():
    assert fetch(serve(answer(b"photo")), max_bytes=10, allow_private=True) == b"photo"


@pytest.mark.parametrize(
    "reply", [answer(b"x" * 1_000), answer(b"", b"Content-Length: 1000\r\n")], ids=["sent", "announced"]
)
def test_no_more_than_the_limit_is_read(reply):
    with pytest.raises(FetchError, match="10 bytes|10 are accepted"):
        fetch(serve(reply), max_bytes=10, allow_private=True)


def test_a_file_cut_off_may_be_tried_again():
    with pytest.raises(FetchError) as caught:
        fetch(serve(answer(b"half", b"Content-Length: 9\r\n")), max_bytes=10, allow_private=True)
    assert caught.value.is_transient


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/a",
        "gopher://x",
        "javascript:1",
        "",
        "//x/a",
        "http://",
        "http://u:p@x/a",
    ]
    + ["http://x:99999/a", "http://[::1"],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(FetchError):
        fetch(url, max_bytes=10, allow_private=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "0.0.0.0", "2130706433"]
)
def test_private_hosts_are_refused_however_they_are_written(host):
    with pytest.raises(FetchError, match="no public address"):
        fetch(f"http://{host}:9/", max_bytes=10)


@pytest.mark.parametrize(
    ("address", "is_public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True)]
    + [
        ("fe80::1%eth0", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address, is_public):
    assert _is_public(address) is is_public
