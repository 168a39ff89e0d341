"""The photo search page."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from access.client_address import client_of
from catalogue.models import Product
from catalogue.photo_files import PhotoError, explain
from search import services
from search.photo.example_photos import example_photo_names
from search.photo.overlay import default_garment
from search.photo.page import photo_page
from search.photo.upload import Refused, check_rate, garment_types_of_request, photo_of_request

logger = logging.getLogger(__name__)


# No CSRF token: a search changes nothing, as with the API; and looking for one would read a body of any size.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest) -> HttpResponse:
    """Without a photo the page that asks for one, with `?query=` what was found; POST takes a photo."""
    if request.method == "POST":
        return _receive(request)
    query = request.GET.get("query", "")
    if not query:
        return _start(request)
    try:
        if "x0" in request.GET:  # a box is analysed like a photo
            check_rate(request)
        page = photo_page(query, request.GET)
    except Refused as refused:
        return _start(request, str(refused), refused.status)
    except services.PhotoExpired:
        return _start(request, _expired(), 410)
    except services.NotReady:
        return _start(request, _not_ready(), 503)
    except ValueError:
        return redirect(f"{reverse('photo')}?query={query}")
    status = 400 if page.errors else 200
    context = {"page": page, "query": query, "address": request.build_absolute_uri()}
    response = render(request, "search/photo_results.html", context, status=status)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _receive(request: HttpRequest) -> HttpResponse:
    """Searches with the photo that was sent and leads on to its page; a refusal is a sentence on this page."""
    try:
        answer = services.search_photo(photo=photo_of_request(request), client=client_of(request), garment=0, limit=1)
    except Refused as refused:
        return _start(request, str(refused), refused.status)
    except PhotoError as error:
        logger.info("Photo refused: %s", error)
        return _start(request, explain(error), 400)
    except services.NotReady:
        return _start(request, _not_ready(), 503)
    garment = default_garment(answer, garment_types_of_request(request))
    url = f"{reverse('photo')}?query={answer.query}&garment={garment}"
    if _wants_json(request):
        return JsonResponse({"url": url})
    return redirect(url)


def _start(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    if error and _wants_json(request):
        return JsonResponse({"error": error}, status=status)
    context = {
        "error": error,
        "scenes": example_photo_names(),
        "minutes": settings.PHOTO_QUERY_SECONDS // 60,
        "max_bytes": settings.PHOTO_MAX_BYTES,
        "canonical": reverse("photo"),
    }
    response = render(request, "search/photo.html", context, status=status)
    patch_vary_headers(response, ["Accept"])
    return response


def photo_file(request: HttpRequest, query: str) -> HttpResponse:
    """The cached photo of an earlier search."""
    webp = services.cached_photo_file(query)
    if webp is None:
        raise Http404("This photo has expired.")
    response = HttpResponse(webp, content_type="image/webp")
    patch_cache_control(response, private=True, max_age=settings.PHOTO_QUERY_SECONDS)
    response["X-Robots-Tag"] = "noindex"
    return response


@csrf_exempt  # who knows the id sent the photo
@require_POST
def delete_photo(request: HttpRequest, query: str) -> HttpResponse:
    """Deletes the photo at once."""
    services.delete_photo(query)
    return redirect(f"{reverse('photo')}?forgotten=1")


def goes_with(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be worn with a product: a part of its page, fetched when it comes into view."""
    product = get_object_or_404(Product.objects.visible().for_cards(), pk=pk)
    results = services.complementary_products(product)
    return render(request, "search/goes_with.html", {"product": product, "results": results})


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _expired() -> str:
    minutes = settings.PHOTO_QUERY_SECONDS // 60
    return ngettext(
        "This photo has expired: photos are deleted after %(minutes)s minute. Please choose it again.",
        "This photo has expired: photos are deleted after %(minutes)s minutes. Please choose it again.",
        minutes,
    ) % {"minutes": minutes}


def _not_ready() -> str:
    return _("Photo search is being set up. Please try again in a few minutes.")
