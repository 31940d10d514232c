"""One request, read strictly: what is not plainly a request for a file is refused.

Does not answer. Invariant: bytes from outside never raise anything but `BadRequestError`, and never grow without limit.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Mapping

from xaisite.core.record import field, record

MAX_HEAD_BYTES = 32 * 1024
HEAD_TIMEOUT_S = 10.0
_LINE = re.compile(r"([A-Z]{1,16}) (\S{1,8000}) HTTP/1\.[01]\Z")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*(.*?)[ \t]*\Z")
_ONCE = frozenset({"host", "origin", "content-length", "range"})


class BadRequestError(Exception):
    """The request is refused with this status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@record
class Request:
    """A request line and headers (names in lower case)."""

    method: str
    target: str
    """Path and query as sent: `/a%20b/?q=1`."""
    headers: Mapping[str, str] = field(default_factory=dict)


def receive_head(connection: socket.socket) -> bytes | None:
    """Read up to the empty line that ends the head; None when the other side says nothing at all."""
    deadline = time.monotonic() + HEAD_TIMEOUT_S
    data = b""
    while b"\r\n\r\n" not in data:
        left = deadline - time.monotonic()
        if left <= 0:
            raise BadRequestError(408, "the request did not arrive in time")
        connection.settimeout(left)
        try:
            chunk = connection.recv(8192)
        except TimeoutError:
            chunk = b""
            if data:
                raise BadRequestError(408, "the request did not arrive in time") from None
        if not chunk:
            if data:
                raise BadRequestError(400, "the request ended early")
            return None
        data += chunk
        if len(data) > MAX_HEAD_BYTES:
            raise BadRequestError(431, "the head of the request is too long")
    return data.split(b"\r\n\r\n", 1)[0]


def read_request(head: bytes) -> Request:
    """Read the head of a request; anything odd is refused."""
    try:
        first, *rest = head.decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        raise BadRequestError(400, "the head of the request is not ASCII") from None
    line = _LINE.match(first)
    if not line:
        raise BadRequestError(400, "the request line is malformed")
    headers = _read_headers(rest)
    if line[1] not in ("GET", "HEAD"):
        raise BadRequestError(405, "only GET and HEAD are answered")
    if not line[2].startswith("/"):
        raise BadRequestError(400, "the target must be a path")
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise BadRequestError(400, "a request for a file has no body")
    return Request(line[1], line[2], headers)


def _read_headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for text in lines:
        found = _HEADER.match(text)
        if not found or not found[2].isprintable():
            raise BadRequestError(400, "a header is malformed")
        name = found[1].lower()
        if name in headers and name in _ONCE:
            raise BadRequestError(400, f"{name} is given twice")
        headers[name] = found[2]
    return headers
