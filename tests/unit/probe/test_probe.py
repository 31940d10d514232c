"""Probing, against a real server on loopback."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from xaisite.core.source import Span
from xaisite.probe.cache import load_probes, write_probes
from xaisite.probe.fetch import ask
from xaisite.probe.findings import check_external
from xaisite.probe.probe import probe_links
from xaisite.probe.result import ProbeOptions, ProbeResult

FAST = ProbeOptions(delay_s=0.0, timeout_s=0.5, total_s=20, longest_wait_s=2, allow_private=True)
NOW = 1_000_000.0


@dataclass
class Web:
    """A server that records what it was asked."""

    base: str
    asked: list[tuple[str, str, float]] = field(default_factory=list)

    def methods(self, path: str) -> list[str]:
        return [method for method, p, _ in self.asked if p == path]


class _Handler(BaseHTTPRequestHandler):
    web: ClassVar[Web]
    ANSWERS: ClassVar[dict[str, tuple[int, int, dict[str, str]]]] = {
        # path: (HEAD, GET, headers)
        "/ok": (200, 200, {}),
        "/gone": (404, 404, {}),
        "/head-refused": (405, 200, {}),
        "/head-broken": (500, 200, {}),
        "/robots": (403, 403, {}),
        "/broken": (503, 503, {}),
        "/busy": (429, 200, {"Retry-After": "1"}),
        "/very-busy": (429, 429, {"Retry-After": "9999"}),
        "/moved": (301, 301, {"Location": "/ok"}),
        "/for-now": (302, 302, {"Location": "/ok"}),
        "/moved-to-gone": (301, 301, {"Location": "/gone"}),
        "/loop": (302, 302, {"Location": "/loop"}),
        "/mail": (302, 302, {"Location": "mailto:a@b.c"}),
        "/script": (302, 302, {"Location": "javascript:alert(1)"}),
        "/a%20b?q=%C3%A9": (200, 200, {}),
    }

    def _answer(self) -> None:
        self.web.asked.append((self.command, self.path, time.monotonic()))
        if self.path == "/slow":
            time.sleep(1.5)
        if self.path == "/trickle":
            self._trickle()
            return
        head, get, headers = self.ANSWERS.get(self.path, (200, 200, {}))
        self.send_response(head if self.command == "HEAD" else get)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"x" * 100_000)

    def _trickle(self) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 ")
            for _ in range(100):
                self.wfile.write(b"2")
                time.sleep(0.1)
        except OSError:
            pass

    do_HEAD = do_GET = _answer

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients hang up here on purpose."""


@pytest.fixture
def web() -> Iterator[Web]:
    server = _Server(("127.0.0.1", 0), _Handler)
    found = Web(f"http://127.0.0.1:{server.server_port}")
    _Handler.web = found
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


def probe(web: Web, *paths: str, options: ProbeOptions = FAST) -> dict[str, ProbeResult]:
    results = probe_links([web.base + p for p in paths], known={}, options=options, now=NOW)
    return {url.removeprefix(web.base): result for url, result in results.items()}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/ok", "ok", 200),
        ("/gone", "gone", 404),
        ("/head-refused", "ok", 200),
        ("/head-broken", "ok", 200),
        ("/robots", "unsure", 403),
        ("/broken", "unreachable", 503),
        ("/busy", "ok", 200),
        ("/very-busy", "unsure", 429),
        ("/moved", "moved", 200),
        ("/for-now", "ok", 200),
        ("/moved-to-gone", "gone", 404),
        ("/loop", "unreachable", 302),
        ("/mail", "unsure", 302),
        ("/script", "unsure", 302),
        ("/a b?q=é", "ok", 200),
    ],
)
def test_answers_are_judged(web: Web, path: str, status: str, code: int) -> None:
    (found,) = probe(web, path).values()
    assert (found.status, found.code) == (status, code)


def test_head_is_enough_when_it_is_answered(web: Web) -> None:
    probe(web, "/ok", "/head-refused")
    assert web.methods("/ok") == ["HEAD"]
    assert web.methods("/head-refused") == ["HEAD", "GET"]


def test_a_permanent_move_names_the_new_address(web: Web) -> None:
    assert probe(web, "/moved")["/moved"].location == web.base + "/ok"


def test_each_address_is_asked_once_without_its_fragment(web: Web) -> None:
    found = probe(web, "/ok#a", "/ok#b", "/ok")
    assert list(found) == ["/ok"]
    assert web.methods("/ok") == ["HEAD"]


def test_other_schemes_are_not_asked() -> None:
    assert (
        probe_links(
            ["mailto:a@b.c", "javascript:x", "ftp://a/b", "/x", "#y", "http://["], known={}, options=FAST, now=NOW
        )
        == {}
    )


