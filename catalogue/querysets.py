"""The business's words for reading the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, cast

from django.contrib.postgres.search import SearchRank
from django.db import models, transaction
from django.db.models import Case, Count, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from catalogue.browsing.filters import ORDERINGS, ProductFilters
from catalogue.browsing.spelling import corrected
from catalogue.browsing.text_search import ParsedQuery, RawQuery, parse
from catalogue.category_words import copy_words, words_of

if TYPE_CHECKING:
    from catalogue.models import Category, InfoPage, Product  # noqa: F401  the base classes below name them

MAX_RANKED = 960  # matches of a text that are put in order of relevance
RANK_OF_TERM = 0.61  # of a garment type or a shade that is named: as much as a word in the name has


class CategoryQuerySet(models.QuerySet["Category"]):
    def update(self, **values: Any) -> int:
        """Writes these values; a new name or other garment types reach the text search of the products too."""
        if not {"name", "name_en", "name_id", "garment_types"}.intersection(values):
            return super().update(**values)
        with transaction.atomic(using=self.db):
            changed = list(self.order_by().values_list("pk", flat=True))
            number = super().update(**values)
            copy_words(changed)
        return number

    update.alters_data = True  # type: ignore[attr-defined]  # as Django marks its own: no template may call it

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


class InfoPageQuerySet(models.QuerySet["InfoPage"]):
    def shown(self) -> Self:
        """Those that have a text."""
        return self.exclude(text_en="", text_id="")


class ProductQuerySet(models.QuerySet["Product"]):
    def update(self, **values: Any) -> int:
        """Writes these values; with another category go its words."""
        category = values.get("category", values.get("category_id"))
        if category is not None:
            values["category_words"] = words_of(category.pk if isinstance(category, models.Model) else category)
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]  # as Django marks its own: no template may call it

    def visible(self) -> Self:
        """What a shopper may see."""
        return self.filter(is_active=True)

    def for_cards(self) -> Self:
        """With all that a product card shows: two queries, however many products."""
        return self.select_related("category").defer("document").prefetch_related(self._photos())

    def cards_of(self, ids: Iterable[int]) -> dict[int, Product]:
        """By their ids, for hundreds of cards: as `for_cards`, without the texts that no card shows."""
        texts = ("description", "attributes", "private_attributes")
        return cast("dict[int, Product]", self.for_cards().defer("document", *texts).in_bulk(set(ids)))

    @staticmethod
    def _photos() -> Prefetch:
        from catalogue.models import ProductImage

        # Into an attribute: for the manager `images` Django would make a queryset for each product.
        return Prefetch("images", ProductImage.objects.order_by("position", "id"), to_attr="loaded_photos")

    def filtered(self, filters: ProductFilters) -> Self:
        """Products that pass: the one meaning of each filter, for pages, API and photo search."""
        products = self.matching_text(filters.q) if filters.q.strip() else self
        if filters.category:  # the ids and not a join: one category's page walks the index (category, id) from its end
            products = products.filter(category__in=[category.pk for category in filters.category])
        if filters.garment_type:
            products = products.filter(category__in=self._categories().holding(filters.garment_type))
        if filters.brand:
            products = products.filter(brand__in=filters.brand)
        if filters.colour:
            products = products.filter(colours__overlap=list(filters.colour))
        if filters.price_min is not None:
            products = products.filter(price__gte=filters.price_min)
        if filters.price_max is not None:
            products = products.filter(price__lte=filters.price_max)
        return products

    def in_order(self, ordering: str) -> Self:
        """In one of `ORDERINGS`."""
        return self.order_by(*ORDERINGS[ordering])

    def matching_text(self, text: str) -> Self:
        """Products that hold every word of `text` in one of the shop's languages, annotated with `rank`.

        `text` is a web-style query: words, "a phrase", -without. Where no product at all holds them, the nearest words
        that the catalogue knows are taken instead: one query more.
        """
        return self.matching(self.model.objects.visible().parse_query(text))

    def parse_query(self, text: str, *, is_unfinished: bool = False) -> ParsedQuery:
        """The query for `text`, for `matching`: as typed where these products hold it, otherwise corrected."""
        query = parse(text, is_unfinished=is_unfinished)
        return query if not query.tsquery or self._hold(query.tsquery) else corrected(query, self._hold)

    def _hold(self, tsquery: str) -> bool:
        # More than one, though one would do: for a single row the planner likes to read the table until it comes.
        return bool(self.filter(document=RawQuery(tsquery)).order_by().values_list("pk")[:100])

    def matching(self, query: ParsedQuery) -> Self:
        """Products that match `query`, its prices included, annotated with their `rank`."""
        products = self.filtered(ProductFilters(price_min=query.price_min, price_max=query.price_max))
        if not query.tsquery:
            return (products if query.names_prices else products.none()).annotate(rank=Value(0.0))
        return products._ranked(query.tsquery, query)

    def matching_any_word(self, query: ParsedQuery) -> Self:
        """Products that match at least one of the words of `query`, or are of a garment type that it names, annotated
        with their `rank`.
        """
        return self._ranked(query.any_word, query) if query.any_word else self.none()

    def _ranked(self, tsquery: str, query: ParsedQuery) -> Self:
        """Products that match `tsquery`, with their `rank`: high-top sneakers come behind tops, socks (kaos kaki)
        behind T-shirts (kaos), what is only blue behind what is navy.
        """
        expression = RawQuery(tsquery)
        rank: Any = SearchRank(F("document"), expression)
        if query.of_garment_type:
            of_type = When(document=RawQuery(query.of_garment_type), then=Value(RANK_OF_TERM))
            rank += Case(of_type, default=Value(0.0))
        if query.of_shade:
            of_shade = When(document=RawQuery(query.of_shade), then=Value(RANK_OF_TERM))
            rank += Case(of_shade, default=Value(0.0))
        return self.filter(document=expression).annotate(rank=rank)

    def order_by_rank(self) -> Self:
        """What `matching` left, the best match first: of the newest MAX_RANKED, for to rank all products that hold a
        frequent word takes seconds. Without a text, as it is."""
        rank = self.query.annotations.get("rank")
        if rank is None:
            return self
        newest = self.order_by("-id").values("pk")[:MAX_RANKED]
        ranked = self.model.objects.filter(pk__in=newest).annotate(rank=rank).order_by("-rank", "-id")
        return cast("Self", ranked)

    def most_relevant(self, start: int, stop: int) -> list[Product]:
        """The products from `start` to `stop` of a text's matches, as `for_cards` loads them.

        The newest MAX_RANKED in the order of `order_by_rank`, behind them all others, the newest first.
        """
        first: list[Product] = []
        if start < MAX_RANKED:
            first = list(self.order_by_rank().for_cards()[start : min(stop, MAX_RANKED)])
        if stop <= MAX_RANKED:
            return first
        return first + list(self.order_by("-id").for_cards()[max(start, MAX_RANKED) : stop])

    def _categories(self) -> CategoryQuerySet:
        from catalogue.models import Category

        return Category.objects.all()
