"""What a visitor is told whose request is refused."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.overload import OverloadMiddleware
from config.request_queues import refusal

PHOTO = "/api/v1/search/photo/"
middleware = OverloadMiddleware(lambda request: HttpResponse("ok"))


def refused(request):
    with refusal():
        return middleware(request)


def test_what_is_not_refused_is_answered():
    assert middleware(RequestFactory().get("/")).status_code == 200


def test_a_page_is_refused_with_the_time_to_come_back():
    answer = refused(RequestFactory().get("/c/dress/"))
    assert (answer.status_code, answer["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert int(answer["Retry-After"]) > 0
    assert b"Please try again in a few seconds" in answer.content


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
    answer = refused(request)
    assert answer["Content-Language"] == language
    assert sentence in answer.content.decode()


def test_the_api_is_refused_in_json():
    answer = refused(RequestFactory().post(PHOTO))
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/json")
    assert int(answer["Retry-After"]) > 0


def test_the_middleware_stands_behind_the_health_checks(settings):
    names = settings.MIDDLEWARE
    assert names.index("config.health.HealthCheckMiddleware") < names.index("config.overload.OverloadMiddleware")
