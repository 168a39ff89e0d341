"""The shopper's pages."""

from django.http import HttpRequest, HttpResponse


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


def category(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse(slug)


def product(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    return HttpResponse(slug)
