"""What is answered to a request.

Does not touch the connection. Invariant: every answer says what it is (`nosniff`), is never kept, and cannot be read or
framed by pages of another origin.
"""

from __future__ import annotations

import mimetypes
import os
import re
from collections.abc import Mapping
from http import HTTPStatus

from xaisite.core.record import field, record
from xaisite.serve.live import State
from xaisite.serve.page import PREFIX, SCRIPT, add_script, load_script, render_page
from xaisite.serve.request import BadRequestError, Request
from xaisite.serve.resolve import Found, open_target, read_target

_COMMON: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Connection": "close",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
_TYPES: Mapping[str, str] = {  # the machine's own table may lack or change these
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
    ".bib": "text/plain; charset=utf-8",
    ".py": "text/plain; charset=utf-8",
    ".ipynb": "application/json",
    ".csv": "text/csv; charset=utf-8",
}
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")


@record
class Answer:
    """Status, headers, and a body: bytes, or a piece of an open file (whoever sends it closes it)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fd: int = -1
    start: int = 0
    size: int = 0

    def head(self) -> bytes:
        """Return the head of the answer as sent."""
        length = self.size if self.fd >= 0 else len(self.body)
        fields = {**_COMMON, "Content-Length": str(length), **self.headers}
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", *(f"{k}: {v}" for k, v in fields.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def answer_file(request: Request, output_dir: str, state: State) -> Answer:
    """Return the answer to a request for anything but the stream of changes."""
    path = read_target(request.target)
    if path == SCRIPT:
        return Answer(200, {"Content-Type": _TYPES[".js"]}, load_script())
    if path.startswith(PREFIX):
        return answer_refusal(404, "the preview has no such address")
    found = open_target(output_dir, path)
    if found.redirect:
        return Answer(301, {"Location": found.redirect})
    if found.fd >= 0:
        return _file(request, found, state)
    return _missing(output_dir, path, state)


def answer_refusal(status: int, reason: str) -> Answer:
    """Return the answer to a request that is refused."""
    headers = {"Content-Type": _TYPES[".txt"]} | ({"Allow": "GET, HEAD"} if status == 405 else {})
    return Answer(status, headers, f"{reason}\n".encode())


def answer_stream() -> Answer:
    """Return the head of the stream of changes; events follow."""
    return Answer(200, {"Content-Type": "text/event-stream"})


def type_of(address: str) -> str:
    """Return the MIME type of a file by its name."""
    ending = os.path.splitext(address)[1].lower()
    return _TYPES.get(ending) or mimetypes.guess_type(f"x{ending}", strict=True)[0] or "application/octet-stream"


def _file(request: Request, found: Found, state: State) -> Answer:
    headers = {"Content-Type": type_of(found.address)}
    if found.address.endswith(".html"):
        with open(found.fd, "rb") as file:
            return Answer(200, headers, add_script(file.read(), state))
    headers["Accept-Ranges"] = "bytes"
    piece = _read_range(request.headers.get("range", ""), found.size)
    if piece is None:
        return Answer(200, headers, fd=found.fd, size=found.size)
    start, end = piece
    if start >= end:
        os.close(found.fd)
        raise BadRequestError(416, "the file has no such piece")
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    return Answer(206, headers, fd=found.fd, start=start, size=end - start)


def _read_range(text: str, size: int) -> tuple[int, int] | None:
    """Return start and end (exclusive) of one range of bytes; None when none is asked for (or several)."""
    found = _RANGE.match(text)
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    return int(found[1]), min(size, int(found[2]) + 1 if found[2] else size)


def _missing(output_dir: str, path: str, state: State) -> Answer:
    headers = {"Content-Type": _TYPES[".html"]}
    if state.build == 0:
        page = render_page("Building …", "The site is built for the first time.")
        return Answer(503, headers, add_script(page, state))
    if state.errors:
        return Answer(404, headers, add_script(render_page(state.summary, state.errors), state))
    own = open_target(output_dir, "/404.html")
    if own.fd < 0:
        return Answer(404, headers, add_script(render_page("Not found", f"The site has no page at {path}"), state))
    with open(own.fd, "rb") as file:
        return Answer(404, headers, add_script(file.read(), state))
