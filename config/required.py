"""Settings that production cannot do without."""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

REQUIRED_IN_PRODUCTION = {
    "SECRET_KEY": "50 random characters, the same on every machine",
    "ALLOWED_HOSTS": "the site's host names, separated by commas: shop.example,www.shop.example",
}


def require_in_production(settings: Mapping[str, object], *, debug: bool) -> None:
    """Raises ImproperlyConfigured that names every missing setting at once; nothing is required where `debug`."""
    missing = [name for name in REQUIRED_IN_PRODUCTION if not settings[name]]
    if debug or not missing:
        return
    lines = [f"  {name}: {REQUIRED_IN_PRODUCTION[name]}" for name in missing]
    raise ImproperlyConfigured(
        "\n".join(
            [
                "This is production mode, and these settings are missing from the environment and from .env:",
                *lines,
                "For development set DEBUG=1 instead, for example: DEBUG=1 .venv/bin/python manage.py COMMAND",
            ]
        )
    )
