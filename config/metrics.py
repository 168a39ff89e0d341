"""Prometheus' numbers, for those who may read them."""

import secrets
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_prometheus.exports import ExportToDjangoView


def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics for a scraper with METRICS_TOKEN or from METRICS_NETWORKS, and for everybody where DEBUG is set."""
    if settings.DEBUG or has_token(request) or is_from_allowed_network(request):
        return ExportToDjangoView(request)
    return HttpResponse(
        "Send the header 'Authorization: Bearer METRICS_TOKEN', or ask from one of METRICS_NETWORKS.\n",
        status=403,
        content_type="text/plain",
    )


def has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    expected = settings.METRICS_TOKEN
    return bool(expected) and secrets.compare_digest(given.encode(), expected.encode())


def is_from_allowed_network(request: HttpRequest) -> bool:
    """Whether the connection itself comes from METRICS_NETWORKS; what a proxy passes on comes from anywhere."""
    if "X-Forwarded-For" in request.headers or not settings.METRICS_NETWORKS:
        return False
    address = ip_address(request.META["REMOTE_ADDR"])
    return any(address in network for network in settings.METRICS_NETWORKS)
