"""A command's output as rich writes to it."""

from __future__ import annotations

from typing import IO, cast

from django.core.management.base import OutputWrapper
from rich.console import Console


def console_of(stream: OutputWrapper, *, quiet: bool = False) -> Console:
    """Returns a console on a command's `stdout` or `stderr`, which pass on all of the stream they wrap."""
    return Console(file=cast("IO[str]", stream), quiet=quiet)
