"""What probing found → diagnostics at each place where an author wrote the address.

The web is not the author's: nothing here is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urldefrag

from xaisite.core.diagnostic import Diagnostic, notice, warning
from xaisite.core.source import Span
from xaisite.probe.result import ProbeResult


def check_external(
    uses: Iterable[tuple[str, Span | None]], results: Mapping[str, ProbeResult]
) -> tuple[Diagnostic, ...]:
    """Return a diagnostic for each use of an address that is gone, moved or does not answer."""
    found = (_finding(url, span, results.get(urldefrag(url).url)) for url, span in uses)
    return tuple(d for d in found if d is not None)


def _finding(url: str, span: Span | None, result: ProbeResult | None) -> Diagnostic | None:
    if result is None or result.status == "ok":
        return None
    match result.status:
        case "gone":
            help = "look for it at https://web.archive.org/ or link to something that lasts, such as a DOI"
            return warning("link-external-gone", f"{url} is gone ({result.code})", span, help=help)
        case "moved":
            message = f"{url} has moved for good to {result.location}"
            return notice("link-external-moved", message, span, help="link to the new address")
        case "unreachable":
            return warning("link-external-unreachable", f"{url} cannot be reached: {result.message}", span)
        case "private":
            message = f"{url} is on this machine or in a private network"
            return warning("link-external-private", message, span, help="readers cannot follow it")
        case _:
            message = f"{url} could not be checked: {result.message}"
            return notice("link-external-unsure", message, span)
