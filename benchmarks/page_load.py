"""Many visitors at once: home, category and product pages of a shop of a catalogue's size, by gunicorn.

    python -m benchmarks.page_load --products 1000000 --keep shop_1m --clients 50 --json FILE

Starts `gunicorn config.wsgi` on a made-up catalogue (benchmarks/pages.py) and asks it from a process of its own: first
one client, which is the baseline, then `--clients` that each ask for one page after the other. Reports requests a
second, p50 and p95, how each was answered, and the CPU time of a request: the site's and the database's. The last two
tell more than the clock where other work shares the machine.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.clients import Site
from benchmarks.scratch_database import NAME, scratch_database
from benchmarks.shop_rows import load_shop

START_S = 120
PRODUCTS = 400  # whose pages are asked for


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--keep", metavar="NAME", help="a database that is loaded once and kept for the next run")
    parser.add_argument("--clients", type=int, default=50, help="at once (default %(default)s)")
    parser.add_argument("--requests", type=int, default=1_000, help="in all (default %(default)s)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1], help="processes of gunicorn (default 1)")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    name = args.keep or NAME
    report: dict[str, Any] = {"machine": f"{os.cpu_count()} cores", "products": args.products}
    with scratch_database(name, keep=bool(args.keep)):
        load_shop(args.products)
        for workers in args.workers:
            with served(name, workers) as (server, url):
                for clients in (1, args.clients):
                    found = measure(server, url, clients, args.requests if clients > 1 else args.requests // 2)
                    report[f"{workers} processes, {clients} clients"] = found
                    print(found, file=sys.stderr)
    text = json.dumps(report, indent=2)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")


def addresses() -> list[str]:
    """Home, category and product pages in turn; of categories and products another one each time."""
    from catalogue.models import Category, Product

    categories = [each.get_absolute_url() for each in Category.objects.all()]
    last = Product.objects.latest("pk").pk
    shown = Product.objects.visible().filter(pk__in=[1 + number * 7_919 % last for number in range(PRODUCTS)])
    return [
        address
        for number, product in enumerate(shown)
        for address in ("/", categories[number % len(categories)], product.get_absolute_url())
    ]


@contextmanager
def served(database: str, workers: int) -> Iterator[tuple[psutil.Process, str]]:
    """gunicorn on this database: its process and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        **database_environment(database),
        "DEBUG": "0",
        "SECRET_KEY": 50 * "k",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SERVE_FILES": "1",
        "PORT": str(port),
        "WEB_CONCURRENCY": str(workers),
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi"], env=environment, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_S
        while Site(url).ask("GET", "/readyz").status != 200:
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit("gunicorn did not start; run `gunicorn config.wsgi` to see why.")
            time.sleep(0.2)
        yield psutil.Process(server.pid), url
    finally:
        server.terminate()
        server.wait()


def database_environment(name: str) -> dict[str, str]:
    """DATABASE_URL of the configured server's database `name`."""
    from django.db import connection

    found = connection.settings_dict
    if str(found["HOST"]).startswith("/"):  # the embedded one, which this process keeps alive
        return {"DATABASE_URL": f"postgres:///{found['HOST']}/{name}", "PGUSER": found["USER"]}
    address = f"{found['HOST']}:{found['PORT'] or 5432}"
    return {"DATABASE_URL": f"postgres://{found['USER']}:{found['PASSWORD']}@{address}/{name}"}


def measure(server: psutil.Process, url: str, clients: int, requests: int) -> dict[str, Any]:
    """`requests` by `clients` that each ask again when they have been answered."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        ask = (url, clients, addresses())
        pool.apply(ask_pages, (*ask, max(60, 2 * clients)))  # caches and connections
        before = cpu_of_site(server), cpu_of_database()
        seconds, times, statuses = pool.apply(ask_pages, (*ask, requests))
        after = cpu_of_site(server), cpu_of_database()
    p50, p95 = (round(1000 * float(np.percentile(times, q))) for q in (50, 95))
    site_cpu, database_cpu = (1000 * (late - early) / requests for early, late in zip(before, after, strict=True))
    return {
        "requests_per_s": round(requests / seconds, 1),
        "p50_ms": p50,
        "p95_ms": p95,
        "slowest_ms": round(1000 * max(times)),
        "statuses": statuses,
        "site_cpu_ms": round(site_cpu, 1),
        "database_cpu_ms": round(database_cpu, 1),
    }


def ask_pages(url: str, clients: int, paths: list[str], requests: int) -> tuple[float, list[float], dict[int, int]]:
    """Seconds in all and of each request, and how many were answered with each status."""
    site = Site(url)
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(lambda path: site.ask("GET", path), islice(cycle(paths), requests)))
    return time.perf_counter() - started, [each.seconds for each in answers], Counter(each.status for each in answers)


def cpu_of_site(server: psutil.Process) -> float:
    """CPU seconds of gunicorn and its processes."""
    return sum(_cpu_of(process) for process in (server, *server.children(recursive=True)))


def cpu_of_database() -> float:
    """CPU seconds of the database server, processes that have ended included; 0 for one on another machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        server = psutil.Process(psutil.Process(backend).ppid())
        ended = server.cpu_times()
        return sum(_cpu_of(process) for process in server.children()) + ended.children_user + ended.children_system
    except psutil.Error:
        return 0.0


def _cpu_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
