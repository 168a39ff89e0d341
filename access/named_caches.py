"""The caches that the settings have for one purpose each; config/caches.py lists them."""

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, BaseCache, caches


def cache_of(name: str) -> BaseCache:
    """The cache of this purpose; the default one where the settings have no other."""
    return caches[name if name in settings.CACHES else DEFAULT_CACHE_ALIAS]
