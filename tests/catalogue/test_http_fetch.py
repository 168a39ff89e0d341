import contextlib
import ipaddress
import socket
import threading
import time

import pytest

from catalogue import http_fetch
from catalogue.http_fetch import Fetched, FetchError, fetch, fetch_changed
from catalogue.public_addresses import is_public


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
    ("address", "expected"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True)]
    + [
        ("fe80::1%eth0", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address, expected):
    assert is_public(address) is expected


def slow_server(parts, seconds):
    """A server that sends one part after another, with a pause before each."""
    listener = socket.create_server(("127.0.0.1", 0))

    def work():
        connection, _address = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(10_000)
            for part in parts:
                time.sleep(seconds)
                connection.sendall(part)
        listener.close()

    threading.Thread(target=work, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/a.jpg"


HEAD = [b"HTTP/1.1 200 OK\r\n"]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(HEAD + [b"X-%d: y\r\n" % number for number in range(90)], id="headers"),
        pytest.param([b"H"] * 90, id="status line"),
        pytest.param([*HEAD, b"\r\n", *[b"x"] * 90], id="body"),
        pytest.param([b"HTTP/1.1 302 Found\r\nLocation: /a.jpg\r\n\r\n"] + [b"x"] * 90, id="redirect"),
    ],
)
def test_one_deadline_holds_for_the_whole_exchange(parts):
    """The server would take nine seconds and is never silent for long: only the deadline can end it."""
    with pytest.raises(FetchError, match="too slow|did not answer") as caught:
        fetch(slow_server(parts, 0.1), max_bytes=1_000, allow_private=True, total_seconds=0.5)
    assert caught.value.is_transient


def test_a_file_that_did_not_change_is_not_sent_again():
    url = serve(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nConnection: close\r\n\r\n')
    assert fetch_changed(url, max_bytes=10, etag='"1"', allow_private=True) == Fetched(None, '"1"', "")


def test_what_a_file_is_called_comes_along():
    url = serve(answer(b"photo", b'ETag: "2"\r\nLast-Modified: Sat, 28 Nov 2026 08:00:00 GMT\r\n'))
    assert fetch_changed(url, max_bytes=10, allow_private=True) == Fetched(
        b"photo", '"2"', "Sat, 28 Nov 2026 08:00:00 GMT"
    )


def test_a_redirect_without_an_end_is_not_read():
    """Its body would never end; the next address is asked at once."""
    target = serve(answer(b"photo"))
    url = serve(b"HTTP/1.1 302 Found\r\nLocation: " + target.encode() + b"\r\n\r\n" + b"x" * 500_000)
    assert fetch(url, max_bytes=10, allow_private=True) == b"photo"


PRIVATE_IPV4 = ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"]


def spellings(address):
    """An IPv4 address as resolvers and libraries read it, in IPv4's old notations and inside IPv6 addresses."""
    number = int(ipaddress.IPv4Address(address))
    a, b, c, d = number.to_bytes(4)
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    yield address
    yield str(number)
    yield hex(number)
    yield f"0{number:o}"
    yield f"{a}.{number & 0xFFFFFF}"
    yield f"{a}.{b}.{c << 8 | d}"
    yield ".".join(f"0{part:o}" for part in (a, b, c, d))
    yield ".".join(hex(part) for part in (a, b, c, d))
    yield f"{a}.{b}.{c}.{d}."
    for prefix in ("::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "::", "fe80::5efe:", "2001:470::200:5efe:"):
        yield f"[{prefix}{high}:{low}]"
    yield f"[::ffff:{address}]"
    yield f"[2002:{high}:{low}::1]"
    yield f"[2001:0:{high}:{low}::1]"  # Teredo


FORMS = [(address, form) for address in PRIVATE_IPV4 for form in spellings(address)] + [
    ("", f"[{form}]")
    for form in (
        "::", "::1", "fe80::1", "fe80::1%25lo", "fc00::1", "fd00:ec2::254", "fec0::1", "feff::1", "ff02::1", "100::1",
        "2001:db8::1", "3fff::1", "5f00::1", "64:ff9b:1::808:808", "2001:10::1", "4000::1",
    )
]  # fmt: skip


@pytest.mark.parametrize(("address", "form"), FORMS)
def test_no_form_of_a_private_address_is_connected_to(address, form):
    for url in (f"http://{form}/", f"https://{form}:8443/a.jpg"):
        with pytest.raises(
            FetchError, match="no public address|did not answer|no address that can be fetched"
        ) as error:
            fetch(url, max_bytes=10, total_seconds=3)
        # What the resolver does not take for an address is refused as a name that does not exist.
        assert (
            "no public address" in str(error.value) or "[Errno -" in str(error.value) or "fetched" in str(error.value)
        )


@pytest.mark.parametrize("form", ["①②⑦.⓪.⓪.①", "127。0。0。1", "ＬＯＣＡＬＨＯＳＴ"])
def test_letters_that_stand_for_others_lead_nowhere_else(form):
    with pytest.raises(FetchError, match="no public address|did not answer|no address that can be fetched"):
        fetch(f"http://{form}/", max_bytes=10, total_seconds=3)


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:9/", "//[::1]:9/", "https://2130706433/", "http://[::ffff:7f00:1]/"]
)
def test_a_redirect_to_a_private_host_is_refused(location, monkeypatch):
    """The first host passes for a public one; where it leads to does not."""
    first = serve(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode())
    port = int(first.split(":")[2].split("/")[0])
    real = socket.getaddrinfo

    def resolve(host, *args, **options):
        if host == "shop.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return real(host, *args, **options)

    checked = []
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(
        http_fetch,
        "is_public",
        lambda address: (not checked and (checked.append(address) or True)) or is_public(address),
    )
    with pytest.raises(FetchError, match="no public address"):
        fetch("http://shop.example/", max_bytes=10)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://x/a", "gopher://x/", "data:image/png,x"])
def test_a_redirect_to_another_scheme_is_refused(location):
    url = serve(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode())
    with pytest.raises(FetchError, match="begin with http:// or https://"):
        fetch(url, max_bytes=10, allow_private=True)


def test_a_name_is_resolved_once_and_that_address_is_connected_to(monkeypatch):
    """DNS rebinding: a second look would find this machine."""
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.9", 80))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: next(answers))
    with pytest.raises(FetchError, match=r"203\.0\.113\.9, which is no public address"):
        fetch("http://rebind.example/", max_bytes=10)


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    with pytest.raises(FetchError, match=r"10\.0\.0\.1, which is no public address"):
        fetch("http://both.example/", max_bytes=10)


@pytest.mark.parametrize("port", [1, 22, 25, 111, 139, 445, 993])
def test_ports_of_other_services_are_refused(port):
    with pytest.raises(FetchError, match=f"Port {port}"):
        fetch(f"http://8.8.8.8:{port}/", max_bytes=10)


@pytest.mark.parametrize(
    "url", ["http://user@8.8.8.8/", "http://8.8.8.8@127.0.0.1/", "http://@127.0.0.1/", "http://a:b@x/"]
)
def test_names_and_passwords_are_refused(url):
    with pytest.raises(FetchError, match="name and password"):
        fetch(url, max_bytes=10)
