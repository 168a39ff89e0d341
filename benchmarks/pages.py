"""Server time of the shop's pages at a catalogue's size, in one run.

    python -m benchmarks.pages --products 1000000 --json pages.json

Synthetic rows: 16 categories, 512 brands, one photo row a product (no files). Each page is rendered through Django's
test client with templates and middleware, nothing cached between processes. The baseline is the home page of an empty
shop: what Django itself costs here.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from benchmarks.scratch_database import load_products, scratch_database

NAMES = [
    "kemeja", "batik", "dress", "floral", "jeans", "slim", "jaket", "denim",
    "rok", "plisket", "blouse", "silk", "kaos", "polos", "hoodie", "oversize",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=30, help="requests a page after one that is not counted")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    with scratch_database():
        baseline = measure("/", args.repeat)
        load_products(args.products, photos=1)
        _name_products()
        report = {"products": args.products, "repeat": args.repeat, "home, empty shop": baseline}
        report |= {name: measure(path, args.repeat, baseline) for name, path in pages(args.products).items()}
    text = json.dumps(report, indent=2)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")


def pages(products: int) -> dict[str, str]:
    """What is asked for, by a name for the table."""
    return {
        "home": "/",
        "category, first page": "/c/category-3/",
        "category, by price": "/c/category-3/?ordering=price",
        "category, one brand": "/c/category-3/?brand=Brand+7",
        "search, a frequent word": "/search/?q=batik",
        "search, two words": "/search/?q=jaket+denim",
        "search, a mistyped word": "/search/?q=bqtik",
        "product": f"/p/{products // 2}/x/",
        "API, products": "/api/v1/products/",
        "API, offset 10,000": "/api/v1/products/?offset=10000",
    }


def measure(path: str, repeat: int, baseline: dict | None = None) -> dict:
    """p50 and p95 in milliseconds, and the ratio to the baseline's p50."""
    from django.test import Client

    client, times = Client(), []
    path = client.get(path, follow=True).wsgi_request.get_full_path()
    status = client.get(path).status_code
    assert status == 200, f"{path} answered {status}"
    for _ in range(repeat):
        started = time.perf_counter()
        client.get(path)
        times.append(1000 * (time.perf_counter() - started))
    p50, p95 = (round(float(np.percentile(times, q)), 1) for q in (50, 95))
    figures = {"p50_ms": p50, "p95_ms": p95}
    return figures | ({"times_baseline": round(p50 / baseline["p50_ms"], 1)} if baseline else {})


def _name_products() -> None:
    """Names of three words each, so that a word is in one product of five; the trigger makes the documents."""
    from django.db import connection

    words = "ARRAY[" + ",".join(f"'{word}'" for word in NAMES) + "]"
    pick = " || ' ' || ".join(f"({words})[1 + (hashint8(id * 3 + {k}) & {len(NAMES) - 1})]" for k in range(3))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalogue_product SET name = {pick} || ' ' || id")
        cursor.execute("VACUUM ANALYZE catalogue_product")
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
