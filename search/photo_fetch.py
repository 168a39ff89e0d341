"""Fetches a photo from an address that a shopper gave, without letting it reach into our own network."""

from __future__ import annotations

import ipaddress
import socket
import time
from urllib.parse import urljoin, urlsplit

import urllib3
from django.conf import settings
from urllib3.util import Timeout

MAX_REDIRECTS = 3
TIMEOUT = Timeout(connect=3, read=8)
SECONDS_IN_ALL = 20


class FetchError(ValueError):
    """The photo could not be fetched; the message says why."""


def fetch_photo(url: str) -> bytes:
    """The file at an http or https address. Raises FetchError: unreachable, private, too large or too slow."""
    for _ in range(MAX_REDIRECTS + 1):
        response, location = _get(url)
        if location is None:
            return response
        url = urljoin(url, location)
    raise FetchError(f"{url} redirects more than {MAX_REDIRECTS} times.")


def _get(url: str) -> tuple[bytes, str | None]:
    """The body, or an empty one and where to go on."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(f"{url} is no address of a photo: it must begin with http:// or https://.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _public_address(parts.hostname, port)
    try:
        return _read(_pool(parts.scheme, address, port, parts.hostname), parts, url)
    except urllib3.exceptions.HTTPError as error:
        raise FetchError(f"{parts.hostname} could not be reached ({type(error).__name__}).") from error


def _public_address(host: str, port: int) -> str:
    """The host's address. We connect to exactly this one, so that a second look-up cannot give a private one."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise FetchError(f"{host} is not known.") from error
    private = [address for address in found if not ipaddress.ip_address(address.split("%")[0]).is_global]
    if private and not settings.PHOTO_URL_PRIVATE_HOSTS:
        raise FetchError(f"{host} is not on the public internet; photos are fetched only from there.")
    return sorted(found)[0]


def _pool(scheme: str, address: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
    common = {"timeout": TIMEOUT, "retries": False, "maxsize": 1}
    if scheme == "https":
        return urllib3.HTTPSConnectionPool(address, port, server_hostname=host, assert_hostname=host, **common)
    return urllib3.HTTPConnectionPool(address, port, **common)


def _read(pool: urllib3.HTTPConnectionPool, parts, url: str) -> tuple[bytes, str | None]:
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    headers = {"Host": parts.netloc.rpartition("@")[2], "Accept": "image/*", "User-Agent": "fashion-visual-search"}
    with pool, pool.request("GET", target, headers=headers, preload_content=False, redirect=False) as response:
        if response.status in (301, 302, 303, 307, 308) and "Location" in response.headers:
            return b"", response.headers["Location"]
        if response.status != 200:
            raise FetchError(f"{url} answered {response.status}.")
        return _bounded(response, url), None


def _bounded(response, url: str) -> bytes:
    body, deadline = bytearray(), time.monotonic() + SECONDS_IN_ALL
    for chunk in response.stream(65_536):
        body += chunk
        if len(body) > settings.PHOTO_MAX_BYTES:
            raise FetchError(f"{url} is larger than {settings.PHOTO_MAX_BYTES / 1e6:.0f} MB.")
        if time.monotonic() > deadline:
            raise FetchError(f"{url} took longer than {SECONDS_IN_ALL} seconds.")
    return bytes(body)
