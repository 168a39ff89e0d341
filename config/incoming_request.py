"""A request as it arrives from a client: kept until it is whole, or until it is clear that it never will be."""

from __future__ import annotations

import time
from collections.abc import Callable
from tempfile import SpooledTemporaryFile

HEAD_BYTES = 64 * 1024  # of request line and headers
MEMORY_BYTES = 256 * 1024  # of a request; more goes to a temporary file
GRACE_SECONDS = 15.0  # for headers, and before the rate counts
LEAST_RATE = 10_000  # bytes a second of a body, on average: a photo of 2 MB may take three minutes
END_OF_HEAD = b"\r\n\r\n"
END_OF_CHUNKS = b"0\r\n\r\n"


class HeadTooLarge(Exception):
    """The headers do not end within HEAD_BYTES."""


class IncomingRequest:
    """The bytes of one request.

    limit_of: how many bytes a body at this path may have. What announces more is complete at once: the site refuses it
    without reading it.
    """

    def __init__(self, limit_of: Callable[[str], int]) -> None:
        self.limit_of = limit_of
        self.content: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115
        self.received = self.taken = 0
        self.started = time.monotonic()
        self.head = b""  # until it is whole
        self.tail = b""  # the last bytes, which tell the end of a chunked body
        self.expected: int | None = None  # bytes in all, head included; None where the head does not say
        self.has_head = self.wants_continue = False
        self.limit = 0

    def add(self, data: bytes) -> None:
        """Keeps what has arrived. Raises HeadTooLarge."""
        self.content.seek(self.received)
        self.content.write(data)
        self.received += len(data)
        self.tail = (self.tail + data)[-len(END_OF_CHUNKS) :]
        if not self.has_head:
            self.head += data
            end = self.head.find(END_OF_HEAD)
            if end >= 0:
                self._read_head(end)
            elif len(self.head) > HEAD_BYTES:
                raise HeadTooLarge

    def is_complete(self) -> bool:
        """Whether a thread can answer it without waiting for the client."""
        if not self.has_head:
            return False
        if self.expected is not None:
            return self.received >= self.expected
        return self.tail.endswith(END_OF_CHUNKS) or self.received > self.limit + HEAD_BYTES

    def is_too_slow(self) -> bool:
        """Whether a client that means to send it would have sent more by now."""
        seconds = time.monotonic() - self.started - GRACE_SECONDS
        return seconds > 0 and (not self.has_head or self.received < seconds * LEAST_RATE)

    def take(self, size: int) -> bytes:
        """The next bytes, at most `size`; empty where all that has arrived was taken."""
        self.content.seek(self.taken)
        data = self.content.read(min(size, self.received - self.taken))
        self.taken += len(data)
        return data

    def close(self) -> None:
        self.content.close()

    def _read_head(self, end: int) -> None:
        first, *lines = self.head[:end].decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        target = first.split(" ")[1] if first.count(" ") >= 2 else ""
        self.limit = self.limit_of(target.partition("?")[0])
        self.has_head, self.head = True, b""
        is_chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        length = headers.get("content-length", "0")
        body = int(length) if length.isascii() and length.isdecimal() and len(length) < 19 else 0
        is_refused = body > self.limit
        if not is_chunked:
            self.expected = end + len(END_OF_HEAD) + (0 if is_refused else body)
        self.wants_continue = headers.get("expect", "").lower() == "100-continue" and not is_refused
