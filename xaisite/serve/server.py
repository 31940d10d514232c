"""The web server: loopback only, one thread for each connection, one request for each connection.

Invariants: nothing that a client sends or does ends it; nobody can hold more than `MAX_CONNECTIONS` threads.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import error
from xaisite.serve.answer import Answer, answer_file, answer_refusal, answer_stream
from xaisite.serve.guard import LOOPBACK_HOSTS, check_host, check_origin
from xaisite.serve.live import Hub, render_event
from xaisite.serve.page import EVENTS
from xaisite.serve.request import BadRequestError, Request, read_request, receive_head

MAX_CONNECTIONS = 64
DEFAULT_PORT = 8000
_HEARTBEAT_S = 10.0
_SEND_TIMEOUT_S = 20.0
_CHUNK_BYTES = 1 << 16


def open_listener(host: str, port: int | None) -> Checked[socket.socket | None]:
    """Return a listening socket on a loopback address; without a ``port`` the first free one from 8000."""
    if host not in LOOPBACK_HOSTS:
        return Checked(
            None,
            (
                error(
                    "serve-host-public",
                    f"the preview does not listen on {host}",
                    help="leave out --host; forward the port with ssh to look from elsewhere",
                ),
            ),
        )
    ports = [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + 20), 0]
    problem = None
    for number in ports:
        try:
            return Checked(_listen(host, number))
        except (OSError, OverflowError) as found:
            problem = found
    return Checked(
        None,
        (
            error(
                "serve-port-taken",
                f"cannot listen on port {port}: {problem}",
                help="name another with --port, or leave it out",
            ),
        ),
    )


@dataclass
class Server:
    """A running server. A resource: `close` it."""

    listener: socket.socket
    output_dir: str
    hub: Hub
    bug: Callable[[BaseException], object]
    """Told of every exception that is not a client's fault."""
    _slots: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MAX_CONNECTIONS))
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address of the site's home."""
        host, port = self.listener.getsockname()[:2]
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    def start(self) -> None:
        """Answer requests from now on, in threads of their own."""
        self._thread = threading.Thread(target=self._accept, name="xaisite-serve", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and let go of the port."""
        self.hub.close()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        if self._thread:
            self._thread.join(timeout=2)

    def _accept(self) -> None:
        while not self.hub.closed:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                if not self.hub.closed:
                    time.sleep(0.05)  # out of file descriptors, or a client that was gone at once
                continue
            if not self._slots.acquire(blocking=False):
                connection.close()
                continue
            try:
                threading.Thread(target=self._serve, args=(connection,), name="xaisite-request", daemon=True).start()
            except RuntimeError:  # no thread to be had
                self._slots.release()
                connection.close()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                self._converse(connection)
        except (OSError, ValueError):  # the client is gone, or a file changed while it was sent
            pass
        except Exception as problem:  # noqa: BLE001 no bug of ours ends the preview
            self.bug(problem)
        finally:
            self._slots.release()

    def _converse(self, connection: socket.socket) -> None:
        try:
            head = receive_head(connection)
            if head is None:
                return
            request = read_request(head)
            check_host(request)
            connection.settimeout(_SEND_TIMEOUT_S)
            if request.target.split("?", 1)[0] == EVENTS:
                check_origin(request)
                self._stream(connection, request)
                return
            answer = answer_file(request, self.output_dir, self.hub.state)
            only_head = request.method == "HEAD"
        except BadRequestError as refused:
            answer, only_head = answer_refusal(refused.status, str(refused)), False
        except Exception as problem:  # noqa: BLE001 no bug of ours ends the preview
            self.bug(problem)
            answer, only_head = answer_refusal(500, "the preview failed; its terminal says how"), False
        connection.settimeout(_SEND_TIMEOUT_S)
        send_answer(connection, answer, only_head=only_head)
        _hang_up(connection)

    def _stream(self, connection: socket.socket, request: Request) -> None:
        state = self.hub.state
        head = answer_stream().head().replace(b"Content-Length: 0\r\n", b"")
        first = b"retry: 500\n\n" + (render_event(state, following=False) if state.build else b"")
        connection.sendall(head + (first if request.method == "GET" else b""))
        while request.method == "GET" and not self.hub.closed:
            fresh = self.hub.wait(state.build, _HEARTBEAT_S)
            if fresh is None:
                connection.sendall(b": still here\n\n")
                continue
            connection.sendall(render_event(fresh, following=fresh.build == state.build + 1))
            state = fresh


def send_answer(connection: socket.socket, answer: Answer, *, only_head: bool) -> None:
    """Send an answer, and close its file."""
    try:
        connection.sendall(answer.head())
        if only_head:
            return
        if answer.fd < 0:
            connection.sendall(answer.body)
            return
        at, left = answer.start, answer.size
        while left > 0:
            chunk = os.pread(answer.fd, min(left, _CHUNK_BYTES), at)
            if not chunk:
                return
            connection.sendall(chunk)
            at, left = at + len(chunk), left - len(chunk)
    finally:
        if answer.fd >= 0:
            os.close(answer.fd)


def _hang_up(connection: socket.socket) -> None:
    """Close so that the client can read the answer even if it is still sending: closing at once would reset it."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(0.2)
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and connection.recv(_CHUNK_BYTES):
        pass


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1" if host == "localhost" else host, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener
