"""Slow clients against a real gunicorn of four threads: the others are answered meanwhile."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest
from django.conf import settings

SLOW = 40  # ten for each thread
WAITING_PHOTOS = 2
HOST = b"Host: localhost\r\n"


def start():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "python:builtins", "--bind", f"127.0.0.1:{port}",
               "--threads", "4", "--worker-class", "config.buffering_worker.BufferingWorker"]  # fmt: skip
    environment = {"PATH": "/usr/bin:/bin", "DEBUG": "1", "HOME": str(settings.BASE_DIR / "var")}
    environment |= {"MAX_REQUESTS": "2", "MAX_PHOTO_SEARCHES": "1"}
    environment |= {"MAX_WAITING": "60", "MAX_WAITING_PHOTO_SEARCHES": str(WAITING_PHOTOS)}
    running = subprocess.Popen([*command, "tests.config.echo_site"], cwd=settings.BASE_DIR, env=environment)
    deadline = time.monotonic() + 90
    while True:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return running, port
        assert time.monotonic() < deadline, "gunicorn did not start"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def server():
    running, port = start()
    yield port
    running.terminate()
    running.wait()


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def assert_answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=8)  # less than any slow client is given
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()


def read_answers(client, number):
    """The bodies of so many answers of one connection."""
    received = b""
    while received.count(b"HTTP/1.1 200 OK") < number or not received.endswith(b"}"):
        data = client.recv(1_000_000)
        assert data, received[:1_000]
        received += data
    return [json.loads(part.split(b"\r\n\r\n", 1)[1]) for part in received.split(b"HTTP/1.1 200 OK")[1:]]


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHos",
        b"POST /photo/ HTTP/1.1\r\n" + HOST + b"Content-Length: 900000\r\n\r\nabc",
        b"POST /photo/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"POST /photo/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nFFF\r\nab0\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"\r\nGET / HTTP/1.1\r\nHos",
        b"GET /?size=1000000 HTTP/1.1\r\n" + HOST + b"\r\n",
    ],
    ids=[
        "nothing",
        "half a header",
        "part of a body",
        "part of a chunk",
        "a chunk like the last",
        "half a second one",
        "an answer nobody reads",
    ],
)
def test_others_are_answered_while_slow_clients_send(server, begun):
    with ExitStack() as stack:
        clients = [stack.enter_context(closing(connect(server))) for _ in range(SLOW)]
        for client in clients:
            client.sendall(begun)
        for _ in range(3):
            assert_answers(server)
            for client in clients:
                if begun:
                    client.sendall(b"x")


def test_others_are_answered_while_clients_leave_their_connection_open_at_its_end(server):
    with ExitStack() as stack:
        for _ in range(SLOW):
            client = stack.enter_context(closing(connect(server)))
            client.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"
        assert_answers(server)


def test_a_slow_body_is_whole_in_the_end(server):
    with closing(connect(server)) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n")
        client.sendall(b"Content-Length: 300007\r\n\r\nlimit=")
        for _ in range(3):
            time.sleep(0.05)
            client.sendall(b"5" * 100_000)
        client.sendall(b"6")
        (read,) = read_answers(client, 1)
    assert read["form"] == {"limit": ["5" * 300_000 + "6"]}


def test_a_large_answer_is_whole_in_the_end(server):
    with closing(connect(server)) as client:
        client.sendall(b"GET /?size=1000000 HTTP/1.1\r\n" + HOST + b"\r\n" + b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        time.sleep(0.3)
        large, following = read_answers(client, 2)
    assert large["size"] == "x" * 1_000_000
    assert following == {"files": {}, "form": {}}


def test_nothing_follows_a_body_that_was_refused(server):
    with closing(connect(server)) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 9000000\r\n\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n"
        )
        received = b""
        while data := client.recv(10_000):
            received += data
    assert received.count(b"HTTP/1.1 ") == 1 and received.startswith(b"HTTP/1.1 413 ")


def test_requests_of_one_connection_are_answered_in_turn(server):
    def form(value):
        head = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
        return head + b"Content-Length: 3\r\n\r\na=" + value

    with closing(connect(server)) as client:
        client.sendall(form(b"1"))
        assert read_answers(client, 1)[0]["form"] == {"a": ["1"]}
        client.sendall(form(b"2") + form(b"3") + form(b"4")[:-4])  # without waiting
        assert [read["form"] for read in read_answers(client, 2)] == [{"a": ["2"]}, {"a": ["3"]}]
        client.sendall(form(b"4")[-4:])
        assert read_answers(client, 1)[0]["form"] == {"a": ["4"]}


def test_a_client_that_asks_first_is_told_to_go_on(server):
    with closing(connect(server)) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n")
        client.sendall(b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"a=1")
        assert client.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 200", "it is told so once"
        assert read_answers(client, 1)[0]["form"] == {"a": ["1"]}


def test_headers_without_an_end_are_431(server):
    with closing(connect(server)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000)
        assert client.recv(100).startswith(b"HTTP/1.1 431 ")


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_fifty_requests_at_once_are_all_answered(server):
    with ThreadPoolExecutor(50) as clients:
        assert list(clients.map(ask, [server] * 50, ["/?sleep=0.01"] * 50)) == [200] * 50


def begin(stack, port, path):
    client = stack.enter_context(closing(connect(port)))
    client.sendall(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    return client


def test_past_the_bound_photos_are_refused_and_others_answered(server):
    with ExitStack() as stack:
        admitted = [begin(stack, server, b"/photo/?sleep=0.5") for _ in range(1 + WAITING_PHOTOS)]
        refused = [begin(stack, server, b"/photo/?sleep=0.5") for _ in range(3)]
        assert [client.recv(12) for client in refused] == [b"HTTP/1.1 503"] * 3
        assert (ask(server, "/healthz"), ask(server, "/")) == (200, 200)
        assert [client.recv(12) for client in admitted] == [b"HTTP/1.1 200"] * len(admitted)


def test_a_request_whose_client_has_left_is_not_worked_on(server):
    with ExitStack() as stack:
        running = [begin(stack, server, b"/?sleep=0.5&handled") for _ in range(2)]
        for _ in range(20):
            with closing(connect(server)) as client:
                client.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        last = begin(stack, server, b"/?handled")
        before, after = (read_answers(client, 1)[0]["handled"] for client in (running[1], last))
    assert after - before < 20


@pytest.mark.slow
def test_a_client_that_stalls_is_cut_off(server):
    with closing(connect(server)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHos")
        assert client.recv(100) == b""


def test_a_stop_does_not_wait_for_clients_that_have_sent_nothing():
    running, port = start()
    with closing(connect(port)) as silent:
        assert_answers(port)
        running.send_signal(signal.SIGTERM)
        assert running.wait(12) == 0  # less than a silent client is given
        assert silent.recv(10) == b""
