"""Parts of pages that are the same each time they are shown: rendered once in a process, then only looked up.

A part is kept under everything that it shows, its language included, so that it is never out of date: what has changed
has another key. A list of 24 products costs a third of the time so.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from django.utils.safestring import SafeString

MAX_PARTS = 10_000  # parts: cards of 2 kB for the most part

_kept: dict[Hashable, SafeString] = {}


def rendered_once(key: Hashable, render: Callable[[], SafeString]) -> SafeString:
    """What `render` returned for this key. key: all that the part shows, and what kind of part it is."""
    found = _kept.get(key)
    if found is None:
        found = render()
        if len(_kept) >= MAX_PARTS:
            _kept.clear()  # those that are shown often are soon here again
        _kept[key] = found
    return found
