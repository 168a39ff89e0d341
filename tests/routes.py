"""Every address that the site answers, from its own URL patterns: tests of all of them try new ones too."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple
from urllib.parse import quote

from django.urls import Resolver404, URLPattern, get_resolver, resolve

_PART = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")


class Route(NamedTuple):
    """One URL pattern: its name with the namespace, "" where it has none, and its route as Django writes it."""

    name: str
    route: str


def routes(patterns=None, prefix="", namespace=""):
    """All routes of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Route(f"{namespace}{pattern.name}" if pattern.name else "", route)
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, route, inner)


def parts_of(route):
    """The names of what varies in a route."""
    return [regex or angled for regex, angled in _PART.findall(route)]


def addresses_of(route, parts):
    """One address for each combination of the values that `parts` lists for the parts of the route.

    Raises KeyError for a part without values, and AssertionError where none of the addresses leads to the route.
    """
    text = route.route.replace("^", "").replace("$", "")
    found = []
    for values in itertools.product(*(parts[name] for name in parts_of(text))):
        address = text
        for value in values:
            address = _PART.sub(quote(str(value)).replace("\\", ""), address, count=1)
        found.append("/" + address)
    assert any(_leads_to(address, route.route) for address in found), f"none of {found[:9]} leads to {route}"
    return found


def _leads_to(address, route):
    try:
        return resolve(address).route.replace("^", "") == route.replace("^", "")
    except Resolver404:
        return False
