"""Fetches a file that somebody else named: over http or https, bounded in size and time, from public hosts alone.

Addresses come from merchants' files and shoppers' forms. Whoever writes one must not reach what only this machine can:
a name is resolved once, the address it has is checked, and that very address is connected to, redirects included.
Proxies of the environment are not used, since through one the check would be of the wrong host.
"""

from __future__ import annotations

import functools
import http.client
import ipaddress
import socket
import ssl
import time
import urllib.error
import urllib.request
from urllib.parse import quote, urlsplit, urlunsplit

CONNECT_SECONDS = 10  # also the longest silence
TOTAL_SECONDS = 60
CHUNK_BYTES = 64 * 1024
HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; FashionVisualSearch/1.0)",  # several shops answer nobody who has none
    "Accept": "image/*,*/*;q=0.5",
}


class FetchError(Exception):
    """The download failed; the message says why. `is_transient`: another attempt may succeed."""

    def __init__(self, message: str, *, is_transient: bool = False, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.is_transient = is_transient
        self.retry_after = retry_after


def fetch(url: str, *, max_bytes: int, allow_private: bool = False, total_seconds: float = TOTAL_SECONDS) -> bytes:
    """The bytes at `url`. Raises FetchError, of private hosts too unless `allow_private`."""
    deadline = time.monotonic() + total_seconds
    try:
        request = urllib.request.Request(_quoted(url), headers=HEADERS)  # noqa: S310  the opener knows HTTP alone
        with _opener(allow_private).open(request, timeout=CONNECT_SECONDS) as response:
            return _read(response, max_bytes, deadline)
    except FetchError:
        raise
    except urllib.error.HTTPError as error:
        error.close()
        raise _of_status(error) from error
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, FetchError):
            raise reason from error
        is_certificate = isinstance(reason, ssl.SSLCertVerificationError)
        raise FetchError(f"The host did not answer ({reason}).", is_transient=not is_certificate) from error
    except ValueError as error:
        raise FetchError(f"It is no address that can be fetched ({error}).") from error


def _read(response, max_bytes: int, deadline: float) -> bytes:
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise FetchError(f"The file has {int(length):,} bytes; {max_bytes:,} are accepted.")
    parts, size = [], 0
    while part := response.read1(CHUNK_BYTES):
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            raise FetchError(f"The file has more than the {max_bytes:,} bytes that are accepted.")
        if time.monotonic() > deadline:
            raise FetchError("The host is too slow.", is_transient=True)
    if length.isdecimal() and size < int(length):
        raise FetchError(f"The host sent {size:,} of {int(length):,} bytes.", is_transient=True)
    return b"".join(parts)


def _of_status(error: urllib.error.HTTPError) -> FetchError:
    after = error.headers.get("Retry-After", "") if error.headers else ""
    return FetchError(
        f"The host answered {error.code} {error.reason}.",
        is_transient=error.code in (408, 425, 429) or error.code >= 500,
        retry_after=float(after) if after.isdecimal() else 0.0,
    )


def _quoted(url: str) -> str:
    """The address with spaces and letters beyond ASCII encoded. Raises FetchError for other schemes than http(s)."""
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise FetchError("Only addresses that begin with http:// or https:// are fetched.")
    if parts.username or parts.password:
        raise FetchError("An address with a name and password in it is not fetched.")
    host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    host = f"[{host}]" if ":" in host else host
    location = f"{host}:{parts.port}" if parts.port else host
    safe = "/:;=@!$&'()*+,~%?"
    return urlunsplit((parts.scheme.lower(), location, quote(parts.path, safe), quote(parts.query, safe), ""))


def _connected(host: str, port: int, timeout: float, allow_private: bool) -> socket.socket:
    """A socket to the first address of `host` that answers; only to public ones unless `allow_private`."""
    problem: Exception = FetchError(f"{host} has no address.")
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not allow_private and not _is_public(address[0]):
            raise FetchError(f"{host} is at {address[0]}, which is no public address.")
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout)
            connection.connect(address)
        except OSError as error:
            connection.close()
            problem = error
        else:
            return connection
    raise problem


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)


class _Connection(http.client.HTTPConnection):
    allow_private = False

    def connect(self) -> None:
        self.sock = _connected(self.host, self.port, self.timeout, self.allow_private)


class _SecureConnection(http.client.HTTPSConnection):
    allow_private = False

    def connect(self) -> None:
        plain = _connected(self.host, self.port, self.timeout, self.allow_private)
        self.sock = _tls().wrap_socket(plain, server_hostname=self.host)


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Handler(urllib.request.AbstractHTTPHandler):
    """http and https over connections that check where they lead."""

    def __init__(self, allow_private: bool) -> None:
        super().__init__()
        self.plain = type("Connection", (_Connection,), {"allow_private": allow_private})
        self.secure = type("SecureConnection", (_SecureConnection,), {"allow_private": allow_private})

    def http_open(self, request):
        return self.do_open(self.plain, request)

    def https_open(self, request):
        return self.do_open(self.secure, request)

    http_request = https_request = urllib.request.AbstractHTTPHandler.do_request_


@functools.cache
def _opener(allow_private: bool) -> urllib.request.OpenerDirector:
    """Knows http and https and nothing else: no files, no FTP, no proxies, whatever a redirect says."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        _Handler(allow_private),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener
