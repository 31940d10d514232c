"""One HTTP request, without a library's conveniences: no redirects followed, no body kept, no proxy, no cookies.

Does not decide what an answer means. Invariants: the address that is connected to is the one that was checked (a name
that resolves anew cannot lead inside); never raises; never takes much longer than the timeout.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from urllib.parse import quote, urlsplit

from xaisite.core.record import record

_KEPT_HEADERS = ("location", "retry-after")
_READ_BYTES = 4096
_SAFE = "/%:@!$&'()*+,;=~-._?[]"


@record
class Answer:
    """Status and the few headers that matter; ``code`` 0 means that there was no answer, and ``error`` says why."""

    code: int
    location: str = ""
    retry_after: str = ""
    error: str = ""
    is_private: bool = False
    is_final: bool = False
    """Asking in another way cannot help."""


def ask(method: str, url: str, *, timeout_s: float, agent: str, allow_private: bool) -> Answer:
    """Send one request and return the answer."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except (ValueError, UnicodeError):
        return Answer(0, error="this is not an address", is_final=True)
    try:
        address = _resolve(host, port)
    except (OSError, UnicodeError):
        return Answer(0, error=f"the host “{host}” is not known", is_final=True)
    if not allow_private and not _is_public(address):
        return Answer(0, error=f"“{host}” is a private address", is_private=True, is_final=True)
    target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    connection = _Connection(host, port, address=address, is_secure=parts.scheme == "https", timeout_s=timeout_s)
    headers = {"User-Agent": agent, "Accept": "*/*", "Connection": "close"}
    # The socket's own timeout starts anew with every byte of a server that trickles.
    alarm = threading.Timer(2 * timeout_s, connection.abort)
    alarm.daemon = True
    alarm.start()
    try:
        connection.request(method, target, headers=headers)
        response = connection.getresponse()
        if method == "GET":
            response.read(_READ_BYTES)
        location, retry_after = (response.getheader(name, "") for name in _KEPT_HEADERS)
        return Answer(response.status, location, retry_after)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        return Answer(0, error=_explain(problem))
    finally:
        alarm.cancel()
        with contextlib.suppress(OSError):
            connection.close()


def _resolve(host: str, port: int) -> str:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return str(found[0][4][0])


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (inner or ip).is_global


def _explain(problem: Exception) -> str:
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({problem.verify_message})"
    if isinstance(problem, ConnectionRefusedError):
        return "the connection was refused"
    return str(problem) or type(problem).__name__


class _Connection(http.client.HTTPConnection):
    """A connection to an address already resolved and checked."""

    def __init__(self, host: str, port: int, *, address: str, is_secure: bool, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self._address = address
        self._is_secure = is_secure
        if is_secure:
            self.default_port = 443  # keeps the port out of the Host header

    def connect(self) -> None:
        """Open the socket."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_secure:
            plain = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        self.sock = plain

    def abort(self) -> None:
        """Break off whatever is going on; called from another thread."""
        sock = self.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
