"""Ask external addresses whether they are still there: once each, slowly per host, several hosts at a time.

HEAD first; GET where a server answers HEAD with an error. Answers are cached by the caller. Not a crawler: it looks at
addresses that an author wrote, never at what pages link to, and reads no more than a few kilobytes.
Invariants: every address asked for has a result; nothing is asked twice; two requests to a host are ``delay_s`` apart.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from xaisite.probe.fetch import Answer, ask
from xaisite.probe.result import ProbeOptions, ProbeResult

_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
_GONE = (404, 410)
_REFUSES_ROBOTS = (401, 402, 403, 405, 406, 418, 429, 451, 999)


def probe_links(
    urls: Iterable[str], *, known: Mapping[str, ProbeResult], options: ProbeOptions, now: float
) -> dict[str, ProbeResult]:
    """Return a result for each http(s) address (fragments cut), from ``known`` where that is fresh enough."""
    wanted = {urldefrag(url).url for url in urls if _is_web(url)}
    results = {url: known[url] for url in wanted if url in known and _is_fresh(known[url], now, options)}
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in sorted(wanted - results.keys()):
        by_host[urlsplit(url).netloc.lower()].append(url)
    deadline = time.monotonic() + options.total_s
    with ThreadPoolExecutor(max_workers=max(1, options.hosts_at_once)) as pool:
        for found in pool.map(lambda group: _probe_host(group, options, deadline, now), by_host.values()):
            results.update(found)
    return dict(sorted(results.items()))


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in ("http", "https")
    except ValueError:
        return False  # `http://[`: the site's own link checks report it


def _is_fresh(result: ProbeResult, now: float, options: ProbeOptions) -> bool:
    keep_s = options.keep_ok_s if result.status in ("ok", "moved") else options.keep_bad_s
    return result.status != "not-asked" and 0 <= now - result.asked_at < keep_s


@dataclass(slots=True)
class _Host:
    """Requests to one host, ``delay_s`` apart."""

    options: ProbeOptions
    deadline: float
    last: dict[str, float] = field(default_factory=dict)

    def ask(self, method: str, url: str) -> Answer:
        """Wait for our turn and send the request."""
        host = urlsplit(url).netloc.lower()
        wait_s = self.last.get(host, float("-inf")) + self.options.delay_s - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        o = self.options
        answer = ask(method, url, timeout_s=o.timeout_s, agent=o.agent, allow_private=o.allow_private)
        self.last[host] = time.monotonic()
        return answer

    @property
    def is_late(self) -> bool:
        """Whether the time for all of it is over."""
        return time.monotonic() >= self.deadline


def _probe_host(urls: list[str], options: ProbeOptions, deadline: float, now: float) -> dict[str, ProbeResult]:
    host = _Host(options, deadline)
    results: dict[str, ProbeResult] = {}
    for url in urls:
        if host.is_late:
            results[url] = ProbeResult(url, "not-asked", message="time was up", asked_at=now)
        else:
            results[url] = _probe(url, host, now)
    return results


def _probe(url: str, host: _Host, now: float) -> ProbeResult:
    """Follow redirects from ``url`` and judge where they end."""
    at, moved_to, is_permanent = url, "", True
    answer = Answer(0, error="too many redirects")
    for _ in range(host.options.redirects + 1):
        answer = _ask_twice(at, host)
        if answer.code not in _REDIRECTS or not answer.location:
            return _judge(url, answer, moved_to, now)
        is_permanent = is_permanent and answer.code in _PERMANENT
        at = urldefrag(urljoin(at, answer.location)).url
        moved_to = at if is_permanent else moved_to
        if urlsplit(at).scheme not in ("http", "https"):
            return ProbeResult(url, "unsure", answer.code, message="it leads away from the web", asked_at=now)
    return ProbeResult(url, "unreachable", answer.code, message="too many redirects", asked_at=now)


def _ask_twice(url: str, host: _Host) -> Answer:
    """HEAD, then GET when that failed; once more after a `Retry-After` that is short enough."""
    answer = host.ask("HEAD", url)
    if not answer.is_final and (answer.code == 0 or answer.code >= 400):
        wait_s = _retry_after_s(answer)
        if 0 < wait_s <= host.options.longest_wait_s:
            time.sleep(wait_s)
        if not host.is_late:
            answer = host.ask("GET", url)
    return answer


def _retry_after_s(answer: Answer) -> float:
    return float(answer.retry_after) if answer.retry_after.isdecimal() else 0.0


def _judge(url: str, answer: Answer, moved_to: str, now: float) -> ProbeResult:
    code = answer.code
    if answer.is_private:
        return ProbeResult(url, "private", message=answer.error, asked_at=now)
    if code == 0:
        return ProbeResult(url, "unreachable", message=answer.error, asked_at=now)
    if code in _GONE:
        return ProbeResult(url, "gone", code, asked_at=now)
    if code in _REFUSES_ROBOTS:
        return ProbeResult(url, "unsure", code, message="it does not answer programs", asked_at=now)
    if code >= 400:
        return ProbeResult(url, "unreachable", code, message=f"it answers {code}", asked_at=now)
    if moved_to and moved_to != url:
        return ProbeResult(url, "moved", code, location=moved_to, asked_at=now)
    return ProbeResult(url, "ok", code, asked_at=now)
