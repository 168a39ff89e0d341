"""Which request runs, waits or is refused."""

import threading

import pytest

from config.request_queues import Admission, RequestQueue, RequestQueues, is_refused, refusal

PHOTO = "/api/v1/search/photo/"


def test_what_finds_no_place_waits_in_the_order_of_its_arrival_and_past_the_bound_is_refused():
    queue = RequestQueue(max_running=2, max_waiting=2)
    assert [queue.enter(name) for name in "abcde"] == [
        Admission.RUNS, Admission.RUNS, Admission.WAITS, Admission.WAITS, Admission.REFUSED,
    ]  # fmt: skip
    assert [queue.leave() for _ in range(4)] == ["c", "d", None, None]
    assert [queue.enter(name) for name in "fg"] == [Admission.RUNS, Admission.RUNS]


@pytest.fixture
def queues():
    return RequestQueues(requests=1, photo_searches=1, waiting=0, waiting_photo_searches=0)


def test_photos_that_wait_keep_no_page_waiting(queues):
    photos = queues.queue_of("POST", PHOTO)
    assert [photos.enter(name) for name in "ab"] == [Admission.RUNS, Admission.REFUSED]
    assert queues.queue_of("GET", "/").enter("c") is Admission.RUNS


@pytest.mark.parametrize(
    ("method", "target", "queue"),
    [
        ("POST", "/photo/", "photo_searches"),
        ("POST", PHOTO, "photo_searches"),
        ("GET", "/photo/?query=abc", "photo_searches"),
        ("GET", "/ph%6Fto/?query=abc", "photo_searches"),
        ("GET", "/photo/", "pages"),  # the empty form
        ("GET", "/search/?q=photo", "pages"),
        ("POST", "/api/v1/products/", "pages"),
        ("GET", "/search/?next=/healthz", "pages"),
        ("", "", "pages"),  # no request at all: the server says so
    ],
)
def test_what_is_a_photo_search(queues, method, target, queue):
    assert queues.queue_of(method, target) is getattr(queues, queue)


@pytest.mark.parametrize("target", ["/healthz", "/readyz", "/healthz?a=b"])
def test_health_checks_never_wait(queues, target):
    assert queues.queue_of("GET", target) is None


def test_only_what_is_handled_inside_the_block_is_refused():
    elsewhere = []
    with refusal():
        thread = threading.Thread(target=lambda: elsewhere.append(is_refused()))
        thread.start()
        thread.join()
        assert is_refused()
    assert not is_refused() and elsewhere == [False]
