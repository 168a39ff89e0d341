"""Request bodies as they arrive: bounded before the site sees them, chunked ones given their length.

A client that streams (mobile HTTP libraries, a proxy that does not buffer) sends a body in chunks without saying how
long it is. WSGI knows no such body and Django takes it for an empty one, so it is collected here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any

CHUNK_BYTES = 64 * 1024
IN_MEMORY_BYTES = 1_000_000  # of a chunked body; more goes to a temporary file
PHOTO_PATHS = ("/photo/", "/api/v1/search/photo/")
FORM_BYTES = 100_000  # what a form adds to its photo

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class BodyTooLarge(Exception):
    """The body has more bytes than the address takes."""


class BoundedBody:
    """Refuses bodies over the limit with 413 before they are read, and chunked ones as soon as they exceed it.

    max_bytes: for all addresses. photo_bytes: for a photo that is searched with, without its form.
    """

    def __init__(self, application: Application, *, max_bytes: int, photo_bytes: int) -> None:
        self.application = application
        self.max_bytes = max_bytes
        self.photo_bytes = photo_bytes

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        limit = self.limit_of(environ.get("PATH_INFO", ""))
        if _announced(environ) > limit:
            return _refuse(environ, start_response, "413 Content Too Large", _too_large(limit))
        if not _is_chunked(environ):
            return self.application(environ, start_response)
        if not environ.get("wsgi.input_terminated"):  # reading might wait for ever
            return _refuse(environ, start_response, "411 Length Required", "Send the body with a Content-Length.")
        try:
            body, length = _collected(environ["wsgi.input"], limit)
        except BodyTooLarge:
            return _refuse(environ, start_response, "413 Content Too Large", _too_large(limit))
        except (OSError, ValueError):  # the chunks are malformed, or the client has left
            return _refuse(environ, start_response, "400 Bad Request", "The chunked body is malformed or cut off.")
        with body:
            environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(length)}
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            return self.application(environ, start_response)

    def limit_of(self, path: str) -> int:
        """The most bytes of a body at this path."""
        return self.photo_bytes + FORM_BYTES if path.startswith(PHOTO_PATHS) else self.max_bytes


def _announced(environ: Environ) -> int:
    length = environ.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdecimal() else 0


def _is_chunked(environ: Environ) -> bool:
    return environ.get("HTTP_TRANSFER_ENCODING", "").strip().lower() == "chunked"


def _collected(source: IO[bytes], limit: int) -> tuple[SpooledTemporaryFile[bytes], int]:
    """The body from its beginning, and its length. Raises BodyTooLarge."""
    body: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
    length = 0
    try:
        while part := source.read(CHUNK_BYTES):
            length += len(part)
            if length > limit:
                raise BodyTooLarge
            body.write(part)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, length


def _too_large(limit: int) -> str:
    return f"The request has more than the {limit / 1e6:.1f} MB that are accepted here."


def _refuse(environ: Environ, start_response: StartResponse, status: str, sentence: str) -> list[bytes]:
    """An answer that does not wait for the rest of the body."""
    wants_json = "json" in environ.get("HTTP_ACCEPT", "") or environ.get("PATH_INFO", "").startswith("/api/")
    name = "error" if environ.get("PATH_INFO", "").startswith("/photo/") else "detail"
    text = json.dumps({name: sentence}) if wants_json else sentence
    content = text.encode()
    kind = "application/json" if wants_json else "text/plain; charset=utf-8"
    headers = [("Content-Type", kind), ("Content-Length", str(len(content))), ("Connection", "close")]
    start_response(status, headers)
    return [content]
