"""What an import did and what it refused: counted, the first refusals kept, all of them written to a file."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import TextIO

from catalogue.formula_cells import escape_formula

SHOWN = 50  # refusals on the terminal
LISTED = 10_000  # products that were hidden and unused files in the report
MAX_VALUE = 200  # characters of a refused value


@dataclass(frozen=True, slots=True)
class Refusal:
    """`line` and `column` are None where the source is a file of the photo folder; `kind` says what was left out."""

    kind: str  # "product", "image" or "value"
    line: int | None
    column: str | None
    value: str
    reason: str

    def __str__(self) -> str:
        line = f"line {self.line}, " if self.line is not None else ""
        column = f"column {self.column}, " if self.column else ""
        return f"{self.kind} refused: {line}{column}{self.value!r}: {self.reason}"


class ReportFile:
    """Refusals written as they come, as CSV or JSON by the file's name."""

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in (".csv", ".json"):
            raise ValueError(f"{path}: a report's name ends with .csv or .json.")
        self.is_json = path.suffix.lower() == ".json"
        self.file: TextIO = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115  (`close` ends the JSON too)
        self.is_first = True
        if self.is_json:
            self.file.write('{"refusals": [')
        else:
            self.table = csv.writer(self.file)
            self.table.writerow(Refusal.__dataclass_fields__)

    def write(self, refusal: Refusal) -> None:
        if self.is_json:
            self.file.write(("\n" if self.is_first else ",\n") + json.dumps(asdict(refusal), ensure_ascii=False))
        else:
            self.table.writerow(escape_formula("" if v is None else str(v)) for v in asdict(refusal).values())
        self.is_first = False

    def close(self, summary: dict[str, dict[str, int]], lists: dict[str, list[str]]) -> None:
        """Ends the file: with the numbers and lists as JSON, with a line for each of the lists as CSV."""
        if self.is_json:
            self.file.write(f'],\n"summary": {json.dumps(summary)}')
            for name, items in lists.items():
                self.file.write(f',\n"{name}": {json.dumps(items, ensure_ascii=False)}')
            self.file.write("}\n")
        else:
            self.table.writerows(
                (name, "", "", escape_formula(item), "") for name, items in lists.items() for item in items
            )
        self.file.close()


@dataclass
class Report:
    """`products` and `images` count by outcome; `notes` are sentences for whoever runs the import.

    `deactivated` are ids of products that were hidden, `unused_files` paths of photos that show no product: the first
    LISTED of them.
    """

    file: ReportFile | None = None
    products: Counter[str] = field(default_factory=lambda: Counter(created=0, updated=0, unchanged=0, refused=0))
    images: Counter[str] = field(default_factory=lambda: Counter(created=0, unchanged=0, refused=0))
    values_refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)  # the first SHOWN
    notes: list[str] = field(default_factory=list)
    deactivated: list[str] = field(default_factory=list)
    unused_files: list[str] = field(default_factory=list)
    rows: int = 0  # records of the CSV, refused ones included
    unidentified_rows: int = 0  # records refused before their product was read, whose product is not known
    refused_lines: dict[int, str] = field(default_factory=dict)  # lines of rows that were left out -> the first reason
    lock: Lock = field(default_factory=Lock)  # rows are read while others are written

    def refuse(
        self, kind: str, *, reason: str, value: str = "", line: int | None = None, column: str | None = None
    ) -> None:
        """Counts a refusal and writes it down."""
        shown = value if len(value) <= MAX_VALUE else value[:MAX_VALUE] + "…"
        refusal = Refusal(kind, line, column, shown, reason)
        with self.lock:
            if kind == "value":
                self.values_refused += 1
            else:
                {"product": self.products, "image": self.images}[kind]["refused"] += 1
            if kind == "product" and line is not None:
                self.refused_lines.setdefault(line, sys.intern(reason))
            if len(self.refusals) < SHOWN:
                self.refusals.append(refusal)
            if self.file:
                self.file.write(refusal)

    def refuse_lines(self, lines: Iterable[int], reason: str) -> None:
        """Notes other rows of a product that was refused."""
        with self.lock:
            for line in lines:
                self.refused_lines.setdefault(line, sys.intern(reason))

    def add(self, *, products: Counter[str], images: Counter[str]) -> None:
        """Counts what one batch did."""
        with self.lock:
            self.products.update(products)
            self.images.update(images)

    @property
    def number_of_refusals(self) -> int:
        return self.products["refused"] + self.images["refused"] + self.values_refused

    @property
    def has_products(self) -> bool:
        """Whether any product was imported, or is as the source says already."""
        return any(self.products[name] for name in ("created", "updated", "unchanged"))

    @property
    def summary(self) -> dict[str, dict[str, int]]:
        return {
            "products": dict(self.products), "images": dict(self.images), "values": {"refused": self.values_refused}
        }  # fmt: skip

    def close(self) -> None:
        if self.file:
            self.file.close(self.summary, {"deactivated": self.deactivated, "unused_files": self.unused_files})
