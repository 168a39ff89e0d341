"""Past its limits a process refuses at once, and says when to come back."""

import threading

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.overload import OverloadMiddleware, Slots, is_photo_search, too_busy

PHOTO = "/api/v1/search/photo/"


class BusySite:
    """A site whose requests wait until they are released."""

    def __init__(self, settings, *, requests, photo_searches):
        settings.MAX_REQUESTS, settings.MAX_PHOTO_SEARCHES = requests, photo_searches
        self.middleware = OverloadMiddleware(self.answer)
        self.entered, self.released = threading.Semaphore(0), threading.Event()
        self.threads = []

    def answer(self, request):
        self.entered.release()
        assert self.released.wait(30)
        return HttpResponse("ok")

    def begin(self, request):
        thread = threading.Thread(target=self.middleware, args=(request,))
        thread.start()
        self.threads.append(thread)
        assert self.entered.acquire(timeout=30)

    def release(self):
        self.released.set()
        for thread in self.threads:
            thread.join(30)


@pytest.fixture
def busy_site(settings):
    site = BusySite(settings, requests=2, photo_searches=1)
    yield site
    site.release()


def test_past_the_limit_a_page_is_refused_with_the_time_to_come_back(busy_site):
    for _ in range(2):
        busy_site.begin(RequestFactory().get("/"))
    refused = busy_site.middleware(RequestFactory().get("/c/dress/"))
    assert (refused.status_code, refused["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert int(refused["Retry-After"]) > 0
    assert b"Please try again in a few seconds" in refused.content


@pytest.mark.parametrize(
    ("path", "headers", "cookie", "language", "sentence"),
    [
        ("/c/dress/", {"Accept-Language": "id-ID,id;q=0.9"}, "", "id", "Terlalu banyak pengunjung saat ini"),
        ("/c/dress/", {"Accept-Language": "id"}, "en", "en", "Too many visitors at once"),
        ("/c/dress/", {}, "", "en", "Too many visitors at once"),
        (PHOTO, {"Accept-Language": "id"}, "", "id", "Terlalu banyak pengunjung saat ini"),
    ],
)
def test_the_refusal_is_in_the_visitors_language(path, headers, cookie, language, sentence):
    request = RequestFactory(headers=headers).get(path)
    if cookie:
        request.COOKIES["django_language"] = cookie
    refused = too_busy(request)
    assert refused["Content-Language"] == language
    assert sentence in refused.content.decode()


def test_past_the_limit_the_api_answers_json(busy_site):
    busy_site.begin(RequestFactory().post(PHOTO))
    refused = busy_site.middleware(RequestFactory().post(PHOTO))
    assert (refused.status_code, refused["Content-Type"]) == (503, "application/json")
    assert int(refused["Retry-After"]) > 0


def test_queued_photos_do_not_keep_pages_waiting(busy_site):
    busy_site.begin(RequestFactory().post(PHOTO))
    busy_site.begin(RequestFactory().get("/"))
    busy_site.release()
    assert busy_site.middleware(RequestFactory().get("/")).status_code == 200


def test_a_slot_is_free_again_after_an_answer_and_after_an_error(settings):
    settings.MAX_REQUESTS = 1

    def broken(request):
        raise ValueError("broken view")

    middleware = OverloadMiddleware(broken)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken view"):
            middleware(RequestFactory().get("/"))
    assert middleware.requests.taken == 0


def test_no_limit_lets_all_in():
    slots = Slots(None)
    with slots.take() as first, slots.take() as second:
        assert first and second


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("post", "/photo/", True),
        ("post", PHOTO, True),
        ("get", "/photo/?query=abc", True),
        ("get", "/photo/", False),  # the empty form
        ("get", "/search/?q=photo", False),
        ("post", "/api/v1/products/", False),
    ],
)
def test_what_counts_as_a_photo_search(method, path, expected):
    assert is_photo_search(getattr(RequestFactory(), method)(path)) is expected


def test_the_middleware_stands_behind_the_health_checks(settings):
    names = settings.MIDDLEWARE
    assert names.index("config.health.HealthCheckMiddleware") < names.index("config.overload.OverloadMiddleware")
