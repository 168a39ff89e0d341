"""A real browser before the real site: Debian's Chromium, driven by Playwright."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signals import request_finished, request_started
from django.db import transaction

from search.vision import cards
from tests.factories import make_category, make_images, make_products
from tests.search.photos import cache_photo, photo_bytes
from tests.search.vectors import clustered_vectors, embed, make_encoder

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",  # Chromium refuses to run as root with it
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None and os.environ.get("CI"):
        pytest.fail("CI must have Chromium: apt-get install chromium, or name it in CHROMIUM.")
    if CHROMIUM is None:
        pytest.skip("No Chromium here: apt-get install chromium, or name it in CHROMIUM.")
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; Django takes that for an async view that touches the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Requests:
    """Counts the requests that the live server is at work on."""

    def __init__(self):
        self._lock = threading.Lock()
        self._running = 0

    def started(self, **kwargs):
        with self._lock:
            self._running += 1

    def finished(self, **kwargs):
        with self._lock:
            self._running -= 1

    def wait(self, *, seconds=20, quiet=0.1):
        """Returns when none has run for `quiet` seconds: one may still lie unread in its socket."""
        end, last = time.monotonic() + seconds, time.monotonic()
        while time.monotonic() - last < quiet:
            assert time.monotonic() < end, f"{self._running} requests still run {seconds} s after the browser closed"
            last = time.monotonic() if self._running else last
            time.sleep(0.01)


@pytest.fixture
def requests_at_work():
    requests = Requests()
    request_started.connect(requests.started)
    request_finished.connect(requests.finished)
    yield requests
    request_started.disconnect(requests.started)
    request_finished.disconnect(requests.finished)


@pytest.fixture
def open_browser(chromium, live_server, requests_at_work):
    """Opens a browser of its own, with a viewport, a language, with or without JavaScript; returns its page."""
    contexts, complaints = [], []

    def opened(**options):
        context = chromium.new_context(
            base_url=live_server.url, **{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **options}
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(message, complaints))
        return page

    yield opened
    for context in contexts:
        context.close()
    requests_at_work.wait()  # the tables are emptied next, and a thumbnail being written then is a deadlock
    assert complaints == []


# A 4xx that a test provokes; a request that htmx gave up because a newer one took its place.
EXPECTED = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")


def _note(message, complaints):
    """Errors in modules, and what the browser refuses under the Content-Security-Policy."""
    if message.type == "error" and not message.text.startswith(EXPECTED):
        complaints.append(message.text)


@pytest.fixture
def page(open_browser):
    return open_browser()


@pytest.fixture
def phone(open_browser):
    return open_browser(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


@pytest.fixture(params=[390, 1440], ids=["390 px", "1440 px"])
def sized(request, open_browser):
    """A telephone's browser and a desktop's, in turn."""
    if request.param == 390:
        return open_browser(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    return open_browser(viewport={"width": 1440, "height": 900})


@pytest.fixture
def plain(open_browser):
    """A browser without JavaScript."""
    return open_browser(java_script_enabled=False)


@pytest.fixture
def shop(live_server, media):
    """60 products with photos: dresses, tops and skirts in turn, of three brands and colours, embedded."""
    with transaction.atomic():  # one commit: each waits for the disk
        categories = [make_category(name=name, garment_types=[held]) for name, held in KINDS]
        products = make_products(
            {
                "name": f"{KINDS[number % 3][0]} {number}",
                "category": categories[number % 3],
                "brand": ["Senja", "Ombak", "Kaya & Co"][number % 3 - number % 2],
                "price": 100_000 + number * 1_000,
                "colours": [["red", "blue", "black"][number % 2]],
                "description": "Soft cotton.",
                "url": "https://shop.example/p/1",
            }
            for number in range(60)
        )
        images = make_images(products)
        encoder = make_encoder()
        vectors = clustered_vectors(len(images), encoder.dimensions)
        embed(images, vectors, encoder, [KINDS[number % 3][1] for number in range(60)])
    default_storage.save("samples/scenes/street-01.jpg", ContentFile(photo_bytes()))
    return Shop(encoder, vectors)


KINDS = [("Dress", "dress"), ("Top", "top"), ("Skirt", "skirt")]


class Shop:
    def __init__(self, encoder, vectors):
        self.encoder, self.vectors = encoder, vectors

    def looked_at(self, garment_types=("dress", "top", "skirt"), boxes=()):
        """The address of a photo that was searched with: its garments are products 0, 1 and 2."""
        query = cache_photo(self.encoder, self.vectors, garment_types=garment_types, boxes=boxes)
        return f"/photo/?query={query}"


@pytest.fixture
def models(shop):
    """The bundled models, and a photo of each of the shop's garment types as they see it."""
    if not (cards.available("encoder") and cards.available("detector")):
        if os.environ.get("CI"):
            pytest.fail("CI must have the bundled models, search/weights.")
        pytest.skip("No bundled models here: search/weights is empty.")
    from django.core.management import call_command

    from search.services import switch_encoder

    name = cards.choose("encoder").name
    call_command("embed_catalogue", verbosity=0, encoder=name, limit=3)
    switch_encoder(name=name)
    return shop
