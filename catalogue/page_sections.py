"""Sections that other apps add to the shop's pages, such as similar products on a product's page.

An app registers a section when it starts; the view collects its data. Where the app is not installed, its sections are
left out, and the shop is whole without them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.apps import apps

HOME_HERO, PRODUCT = "home hero", "product"  # the places on the pages


class Section(NamedTuple):
    """A template and what it shows."""

    template: str
    context: dict[str, Any]


class _Registered(NamedTuple):
    app: str
    template: str
    context: Callable[..., dict[str, Any]]


_registered: dict[str, list[_Registered]] = {}


def register(place: str, *, app: str, template: str, context: Callable[..., dict[str, Any]]) -> None:
    """Adds a section to `place`. `context` gets what the place is about (a product's page: the product)."""
    sections = _registered.setdefault(place, [])
    if template not in [each.template for each in sections]:
        sections.append(_Registered(app, template, context))


def sections_of(place: str, *about: Any) -> list[Section]:
    """The sections of a place, with their data."""
    return [
        Section(each.template, each.context(*about))
        for each in _registered.get(place, [])
        if apps.is_installed(each.app)
    ]
