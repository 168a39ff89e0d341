"""The admin's log-in: only so many wrong passwords from one client.

Counted by client, never by name alone: whoever tries passwords locks out nobody but the own address.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.options import TO_FIELD_VAR, IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from access.client_address import client_of
from access.throttling import count, reset, uncount

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
SECONDS = 300  # from the first wrong password
MAX_FOR_A_NAME = 5
MAX_OF_A_CLIENT = 20  # whatever names it tries
THROTTLED = "throttled"


class ThrottledLoginForm(AdminAuthenticationForm):
    """Refuses before it looks at the password once there were too many wrong ones."""

    retry_after = 0  # seconds; 0 where the log-in was not refused for their number

    def clean(self) -> dict[str, Any]:
        client = client_of(self.request) if self.request else "unknown"
        name = hashlib.sha256(str(self.cleaned_data.get("username", "")).encode()).hexdigest()
        of_client, of_name = f"login:{client}", f"login:{client}:{name}"
        # Counted before the password is looked at: requests of the same moment would all see the earlier number.
        counts = [(count(of_client, SECONDS), MAX_OF_A_CLIENT), (count(of_name, SECONDS), MAX_FOR_A_NAME)]
        over = [found.until for found, most in counts if found.number > most]
        if over:
            self.retry_after = max(1, round(max(over) - time.time()))
            raise ValidationError(_("Too many wrong passwords. Please wait a few minutes."), code=THROTTLED)
        try:
            cleaned = super().clean()
        except ValidationError:  # a wrong password
            raise
        except Exception:  # the database is away: nobody knows whether it is
            uncount(of_client)
            uncount(of_name)
            raise
        uncount(of_client)
        reset(of_name)
        return cleaned


class ShopAdminSite(AdminSite):
    login_form = ThrottledLoginForm

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Odd parameters are 400: Django fails with an empty `_to_field`, and an export with odd filters."""

        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **keywords: Any) -> HttpResponseBase:
            if request.GET.get(TO_FIELD_VAR) == "" or request.POST.get(TO_FIELD_VAR) == "":
                raise SuspiciousOperation(f"{TO_FIELD_VAR} is empty; a field's name is expected.")
            try:
                return view(request, *args, **keywords)
            except IncorrectLookupParameters as error:
                raise SuspiciousOperation(
                    "A parameter of the address has a value that its filter cannot have."
                ) from error

        return cast("View", super().admin_view(checked, cacheable))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """429 with Retry-After past the limit."""
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if seconds := getattr(form, "retry_after", 0):
            response.status_code = 429
            response["Retry-After"] = str(seconds)
        return response
