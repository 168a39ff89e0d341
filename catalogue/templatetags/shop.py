"""What the shop's templates need beyond Django's own: prices, pictures and the list of categories."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template import Context, Engine
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from catalogue.browsing.listing import Listing
from catalogue.models import Category, InfoPage, Product, ProductImage
from catalogue.rendered_once import rendered_once
from catalogue.thumbnails import fills_frame, thumbnail_of, thumbnails_of

register = template.Library()

_SYMBOLS = {"IDR": "Rp", "USD": "US$", "EUR": "€", "GBP": "£", "SGD": "S$", "MYR": "RM", "JPY": "¥"}
_JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}

# How wide a picture is drawn, for the browser's choice among the thumbnails.
_DRAWN = {
    "card": "(min-width: 90rem) 15rem, (min-width: 64rem) 22vw, (min-width: 40rem) 31vw, 46vw",
    "gallery": "(min-width: 64rem) 32rem, 92vw",
    "tile": "(min-width: 64rem) 9vw, (min-width: 40rem) 15vw, 30vw",
    "tiny": "6rem",
}
_LARGEST = {"card": "card2x", "gallery": "zoom", "tile": "card2x", "tiny": "card"}


@register.simple_tag
def shop_name() -> str:
    return getattr(settings, "SHOP_NAME", "Serupa")


@register.simple_tag
def categories() -> list[Category]:
    return list(Category.objects.all())


@register.simple_tag
def info_pages() -> list[InfoPage]:
    return list(InfoPage.objects.shown())


@register.simple_tag(takes_context=True)
def category_links(context: Context) -> SafeString:
    """A list item for each category; the one of this page is marked."""
    current = getattr(context.get("category"), "slug", "")
    found = categories()
    shown = [(each.slug, each.local_name, each.language_of_local_name) for each in found]
    key = ("categories", get_language(), current, tuple(shown))
    return rendered_once(
        key, lambda: _rendered(context, "catalogue/_category_links.html", found=found, current=current)
    )


@register.simple_tag(takes_context=True)
def card(context: Context, product: Product, drawn: str = "card", *, eager: bool = False) -> SafeString:
    """A product of a list: templates/catalogue/_card.html."""
    photo_url, image = context.get("photo_url", ""), product.main_image
    key = (
        "card", get_language(), product.pk, product.name, product.brand, product.price, product.currency,
        product.availability, image and _shown(image), drawn, eager, photo_url,
    )  # fmt: skip
    values = {"product": product, "drawn": drawn, "eager": eager, "photo_url": photo_url}
    return rendered_once(key, lambda: _rendered(context, "catalogue/_card.html", **values))


@register.simple_tag(takes_context=True)
def facets(context: Context, listing: Listing) -> SafeString:
    """What a list can be narrowed down to: templates/catalogue/_facets.html."""
    shown = [(*each[:2], tuple(each.options), tuple(each.collapsed), each.is_estimate) for each in listing.facets]
    prices = listing.price, listing.data.get("price_min"), listing.data.get("price_max")
    key = ("facets", get_language(), tuple(shown), prices)
    values = {"facets": listing.facets, "price": listing.price, "data": listing.data}
    return rendered_once(key, lambda: _rendered(context, "catalogue/_facets.html", **values))


def _shown(image: ProductImage) -> tuple[int, str | None, int, int]:
    return image.pk, image.file.name, image.width, image.height


def _rendered(context: Context, template: str, **values: Any) -> SafeString:
    """The template with these values alone: nothing else of the page may show in it."""
    return Engine.get_default().get_template(template).render(context.new(values))


@register.simple_tag
def category_name(category: Category) -> SafeString:
    """Its name in the page's language, or in its own with a `lang` where that is known."""
    language = category.language_of_local_name
    name = category.local_name
    return format_html('<span lang="{}">{}</span>', language, name) if language else format_html("{}", name)


@register.simple_tag
def product_count(count: int, is_estimate: bool = False) -> str:
    """How many products there are: "1 product", "1,000 products" or "about 62,000 products"."""
    n = intcomma(count)
    if is_estimate:
        return gettext("about %(n)s products") % {"n": n}
    return ngettext("%(n)s product", "%(n)s products", count) % {"n": n}


@register.filter
def price(product: Product) -> str:
    """The price as the reader's language writes it: Rp 199.000 or Rp 199,000; empty where there is none."""
    return money(product.price, product.currency)


@register.filter
def price_before(product: Product) -> str:
    """What a product on sale costs otherwise, as `price` writes it; empty where it is not on sale."""
    before = product.compare_at_price
    is_on_sale = before is not None and product.price is not None and before > product.price
    return money(before, product.currency) if is_on_sale else ""


def money(amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return ""
    decimals = 0 if amount == amount.to_integral_value() else 2
    number = number_format(amount, decimal_pos=decimals, use_l10n=True, force_grouping=True)
    return f"{_SYMBOLS.get(currency, currency)}\N{NO-BREAK SPACE}{number}"


@register.simple_tag
def picture(image: ProductImage | None, drawn: str = "card", *, alt: str = "", eager: bool = False) -> SafeString:
    """An <img> of a product photo with its sizes, its width and height; a blank one where there is no photo."""
    if image is None:
        return format_html('<img class="photo" src="{}" width="3" height="4" alt="{}">', static("no-photo.svg"), alt)
    key = ("picture", *_shown(image), drawn, alt, eager)
    return rendered_once(key, lambda: _picture(image, drawn, alt, eager))


def _picture(image: ProductImage, drawn: str, alt: str, eager: bool) -> SafeString:
    thumbnails = thumbnails_of(image, largest=_LARGEST[drawn])
    return format_html(
        '<img class="photo{}" src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}>',
        "" if fills_frame(image) else " is-whole",
        thumbnails[min(1, len(thumbnails) - 1)].url,
        format_html_join(", ", "{} {}w", ((each.url, each.width) for each in thumbnails)),
        _DRAWN[drawn],
        image.width,
        image.height,
        alt,
        mark_safe(' fetchpriority="high"' if eager else ' loading="lazy" decoding="async"'),  # noqa: S308
    )


@register.simple_tag
def thumbnail(image: ProductImage, size: str) -> str:
    """The address of one thumbnail."""
    return thumbnail_of(image, size).url


@register.filter
def unlocal(number: float) -> str:
    """A number as SVG reads it, whatever the page's language."""
    return f"{number:.1f}"


@register.filter
def as_json_ld(value: dict) -> SafeString:
    """JSON that may stand inside <script>."""
    return mark_safe(json.dumps(value, ensure_ascii=False).translate(_JSON_ESCAPES))  # noqa: S308  < > & are escaped
