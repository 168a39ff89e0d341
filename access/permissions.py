"""Who may read and write what through the API: the same permissions as in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

ACTIONS = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


class HasModelPermissionOrReadOnly(BasePermission):
    """Everybody reads; who has the model's permission writes.

    The model is the one of the view's `queryset`, or its `permission_model`; a view that writes must have one.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        method = str(request.method)
        if method in SAFE_METHODS or not hasattr(view, method.lower()):  # the second is answered 405
            return True
        action = ACTIONS.get(method)
        return action is not None and has_permission(request.user, action, _model_of(view))


def has_permission(user: AbstractUser | AnonymousUser | None, action: str, model: type[Model]) -> bool:
    """Whether the user may add, change, delete or view rows of the model."""
    name = f"{model._meta.app_label}.{get_permission_codename(action, model._meta)}"
    return bool(user and user.is_active and user.has_perm(name))


def may_view_hidden(user: AbstractUser | AnonymousUser | None, model: type[Model]) -> bool:
    """Whether the user sees rows that shoppers do not, as in the admin: who may view or change them."""
    return has_permission(user, "view", model) or has_permission(user, "change", model)


def _model_of(view: Any) -> type[Model]:
    queryset = getattr(view, "queryset", None)
    model = getattr(view, "permission_model", None) or (queryset.model if queryset is not None else None)
    if model is None:
        raise ImproperlyConfigured(f"{type(view).__name__} writes, and has neither queryset nor permission_model.")
    return model
