"""Server time of the shop's pages at a catalogue's size, in one run.

    python -m benchmarks.pages --products 1000000 --json pages.json
    python -m benchmarks.pages --products 1000000 --keep shop_1m    # loads once; the next run only measures

Synthetic rows: 16 categories, 512 brands of Zipf-distributed sizes, one or two colours, a name of three words of which
the commonest is in one product of three, one photo row a product (no files). Each page is rendered through Django's
test client with templates and middleware. `fresh` is the same with empty caches before each request. The baseline is
the home page of an empty shop: what Django itself costs here.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.scratch_database import NAME, scratch_database
from benchmarks.shop_rows import load_shop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=30, help="requests a page after one that is not counted")
    parser.add_argument("--keep", metavar="NAME", help="a database that is loaded once and kept for the next run")
    parser.add_argument("--load-only", action="store_true", help="with --keep: load and measure nothing")
    parser.add_argument("--only", default="", help="only pages whose name contains this")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    name, keep = args.keep or NAME, bool(args.keep)
    with scratch_database(f"{name}_empty", keep=keep):
        baseline = None if args.load_only else measure("/", args.repeat)
    with scratch_database(name, keep=keep):
        seconds = load_shop(args.products)
        report = {"products": args.products, "repeat": args.repeat, "load_s": seconds, "home, empty shop": baseline}
        if not args.load_only:
            report |= {
                name: measure(path, args.repeat, baseline)
                for name, path in pages(args.products).items()
                if args.only in name
            }
    text = json.dumps(report, indent=2)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")


def pages(products: int) -> dict[str, str]:
    """What is asked for, by a name for the table."""
    return {
        "home": "/",
        "everything": "/search/",
        "everything, page 5,000": f"/search/?after={products - 122_449}",
        "category, first page": "/c/category-3/",
        "category, page 2,500": f"/c/category-3/?after={products // 50}",
        "category, by price": "/c/category-3/?ordering=price",
        "category, one brand": "/c/category-3/?brand=Brand+7",
        "category, one colour": "/c/category-3/?colour=red",
        "category, a price range": "/c/category-3/?price_min=100000&price_max=200000",
        "brand": "/b/Brand%207/",
        "search, a frequent word": "/search/?q=batik",
        "search, a frequent word, newest": "/search/?q=batik&ordering=newest",
        "search, two words": "/search/?q=jaket+denim",
        "search, a word in 12 %": "/search/?q=tenun",
        "search, an article number": f"/search/?q=sku-{products // 2 + 1}",
        "search, a frequent word in one colour": "/search/?q=batik&colour=red",
        "search, a mistyped word": "/search/?q=bqtik",
        "suggestions": "/search/suggestions/?q=bat",
        "product": f"/p/{products // 2 + 1}/x/",
        "API, products": "/api/v1/products/",
        "API, offset 10,000": "/api/v1/products/?offset=10000",
    }


def measure(path: str, repeat: int, baseline: dict | None = None) -> dict:
    """p50 and p95 in milliseconds, the p50 with an empty cache, and the ratio to the baseline's p50."""
    from django.conf import settings
    from django.core.cache import caches
    from django.test import Client

    client = Client()
    path = client.get(path, follow=True).wsgi_request.get_full_path()
    status = client.get(path).status_code
    assert status == 200, f"{path} answered {status}"
    times = [_time_of(client, path) for _ in range(repeat)]
    fresh = []
    for _ in range(repeat):
        for name in settings.CACHES:  # counts have one of their own
            caches[name].clear()
        fresh.append(_time_of(client, path))
    p50, p95 = (round(float(np.percentile(times, q)), 1) for q in (50, 95))
    figures = {"p50_ms": p50, "p95_ms": p95, "fresh_p50_ms": round(float(np.median(fresh)), 1)}
    print(f"{path}: {figures}", file=sys.stderr)
    return figures | ({"times_baseline": round(p50 / baseline["p50_ms"], 1)} if baseline else {})


def _time_of(client, path: str) -> float:
    started = time.perf_counter()
    client.get(path)
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
