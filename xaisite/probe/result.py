"""What is known about an external address."""

from __future__ import annotations

from typing import Literal

from xaisite.core.record import record

Status = Literal["ok", "moved", "gone", "unsure", "unreachable", "private", "not-asked"]


@record
class ProbeResult:
    """One address, asked once. ``asked_at`` is seconds since 1970; it decides only when to ask again."""

    url: str
    status: Status
    code: int = 0
    """The last HTTP status, 0 when there was no answer."""
    location: str = ""
    """Where a permanent redirect leads."""
    message: str = ""
    asked_at: float = 0.0


@record
class ProbeOptions:
    """How politely to ask."""

    delay_s: float = 1.0
    """Between two requests to one host."""
    timeout_s: float = 10.0
    total_s: float = 300.0
    """Addresses not reached in this time are reported as not asked."""
    redirects: int = 5
    hosts_at_once: int = 8
    keep_ok_s: float = 7 * 86_400.0
    keep_bad_s: float = 3_600.0
    longest_wait_s: float = 30.0
    """A `Retry-After` above this is not waited for."""
    allow_private: bool = False
    """Ask loopback and private addresses too. Off: no post may make a build server look around its network."""
    agent: str = "xaisite-link-check"
