"""Where apps register that derive data from the catalogue's photos, such as the vectors of the visual search.

The catalogue must not import those apps: they register a listener in their `AppConfig.ready`. The catalogue's services
call it within the transaction that makes the change, and `import_zalora` for products that it moves to another category
or whose name says another garment. After other changes of rows (an import's photos, SQL) `embed_catalogue` finds what
is stale by comparing rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.db.models import QuerySet

if TYPE_CHECKING:
    from catalogue.models import Category, Product, ProductImage


class Listener(Protocol):
    """What a listener is told. A module with these functions is one."""

    def images_changed(self, images: QuerySet[ProductImage]) -> None:
        """These images are new, have another file, or may stand in another place among their product's images."""

    def products_moved(self, products: QuerySet[Product]) -> None:
        """These products have another category than before."""

    def products_renamed(self, products: QuerySet[Product]) -> None:
        """The names of these products say another garment type than before."""

    def garment_types_changed(self, category: Category) -> None:
        """The category holds other garment types than before."""


_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Adds the listener; registering it again changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def images_changed(images: QuerySet[ProductImage]) -> None:
    """Calls `images_changed` of every listener."""
    for listener in _listeners:
        listener.images_changed(images)


def products_moved(products: QuerySet[Product]) -> None:
    """Calls `products_moved` of every listener."""
    for listener in _listeners:
        listener.products_moved(products)


def products_renamed(products: QuerySet[Product]) -> None:
    """Calls `products_renamed` of every listener."""
    for listener in _listeners:
        listener.products_renamed(products)


def garment_types_changed(category: Category) -> None:
    """Calls `garment_types_changed` of every listener."""
    for listener in _listeners:
        listener.garment_types_changed(category)
