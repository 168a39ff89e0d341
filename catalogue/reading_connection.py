"""The connection that SQL of our own reads from: where the ORM would read products, a replica perhaps."""

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper


def reading_connection() -> BaseDatabaseWrapper:
    """The primary's, unless a database router says otherwise."""
    from catalogue.models import Product  # whose queryset's module reads words with this connection

    return connections[router.db_for_read(Product)]
