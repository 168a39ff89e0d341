"""Fetches a file that somebody else named: over http or https, bounded in size and time, from public hosts alone.

Addresses come from merchants' files and shoppers' forms. Whoever writes one must not reach what only this machine can:
a name is resolved once, all its addresses are checked, and one of these very addresses is connected to, redirects
included. Proxies of the environment are not used, since through one the check would be of the wrong host.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import math
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from catalogue.public_addresses import is_public

CONNECT_SECONDS = 10.0  # also the longest silence
TOTAL_SECONDS = 60.0
CHUNK_BYTES = 64 * 1024
MAX_REDIRECTS = 5
WEB_PORTS = (80, 443)  # of the well-known ones; those from 1024 on are free
HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; FashionVisualSearch/1.0)",  # several shops answer nobody who has none
    "Accept": "image/*,*/*;q=0.5",
    "Connection": "close",
}


class FetchError(Exception):
    """The download failed; the message says why. `is_transient`: another attempt may succeed."""

    def __init__(self, message: str, *, is_transient: bool = False, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.is_transient = is_transient
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. content: None where the file is still the one that was asked about. etag, last_modified: for the next
    time, empty where the host gives none."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


def fetch(url: str, *, max_bytes: int, allow_private: bool = False, total_seconds: float = TOTAL_SECONDS) -> bytes:
    """The bytes at `url`. Raises FetchError, of private hosts too unless `allow_private`.

    total_seconds: for all of it, from looking up the name to the last byte, redirects included.
    """
    found = fetch_changed(url, max_bytes=max_bytes, allow_private=allow_private, total_seconds=total_seconds)
    if found.content is None:
        raise FetchError("The host answered 304 Not Modified, which nobody asked for.")
    return found.content


def fetch_changed(
    url: str,
    *,
    max_bytes: int,
    etag: str = "",
    last_modified: str = "",
    allow_private: bool = False,
    total_seconds: float = TOTAL_SECONDS,
) -> Fetched:
    """The file at `url` unless it is the one with this `etag` or `last_modified`. Raises FetchError."""
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = HEADERS | {name: value for name, value in asked.items() if value}
    deadline = _Deadline(total_seconds)
    try:
        with _followed(url, headers, deadline, allow_private) as response:
            return _answer(response, max_bytes)
    except FetchError:
        raise
    except (http.client.HTTPException, OSError) as error:
        if deadline.is_over():
            raise FetchError("The host is too slow.", is_transient=True) from error
        is_certificate = isinstance(error, ssl.SSLCertVerificationError)
        raise FetchError(f"The host did not answer ({error}).", is_transient=not is_certificate) from error
    except ValueError as error:
        raise FetchError(f"It is no address that can be fetched ({error}).") from error


@contextlib.contextmanager
def open_url(
    url: str, *, headers: Mapping[str, str], allow_private: bool = False
) -> Iterator[http.client.HTTPResponse]:
    """The host's answer whatever its status, redirects followed: for a large file, which the caller reads in parts.

    There is no limit for all of it; a silence of CONNECT_SECONDS ends it. Raises FetchError, and OSError and
    http.client.HTTPException where a connection fails, while the answer is read too.
    """
    try:
        with _followed(url, {**HEADERS, **headers}, _Deadline(math.inf), allow_private) as response:
            yield response
    except ValueError as error:
        raise FetchError(f"It is no address that can be fetched ({error}).") from error


@contextlib.contextmanager
def _followed(
    url: str, headers: Mapping[str, str], deadline: _Deadline, allow_private: bool
) -> Iterator[http.client.HTTPResponse]:
    for _ in range(MAX_REDIRECTS + 1):
        parts = _checked(url, allow_private)
        connection = _Connection(parts, deadline, allow_private)
        try:
            connection.request("GET", urlunsplit(("", "", parts.path or "/", parts.query, "")), headers=headers)
            response = connection.getresponse()
            location = response.headers.get("Location", "")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                yield response
                return
            url = urljoin(url, location)
        finally:
            connection.close()
            connection.hang_up()
    raise FetchError(f"The host answered {response.status} {response.reason} {MAX_REDIRECTS + 1} times.")


def _answer(response: http.client.HTTPResponse, max_bytes: int) -> Fetched:
    etag, last_modified = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    if response.status == 304:
        return Fetched(None, etag, last_modified)
    if response.status != 200:
        raise _of_status(response)
    return Fetched(_read(response, max_bytes), etag, last_modified)


def _read(response: http.client.HTTPResponse, max_bytes: int) -> bytes:
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise FetchError(f"The file has {int(length):,} bytes; {max_bytes:,} are accepted.")
    parts, size = [], 0
    while part := response.read1(CHUNK_BYTES):
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            raise FetchError(f"The file has more than the {max_bytes:,} bytes that are accepted.")
    if length.isdecimal() and size < int(length):
        raise FetchError(f"The host sent {size:,} of {int(length):,} bytes.", is_transient=True)
    return b"".join(parts)


def _of_status(response: http.client.HTTPResponse) -> FetchError:
    after = response.headers.get("Retry-After", "")
    return FetchError(
        f"The host answered {response.status} {response.reason}.",
        is_transient=response.status in (408, 425, 429) or response.status >= 500,
        retry_after=float(after) if after.isdecimal() and after.isascii() else 0.0,
    )


def _checked(url: str, allow_private: bool) -> SplitResult:
    """The address in parts, spaces and letters beyond ASCII encoded. Raises FetchError and ValueError."""
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise FetchError("Only addresses that begin with http:// or https:// are fetched.")
    if "@" in parts.netloc:
        raise FetchError("An address with a name and password in it is not fetched.")
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    location = f"{host}:{parts.port}" if parts.port is not None else host
    safe = "/:;=@!$&'()*+,~%?"
    return SplitResult(parts.scheme.lower(), location, quote(parts.path, safe), quote(parts.query, safe), "")


# -- connections --------------------------------------------------------------------------------------------------


class _Deadline:
    """One for the whole exchange: hosts that send a byte now and then do not put it off."""

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def is_over(self) -> bool:
        return time.monotonic() >= self.at

    def seconds(self) -> float:
        """What one step may take. Raises TimeoutError where nothing is left."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return min(left, CONNECT_SECONDS)


