"""Bodies against a real gunicorn: with a length and in chunks, within the same limit."""

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings

BOUNDARY = "a-boundary"


@pytest.fixture(scope="module")
def server():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--threads",
        "4",
        "--worker-class",
        "config.buffering_worker.BufferingWorker",
        "--config",
        "python:builtins",
    ]
    environment = {"PATH": "/usr/bin:/bin", "DEBUG": "1", "HOME": str(settings.BASE_DIR / "var")}
    running = subprocess.Popen([*command, "tests.config.echo_site"], cwd=settings.BASE_DIR, env=environment)
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert time.monotonic() < deadline, "gunicorn did not start"
        time.sleep(0.1)
    yield port
    running.terminate()
    running.wait()


def multipart(size, name="image"):
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="a.jpg"\r\n\r\n'.encode()
    field = f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="limit"\r\n\r\n5\r\n--{BOUNDARY}--\r\n'.encode()
    return head + bytes(size) + field


def post(port, body, *, path="/api/v1/search/photo/", in_chunks=False):
    """(status, JSON) of a POST with this multipart body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    parts = (body[at : at + 7_000] for at in range(0, len(body), 7_000)) if in_chunks else body
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent; the answer is there
        connection.request("POST", path, parts, headers, encode_chunked=in_chunks)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


@pytest.mark.parametrize("in_chunks", [False, True], ids=["with a length", "in chunks"])
@pytest.mark.parametrize("size", [0, 1, 6_999, 999_000])
def test_a_body_is_read_alike_with_a_length_and_in_chunks(server, size, in_chunks):
    status, read = post(server, multipart(size), in_chunks=in_chunks)
    assert status == 200
    assert read == {"files": {"image": size}, "form": {"limit": ["5"]}}


@pytest.mark.parametrize("in_chunks", [False, True], ids=["with a length", "in chunks"])
@pytest.mark.parametrize(
    ("path", "size", "limit"),
    [("/api/v1/search/photo/", 1_200_000, "1.1 MB"), ("/api/v1/products/1/images/", 3_100_000, "3.0 MB")],
)
def test_a_body_over_the_limit_is_refused_before_it_is_read(server, path, size, limit, in_chunks):
    status, read = post(server, multipart(size), path=path, in_chunks=in_chunks)
    assert status == 413
    assert limit in read["detail"]


def test_the_limit_is_that_of_the_address(server):
    assert post(server, multipart(2_000_000), path="/admin/catalogue/product/add/", in_chunks=True)[0] == 200


RAW = {
    "a chunk's size that is no number": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "chunks that end early": b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "a size of many digits": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n",
    "a length and chunks": b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "a length of letters": b"Content-Length: three\r\n\r\nabc",
    "a negative length": b"Content-Length: -1\r\n\r\nabc",
    "a length of many digits": b"Content-Length: 99999999999999999999\r\n\r\nabc",
    "another coding": b"Transfer-Encoding: gzip\r\n\r\nabc",
}


@pytest.mark.parametrize("name", RAW)
def test_a_malformed_body_is_refused_and_the_server_goes_on(server, name):
    with socket.create_connection(("127.0.0.1", server), timeout=20) as client:
        client.sendall(b"POST /api/v1/search/photo/ HTTP/1.1\r\nHost: localhost\r\n" + RAW[name])
        client.shutdown(socket.SHUT_WR)
        answer = client.recv(1_000)
    assert not answer or answer.split()[1] in (b"400", b"413", b"501"), answer
    assert post(server, multipart(10))[0] == 200


MULTIPART = {
    "no boundary": ("multipart/form-data", b"abc"),
    "another boundary": ("multipart/form-data; boundary=other", multipart(10)),
    "a boundary of letters beyond ASCII": ("multipart/form-data; boundary=\u00e9", multipart(10)),
    "no end": (f"multipart/form-data; boundary={BOUNDARY}", multipart(10)[:-30]),
    "no name": (f"multipart/form-data; boundary={BOUNDARY}", multipart(10).replace(b'name="image"; ', b"")),
    "nothing": (f"multipart/form-data; boundary={BOUNDARY}", b""),
    "a name of many letters": (f"multipart/form-data; boundary={BOUNDARY}", multipart(10, "x" * 100_000)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", MULTIPART)
@pytest.mark.parametrize("path", ["/photo/", "/api/v1/search/photo/"])
def test_an_odd_form_is_answered_with_a_sentence(client, path, name):
    content_type, body = MULTIPART[name]
    response = client.generic("POST", path, body, content_type=content_type)
    assert response.status_code == 400
