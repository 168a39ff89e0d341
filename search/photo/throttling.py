"""How many photos one client may send a minute, by the page and by the API together.

Photos and drawn boxes cost the models' time. Refining a kept photo otherwise is a query like any page's, and is not
counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.http import HttpRequest
from rest_framework.request import Request

from access.throttling import ClientThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView


class PhotoThrottle(ClientThrottle):
    """For a request that brings a photo or a box; the rate is settings' PHOTO_THROTTLE."""

    scope = "photo"


class ApiPhotoThrottle(PhotoThrottle):
    """For the API, where one address takes photos and the `query` of an earlier answer."""

    def get_cache_key(self, request: Request | HttpRequest, view: APIView | None) -> str | None:
        data = getattr(request, "data", None)
        is_refinement = isinstance(data, Mapping) and bool(data.get("query")) and not data.get("box")
        return None if is_refinement else super().get_cache_key(request, view)
