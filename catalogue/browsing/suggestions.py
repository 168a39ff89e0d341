"""What somebody may be about to type: categories, brands and products that begin with the words so far.

Products are found as the search itself finds them: with synonyms, and mistyped words put right.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from django.urls import reverse

from catalogue.browsing.filters import MAX_QUERY_LENGTH
from catalogue.models import Category, Product

MIN_LETTERS = 2
MAX_WORDS = 6
PRODUCTS, BRANDS, CATEGORIES = 5, 2, 3


class Suggestion(NamedTuple):
    label: str
    url: str


class Suggestions(NamedTuple):
    categories: list[Suggestion]
    brands: list[Suggestion]
    products: list[Product]

    @property
    def total(self) -> int:
        return sum(len(part) for part in self)


def suggestions_for(text: str) -> Suggestions:
    """Suggestions for a text that is still being typed; none for less than MIN_LETTERS letters."""
    words = re.findall(r"\w+", text.lower())[:MAX_WORDS]
    if len("".join(words)) < MIN_LETTERS:
        return Suggestions([], [], [])
    # In order of id and not of relevance: the index stops at the first few, ranking would read every match.
    query = Product.objects.visible().parse_query(text[:MAX_QUERY_LENGTH], is_unfinished=True)
    products = list(Product.objects.visible().for_cards().matching(query).order_by("-id")[:20])
    return Suggestions(_categories(words), _brands(words, products), products[:PRODUCTS])


def _categories(words: list[str]) -> list[Suggestion]:
    found = [
        category
        for category in Category.objects.all()
        if all(any(part.startswith(word) for part in _name_words(category)) for word in words)
    ]
    return [Suggestion(category.local_name, category.get_absolute_url()) for category in found[:CATEGORIES]]


def _name_words(category: Category) -> list[str]:
    """The words of its names in all languages."""
    return re.findall(r"\w+", f"{category.name} {category.name_en} {category.name_id}".lower())


def _brands(words: list[str], products: list[Product]) -> list[Suggestion]:
    """Among the products found: all brands of a large catalogue would take a scan of it."""
    text = " ".join(words)
    brands = dict.fromkeys(product.brand for product in products if product.brand.lower().startswith(text))
    return [Suggestion(brand, reverse("brand", args=[brand])) for brand in list(brands)[:BRANDS]]
