"""Who may ask: this machine under its own names, and for the stream of changes only pages of the preview itself.

A page of another site that points its name at 127.0.0.1 sends its own Host (DNS rebinding); one that opens the stream
from elsewhere sends its Origin. Both are refused. Invariant: what is not plainly allowed is not.
"""

from __future__ import annotations

import re

from xaisite.serve.request import BadRequestError, Request

LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")
_HOST = re.compile(r"(?P<name>localhost|127\.0\.0\.1|\[::1\])(?P<port>:[0-9]{1,5})?\Z", re.IGNORECASE)


def check_host(request: Request) -> None:
    """Refuse a request that was sent to another name than this machine's own (the port may be a forwarded one)."""
    host = request.headers.get("host", "")
    if not host:
        raise BadRequestError(400, "Host is missing")
    if not _HOST.match(host):
        raise BadRequestError(403, "this preview answers to localhost only")


def check_origin(request: Request) -> None:
    """Refuse a request that a page of another origin made."""
    origin = request.headers.get("origin")
    if origin is not None and origin.lower() != f"http://{request.headers['host'].lower()}":
        raise BadRequestError(403, "this stream is for pages of the preview only")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise BadRequestError(403, "this stream is for pages of the preview only")
