"""The business's words for reading the catalogue."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.search import SearchRank
from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from catalogue.browsing.spelling import corrected
from catalogue.browsing.text_search import ReadQuery, text_query

MAX_RANKED = 960  # matches of a text that are put in order of relevance, and can be paged through


class CategoryQuerySet(models.QuerySet):
    def with_counts(self) -> Self:
        """Annotates `product_count`, the number of visible products."""
        from catalogue.models import Product

        # One index-only scan a category; a join and GROUP BY would read every product's row.
        shown = Product.objects.visible().filter(category=OuterRef("pk")).order_by().values("category")
        counts = Subquery(shown.annotate(number=Count("pk")).values("number"))
        return self.annotate(product_count=Coalesce(counts, 0))

    def holding(self, garment_type: str) -> Self:
        """Categories that hold this garment type; those that name no types hold any."""
        return self.filter(Q(garment_types__contains=[garment_type]) | Q(garment_types=[]))


class ProductQuerySet(models.QuerySet):
    def visible(self) -> Self:
        """What a shopper may see."""
        return self.filter(is_active=True)

    def for_cards(self) -> Self:
        """With all that a product card shows: two queries, however many products."""
        from catalogue.models import ProductImage

        return (
            self.select_related("category")
            .defer("document")
            .prefetch_related(Prefetch("images", queryset=ProductImage.objects.order_by("position", "id")))
        )

    def matching_text(self, text: str) -> Self:
        """Products that hold every word of `text` in one of the shop's languages, annotated with `rank`.

        `text` is a web-style query: words, "a phrase", -without. Where no product at all holds them, the nearest words
        that the catalogue knows are taken instead: one query more.
        """
        return self.meaning(self.model.objects.visible().understood(text))

    def understood(self, text: str) -> ReadQuery:
        """The query for `text`, for `meaning`: as typed where these products hold it, otherwise corrected."""
        query = text_query(text)
        # More than one, though one would do: for a single row the planner likes to read the table until it comes.
        if text.strip() and not self.filter(document=query).values_list("pk")[:100]:
            query = text_query(corrected(text))
        return query

    def meaning(self, query: ReadQuery) -> Self:
        """Products that match `query`, annotated with their `rank`."""
        return self.filter(document=query).annotate(rank=SearchRank(F("document"), query))

    def best_first(self) -> Self:
        """What `matching_text` left, the best match first: of the newest MAX_RANKED, for to rank all products that hold
        a frequent word takes seconds. Without a text, as it is."""
        rank = self.query.annotations.get("rank")
        if rank is None:
            return self
        newest = self.order_by("-id").values("pk")[:MAX_RANKED]
        return self.model.objects.filter(pk__in=newest).annotate(rank=rank).order_by("-rank", "-id")
