"""The words of a category, copied into its products: the generated column `Product.document` reads its own row alone.

Every way to write a product or a category through the ORM keeps the copies: `Product.save`, `bulk_create` and
`QuerySet.update` by the field, `Category.save` and its `QuerySet.update` by `copy_words`. SQL of one's own must too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

# The category's names, and its garment type where it holds one alone.
WORDS_OF_CATEGORY = (
    "trim(concat_ws(' ', catalogue_category.name, nullif(catalogue_category.name_en, ''), "
    "nullif(catalogue_category.name_id, ''), CASE cardinality(catalogue_category.garment_types) "
    "WHEN 1 THEN catalogue_category.garment_types[1] END))"
)
# The lock makes a renaming wait until the product is there to be changed with the others.
_WORDS_OF_ONE = f"(SELECT {WORDS_OF_CATEGORY} FROM catalogue_category WHERE id = %s FOR SHARE)"


def words_of(category: int) -> RawSQL:
    """The words of the category with this key, as it is when the row is written."""
    return RawSQL(_WORDS_OF_ONE, [category])


class CategoryWordsField(models.CharField):
    """The words of the row's category, written with each save."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        category = getattr(model_instance, "category_id", None)
        return "" if category is None else words_of(category)

    def deconstruct(self) -> Any:
        """In migrations a plain CharField."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def copy_words(categories: Collection[int]) -> None:
    """Gives the products of these categories their words, those that have others. In the transaction of the change."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE catalogue_product SET category_words = {WORDS_OF_CATEGORY} FROM catalogue_category "
            f"WHERE catalogue_category.id = category_id AND category_id = ANY(%s) "
            f"AND category_words <> {WORDS_OF_CATEGORY}",
            [list(categories)],
        )
