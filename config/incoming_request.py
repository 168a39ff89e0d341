"""A request as it arrives from a client: kept until it is whole, or until it is clear that it never will be."""

from __future__ import annotations

import time
from collections.abc import Callable
from tempfile import SpooledTemporaryFile

from config.chunked_body import ChunkedBody

HEAD_BYTES = 64 * 1024  # of request line and headers
MEMORY_BYTES = 256 * 1024  # of a request; more goes to a temporary file
GRACE_SECONDS = 15.0  # for headers, and before the rate counts
MIN_RATE = 10_000  # bytes a second of a body, on average: a photo of 2 MB may take three minutes
END_OF_HEAD = b"\r\n\r\n"


class HeadTooLarge(Exception):
    """The headers do not end within HEAD_BYTES."""


class IncomingRequest:
    """The bytes of one request, and of what its client sends behind it.

    limit_of: how many bytes a body at this path may have. What announces more is complete at once: the site refuses it
    without reading it.
    """

    def __init__(self, limit_of: Callable[[str], int]) -> None:
        self.limit_of = limit_of
        self.content: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115
        self.received = self.taken = 0
        self.started = time.monotonic()
        self.head = b""  # until it is whole
        self.method = self.target = ""  # of its first line
        self.chunks: ChunkedBody | None = None
        self.end: int | None = None  # of the request in all that was received; None where it is not known yet
        self.has_head = self.wants_continue = False
        self.is_cut = False  # the client may go on sending what is no request: nothing may follow on its connection
        self.limit = 0

    def add(self, data: bytes) -> None:
        """Keeps what has arrived. Raises HeadTooLarge."""
        self.content.seek(self.received)
        self.content.write(data)
        if self.chunks is not None and self.end is None:
            self._follow_chunks(self.received, data)
        self.received += len(data)
        if not self.has_head:
            self.head += data
            end = self.head.find(END_OF_HEAD)
            if end >= 0:
                self._read_head(end)
            elif len(self.head) > HEAD_BYTES:
                raise HeadTooLarge

    def is_complete(self) -> bool:
        """Whether all of it is here, or what the site refuses without the rest."""
        if self.end is not None:
            return self.received >= self.end
        return self.has_head and self.received > self.limit + HEAD_BYTES

    def is_too_slow(self) -> bool:
        """Whether a client that means to send it would have sent more by now."""
        seconds = time.monotonic() - self.started - GRACE_SECONDS
        return seconds > 0 and (not self.has_head or self.received < seconds * MIN_RATE)

    def take(self, size: int) -> bytes:
        """The next bytes of the request, at most `size`; empty at its end, or where all that has arrived was taken."""
        end = self.received if self.end is None else min(self.end, self.received)
        self.content.seek(self.taken)
        data = self.content.read(min(size, end - self.taken))
        self.taken += len(data)
        return data

    def has_following(self) -> bool:
        """Whether bytes of a following request have arrived with this one."""
        return self.end is not None and self.received > self.end

    def following(self) -> bytes:
        """Those bytes."""
        if self.end is None:
            return b""
        self.content.seek(self.end)
        return self.content.read()

    def close(self) -> None:
        self.content.close()

    def _read_head(self, end: int) -> None:
        first, *lines = self.head[:end].decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.method, self.target = first.split(" ")[:2] if first.count(" ") >= 2 else ("", "")
        self.limit = self.limit_of(self.target.partition("?")[0])
        body_at = end + len(END_OF_HEAD)
        rest, self.has_head, self.head = self.head[body_at:], True, b""
        is_chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        body = _announced(headers.get("content-length", "0"))
        self.is_cut = is_refused = body > self.limit
        if is_chunked:
            self.chunks, self.is_cut = ChunkedBody(), True
            self._follow_chunks(body_at, rest)
        else:
            self.end = body_at + (0 if is_refused else body)
        self.wants_continue = headers.get("expect", "").lower() == "100-continue" and not is_refused

    def _follow_chunks(self, at: int, data: bytes) -> None:
        """Looks for the end in the data that begins at `at`. What is malformed ends there: the server refuses it."""
        if self.chunks is not None:
            taken = self.chunks.add(data)
            if self.chunks.is_whole or self.chunks.is_malformed:
                self.end, self.is_cut = at + taken, self.chunks.is_malformed


def _announced(length: str) -> int:
    """A body's bytes as Content-Length says; 0 for what is no number, which the server refuses."""
    if not (length.isascii() and length.isdecimal()):
        return 0
    digits = length.lstrip("0") or "0"  # with zeros before it a number may be of any length
    return int(digits) if len(digits) < 19 else 10**19
