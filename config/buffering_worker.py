"""gunicorn's threaded worker with requests buffered before a thread takes them, as a proxy would.

gunicorn's own reads a request in the thread that answers it, for as long as the client likes: some slow clients occupy
all threads, and health checks wait with everybody else. Here the event loop receives a request, and a thread gets it
whole. A client that stalls, or sends less than it would over a poor line, is cut off; one that does not read its answer
is cut off too.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from config.incoming_request import HeadTooLarge, IncomingRequest
from config.request_body import BoundedBody

RECEIVE_BYTES = 256 * 1024  # at once
SEND_SECONDS = 15.0  # for a part of an answer that the client does not read
LINGER_SECONDS = 2.0  # for a client to close first, so that it has read the end of its answer
MOST_BUFFERED = 1_000_000_000  # bytes of all requests that are arriving
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BufferedSocket:
    """A client's socket whose `recv` yields what was buffered first; where it waits, it waits SEND_SECONDS."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.request: IncomingRequest | None = None

    def recv(self, size: int, *flags: int) -> bytes:
        data = self.request.take(size) if self.request else b""
        return data or self._sock.recv(size, *flags)

    def has_more(self) -> bool:
        """Whether bytes of a following request were buffered with this one."""
        return bool(self.request and self.request.taken < self.request.received)

    def setblocking(self, flag: bool) -> None:
        self._sock.settimeout(SEND_SECONDS if flag else 0.0)

    def close(self) -> None:
        if self.request:
            self.request.close()
        self._sock.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class BufferedConnection(TConn):
    """A connection that the worker closes without waiting for the client."""

    def __init__(self, worker: BufferingWorker, *args: Any) -> None:
        super().__init__(*args)
        self.worker = worker
        self.data_ready = True  # a thread never waits for the first byte

    def close(self, graceful: bool = False) -> None:
        if graceful:
            self.worker.linger(self)
        else:
            super().close()


class BufferingWorker(ThreadWorker):
    """`worker_class` of gunicorn.conf.py. TLS, which a proxy ends, is left to gunicorn's own way."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.arriving: set[BufferedConnection] = set()
        self.lingering: dict[BufferedConnection, float] = {}  # until when

    # -- requests that arrive -------------------------------------------------------------------------------------

    def accept(self, listener: Any) -> None:
        if self.cfg.is_ssl:
            super().accept(listener)
            return
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError, InterruptedError):
            return
        self.nr_conns += 1
        connection = BufferedConnection(self, self.cfg, BufferedSocket(client), address, listener.getsockname())
        self._receive(connection)

    def on_client_socket_readable(self, conn: BufferedConnection, client: Any) -> None:
        """The next request of a connection that is kept alive."""
        if self.cfg.is_ssl:
            super().on_client_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._receive(conn)

    def finish_request(self, conn: BufferedConnection, fs: Any) -> None:
        super().finish_request(conn, fs)
        if not self.cfg.is_ssl and conn in self.keepalived_conns and conn.sock.has_more():
            self.on_client_socket_readable(conn, conn.sock)  # nothing will make the socket readable again

    def _receive(self, conn: BufferedConnection) -> None:
        """Begins a request, with what came along with the one before it."""
        earlier, conn.sock.request = conn.sock.request, IncomingRequest(self._limit_of)
        conn.sock.setblocking(False)
        self.arriving.add(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_data, conn))
        if earlier is not None:
            rest = earlier.take(earlier.received)
            earlier.close()
            if rest:
                self._on_data(conn, conn.sock, rest)

    def _on_data(self, conn: BufferedConnection, client: Any, data: bytes | None = None) -> None:
        request = conn.sock.request
        try:
            data = conn.sock._sock.recv(RECEIVE_BYTES) if data is None else data
            request.add(data)
        except BlockingIOError:
            return
        except HeadTooLarge:
            self._refuse(conn, TOO_LARGE)
            return
        except OSError:
            data = b""
        if not data:  # the client has left
            self._drop(conn)
        elif request.is_complete():
            self._stop_receiving(conn)
            self.enqueue_req(conn)
        elif request.wants_continue:
            request.wants_continue = False
            self._send(conn, CONTINUE)
        elif sum(each.sock.request.received for each in self.arriving) > MOST_BUFFERED:
            self._refuse(conn, TOO_BUSY)

    def _limit_of(self, path: str) -> int:
        return self.wsgi.limit_of(path) if isinstance(self.wsgi, BoundedBody) else MOST_BUFFERED

    # -- connections that end -------------------------------------------------------------------------------------

    def murder_pending(self) -> None:
        """Called about once a second: ends what is too slow, and on a stop what has sent nothing."""
        super().murder_pending()
        for conn in list(self.arriving):
            request = conn.sock.request
            if request.is_too_slow() or not (self.alive or request.received):
                self._drop(conn)
        now = time.monotonic()
        for conn, until in list(self.lingering.items()):
            if until < now:
                self._end_lingering(conn)

    def linger(self, conn: BufferedConnection) -> None:
        """Closes the connection for writing, and once the client has closed it too or after LINGER_SECONDS."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_last_data, conn))
            self.lingering[conn] = time.monotonic() + LINGER_SECONDS
        except (OSError, ValueError, KeyError):
            conn.close()

    def _on_last_data(self, conn: BufferedConnection, client: Any) -> None:
        with contextlib.suppress(BlockingIOError):
            try:
                data = conn.sock._sock.recv(RECEIVE_BYTES)
            except BlockingIOError:
                raise
            except OSError:
                data = b""
            if not data:
                self._end_lingering(conn)

    def _end_lingering(self, conn: BufferedConnection) -> None:
        del self.lingering[conn]
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        conn.close()

    def _stop_receiving(self, conn: BufferedConnection) -> None:
        self.arriving.discard(conn)
        self.poller.unregister(conn.sock)

    def _drop(self, conn: BufferedConnection) -> None:
        self._stop_receiving(conn)
        self.nr_conns -= 1
        conn.close()

    def _refuse(self, conn: BufferedConnection, answer: bytes) -> None:
        self._stop_receiving(conn)
        self.nr_conns -= 1
        self._send(conn, answer)
        self.linger(conn)

    def _send(self, conn: BufferedConnection, answer: bytes) -> None:
        """A few bytes, which fit into any socket's buffer."""
        with contextlib.suppress(OSError):
            conn.sock.send(answer)
