"""API tokens in the admin: a token is shown once, when it is made."""

from __future__ import annotations

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from access.autocomplete import NumberedAutocompleteMixin
from access.models import ApiToken


@admin.register(ApiToken)
class ApiTokenAdmin(NumberedAutocompleteMixin, admin.ModelAdmin):
    list_display = ["__str__", "user", "created", "expiry"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    fields = ["user", "expiry"]
    autocomplete_fields = ["user"]

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """A token is made and deleted: another user's name on it would be another user's access."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: ModelForm, change: bool) -> None:
        obj.digest, token = get_digest_token()
        obj.token_key = token[: CONSTANTS.TOKEN_KEY_LENGTH]
        super().save_model(request, obj, form, change)
        text = _("The token is %(token)s. Keep it now: it cannot be shown again.") % {"token": token}
        self.message_user(request, text, messages.WARNING)
