"""A bounded queue: what cannot be answered soon is refused at once, with the time after which to try again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponse]
PHOTO_PATHS = ("/photo/", "/api/v1/search/photo/")
RETRY_AFTER_S = 3  # a full queue of photos is worked off in about this time


class Slots:
    """Counts the requests in progress; `limit` None lets all in."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.taken = 0
        self._lock = threading.Lock()

    @contextmanager
    def take(self) -> Iterator[bool]:
        """Yields whether there was a free slot, which is held inside the block."""
        with self._lock:
            is_free = self.limit is None or self.taken < self.limit
            self.taken += is_free
        try:
            yield is_free
        finally:
            with self._lock:
                self.taken -= is_free


class OverloadMiddleware:
    """Answers 503 with Retry-After past MAX_REQUESTS requests, or MAX_PHOTO_SEARCHES photo searches, in this process.

    Photo searches are counted apart, since each keeps the processor busy: pages are still answered while they queue.
    Stands behind HealthCheckMiddleware, so that health checks are always answered.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.requests = Slots(settings.MAX_REQUESTS)
        self.photo_searches = Slots(settings.MAX_PHOTO_SEARCHES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slots = self.photo_searches if is_photo_search(request) else self.requests
        with slots.take() as is_free:
            return self.get_response(request) if is_free else too_busy(request)


def is_photo_search(request: HttpRequest) -> bool:
    """A photo that is sent, or an earlier one that is refined by the query string."""
    is_search = request.method == "POST" or bool(request.META["QUERY_STRING"])
    return is_search and request.path.startswith(PHOTO_PATHS)


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
