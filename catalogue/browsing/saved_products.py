"""Products that a browser remembers: favourites and those viewed last. Their ids come in the address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from catalogue.models import Product

MAX_SAVED = 100  # of a list: the address stays short enough for every browser and server
MAX_VIEWED = 12
_IDS = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class SavedProducts:
    """A list of ids in the order given, and those of its products that are still sold."""

    ids: list[int]
    products: list[Product]

    @property
    def missing(self) -> int:
        """How many are no longer sold."""
        return len(self.ids) - len(self.products)

    @property
    def query(self) -> str:
        """The list as a query string."""
        return "?ids=" + ",".join(str(pk) for pk in self.ids)


def saved_products(text: str, *, limit: int = MAX_SAVED) -> SavedProducts:
    """The products whose ids `text` lists, separated by commas; what is no id is left out, as is all past `limit`."""
    ids = list(dict.fromkeys(int(part) for part in text[:4_000].split(",") if _IDS.fullmatch(part.strip())))[:limit]
    found = Product.objects.visible().for_cards().in_bulk(ids)
    return SavedProducts(ids, [found[pk] for pk in ids if pk in found])


def photo_page_before(request: HttpRequest) -> str:
    """The address of the photo's page that led to this one, by the Referer; empty where none did.

    Without JavaScript it is all that is known; with it the browser remembers the photo for every later page.
    """
    try:
        photo_url = reverse("photo")
        referer = urlsplit(request.headers.get("Referer", ""))
    except (NoReverseMatch, ValueError):
        return ""
    is_photo = referer.netloc == request.get_host() and referer.path == photo_url and "query=" in referer.query
    return f"{referer.path}?{referer.query}" if is_photo else ""
