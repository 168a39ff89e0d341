"""Reads on replicas: which connection a request reads from.

REPLICA_URLS names streaming replicas of the database. Requests that only read take the rows of catalogue and search
from one of them. Everything else uses the primary: commands, workers, the admin, requests that write, requests with an
API token, and for STICKY_S after a write the browser that wrote (a signed cookie), so that nobody misses what they have
just saved.

A thread for each replica checks it every second (config/replica_monitor.py). One that does not answer, is not a replica
or lags more than REPLICA_MAX_LAG_S is not asked; with none left the primary answers. A replica that fails between two
checks is noticed when the request connects, or else the request is answered again from the primary.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.utils import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from config.replica_monitor import CHECK_EVERY_S, STALE_AFTER_S, ReplicaMonitor
from config.request_body import PHOTO_PATHS

GetResponse = Callable[[HttpRequest], HttpResponse]
APPS = frozenset({"catalogue", "search"})  # sessions, accounts and the admin's log are few rows, and read as written
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE = "reads-primary"


@dataclass(slots=True)
class Reading:
    """What a request reads from. replica: an alias of DATABASES; None before the first query or where none is used."""

    may_use_replica: bool
    replica: str | None = None
    has_written: bool = False
    has_failed: bool = False


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)
monitor = ReplicaMonitor()


def sticky_s() -> int:
    """For how many seconds a browser that wrote reads from the primary: until every replica that is asked has it."""
    return math.ceil(settings.REPLICA_MAX_LAG_S + STALE_AFTER_S + CHECK_EVERY_S)


class ReplicaRouter:
    """Django's database router: rows of APPS from the request's replica, all else from the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        reading = _reading.get()
        if reading is None or not reading.may_use_replica or model._meta.app_label not in APPS:
            return DEFAULT_DB_ALIAS
        if connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return DEFAULT_DB_ALIAS
        if reading.replica is None:
            reading.replica = monitor.choose()
            reading.may_use_replica = reading.replica is not None
        return reading.replica or DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        reading = _reading.get()
        if reading is not None and model._meta.app_label in APPS:
            reading.has_written, reading.may_use_replica = True, False
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *objects: Model, **hints: Any) -> bool:
        return True  # all hold the same rows

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class ReplicaMiddleware:
    """Decides what a request may read from. Stands behind FaultMiddleware, whose 503 it forestalls."""

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.REPLICAS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        only_reads = request.method in SAFE_METHODS or request.path.startswith(PHOTO_PATHS)
        reading = Reading(may_use_replica=only_reads and not _needs_primary(request), has_written=not only_reads)
        token = _reading.set(reading)
        try:
            response = self.get_response(request)
            if reading.has_failed:
                response = self.get_response(request)  # from the primary
        finally:
            _reading.reset(token)
        if reading.has_written and response.status_code < 500:
            response.set_signed_cookie(
                COOKIE, "1", max_age=sticky_s(), httponly=True, samesite="Lax", secure=settings.HTTPS
            )
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A replica that fails in the middle of a request: a stand-in for the answer, which is then made anew."""
        reading = _reading.get()
        if reading is None or reading.replica is None or reading.has_failed or request.method not in SAFE_METHODS:
            return None
        if not _is_outage(exception, reading.replica):
            return None
        monitor.report_failure(reading.replica, exception)
        reading.may_use_replica, reading.replica, reading.has_failed = False, None, True
        return HttpResponse(status=503)


def _is_outage(exception: Exception, alias: str) -> bool:
    """Whether this is the connection's failure and not the query's; psycopg has no class of its own for some."""
    if isinstance(exception, OperationalError | InterfaceError):
        return True
    return isinstance(exception, DatabaseError) and not connections[alias].is_usable()


def _needs_primary(request: HttpRequest) -> bool:
    """Whether this client may have just written, or is about to edit what it reads."""
    if "Authorization" in request.headers or request.path.startswith(reverse("admin:index")):
        return True
    return request.get_signed_cookie(COOKIE, default=None, max_age=sticky_s()) is not None
