"""The refused rows as a CSV of the same columns and the reason: corrected, it is imported like the first."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from catalogue.formula_cells import escape_formula

REASON = "refusal_reason"  # aliases.py has it: such a column is passed over


def write_refused(
    file: TextIO, header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], reasons: Mapping[int, str]
) -> int:
    """Writes those of `rows` (line, cells) whose line has a reason, and returns how many.

    Cells beyond the header's columns come behind the reason, so that nothing of the row is lost.
    """
    table = csv.writer(file)
    own = [number for number, name in enumerate(header) if name != REASON]  # a corrected file is refused again
    table.writerow([*(escape_formula(header[number]) for number in own), REASON])
    written = 0
    for line, cells in rows:
        if line in reasons:
            same = [cells[number] if number < len(cells) else "" for number in own]
            row = [*same, reasons[line], *cells[len(header) :]]
            table.writerow([escape_formula(cell) for cell in row])
            written += 1
    return written


def open_refused(path: Path, source: Path) -> TextIO:
    """The file to write, empty. With a mark of its encoding, for spreadsheets. Raises OSError and ValueError."""
    if path.exists() and path.resolve() == source.resolve():
        raise ValueError(f"{path} is the table that is imported.")
    return open(path, "w", encoding="utf-8-sig", newline="")
