"""The admin's export, sent row by row: whatever is exported, a few hundred products are in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from import_export.admin import ImportExportModelAdmin
from import_export.resources import Resource

from catalogue.formula_cells import escape_formula

ROWS_AT_ONCE = 500


class StreamingExportAdmin(ImportExportModelAdmin):
    """An admin with import and export, of which the export is never whole in memory."""

    def _do_file_export(
        self, file_format: Any, request: HttpRequest, queryset: QuerySet, export_form: Any = None
    ) -> StreamingHttpResponse:
        """The library's last step, which makes the whole table and then the whole file."""
        resource = self.choose_export_resource_class(export_form, request)()  # type: ignore[operator]
        names = self.get_export_resource_fields_from_form(export_form)  # type: ignore[attr-defined]
        response = StreamingHttpResponse(table_parts(resource, queryset, names), content_type="text/csv; charset=utf-8")
        filename = self.get_export_filename(request, queryset, file_format)
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response

    def get_valid_export_item_pks(self, request: HttpRequest) -> list[str]:
        """None: there is no action that exports what was ticked. The library's own lists the ids of all products."""
        return []


def table_parts(resource: Resource, queryset: QuerySet, names: list[str] | None) -> Iterator[str]:
    """A CSV, some hundred rows at once, without cells that a spreadsheet runs as formulas. names: of its fields."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(resource.get_export_headers(selected_fields=names))
    rows = queryset.prefetch_related(None).iterator(chunk_size=ROWS_AT_ONCE)
    for number, row in enumerate(rows, start=1):
        cells = resource.export_resource(row, selected_fields=names)
        writer.writerow(["" if cell is None else escape_formula(str(cell)) for cell in cells])
        if number % ROWS_AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()