class _Connection(http.client.HTTPConnection):
    """To one of the addresses that were checked, over TLS for https."""

    def __init__(self, parts: SplitResult, deadline: _Deadline, allow_private: bool) -> None:
        super().__init__(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        self.is_secure, self.deadline, self.allow_private = parts.scheme == "https", deadline, allow_private
        self.plain: socket.socket | None = None
        self.default_port = 443 if self.is_secure else 80  # left out of the Host header

    def connect(self) -> None:
        self.plain = _connected(self.host, self.port, self.deadline, self.allow_private)
        if self.is_secure:
            self.plain.settimeout(self.deadline.seconds())
            self.plain = _tls().wrap_socket(self.plain, server_hostname=self.host)
        self.sock: Any = _BoundedSocket(self.plain, self.deadline)

    def hang_up(self) -> None:
        if self.plain:
            self.plain.close()


class _BoundedSocket:
    """What http.client uses of a socket; every call ends by the deadline."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self.sock, self.deadline = sock, deadline

    def sendall(self, data: bytes) -> None:
        self.sock.settimeout(self.deadline.seconds())
        self.sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self.sock, self.deadline))

    def close(self) -> None:
        """http.client closes its socket while the answer is still read; `hang_up` closes it in the end."""


class _BoundedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self.sock, self.deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.sock.settimeout(self.deadline.seconds())
        return self.sock.recv_into(buffer)


def _connected(host: str, port: int, deadline: _Deadline, allow_private: bool) -> socket.socket:
    """A socket to the first address of `host` that answers; unless `allow_private`, all must be public ones."""
    addresses = _resolved(host, port, deadline)
    for *_, address in addresses:
        if not allow_private and not is_public(str(address[0])):
            raise FetchError(f"{host} is at {address[0]}, which is no public address.")
    if not allow_private and port < 1024 and port not in WEB_PORTS:
        raise FetchError(f"Port {port} is none of the web.")
    problem: Exception = FetchError(f"{host} has no address.")
    for family, kind, protocol, _name, address in addresses:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(deadline.seconds())
            connection.connect(address)
        except OSError as error:
            connection.close()
            problem = error
        else:
            return connection
    raise problem


def _resolved(host: str, port: int, deadline: _Deadline) -> list[Any]:
    """`getaddrinfo` knows no time limit: it is asked in a thread, which is left behind where it takes too long."""
    answer: list[Any] = []

    def ask() -> None:
        try:
            answer.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(deadline.seconds())
    if not answer:
        raise TimeoutError(f"the name {host} was not resolved in time")
    if isinstance(answer[0], Exception):
        raise answer[0]
    return answer[0]


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
