"""What a visitor is told while a part of the installation is away: 503 with the time after which to try again."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db.utils import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from redis.exceptions import RedisError

from config import health
from search.vision.cards import ModelError

logger = logging.getLogger(__name__)
RETRY_AFTER_S = 10
# The database or the cache of photos does not answer; a model is missing or broken.
OUTAGES = (OperationalError, InterfaceError, RedisError, ModelError)
# SQLSTATE of a table, column, function or type that is not there: before `migrate`, or else by a mistake in a query.
UNDEFINED = {"42P01", "42703", "42883", "42704"}

GetResponse = Callable[[HttpRequest], HttpResponse]


class FaultMiddleware:
    """Answers 503 where a view meets an outage: a page in the shop's style, JSON for the API and scripts."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_outage(exception):
            return None
        logger.error("%s %s met an outage: %s", request.method, request.path, exception)
        return unavailable(request)


def is_outage(exception: Exception) -> bool:
    """Whether a part of the installation is away. A connection that breaks may raise DatabaseError itself."""
    return isinstance(exception, OUTAGES) or type(exception) is DatabaseError or _is_before_migrate(exception)


def _is_before_migrate(exception: Exception) -> bool:
    if not isinstance(exception, ProgrammingError) or getattr(exception.__cause__, "pgcode", None) not in UNDEFINED:
        return False
    try:
        health.check_migrations()
    except health.NotReady:
        return True
    return False


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's handler404: its page lists the categories, which may be out of reach."""
    try:
        return page_not_found(request, exception)
    except Exception as outage:
        if not is_outage(outage):
            raise
        logger.error("%s %s is not found, and its page met an outage: %s", request.method, request.path, outage)
        return unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 that asks the database, the cache and the models nothing."""
    sentence = _("A part of the shop does not answer just now. Please try again in a few seconds.")
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse({"detail": sentence}, status=503)
    elif request.headers.get("Accept") == "application/json":
        response = JsonResponse({"error": sentence}, status=503)
    else:
        response = render(request, "503.html", {"sentence": sentence}, status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    response["Cache-Control"] = "no-store"
    return response
