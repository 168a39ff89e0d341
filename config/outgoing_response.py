"""An answer on its way to a client that may read slowly: what the socket does not take at once is kept."""

from __future__ import annotations

import socket
import time
from tempfile import SpooledTemporaryFile
from typing import IO

from config.incoming_request import GRACE_SECONDS, MEMORY_BYTES, MIN_RATE

SEND_BYTES = 256 * 1024  # at once


class OutgoingResponse:
    """The bytes that a socket which never blocks is still to be sent. unsent: how many there are."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.unsent = 0
        self._kept: SpooledTemporaryFile[bytes] | None = None
        self._sent = 0  # bytes of those kept
        self._since = 0.0  # when the first was kept

    def send(self, data: bytes) -> None:
        """Sends what the socket takes and keeps the rest. Raises OSError where the client has left."""
        rest = memoryview(data)
        if not self.unsent:
            rest = rest[self._taken(rest) :]
        if not rest:
            return
        if self._kept is None:
            self._kept, self._sent, self._since = SpooledTemporaryFile(MEMORY_BYTES), 0, time.monotonic()  # noqa: SIM115
        self._kept.seek(self._sent + self.unsent)
        self._kept.write(rest)
        self.unsent += len(rest)

    def send_file(self, file: IO[bytes], offset: int, count: int | None) -> None:
        """`send` for `count` bytes of a file; all from `offset` on where it is None."""
        file.seek(offset)
        left = count
        while part := file.read(SEND_BYTES if left is None else min(left, SEND_BYTES)):
            self.send(part)
            left = None if left is None else left - len(part)

    def flush(self) -> None:
        """Sends what the socket takes of the rest. Raises OSError where the client has left."""
        while self.unsent and self._kept is not None:
            self._kept.seek(self._sent)
            taken = self._taken(memoryview(self._kept.read(SEND_BYTES)))
            if not taken:
                return
            self._sent += taken
            self.unsent -= taken
        self.close()

    def is_read_too_slowly(self) -> bool:
        """Whether a client that means to read it would have read more by now."""
        seconds = time.monotonic() - self._since - GRACE_SECONDS
        return bool(self.unsent) and seconds > 0 and self._sent < seconds * MIN_RATE

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._kept, self.unsent = None, 0

    def _taken(self, data: memoryview) -> int:
        try:
            return self.sock.send(data)
        except BlockingIOError:
            return 0
