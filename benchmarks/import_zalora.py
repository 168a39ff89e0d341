"""Rows a second of `import_zalora` and its peak memory, beside a loop of `update_or_create` in the same run.

    python -m benchmarks.import_zalora --rows 1000000 --json import.json

A made-up CSV without photos: 16 categories, 500 brands, every name and id its own, three attributes. It is imported
into an empty catalogue, again unchanged, again with every price changed, and once into an empty catalogue with one row
in twenty that must be refused. Each import is a process of its own. `python_cpu_s` is its user and system time,
`database_cpu_s` that of the server's process that serves it, where the server is on this machine: beside other work
these tell more than the clock. The baseline reads the same rows with `csv.DictReader` and saves one after the other.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.scratch_database import NAME, scratch_database

HEADER = [
    "product_id", "category", "brand", "name", "price", "currency", "url", "colour", "size", "material", "status",
]  # fmt: skip
CATEGORIES = [
    "Atasan", "Blazer", "Celana Pendek", "Dress", "Hoodies & Sweatshirts", "Jaket & Coat", "Jeans", "Rok", "Swimwear",
    "Kaos Kaki & Stocking", "Knitwear & Cardigan", "Pants & Leggings", "Playsuits & Jumpsuits", "Plus Size", "Sepatu",
    "Tas",
]  # fmt: skip
WORDS = ["Kemeja", "Dress", "Slim", "Batik", "Linen", "Oversize", "Floral", "Denim", "Polos", "Cropped", "Wanita"]
COLOURS = ["Hitam", "Putih", "Navy", "Merah", "Abu-Abu", "Hijau", "Krem", "Cokelat"]
BAD = {
    "price": "call us", "product_id": "", "currency": "XQZ", "category": "x" * 150,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=1_000, help="rows of the baseline")
    parser.add_argument("--only", default="", help="only imports whose name contains this, and the first")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    report: dict[str, Any] = {"rows": args.rows, "sample": args.sample}
    with tempfile.TemporaryDirectory() as folder, scratch_database(NAME):
        report["update_or_create"] = baseline(args.sample)
        for name, table, rows in imports(Path(folder), args.rows):
            if name != "new" and args.only not in name:
                continue
            figures = measure(table, rows, is_empty=name in ("new", "5 % bad rows"))
            figures["times_baseline"] = round(figures["rows_per_s"] / report["update_or_create"]["rows_per_s"], 1)
            print(f"{name}: {figures}", file=sys.stderr)
            report[name] = figures
    text = json.dumps(report, indent=2)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")


def imports(folder: Path, rows: int) -> Iterator[tuple[str, Path, int]]:
    """Each import's name, its CSV, and how many rows that has."""
    plain = write(folder / "new.csv", made_rows(rows))
    yield "new", plain, rows
    yield "unchanged", plain, rows
    yield "every price changed", write(folder / "prices.csv", made_rows(rows, dearer=1_000)), rows
    yield "every name changed", write(folder / "names.csv", made_rows(rows, dearer=1_000, suffix=" II")), rows
    yield "5 % bad rows", write(folder / "bad.csv", with_bad_rows(made_rows(rows))), rows


def made_rows(count: int, *, dearer: int = 0, suffix: str = "") -> Iterator[dict[str, str]]:
    for i in range(count):
        name = f"{WORDS[i % 11]} {WORDS[i // 11 % 11]} {WORDS[i // 121 % 11]} {COLOURS[i % 8]} {i}{suffix}"
        yield {
            "product_id": f"ZA{i:08d}",
            "category": CATEGORIES[i * 7919 % 16],
            "brand": f"Brand {i * 104_729 % 500}",
            "name": name,
            "price": str(49_000 + 100 * (i * 7919 % 20_000) + dearer),
            "currency": "IDR",
            "url": f"https://shop.example/p/ZA{i:08d}",
            "colour": COLOURS[i % 8],
            "size": "SMLX"[i % 4],
            "material": "cotton" if i % 3 else "linen",
            "status": "active",
        }


def with_bad_rows(rows: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The rows, each twentieth with a cell that cannot be understood."""
    kinds = list(BAD.items())
    for number, row in enumerate(rows):
        if number % 20 == 19:
            name, value = kinds[number // 20 % len(kinds)]
            row[name] = value
        yield row


def write(path: Path, rows: Iterator[dict[str, str]]) -> Path:
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, HEADER)
        table.writeheader()
        table.writerows(rows)
    return path


def baseline(sample: int) -> dict[str, float]:
    """Each row saved by itself in one transaction, its category looked up once."""
    from django.db import connection, transaction
    from django.utils.text import slugify

    from catalogue.models import Category, Product

    categories = {name: Category.objects.create(name=name, slug=slugify(name)) for name in CATEGORIES}
    started = time.perf_counter()
    with transaction.atomic():
        for row in made_rows(sample):
            Product.objects.update_or_create(
                sku=row["product_id"],
                defaults={
                    "category": categories[row["category"]], "brand": row["brand"], "name": row["name"],
                    "price": row["price"], "currency": row["currency"], "url": row["url"],
                    "attributes": {name: row[name] for name in ("colour", "size", "material")},
                },
            )  # fmt: skip
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalogue_product, catalogue_category CASCADE")
    return {"rows_per_s": round(sample / seconds, 1)}


def measure(table: Path, rows: int, *, is_empty: bool) -> dict[str, Any]:
    """One import in a process of its own, into an empty catalogue where `is_empty`."""
    from django.db import connection

    if is_empty:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE catalogue_product, catalogue_category CASCADE")
    name = connection.settings_dict["NAME"]
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        seconds, cpu, database_cpu, memory, products = pool.apply(import_table, (str(table), name))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalogue_product")
    return {
        "rows_per_s": round(rows / seconds), "python_cpu_s": round(cpu, 1), "database_cpu_s": round(database_cpu, 1),
        "peak_mb": round(memory), **products,
    }  # fmt: skip


def import_table(table: str, database: str) -> tuple[float, float, float, float, dict[str, int]]:
    """Seconds, CPU seconds of this process and of the database's, peak memory in MB, and what became of the rows."""
    import django

    django.setup()
    from django.db import connection

    from catalogue.importer.progress import Progress
    from catalogue.importer.report import Report
    from catalogue.importer.run import Options, import_catalogue

    connection.settings_dict["NAME"] = database
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = cursor.fetchone()[0]
    report, progress = Report(), Progress(is_shown=False)
    before, server_before, started = time.process_time(), _cpu_of(server), time.perf_counter()
    import_catalogue(Options(csv=Path(table)), report=report, progress=progress)
    seconds, cpu = time.perf_counter() - started, time.process_time() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds, cpu, _cpu_of(server) - server_before, memory, dict(report.products)


def _cpu_of(pid: int) -> float:
    """CPU seconds of a process of this machine; 0 for one that is elsewhere."""
    import psutil

    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
