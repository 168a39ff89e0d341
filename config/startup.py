"""What must hold before the site is served; each problem is one sentence on standard error, not a traceback."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

CANNOT_SERVE = 3  # the exit status; 1 is a failure that may pass


def explain_or_exit() -> None:
    """Exits with the reason where settings are missing or static files are not collected."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    problem = find_problem()
    if problem:
        print(problem, file=sys.stderr)  # noqa: T201  no logging is configured yet
        raise SystemExit(CANNOT_SERVE)


def find_problem() -> str | None:
    """The first reason why no page can be served, or None. The database may come later: /readyz waits for it."""
    import django

    try:
        django.setup()
    except ImproperlyConfigured as error:
        return str(error)
    from config.health import NotReady, check_static_files

    try:
        check_static_files()
    except NotReady as error:
        return f"Static files: {error}."
    return None
