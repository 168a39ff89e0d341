"""When a request has arrived, whatever parts it comes in; and when it never will."""

import itertools
import random

import pytest
from gunicorn.config import Config
from gunicorn.http import RequestParser

from config.incoming_request import GRACE_SECONDS, HEAD_BYTES, MIN_RATE, HeadTooLarge, IncomingRequest

LIMIT = 1_000
CONFIG = Config()


def arrived(data, step=None):
    request = IncomingRequest(lambda path: LIMIT)
    for at in range(0, len(data), step or len(data)):
        assert not request.is_complete()
        request.add(data[at : at + (step or len(data))])
    return request


GET = b"GET /c/dress/?a=b HTTP/1.1\r\nHost: shop.example\r\n\r\n"
POST = b"POST /photo/ HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde"
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
CHUNKED_HEAD = CHUNKED[: CHUNKED.index(b"3\r\n")]
LIKE_AN_END = CHUNKED_HEAD + b"8;a=b\r\nabc0\r\n\r\n\r\n1\r\na\r\n0\r\n\r\n"
WITH_TRAILERS = CHUNKED_HEAD + b"1\r\na\r\n0\r\nX: y\r\nZ: 0\r\n\r\n"
WHOLE = [GET, POST, CHUNKED, LIKE_AN_END, WITH_TRAILERS]


@pytest.mark.parametrize("data", WHOLE)
@pytest.mark.parametrize("step", [None, 1, 2, 3, 7, 40])
def test_it_is_complete_with_its_last_byte(data, step):
    request = arrived(data, step)
    assert request.is_complete() and not request.is_cut
    assert request.take(10) + request.take(10_000) == data
    assert request.take(10) == b""


@pytest.mark.parametrize("data", WHOLE)
@pytest.mark.parametrize("following", [b"G", GET, CHUNKED])
def test_what_follows_is_not_of_it(data, following):
    request = arrived(data + following)
    assert request.is_complete() and request.has_following()
    assert request.take(10_000) == data
    assert request.following() == following


@pytest.mark.parametrize(
    "chunks",
    [
        b"x\r\n",
        b"-1\r\n",
        b"\r\n",
        b"1_0\r\n",
        b"f" * 17 + b"\r\n",
        b"1" * 9_000,
        b"3\nabc",
        b"0\r\n" + b"a:b\r\n" * 101,
    ],
)
def test_chunks_that_are_none_are_for_the_server_to_refuse(chunks):
    request = arrived(CHUNKED_HEAD + chunks)
    assert request.is_complete() and request.is_cut


@pytest.mark.parametrize("data", WHOLE)
def test_without_its_last_byte_it_is_not(data):
    assert not arrived(data[:-1], 5).is_complete()


def test_what_the_site_refuses_for_its_size_is_not_waited_for():
    head = b"POST /photo/ HTTP/1.1\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n"
    request = arrived(head)
    assert request.is_complete() and request.is_cut
    assert not request.wants_continue
    endless = arrived(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    endless.add(b"FFFFFF\r\n" + bytes(LIMIT + HEAD_BYTES))
    assert endless.is_complete() and endless.is_cut


def test_the_limit_is_that_of_the_path():
    asked = []
    request = IncomingRequest(lambda path: asked.append(path) or LIMIT)
    request.add(b"POST /photo/?query=x HTTP/1.1\r\n\r\n")
    assert asked == ["/photo/"]


@pytest.mark.parametrize("length", [b"three", b"-1", b"9" * 40, b"", b"\xb2"])
def test_a_length_that_is_none_is_for_the_server_to_refuse(length):
    assert arrived(b"POST / HTTP/1.1\r\nContent-Length: " + length + b"\r\n\r\n").is_complete()


def end_for_gunicorn(data):
    """Where the server that answers it takes the request to end; None for what it refuses, and closes after."""
    parser = RequestParser(CONFIG, iter([data]), ("127.0.0.1", 1))
    try:
        request = next(parser)
        request.body.read()
    except Exception:  # noqa: BLE001  it has many
        return None
    return len(data) - len(request.unreader.take_buffered())


LENGTHS = [
    b"5",
    b"0",
    b"05",
    b"0" * 18 + b"5",
    b"0" * 40 + b"5",
    b"+5",
    b"5 ",
    b" 5",
    b"5,5",
    b"5\r\nContent-Length: 0",
    b"9" * 19,
]
CODINGS = [
    b"",
    b"chunked",
    b"Chunked",
    b"identity",
    b"identity, chunked",
    b"chunked, identity",
    b"xchunked",
    b"chunked\x0b",
]
BODIES = [
    b"abcde",
    b"3\r\nabc\r\n0\r\n\r\n",
    b'3;x="\n"\r\nabc\r\n0\r\nX: y\r\n\r\n',
    b"5\r\nabcde\r\n00\r\n\r\n",
    b"3\nabc\n0\n\n",
]


def framed():
    """Requests framed in every way, and each with a few bytes changed."""
    chance = random.Random(5)
    for length, coding, body in itertools.product([None, *LENGTHS], CODINGS, BODIES):
        lines = [b"POST /photo/ HTTP/1.1", b"Host: a"]
        lines += [b"Content-Length: " + length] if length is not None else []
        lines += [b"Transfer-Encoding: " + coding] if coding else []
        data = b"\r\n".join(lines) + b"\r\n\r\n" + body + GET
        yield data
        for _ in range(4):
            at = chance.randrange(len(data))
            put = bytes(chance.choice(b"\r\n \t:;,0159afAX\0\x0b") for _ in range(chance.randint(0, 2)))
            yield data[:at] + put + data[at + chance.randint(0, 1) :]


def test_it_ends_where_the_server_takes_it_to_end_or_nothing_follows():
    """Else the rest of one client's request is taken for the next one of another, whose proxy shares the connection."""
    numbers = {"same": 0, "refused": 0, "closed": 0}
    for data in framed():
        request = IncomingRequest(lambda path: LIMIT)
        request.add(data)
        end = end_for_gunicorn(data)
        kind = "refused" if end is None else "closed" if request.is_cut or request.end is None else "same"
        numbers[kind] += 1
        assert kind != "same" or request.end == end, data
    assert min(numbers.values()) >= 5, numbers


@pytest.mark.parametrize("head", [b"\r\n\r\n", b"GET\r\n\r\n", b"\0\xff\r\n\r\n"])
def test_what_is_no_request_is_for_the_server_to_refuse(head):
    assert arrived(head).is_complete()


def test_a_client_may_ask_before_it_sends_a_body():
    assert arrived(b"POST / HTTP/1.1\r\nContent-Length: 10\r\nExpect: 100-Continue\r\n\r\n").wants_continue


def test_headers_without_an_end_are_refused():
    request = IncomingRequest(lambda path: LIMIT)
    with pytest.raises(HeadTooLarge):
        for _ in range(HEAD_BYTES):
            request.add(b"x" * 100)


@pytest.mark.parametrize(
    ("data", "seconds", "expected"),
    [
        (b"GET / HT", GRACE_SECONDS - 1, False),
        (b"GET / HT", GRACE_SECONDS + 1, True),
        (b"", GRACE_SECONDS + 1, True),
        (b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + bytes(5 * MIN_RATE), GRACE_SECONDS + 4, False),
        (b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + bytes(5 * MIN_RATE), GRACE_SECONDS + 6, True),
    ],
)
def test_a_client_has_time_for_headers_and_a_least_rate_for_the_rest(data, seconds, expected):
    request = IncomingRequest(lambda path: 10**9)
    request.add(data)
    request.started -= seconds
    assert request.is_too_slow() is expected
