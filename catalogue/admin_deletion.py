"""Deleting in the admin: bounded, since Django lists everything that would go before it asks whether it may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as ask_and_delete
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.models import Category, Product

MAX_DELETED = 1_000  # rows at once
MAX_NAMED = 20  # products that keep a category from being deleted


class BoundedDeletion:
    """For a ModelAdmin: deletes at most MAX_DELETED rows at once. Put "delete_selected" among its `actions`."""

    @admin.action(permissions=["delete"], description=ask_and_delete.short_description)  # type: ignore[attr-defined]
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        if queryset.order_by().values("pk")[MAX_DELETED : MAX_DELETED + 1]:
            sentence = _("At most %(number)d are deleted at once. Choose fewer.") % {"number": MAX_DELETED}
            messages.error(request, sentence)
            return None
        return ask_and_delete(cast(admin.ModelAdmin, self), request, queryset)


class CategoryDeletionAdmin(admin.ModelAdmin):
    """Names some of the products that keep categories from being deleted, and says how many others there are."""

    def get_deleted_objects(
        self, objs: Iterable[Category], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        categories = list(objs)
        products = Product.objects.filter(category__in=categories).order_by("pk")
        if not products.values("pk")[MAX_NAMED : MAX_NAMED + 1]:
            return super().get_deleted_objects(categories, request)
        others = products.count() - MAX_NAMED
        named = [f"{product.sku}: {product}" for product in products.only("sku", "name")[:MAX_NAMED]]
        named.append(ngettext("%(number)d other product", "%(number)d other products", others) % {"number": others})
        return [str(category) for category in categories], {}, set(), named
