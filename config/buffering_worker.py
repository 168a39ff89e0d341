"""gunicorn's threaded worker with requests buffered before a thread takes them, as a proxy would.

gunicorn's own reads a request in the thread that answers it, for as long as the client likes: some slow clients occupy
all threads, and health checks wait with everybody else. Here the event loop receives a request, and a thread gets it
whole; what a client does not read of its answer at once, the event loop sends. No thread ever waits for a client. One
that stalls, or sends or reads less than it would over a poor line, is cut off.

Whole requests wait here too while all threads of their kind are busy, up to a bound; past it they are answered 503.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from functools import partial
from typing import IO, Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from config.incoming_request import HeadTooLarge, IncomingRequest
from config.outgoing_response import OutgoingResponse
from config.request_body import BoundedBody
from config.request_queues import Admission, RequestQueue, RequestQueues, refusal

RECEIVE_BYTES = 256 * 1024  # at once
LINGER_SECONDS = 2.0  # for a client to close first, so that it has read the end of its answer
MAX_BUFFERED = 1_000_000_000  # bytes of all requests that are arriving, and of all answers that are being sent
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BufferedSocket:
    """A client's socket: `recv` yields what was buffered, `sendall` buffers what the client does not read at once."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._sock.setblocking(False)
        self.request: IncomingRequest | None = None
        self.answer = OutgoingResponse(sock)

    def recv(self, size: int, *flags: int) -> bytes:
        """The next bytes of the request; empty at its end, as of a client that has closed its side."""
        return self.request.take(size) if self.request else b""

    def send(self, data: bytes) -> int:
        """gunicorn's "100 Continue", which a client was told when it asked: its body is here."""
        return len(data)

    def sendall(self, data: bytes) -> None:
        self.answer.send(data)

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> None:
        self.answer.send_file(file, offset, count)

    def setblocking(self, flag: bool) -> None:
        """It never blocks."""

    def close(self) -> None:
        if self.request:
            self.request.close()
        self.answer.close()
        self._sock.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class BufferedConnection(TConn):
    """A connection that the worker closes without waiting for the client."""

    def __init__(self, worker: BufferingWorker, *args: Any) -> None:
        super().__init__(*args)
        self.worker = worker
        self.data_ready = True  # a thread never waits for the first byte
        self.queue: RequestQueue | None = None  # in which its request runs or waits
        self.is_refused = False

    def has_left(self) -> bool:
        """Whether the client has closed its side, or the connection is broken."""
        try:
            return not self.sock._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

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
        self.leaving: set[BufferedConnection] = set()  # whose answers are being sent
        self.lingering: dict[BufferedConnection, float] = {}  # until when

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.queues = _queues_of_settings()

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

    def _receive(self, conn: BufferedConnection) -> None:
        """Begins a request, with what came along with the one before it."""
        earlier, conn.sock.request = conn.sock.request, IncomingRequest(self._limit_of)
        conn.sock.setblocking(False)
        self.arriving.add(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_data, conn))
        if earlier is not None:
            rest = earlier.following()
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
        elif sum(each.sock.request.received for each in self.arriving) > MAX_BUFFERED:
            self._refuse(conn, TOO_BUSY)

    def enqueue_req(self, conn: BufferedConnection) -> None:
        """Gives a whole request to a thread, lets it wait for one, or has it refused."""
        if not self.cfg.is_ssl:
            request = conn.sock.request
            queue = self.queues.queue_of(request.method, request.target)
            admission = queue.enter(conn) if queue else Admission.RUNS
            conn.is_refused = admission is Admission.REFUSED
            conn.queue = None if conn.is_refused else queue
            if admission is Admission.WAITS:
                return
        super().enqueue_req(conn)

    def _start_next(self, conn: BufferedConnection) -> None:
        """Starts the request that has waited for the end of this one; one whose client has left is dropped."""
        queue, conn.queue = conn.queue, None
        while queue and (following := queue.leave()):
            if not following.has_left():
                super().enqueue_req(following)
                return
            self.nr_conns -= 1
            following.close()

    def handle(self, conn: BufferedConnection) -> Any:
        """Called on a thread: makes the answer. Returns whether another request may follow."""
        if self.cfg.is_ssl:
            return super().handle(conn)
        with refusal() if conn.is_refused else contextlib.nullcontext():
            return super().handle(conn) and not conn.sock.request.is_cut

    def _limit_of(self, path: str) -> int:
        return self.wsgi.limit_of(path) if isinstance(self.wsgi, BoundedBody) else MAX_BUFFERED

    # -- answers that are sent ------------------------------------------------------------------------------------

    def finish_request(self, conn: BufferedConnection, fs: Any) -> None:
        """Called on the event loop when the thread has made the answer."""
        if not self.cfg.is_ssl:
            self._start_next(conn)
        if self.cfg.is_ssl or not conn.sock.answer.unsent:
            self._finish(conn, fs)
        elif sum(each.sock.answer.unsent for each in (conn, *self.leaving)) > MAX_BUFFERED:
            self.nr_conns -= 1
            conn.close()
        else:
            self.leaving.add(conn)
            self.poller.register(conn.sock, selectors.EVENT_WRITE, partial(self._on_writable, conn, fs))

    def _on_writable(self, conn: BufferedConnection, fs: Any, client: Any) -> None:
        try:
            conn.sock.answer.flush()
        except OSError:  # the client has left
            self._drop_leaving(conn)
            return
        if not conn.sock.answer.unsent:
            self.leaving.discard(conn)
            self.poller.unregister(conn.sock)
            self._finish(conn, fs)

    def _finish(self, conn: BufferedConnection, fs: Any) -> None:
        super().finish_request(conn, fs)
        if not self.cfg.is_ssl and conn in self.keepalived_conns and conn.sock.request.has_following():
            self.on_client_socket_readable(conn, conn.sock)  # nothing will make the socket readable again

    def _drop_leaving(self, conn: BufferedConnection) -> None:
        self.leaving.discard(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    # -- connections that end -------------------------------------------------------------------------------------

    def murder_pending(self) -> None:
        """Called about once a second: ends what is too slow, and on a stop what has sent nothing."""
        super().murder_pending()
        for conn in list(self.arriving):
            request = conn.sock.request
            if request.is_too_slow() or not (self.alive or request.received):
                self._drop(conn)
        for conn in list(self.leaving):
            if conn.sock.answer.is_read_too_slowly():
                self._drop_leaving(conn)
        now = time.monotonic()
        for conn, until in list(self.lingering.items()):
            if until < now:
                self._end_lingering(conn)

    def linger(self, conn: BufferedConnection) -> None:
        """Closes the connection for writing, and once the client has closed it too or after LINGER_SECONDS."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
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
            conn.sock._sock.send(answer)


def _queues_of_settings() -> RequestQueues:
    from django.conf import settings  # the site has been loaded by now

    return RequestQueues(
        requests=settings.MAX_REQUESTS,
        photo_searches=settings.MAX_PHOTO_SEARCHES,
        waiting=settings.MAX_WAITING,
        waiting_photo_searches=settings.MAX_WAITING_PHOTO_SEARCHES,
    )
