"""The shopper's pages."""

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.browsing.filters import MAX_QUERY_LENGTH
from catalogue.browsing.listing import listing_of
from catalogue.browsing.product_page import product_context
from catalogue.browsing.saved_products import MAX_VIEWED, saved_products
from catalogue.browsing.suggestions import suggestions_for
from catalogue.models import Category, InfoPage, Product
from catalogue.page_sections import HOME_HERO, sections_of
from catalogue.thumbnails import fills_frame

NEW_ARRIVALS = 15
HERO_PHOTOS = 3


def home(request: HttpRequest) -> HttpResponse:
    newest, tiles = _newest_and_tiles()
    hero_sections = [section for section in sections_of(HOME_HERO) if section.context]
    context = {
        "newest": newest,
        "tiles": tiles,
        "tile_columns": [columns_of(len(tiles), at_most=most) for most in (6, 10)],
        "canonical": "/",
        "hero_sections": hero_sections,
        "hero_photos": [] if hero_sections else _hero_photos(tiles),
    }
    return render(request, "catalogue/home.html", context)


def _hero_photos(tiles: list[Product]) -> list[Product]:
    """Some products of different categories, those first whose photo fills its frame."""
    shown = [(not fills_frame(image), product) for product in tiles if (image := product.main_image)]
    return [product for _is_cut, product in sorted(shown, key=lambda each: each[0])][:HERO_PHOTOS]


def columns_of(number: int, *, at_most: int) -> int:
    """Into how many columns so many tiles are laid, so that no row is nearly empty."""
    rows = max(1, -(-number // at_most))
    columns = max(1, -(-number // rows))
    while columns > at_most // 2 and number > columns and number % columns == 1:
        columns -= 1
    return columns


def _newest_and_tiles() -> tuple[list[Product], list[Product]]:
    """The newest products, and of each category the newest that has a picture: it stands for the category.

    Their rows are read together; for the tiles before, two index probes a category.
    """
    of_category = Product.objects.visible().filter(category=OuterRef("pk"), images__isnull=False).order_by("-id")
    pictured = Category.objects.annotate(newest=Subquery(of_category.values("pk")[:1])).values_list("newest", flat=True)
    tiles = {pk for pk in pictured if pk}
    newest = list(Product.objects.visible().values_list("pk", flat=True)[:NEW_ARRIVALS])
    products = Product.objects.for_cards().in_bulk([*tiles, *newest])
    by_category = sorted(
        (products[pk] for pk in tiles if pk in products),
        key=lambda product: (product.category.position, product.category.name),
    )
    return [products[pk] for pk in newest if pk in products], by_category


def category(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Category, slug=slug)
    listing = listing_of(found.products.all(), request.GET, facets=("brand", "colour"))
    context = {"title": found.local_name, "category": found, "listing": listing, "canonical": found.get_absolute_url()}
    return render(request, "catalogue/listing.html", context, status=listing.status)


def brand(request: HttpRequest, name: str) -> HttpResponse:
    if "\0" in name:  # PostgreSQL would refuse the text
        raise Http404("No brand has such a name.")
    listing = listing_of(Product.objects.filter(brand=name), request.GET, facets=("category", "colour"))
    context = {"title": name, "brand": name, "listing": listing, "canonical": request.path}
    is_known = listing.count or Product.objects.visible().filter(brand=name).exists()
    return render(request, "catalogue/listing.html", context, status=listing.status if is_known else 404)


def search(request: HttpRequest) -> HttpResponse:
    listing = listing_of(Product.objects.all(), request.GET, facets=("category", "brand", "colour"))
    words = listing.data.get("q", "").strip()
    title = _("“%(words)s”") % {"words": words} if words else _("All products")
    context = {"title": title, "words": words, "listing": listing, "canonical": request.path, "is_search": True}
    return render(request, "catalogue/listing.html", context, status=listing.status)


def product(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    found = get_object_or_404(Product.objects.visible().for_cards(), pk=pk)
    if slug != found.slug:
        return redirect(found, permanent=True)
    return render(request, "catalogue/product.html", product_context(request, found))


def favourites(request: HttpRequest) -> HttpResponse:
    """Products that somebody has marked: kept in the browser, which names them in the address."""
    saved = saved_products(request.GET.get("ids", ""))
    address = request.build_absolute_uri(reverse("favourites") + saved.query)
    return render(request, "catalogue/favourites.html", {"saved": saved, "address": address})


def recently_viewed(request: HttpRequest) -> HttpResponse:
    """A part of a page: the products that this browser has viewed last, which it names in the address."""
    saved = saved_products(request.GET.get("ids", ""), limit=MAX_VIEWED)
    return render(request, "catalogue/_recently_viewed.html", {"viewed": saved.products})


def info_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of text, such as the one on privacy."""
    found = get_object_or_404(InfoPage.objects.shown(), slug=slug)
    context = {"info_page": found, "canonical": found.get_absolute_url()}
    return render(request, "catalogue/info_page.html", context)


def suggestions(request: HttpRequest) -> HttpResponse:
    """A part of the search box, while somebody types."""
    words = request.GET.get("q", "")[:MAX_QUERY_LENGTH]
    return render(request, "catalogue/_suggestions.html", {"found": suggestions_for(words), "words": words.strip()})


def robots(request: HttpRequest) -> HttpResponse:
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    return render(request, "catalogue/robots.txt", {"sitemap": sitemap}, content_type="text/plain; charset=utf-8")
