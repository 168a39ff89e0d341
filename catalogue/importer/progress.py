"""Progress on the terminal, by rich; nothing where nobody looks."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars


class Progress:
    """One bar a step: `with Progress() as progress: advance = progress.step("Reading", total=90); advance(30)`."""

    def __init__(self, *, is_shown: bool = True) -> None:
        self.console = Console(stderr=True)
        self.bars = Bars(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TimeRemainingColumn(), console=self.console, disable=not is_shown,
        )  # fmt: skip

    def __enter__(self) -> Progress:
        self.bars.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.bars.stop()

    def step(self, words: str, total: int | None = None) -> Callable[[int], None]:
        """Begins a step and returns the function that moves it on; a total of None means that nobody knows."""
        task: TaskID = self.bars.add_task(words, total=total)
        return lambda amount: self.bars.advance(task, amount)
