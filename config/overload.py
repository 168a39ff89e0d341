"""The answer to a request that is refused since too many wait: 503 with the time after which to try again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from config.request_queues import is_refused

GetResponse = Callable[[HttpRequest], HttpResponse]
RETRY_AFTER_S = 3  # full queues are worked off in about this time


class OverloadMiddleware:
    """Answers what the server refuses (config/buffering_worker.py), before anything else is looked at."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return too_busy(request) if is_refused() else self.get_response(request)


def too_busy(request: HttpRequest) -> HttpResponse:
    """503 as JSON for the API and as a page for a browser; neither asks the database, the cache or a model.

    In the visitor's language: LocaleMiddleware, which would set it, has not run yet.
    """
    language = get_language_from_request(request)
    with override(language):
        sentence = _("Too many visitors at once. Please try again in a few seconds.")
        if request.path.startswith("/api/"):
            response: HttpResponse = JsonResponse({"detail": sentence}, status=503)
        else:
            response = render(request, "503.html", {"sentence": sentence}, status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    response["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language"])
    return response
