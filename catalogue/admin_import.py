"""The admin's import of a table: good rows come in, refused ones are shown before that and come back as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import ngettext
from import_export.results import Result, RowResult

from catalogue.admin_export import StreamingExportAdmin
from catalogue.admin_resources import TableFormat, refused_table

SHOWN = 50  # refused rows, and cells that are left out


class TableAdmin(StreamingExportAdmin):
    """Import and export of tables; `resource_classes` holds one whose results have `refused` rows."""

    formats = [TableFormat]
    import_template_name = "admin/catalogue/product/import_products.html"

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A file adds products and changes others."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def import_action(self, request: HttpRequest, **kwargs: Any) -> TemplateResponse:
        response = super().import_action(request, **kwargs)
        context = getattr(response, "context_data", None)
        if context and (result := context.get("result")):
            refused, left_out = getattr(result, "refused", []), getattr(result, "left_out", [])
            context |= {
                "refused_table": refused_table(result),
                "refused_rows": refused[:SHOWN], "number_refused": len(refused),
                "left_out": left_out[:SHOWN], "number_left_out": len(left_out),
            }  # fmt: skip
            if refused and not (result.rows or result.totals[RowResult.IMPORT_TYPE_SKIP]):
                context.pop("confirm_form", None)  # there is nothing to confirm
        return response

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        super().add_success_message(result, request)
        if number := len(getattr(result, "refused", [])):
            text = ngettext(
                "%(number)d row was refused and not imported. The preview offered it as a file.",
                "%(number)d rows were refused and not imported. The preview offered them as a file.",
                number,
            )
            self.message_user(request, text % {"number": number}, messages.WARNING)

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        form.add_error("import_file", str(e))
