"""Pages by limit and offset, bounded and explicit about mistakes."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.exceptions import EmptyResultSet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

from access.named_caches import cache_of
from catalogue.browsing.counts import EXACT_SECONDS, MAX_EXACT
from catalogue.models import Product
from catalogue.querysets import ProductQuerySet

MAX_LIMIT = 100
MAX_OFFSET = 10_000_000


class BoundedPagination(LimitOffsetPagination):
    """`limit` from 1 to 100 and `offset` from 0; anything else is an error and not another page."""

    default_limit = 24
    max_limit = MAX_LIMIT

    def get_limit(self, request: Request) -> int:
        return _number(request, self.limit_query_param, self.default_limit, 1, MAX_LIMIT)

    def get_offset(self, request: Request) -> int:
        return _number(request, self.offset_query_param, 0, 0, MAX_OFFSET)

    def get_paginated_response_schema(self, schema: dict) -> dict:
        described = super().get_paginated_response_schema(schema)
        described["properties"]["count"]["description"] = "How many there are in all."
        return described

    def get_schema_operation_parameters(self, view) -> list[dict]:
        limit, offset = super().get_schema_operation_parameters(view)
        limit["schema"] |= {"minimum": 1, "maximum": MAX_LIMIT, "default": self.default_limit}
        offset["schema"] |= {"minimum": 0, "maximum": MAX_OFFSET, "default": 0}
        return [limit, offset]


class ProductPagination(BoundedPagination):
    """Finds a page's ids in the index alone and then reads these rows: what lies before it is not read.

    The count of more than MAX_EXACT products may be a minute old: a million are counted in five times the time in which
    a page of them is read.
    """

    def get_paginated_response_schema(self, schema: dict) -> dict:
        described = super().get_paginated_response_schema(schema)
        described["properties"]["closest"] = {
            **schema,
            "description": "Where no product matches all words of `q`: up to 12 that match some of them.",
        }
        return described

    def get_count(self, queryset: Any) -> int:
        try:
            key = "count:" + hashlib.sha256(repr(queryset.order_by().query.sql_with_params()).encode()).hexdigest()
        except EmptyResultSet:
            return 0
        count = cache_of("counts").get(key)
        if count is None:
            count = super().get_count(queryset)
            if count > MAX_EXACT:
                cache_of("counts").set(key, count, EXACT_SECONDS)
        return count

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of a page. A list in order of relevance (`view.ordering` is empty) is the one that pages show."""
        if view is not None and not view.ordering:
            return self._relevant_page(queryset, request)
        ids: list[int] = super().paginate_queryset(queryset.values_list("pk", flat=True), request, view) or []
        rows = queryset.model.objects.for_cards().in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]

    def _relevant_page(self, queryset: ProductQuerySet, request: Request) -> list[Product]:
        self.request = request
        self.limit, self.offset = self.get_limit(request), self.get_offset(request)
        self.count = self.get_count(queryset)
        return queryset.most_relevant(self.offset, self.offset + self.limit) if self.offset < self.count else []


def _number(request: Request, name: str, default: int, lowest: int, highest: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 12 and lowest <= int(text) <= highest):
        raise ValidationError({name: [f"{text!r} is no number from {lowest} to {highest}."]})
    return int(text)
