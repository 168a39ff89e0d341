"""Many clients at once against a running site: what they are answered, how soon, and whether /healthz is meanwhile.

python -m benchmarks.clients URL PHOTO [--clients 100] [--slow 40] [--host NAME] [--json FILE]

--slow: clients that begin a photo and never send the rest of it, for as long as the others ask.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

BOUNDARY = "a-boundary"
SECONDS = 120  # for an answer
HEALTH_PAUSE_S = 0.1


class Answer(NamedTuple):
    """status: 0 where there was none. seconds: until all of it was there."""

    status: int
    seconds: float
    retry_after: str


class Site:
    """A running site: its address, and the Host header that it is asked with."""

    def __init__(self, url: str, host: str = "") -> None:
        parts = urlsplit(url)
        self.address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.host = host or parts.netloc

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        started = time.perf_counter()
        connection = http.client.HTTPConnection(*self.address, timeout=SECONDS)
        try:
            connection.request(method, path, body, {"Host": self.host, **headers})
            response = connection.getresponse()
            response.read()
            return Answer(response.status, time.perf_counter() - started, response.headers.get("Retry-After", ""))
        except (OSError, http.client.HTTPException):
            return Answer(0, time.perf_counter() - started, "")
        finally:
            connection.close()

    def page_addresses(self) -> list[str]:
        """Home, and the first category and product that it links to."""
        connection = http.client.HTTPConnection(*self.address, timeout=SECONDS)
        with contextlib.closing(connection):
            connection.request("GET", "/", headers={"Host": self.host})
            home = connection.getresponse().read().decode()
        linked = (re.search(rf'href="(/{kind}/[^"]+)"', home) for kind in "cp")
        return ["/", *(link[1] for link in linked if link)]

    def send_photo(self, photo: bytes) -> Answer:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'.encode()
        body = head + photo + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self.ask(
            "POST", "/api/v1/search/photo/", body, **{"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        )

    @contextlib.contextmanager
    def slow_clients(self, number: int) -> Iterator[None]:
        """So many connections that have sent a part of a photo."""
        with contextlib.ExitStack() as stack:
            for _ in range(number):
                client = stack.enter_context(contextlib.closing(socket.create_connection(self.address)))
                head = f"POST /api/v1/search/photo/ HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: 900000\r\n\r\n"
                client.sendall(head.encode() + bytes(1_000))
            yield

    @contextlib.contextmanager
    def watched_health(self) -> Iterator[list[Answer]]:
        """The answers of /healthz, asked all the time inside the block."""
        answers: list[Answer] = []
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(HEALTH_PAUSE_S):
                answers.append(self.ask("GET", "/healthz"))

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield answers
        finally:
            stop.set()
            thread.join()


def measure(site: Site, photo: bytes, *, clients: int, slow: int) -> dict[str, Any]:
    """Each kind of request by `clients` at once, while `slow` other clients stall."""
    addresses = cycle(site.page_addresses())
    kinds: dict[str, Callable[[], Answer]] = {
        "pages": lambda: site.ask("GET", next(addresses)),
        "photos": lambda: site.send_photo(photo),
    }
    found: dict[str, Any] = {"clients": clients, "slow": slow}
    for kind, ask in kinds.items():
        with site.slow_clients(slow), site.watched_health() as health, ThreadPoolExecutor(clients) as pool:
            answers = [future.result() for future in [pool.submit(ask) for _ in range(clients)]]
        found[kind] = {**summary(answers), "healthz": summary(health)}
    return found


def summary(answers: list[Answer]) -> dict[str, Any]:
    """How many of each status, and the longest time to an answer and to a refusal in seconds."""
    refused = [each for each in answers if each.status == 503]
    return {
        "statuses": dict(Counter(each.status for each in answers)),
        "slowest_s": round(max((each.seconds for each in answers), default=0), 2),
        "slowest_refusal_s": round(max((each.seconds for each in refused), default=0), 2),
        "refusals_without_retry_after": sum(not each.retry_after for each in refused),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("photo", type=Path)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--slow", type=int, default=40)
    parser.add_argument("--host", default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = measure(
        Site(options.url, options.host), options.photo.read_bytes(), clients=options.clients, slow=options.slow
    )
    text = json.dumps(result, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text)
