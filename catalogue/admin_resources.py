"""Products as a table to take out and bring back, by django-import-export. For whole shops there is import_zalora."""

from __future__ import annotations

from django.db.models import QuerySet
from import_export import fields, resources, widgets

from catalogue import services
from catalogue.models import Category, Product


class AttributesWidget(widgets.JSONWidget):
    """JSON whose empty cell is no attributes."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> dict:
        return super().clean(value, row=row, **kwargs) or {}


class ProductResource(resources.ModelResource):
    category = fields.Field(
        column_name="category", attribute="category", widget=widgets.ForeignKeyWidget(Category, "slug")
    )
    attributes = fields.Field(column_name="attributes", attribute="attributes", widget=AttributesWidget())

    class Meta:
        model = Product
        fields = [
            "sku",
            "name",
            "category",
            "brand",
            "description",
            "price",
            "currency",
            "url",
            "is_active",
            "attributes",
        ]
        import_id_fields = ["sku"]
        skip_unchanged = True
        report_skipped = False
        clean_model_instances = True
        chunk_size = 1_000

    def do_instance_save(self, instance: Product, is_create: bool) -> None:
        services.save_product(product=instance)

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.defer("document").select_related("category").order_by("id")
