"""Where a body that is sent in chunks ends, whatever parts it arrives in (RFC 9112, section 7.1)."""

from __future__ import annotations

MAX_LINE = 8_192  # bytes of a chunk's size with its extensions, or of a trailer
MAX_TRAILERS = 100


class ChunkedBody:
    """Follows the chunks without keeping them.

    is_whole: the last chunk and its trailers have arrived. is_malformed: these are no chunks, and where they end will
    never be known.
    """

    def __init__(self) -> None:
        self.is_whole = self.is_malformed = False
        self._line = b""  # the part of a line that has arrived
        self._data = 0  # bytes of the present chunk that are still to come, its CRLF included
        self._trailers: int | None = None  # how many there were; None before the last chunk

    def add(self, data: bytes) -> int:
        """How many bytes of `data` belong to the body; all of them until it is whole or malformed."""
        at = 0
        while at < len(data) and not (self.is_whole or self.is_malformed):
            if self._data:
                skipped = min(self._data, len(data) - at)
                self._data -= skipped
                at += skipped
                continue
            end = data.find(b"\n", at) + 1 or len(data)
            self._line += data[at:end]
            at = end
            if self._line.endswith(b"\r\n"):
                line, self._line = self._line.strip(), b""
                self._read(line)
            elif self._line.endswith(b"\n") or len(self._line) > MAX_LINE:
                self.is_malformed = True  # at a bare LF the server reads on: nobody knows what was meant
        return at

    def _read(self, line: bytes) -> None:
        if self._trailers is not None:
            self._trailers += 1
            self.is_whole, self.is_malformed = not line, self._trailers > MAX_TRAILERS
            return
        digits = line.partition(b";")[0].strip()
        if not digits or len(digits) > 16 or digits.strip(b"0123456789abcdefABCDEF"):
            self.is_malformed = True
        elif size := int(digits, 16):
            self._data = size + 2
        else:
            self._trailers = 0
