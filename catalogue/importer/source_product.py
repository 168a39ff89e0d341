"""What the source says of one product."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.image_finder import SourceImage
from catalogue.importer.report import Report
from catalogue.models import Product

MAX_NAME = int(Product._meta.get_field("name").max_length or 0)


@dataclass(slots=True)
class SourceProduct:
    """What the source says of one product.

    `fields` overwrite what the catalogue has; `defaults` (a name made of category and id, hidden for an unknown status)
    only serve a product that is new. Fields that the file has no column for are in neither. `attributes` are those
    shown to everybody, `private_attributes` those for staff.
    """

    sku: str
    line: int | None
    fields: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    private_attributes: dict[str, Any] = field(default_factory=dict)
    images: list[SourceImage] = field(default_factory=list)
    category_names: dict[str, str] = field(default_factory=dict)  # its category's name_en, name_id
    more_lines: tuple[int, ...] = ()  # of its other rows
    has_all_images: bool = True  # False: one that it names was not found, so what it no longer names is unknown


@dataclass(frozen=True, slots=True)
class CellReport:
    """Reports refused cells by their record and field."""

    report: Report
    columns: Columns

    def refuse(self, kind: str, record: Record, name: str, value: str, reason: str) -> None:
        """`kind` as in Report.refuse; `name` is the field's."""
        self.report.refuse(kind, line=record.line or None, column=self.columns.header(name), value=value, reason=reason)
