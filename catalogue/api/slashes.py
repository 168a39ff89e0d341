"""Writes to an address without its last slash, of the API and of pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import is_valid_path

PREFIX = "/api/"
SAFE = ("GET", "HEAD", "OPTIONS")


class SlashMiddleware:
    """Answers 308 with the right address: clients that follow it send method and body again.

    Django's own redirect is a 301, which clients follow with a GET: the write would not happen, and a PATCH would seem
    to have succeeded.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if request.method in SAFE or path.endswith("/") or is_valid_path(path) or not is_valid_path(path + "/"):
            return self.get_response(request)
        address = request.get_full_path(force_append_slash=True)
        detail = f"Nothing was done: the address ends with a slash, {address}. Send {request.method} there."
        headers = {"Location": address}
        if not path.startswith(PREFIX):
            return HttpResponse(detail, "text/plain", 308, headers=headers)
        return JsonResponse({"detail": detail, "url": address}, status=308, headers=headers)
