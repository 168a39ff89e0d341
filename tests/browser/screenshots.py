"""Pictures of every page, at the width of a telephone and of a desktop, light and dark.

    python -m tests.browser.screenshots [--url http://localhost:8000] [--out var/screenshots] [--only PART]

Needs the site with the sample catalogue (`make catalogue`); without --url it serves it itself.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = {390: 844, 1440: 900}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WHOLE_PAGE = {"home", "product"}  # of the others the first screen says enough
MAX_HEIGHT = 3200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a site that is up; default: serve this one")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--only", default="", help="only pages whose name contains this")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("No Chromium here: apt-get install chromium, or name it in CHROMIUM.")
    with _site(arguments.url) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        found = _pages(browser, url, arguments.only)
        pages = {name: address for name, address in found.items() if arguments.only in name}
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                _shoot(browser, pages, arguments.out, width=width, scheme=scheme)
        browser.close()


@contextmanager
def _site(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload", "--insecure"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                sys.exit(f"{url} did not answer within {seconds:.0f} s.")
            time.sleep(0.2)


def _pages(browser: Browser, url: str, only: str) -> dict[str, str]:
    """Every page by name; the photo pages, where they are wanted, with an example photo that is searched with now."""
    page = browser.new_context().new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{url}/")
    category = page.locator(".tiles a").first.get_attribute("href")
    product = page.locator("#new .card a").first.get_attribute("href")
    pages = {
        "home": f"{url}/",
        "category": f"{url}{category}",
        "category-narrowed": f"{url}/search/?colour=blue&colour=red",
        "search": f"{url}/search/?q=linen",
        "search-nothing": f"{url}/search/?q=zeppelin",
        "product": f"{url}{product}",
        "photo": f"{url}/photo/",
        "photo-gone": f"{url}/photo/?query=0000000000000000000000",
        "not-found": f"{url}/no-such-page/",  # with DEBUG on this is Django's own page
    }
    page.goto(f"{url}/photo/")
    examples = page.locator("button[name=scene]")
    if examples.count() and (not only or "photo" in only):
        examples.first.click()
        page.wait_for_selector("#photo-results")
        found = page.url
        pages["photo-found"] = found
        pages["photo-whole"] = re.sub(r"garment=\d+", "whole=1", found)
        pages["photo-box"] = re.sub(r"garment=\d+", "x0=20&y0=25&x1=60&y1=70", found)
        pages["photo-filters"] = f"{found}&colour=blue"
    page.context.close()
    return pages


def _shoot(browser: Browser, pages: dict[str, str], out: Path, *, width: int, scheme: str) -> None:
    size = {"width": width, "height": WIDTHS[width]}
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(120_000)
    for name, address in pages.items():
        page.goto(address)
        if name in WHOLE_PAGE:
            _show_all(page)
        page.wait_for_load_state("networkidle")
        height = page.evaluate("document.documentElement.scrollHeight") if name in WHOLE_PAGE else size["height"]
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, MAX_HEIGHT)}
        page.screenshot(path=out / f"{name}-{width}-{scheme}.png", full_page=name in WHOLE_PAGE, clip=clip)
    context.close()


def _show_all(page: Page) -> None:
    """Scrolls down and back, so that what waits until it is seen is loaded."""
    for top in range(0, MAX_HEIGHT, 700):
        page.evaluate("top => scrollTo(0, top)", top)
        page.wait_for_timeout(80)
    page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    main()
