"""Health checks for load balancers: is this process alive, and can it answer."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
AT_ONCE, PATIENCE_S = 2, 1.0  # fewer than config/capacity.py's SPARE_THREADS
_at_once = threading.BoundedSemaphore(AT_ONCE)


class NotReady(Exception):
    """A part that requests need does not work; the message is shown to the prober."""


class HealthCheckMiddleware:
    """Answers /healthz and /readyz before the Host header is looked at: load balancers name a server by its address."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
        if request.path == "/readyz":
            return readyz()
        return self.get_response(request)


def readyz() -> JsonResponse:
    """200 when everything that answers requests works, else 503 and a reason for each part that does not.

    A part that hangs holds up AT_ONCE checks and no more: others are told so, or they would take every thread.
    """
    if not _at_once.acquire(timeout=PATIENCE_S):
        return _answer({"checks": "the earlier ones have not ended yet"})
    try:
        return _answer(_failures())
    finally:
        _at_once.release()


def _failures() -> dict[str, str]:
    failures = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception as error:  # noqa: BLE001  whatever is wrong, the prober is told and the others are checked
            failures[name] = str(error) if isinstance(error, NotReady) else type(error).__name__
    return failures


def _answer(failures: dict[str, str]) -> JsonResponse:
    status = 503 if failures else 200
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "5"} if failures else {})
    return JsonResponse({"ready": not failures, **failures}, status=status, headers=headers)


def check_database() -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations() -> None:
    """Applied migrations are looked up until all are there; then they are there for the life of this release."""
    if _migrated:
        return
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise NotReady(f"{len(plan)} migrations are not applied: run manage.py migrate")
    _migrated.append(True)


def check_static_files() -> None:
    if isinstance(staticfiles_storage, ManifestFilesMixin) and not staticfiles_storage.hashed_files:
        raise NotReady(f"no manifest in {settings.STATIC_ROOT}: run manage.py collectstatic")


def check_models() -> None:
    if not apps.is_installed("search"):
        return
    from search.warmup import load_models

    try:
        load_models()
    except (OSError, RuntimeError, ValueError) as error:
        raise NotReady(str(error)) from error


def check_cache() -> None:
    for name in settings.CACHES:
        caches[name].set("readyz", "ok", timeout=60)
        if caches[name].get("readyz") != "ok":
            raise NotReady(f"a value stored in the cache {name!r} could not be read back")


_migrated: list[bool] = []
CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "migrations": check_migrations,
    "static": check_static_files,
    "models": check_models,
    "cache": check_cache,
}