def test_requests_to_one_host_are_apart(web: Web) -> None:
    probe(web, "/1", "/2", "/3", options=replace(FAST, delay_s=0.2))
    times = [at for _, _, at in web.asked]
    assert len(times) == 3
    assert all(b - a >= 0.19 for a, b in itertools.pairwise(times))


def test_a_slow_or_trickling_host_is_unreachable_in_bounded_time(web: Web) -> None:
    start = time.monotonic()
    for path in ("/slow", "/trickle"):
        (found,) = probe(web, path, options=replace(FAST, timeout_s=0.3)).values()
        assert found.status == "unreachable"
    assert time.monotonic() - start < 6


def test_a_closed_port_and_an_unknown_host_are_unreachable() -> None:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    found = probe_links([f"http://127.0.0.1:{port}/", "http://no-such-host.invalid/"], known={}, options=FAST, now=NOW)
    assert [(r.status, r.code) for r in found.values()] == [("unreachable", 0)] * 2
    assert "refused" in found[f"http://127.0.0.1:{port}/"].message
    assert "not known" in found["http://no-such-host.invalid/"].message


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
def test_private_addresses_are_not_asked(host: str) -> None:
    answer = ask("HEAD", f"http://{host}/", timeout_s=0.2, agent="x", allow_private=False)
    assert answer.is_private
    (found,) = probe_links([f"http://{host}/"], known={}, options=replace(FAST, allow_private=False), now=NOW).values()
    assert found.status == "private"


def test_a_server_is_not_asked_when_private_addresses_are_off(web: Web) -> None:
    probe(web, "/ok", options=replace(FAST, allow_private=False))
    assert web.asked == []


def test_known_answers_are_kept_for_their_time(web: Web) -> None:
    url = web.base + "/ok"
    for status, age, is_asked in [
        ("ok", 100, False),
        ("ok", 8 * 86_400, True),
        ("unreachable", 100, False),
        ("unreachable", 4000, True),
        ("not-asked", 1, True),
    ]:
        web.asked.clear()
        known = {url: ProbeResult(url, status, asked_at=NOW - age)}  # type: ignore[arg-type]
        probe_links([url], known=known, options=FAST, now=NOW)
        assert bool(web.asked) is is_asked, (status, age)


def test_what_time_does_not_allow_is_said(web: Web) -> None:
    found = probe(web, "/1", "/2", "/3", options=replace(FAST, delay_s=0.3, total_s=0.2))
    assert [r.status for r in found.values()].count("not-asked") >= 1
    assert len(found) == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://[",
        "http://a b/",
        "http://\ud800/",
        "http://x:99999/",
        "http:///x",
        "http://xn--zz--/",
        "https://" + "a" * 300,
    ],
)
def test_malformed_addresses_are_results_too(url: str) -> None:
    answer = ask("HEAD", url, timeout_s=0.2, agent="x", allow_private=False)
    assert answer.code == 0
    assert answer.error


def test_the_cache_survives_and_damage_is_a_miss(tmp_path: Path) -> None:
    path = str(tmp_path / "deep" / "links.json")
    assert load_probes(path) == {}
    results = {"http://a/": ProbeResult("http://a/", "moved", 200, "http://b/", "é", 5.0)}
    write_probes(path, results)
    assert load_probes(path) == results
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["links.json"]
    for damage in (
        "",
        "[]",
        '{"version": 1}',
        '{"version": 1, "results": [{"x": 1}]}',
        '{"version": 9, "results": []}',
        "\x00",
    ):
        Path(path).write_text(damage)
        assert load_probes(path) == {}


def test_findings_stand_at_every_use() -> None:
    span = Span("p.md", 1, 5)
    results = {
        f"http://a/{status}": ProbeResult(f"http://a/{status}", status, 404, "http://b/", "why")  # type: ignore[arg-type]
        for status in ("ok", "gone", "moved", "unreachable", "private", "unsure", "not-asked")
    }
    uses = [*((url, span) for url in results), ("http://a/gone#part", Span("q.md", 2, 3)), ("http://other/", span)]
    found = check_external(uses, results)
    assert [(d.code, str(d.severity)) for d in found] == [
        ("link-external-gone", "warning"),
        ("link-external-moved", "notice"),
        ("link-external-unreachable", "warning"),
        ("link-external-private", "warning"),
        ("link-external-unsure", "notice"),
        ("link-external-unsure", "notice"),
        ("link-external-gone", "warning"),
    ]
    assert found[-1].span == Span("q.md", 2, 3)
