"""Products as a table to take out and bring back, by django-import-export. For whole shops there is import_zalora.

A table is read by the importer (`admin_table.py`), so that both ways in understand the same files.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from typing import IO, Any

import tablib
from django.db.models import QuerySet
from import_export import fields, resources, widgets
from import_export.formats.base_formats import CSV
from import_export.results import Result, RowResult

from catalogue import services
from catalogue.admin_table import ATTRIBUTES, DEFAULTS, ProductTable, read_table
from catalogue.attributes import public_keys, split_attributes
from catalogue.importer.categories import category_slug, choose_category
from catalogue.importer.prices import parse_currency, parse_price
from catalogue.importer.refused_rows import REASON, write_refused
from catalogue.importer.values import parse_availability, parse_bool, parse_sku, parse_url
from catalogue.json_values import check_storable
from catalogue.models import Category, Product


class TableFormat(CSV):
    """CSV in any encoding and with any delimiter that the importer reads, UTF-16 included."""

    def is_binary(self) -> bool:
        return True  # the importer finds out the encoding

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: str | bytes | IO[Any], **kwargs: Any) -> tablib.Dataset:
        """The file's products. Raises ValueError where its columns cannot be told apart."""
        stream = in_stream if isinstance(in_stream, (str, bytes)) else in_stream.read()
        return read_table(stream.encode() if isinstance(stream, str) else stream)


def refused_table(result: Result) -> str:
    """The rows that an import refuses as an address that holds them: a CSV of the same columns and the reason.

    Empty where there are none. `result` is of a `ProductResource`.
    """
    refused = getattr(result, "refused", [])
    if not refused:
        return ""
    text = io.StringIO()
    reasons = dict(enumerate(reason for _row, reason in refused))
    write_refused(text, result.refused_header, ((n, row) for n, (row, _reason) in enumerate(refused)), reasons)  # type: ignore[attr-defined]
    return f"data:text/csv;charset=utf-8;base64,{base64.b64encode(text.getvalue().encode('utf-8-sig')).decode()}"


class ParsedWidget(widgets.Widget):
    """A cell read by one of the importer's functions, written by another widget."""

    def __init__(self, parse: Callable[[str], object], writer: widgets.Widget | None = None) -> None:
        super().__init__()
        self.parse = parse
        self.writer = writer or widgets.CharWidget()

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Raises ValueError for what the importer would refuse."""
        return self.parse(str(value if value is not None else ""))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return self.writer.render(value, obj, **kwargs)


class CategoryWidget(widgets.ForeignKeyWidget):
    """A category by its slug, its name or a path of names."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Category:
        text = str(value or "").strip()
        for slug in (text, category_slug(text), category_slug(choose_category([text]))):
            if text and (category := Category.objects.filter(slug=slug).first()):
                return category
        raise ValueError(f"There is no category {text!r}. Make it first, or import the file with import_zalora.")


class AttributesWidget(widgets.JSONWidget):
    """JSON whose empty cell is no attributes."""

    def clean(self, value: str | None, row: Any = None, **kwargs: Any) -> dict[str, Any]:
        found = super().clean(value, row=row, **kwargs) or {}
        if not isinstance(found, dict):
            raise ValueError('Names and values are expected, as in {"material": "cotton"}.')
        check_storable(found)
        return found


def _field(
    name: str, parse: Callable[[str], object], writer: widgets.Widget | None = None, **options: Any
) -> fields.Field:
    return fields.Field(column_name=name, attribute=name, widget=ParsedWidget(parse, writer), **options)


class ProductResource(resources.ModelResource):
    sku = _field("sku", parse_sku)
    category = fields.Field(column_name="category", attribute="category", widget=CategoryWidget(Category, "slug"))
    price = _field("price", lambda text: parse_price(text)[0], widgets.DecimalWidget())
    compare_at_price = _field("compare_at_price", lambda text: parse_price(text)[0], widgets.DecimalWidget())
    currency = _field("currency", parse_currency, saves_null_values=False)
    url = _field("url", parse_url)
    is_active = _field("is_active", parse_bool, widgets.BooleanWidget(), saves_null_values=False)
    availability = _field("availability", parse_availability, saves_null_values=False)
    attributes = fields.Field(column_name="attributes", attribute="attributes", widget=AttributesWidget())
    private_attributes = fields.Field(
        column_name="private_attributes", attribute="private_attributes", widget=AttributesWidget()
    )

    class Meta:
        model = Product
        fields = [
            "sku",
            "name",
            "category",
            "brand",
            "description",
            "price",
            "compare_at_price",
            "currency",
            "url",
            "is_active",
            "availability",
            "attributes",
            "private_attributes",
        ]
        import_id_fields = ["sku"]
        skip_unchanged = True
        report_skipped = False
        clean_model_instances = True
        chunk_size = 1_000

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        self.public_keys = public_keys()
        self.table = dataset if isinstance(dataset, ProductTable) else None
        self.refused: list[tuple[list[str], str]] = []
        self.passed_over = 0

    def import_row(self, row: dict[str, Any], instance_loader: Any, **kwargs: Any) -> RowResult:
        """Imports the row. A refused one of a table is passed over as import_zalora does, and its cells are kept."""
        outcome = super().import_row(row, instance_loader, **kwargs)
        problems = [str(error.error) for error in outcome.errors]
        if outcome.validation_error:
            problems += outcome.validation_error.messages
        if not problems or self.table is None:
            return outcome
        self.refused += [(cells, " ".join(problems)) for cells in self.table.rows[kwargs["row_number"] - 1]]
        passed_over = self.get_row_result_class()()
        passed_over.import_type = RowResult.IMPORT_TYPE_SKIP
        self.passed_over += 1
        return passed_over

    def after_import(self, dataset: tablib.Dataset, result: Result, **kwargs: Any) -> None:
        super().after_import(dataset, result, **kwargs)
        result.totals[RowResult.IMPORT_TYPE_SKIP] -= self.passed_over  # "skipped" tells of what has not changed
        result.refused = self.refused  # type: ignore[attr-defined]  # what `refused_table` writes
        result.refused_header = self.table.header if self.table is not None else []  # type: ignore[attr-defined]
        result.left_out = self.table.left_out if self.table is not None else []  # type: ignore[attr-defined]
        result.notes = self.table.notes if self.table is not None else []  # type: ignore[attr-defined]

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """Raises ValueError for a row that the importer refuses."""
        if row.get(REASON):
            raise ValueError(row[REASON])

    def import_instance(self, instance: Product, row: dict[str, Any], **kwargs: Any) -> None:
        """The cells of columns that are no fields join the product's attributes; empty ones remove them."""
        if instance.pk is None:
            for name, value in json.loads(row.get(DEFAULTS) or "{}").items():
                setattr(instance, name, value)
        super().import_instance(instance, row, **kwargs)
        if cells := row.get(ATTRIBUTES):
            public, private = json.loads(cells)
            for name, own in (("attributes", public), ("private_attributes", private)):
                merged = {**getattr(instance, name), **own}
                setattr(instance, name, {key: value for key, value in merged.items() if value != ""})

    def before_save_instance(self, instance: Product, row: Any, **kwargs: Any) -> None:
        """Attributes that are on no list of public ones are for staff, whatever column they came in."""
        instance.attributes, private = split_attributes(instance.attributes, self.public_keys)
        instance.private_attributes = {**instance.private_attributes, **private}

    # The stubs describe an earlier release, without `is_create`.
    def do_instance_save(self, instance: Product, is_create: bool) -> None:  # type: ignore[override]
        services.save_product(product=instance)

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.defer("document").select_related("category").order_by("id")
