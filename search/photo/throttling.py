"""How many photos one client may send a minute, by the page and by the API together.

Only a photo costs the models' time. Refining a kept one is a query like any page's, and is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class PhotoThrottle(SimpleRateThrottle):
    """For a plain request that brings a photo; the rate is settings' PHOTO_THROTTLE."""

    scope = "photo"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}

    def allows(self, request: HttpRequest) -> bool:
        """Whether a plain request, of no API view, may bring one more photo."""
        return self.allow_request(Request(request), APIView())


class ApiPhotoThrottle(PhotoThrottle):
    """For the API, where one address takes photos and the `query` of an earlier answer."""

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        is_refinement = isinstance(request.data, Mapping) and bool(request.data.get("query"))
        return None if is_refinement else super().get_cache_key(request, view)
