"""The preview server against real sockets: what it serves, and what it refuses and survives."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xaisite.serve.answer import type_of
from xaisite.serve.live import Hub
from xaisite.serve.server import MAX_CONNECTIONS, Server, open_listener

SECRET = b"TOP SECRET"


class Client:
    def __init__(self, server: Server, bugs: list[BaseException]) -> None:
        self.server, self.bugs = server, bugs
        self.port = server.listener.getsockname()[1]

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def raw(self, data: bytes, *, end: bool = False) -> bytes:
        with self.connect() as connection:
            try:
                connection.sendall(data)
                if end:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            answer = b""
            while True:
                try:
                    chunk = connection.recv(65536)
                except ConnectionResetError:
                    return answer
                if not chunk:
                    return answer
                answer += chunk

    def ask(
        self, target: str, *headers: str, method: str = "GET", host: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host or f'localhost:{self.port}'}", *headers, "", ""]
        answer = self.raw("\r\n".join(lines).encode("utf-8", "surrogateescape"))
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        return int(first.split()[1]), dict(line.lower().split(": ", 1) for line in rest), body

    def status(self, data: bytes, *, end: bool = False) -> int:
        answer = self.raw(data, end=end)
        return int(answer.split()[1]) if answer else 0


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "index.html").write_bytes(SECRET)
    build = tmp_path / "build"
    for path, data in {
        "index.html": b"<html><body><p>home</p></BODY></html>",
        "a b/é/index.html": b"<p>no body tag",
        "x.css": b"p{}",
        "404.html": b"<body>own 404</body>",
        "video.mp4": bytes(range(256)) * 1000,
        ".env": SECRET,
        ".xaisite-output": SECRET,
        ".well-known/x.txt": b"known",
        "quote'\"<.txt": b"q",
    }.items():
        (build / path).parent.mkdir(parents=True, exist_ok=True)
        (build / path).write_bytes(data)
    (build / "link.html").symlink_to(tmp_path / "secret")
    (build / "linked").symlink_to(tmp_path / "outside")
    (build / "inside.html").symlink_to(build / "index.html")
    os.mkfifo(build / "pipe.html")
    return build


@pytest.fixture
def client(site: Path) -> Iterator[Client]:
    opened = open_listener("127.0.0.1", 0)
    assert opened.value is not None
    bugs: list[BaseException] = []
    server = Server(opened.value, str(site), Hub(), bug=bugs.append)
    server.hub.tell(changed=None, errors="", summary="")
    server.start()
    yield Client(server, bugs)
    server.close()
    assert bugs == []


def test_a_page_comes_with_the_script_and_the_file_stays_as_it_is(client, site):
    before = (site / "index.html").read_bytes()
    status, headers, body = client.ask("/")
    assert status == 200
    assert body == b'<html><body><p>home</p><script src="/_xaisite/live.js?build=1" defer></script></BODY></html>'
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert not any(name.startswith("access-control") for name in headers)
    assert int(headers["content-length"]) == len(body)
    assert (site / "index.html").read_bytes() == before


def test_paths_are_decoded_once_and_folders_redirect(client):
    assert client.ask("/a%20b/%C3%A9/")[2].startswith(b"<p>no body tag<script")
    status, headers, _ = client.ask("/a%20b/%c3%a9?x=1")
    assert (status, headers["location"]) == (301, "/a%20b/%c3%a9/")
    assert client.ask("/x.css?v=2")[2] == b"p{}"
    assert client.ask("/quote'%22%3C.txt")[2] == b"q"
    assert client.ask("/.well-known/x.txt")[2] == b"known"


def test_head_has_the_length_and_no_body(client):
    status, headers, body = client.ask("/video.mp4", method="HEAD")
    assert (status, headers["content-length"], body) == (200, "256000", b"")


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-", 206, 0, 256000),
        ("bytes=10-19", 206, 10, 20),
        ("bytes=-5", 206, 255995, 256000),
        ("bytes=255990-999999999", 206, 255990, 256000),
        ("bytes=256000-", 416, 0, 0),
        ("bytes=9-1", 416, 0, 0),
        ("bytes=0-1,5-6", 200, 0, 256000),
        ("lines=1", 200, 0, 256000),
        ("bytes=-", 200, 0, 256000),
    ],
)
def test_pieces_of_a_video(client, asked, status, start, end):
    whole = bytes(range(256)) * 1000
    got, headers, body = client.ask("/video.mp4", f"Range: {asked}")
    assert got == status
    if status != 416:
        assert body == whole[start:end]
    if status == 206:
        assert headers["content-range"] == f"bytes {start}-{end - 1}/256000"


def test_what_is_not_there(client):
    status, _, body = client.ask("/nothing/")
    assert status == 404
    assert b"own 404" in body
    assert b"live.js" in body
    assert client.ask("/_xaisite/nothing")[0] == 404
    assert client.ask("/" + "x" * 300)[0] == 404
    assert client.ask("/x.css/")[0] == 404


def test_the_preview_has_its_script(client):
    status, headers, body = client.ask("/_xaisite/live.js?build=3")
    assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert b"EventSource" in body


@pytest.mark.parametrize(
    "target",
    [
        "/../secret",
        "/%2e%2e/secret",
        "/%2E%2E%2Fsecret",
        "/..%2fsecret",
        "/..%5csecret",
        "/a/../../secret",
        "/./index.html",
        "/%252e%252e/secret",
        "/..;/secret",
        "/..%00/secret",
        "/%c0%ae%c0%ae/secret",
        "/%u002e%u002e/secret",
        "//secret",
        "//localhost/../secret",
        "/\\..\\secret",
        "/%5c..%5csecret",
        "/..%2f..%2f..%2fetc/passwd",
        "/index.html%00.png",
        "/index.html%0d%0aX:1",
        "/%",
        "/%2",
        "/%zz",
        "/%ff%fe",
        "/link.html",
        "/linked/",
        "/linked/index.html",
        "/inside.html",
        "/pipe.html",
        "/.env",
        "/%2eenv",
        "/.xaisite-output",
        "/a%20b/..%2f.env",
        "/?/../secret",
        "/@fs/secret",
        "/secret?raw",
        "/.git/config",
        "/...",
        "/~root",
        "/proc/self/environ",
    ],
)
def test_nothing_outside_is_served(client, target):
    status, _, body = client.ask(target)
    assert SECRET not in body
    assert status in (400, 404) or target.startswith("/?")
    assert client.ask("/")[0] == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:{port}", 200),
        ("127.0.0.1:{port}", 200),
        ("[::1]:{port}", 200),
        ("LOCALHOST", 200),
        ("localhost:1", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("evil.example:{port}", 403),
        ("127.0.0.1.evil.example", 403),
        ("0.0.0.0:{port}", 403),
        ("192.168.0.1", 403),
        ("localhost:{port}@evil.example", 403),
        ("localhost:", 403),
        ("[::1", 403),
        ("[", 403),
        ("]:80", 403),
        ("localhost:99999999", 403),
        ("a" * 5000, 403),
        ("localhost, evil", 403),
        ("127.1", 403),
        ("2130706433", 403),
        ("[::ffff:127.0.0.1]", 403),
        ("loc\tal", 400),
        ("loc\x7fal", 400),
    ],
)
def test_only_its_own_names_are_answered(client, host, status):
    assert client.ask("/", host=host.format(port=client.port))[0] == status


MALFORMED = [
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.0\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nnocolon\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: \xff\r\n\r\n", 400),
    (b"GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 400),
    (b"GET /\r\n\r\n", 400),
    (b"get / HTTP/1.1\r\n\r\n", 400),
    (b"\r\n\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    (b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 405),
    (b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"DELETE /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nGET /", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40000 + b"\r\n\r\n", 431),
    (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
]


@pytest.mark.parametrize(("data", "status"), MALFORMED)
def test_malformed_requests_are_refused_and_survived(client, data, status):
    assert client.status(data) == status
    assert client.ask("/")[0] == 200


def test_half_a_request_and_silence_are_survived(client, monkeypatch):
    monkeypatch.setattr("xaisite.serve.request.HEAD_TIMEOUT_S", 0.2)
    assert client.status(b"GET / HTTP/1.1\r\nHost: local", end=True) == 400
    assert client.status(b"GET / HTTP/1.1\r\nHost: local") == 408
    assert client.raw(b"", end=True) == b""
    with client.connect() as silent:
        assert silent.recv(10) == b""
    with client.connect() as rude:
        rude.sendall(b"GET /video.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # reset while it is sent
    assert client.ask("/")[0] == 200


def test_a_slow_client_cannot_drip_for_ever(client, monkeypatch):
    monkeypatch.setattr("xaisite.serve.request.HEAD_TIMEOUT_S", 0.4)
    began = time.monotonic()
    with client.connect() as slow:
        slow.settimeout(5)
        try:
            for _ in range(40):
                slow.sendall(b"G")
                time.sleep(0.05)
        except OSError:
            pass
    assert time.monotonic() - began < 3
    assert client.ask("/")[0] == 200


def test_many_connections_are_turned_away_and_the_rest_served(client, monkeypatch):
    monkeypatch.setattr("xaisite.serve.request.HEAD_TIMEOUT_S", 1.0)
    idle = [client.connect() for _ in range(MAX_CONNECTIONS + 10)]
    time.sleep(0.1)
    started = sum(thread.name == "xaisite-request" for thread in threading.enumerate())
    for connection in idle:
        connection.close()
    assert 0 < started <= MAX_CONNECTIONS
    time.sleep(0.2)
    assert client.ask("/")[0] == 200


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=60).map(lambda b: b"GET /" + b + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        st.binary(max_size=60).map(lambda b: b"GET / HTTP/1.1\r\nHost: localhost\r\nRange: " + b + b"\r\n\r\n"),
        st.text(st.sampled_from("./%25cCeEfF\\0"), max_size=20).map(
            lambda t: f"GET /{t} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        ),
    )
)
def test_no_bytes_at_all_bring_it_down_or_out(client, data):
    answer = client.raw(data, end=True)
    assert SECRET not in answer
    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    assert not answer.startswith(b"HTTP/1.1 500")


def test_a_bug_of_ours_is_told_and_survived(client, monkeypatch):
    def fail(*_: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr("xaisite.serve.server.answer_file", fail)
    assert client.ask("/")[0] == 500
    monkeypatch.undo()
    assert client.ask("/")[0] == 200
    assert [type(bug) for bug in client.bugs] == [KeyError]
    client.bugs.clear()


# --- the stream of changes ---


def open_stream(client: Client, *headers: str) -> tuple[socket.socket, bytes]:
    connection = client.connect()
    lines = ["GET /_xaisite/events HTTP/1.1", f"Host: localhost:{client.port}", *headers, "", ""]
    connection.sendall("\r\n".join(lines).encode())
    return connection, connection.recv(65536)


def next_event(connection: socket.socket, data: bytes = b"") -> dict[str, object]:
    while b"data: " not in data or not data.endswith(b"\n\n"):
        chunk = connection.recv(65536)
        assert chunk
        data += chunk
    return json.loads(data.rsplit(b"data: ", 1)[1])


def test_the_stream_tells_the_state_and_each_build(client):
    connection, first = open_stream(client, f"Origin: http://localhost:{client.port}", "Sec-Fetch-Site: same-origin")
    with connection:
        assert b"200 OK" in first
        assert b"content-length" not in first.lower()
        assert next_event(connection, first)["build"] == 1
        began = time.monotonic()
        client.server.hub.tell(changed=frozenset({"b", "a"}), errors="<b>& broken", summary="1 error")
        assert next_event(connection) == {
            "build": 2,
            "changed": ["a", "b"],
            "errors": "<b>& broken",
            "summary": "1 error",
        }
        assert time.monotonic() - began < 0.2
        client.server.hub.tell(changed=frozenset(map(str, range(9999))), errors="", summary="")
        assert next_event(connection)["changed"] is None


@pytest.mark.parametrize(
    "header",
    [
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: https://localhost:{port}",
        "Origin: http://localhost:1",
        "Origin: http://localhost:{port}.evil.example",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Origin:",
    ],
)
def test_other_origins_hear_nothing(client, header):
    status, headers, body = client.ask("/_xaisite/events", header.format(port=client.port))
    assert status == 403
    assert b"data:" not in body
    assert not any(name.startswith("access-control") for name in headers)


def test_closing_lets_listeners_go(client):
    connection, _ = open_stream(client)
    with connection:
        client.server.close()
        connection.settimeout(5)
        while connection.recv(65536):
            pass


# --- what is shown while there is no site ---


def test_before_the_first_build_and_while_it_is_broken(tmp_path):
    opened = open_listener("localhost", None)
    assert opened.value is not None
    bugs: list[BaseException] = []
    server = Server(opened.value, str(tmp_path / "none"), Hub(), bug=bugs.append)
    server.start()
    client = Client(server, bugs)
    try:
        status, _, body = client.ask("/")
        assert status == 503
        assert b"live.js?build=0" in body
        server.hub.tell(changed=None, errors="error: <script>alert(1)</script>", summary="1 error <b>")
        status, _, body = client.ask("/any/page/")
        assert status == 404
        assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in body
        assert b"<title>1 error &lt;b&gt;</title>" in body
        assert b"<script>" not in body
        server.hub.tell(changed=None, errors="", summary="")
        assert b"no page at /a&lt;b&gt;" in client.ask("/a%3Cb%3E")[2]
    finally:
        server.close()
    assert bugs == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.4", "example.org", "127.0.0.2\0", "localhost.evil"])
def test_it_listens_on_this_machine_only(host):
    opened = open_listener(host, 0)
    assert opened.value is None
    assert [d.code for d in opened.diagnostics] == ["serve-host-public"]


def test_a_taken_port_is_told_and_without_one_the_next_is_taken():
    first = open_listener("127.0.0.1", 0)
    assert first.value is not None
    with first.value:
        port = first.value.getsockname()[1]
        assert [d.code for d in open_listener("127.0.0.1", port).diagnostics] == ["serve-port-taken"]
        assert [d.code for d in open_listener("127.0.0.1", 70000).diagnostics] == ["serve-port-taken"]
    one, two = open_listener("127.0.0.1", None), open_listener("127.0.0.1", None)
    assert one.value is not None
    assert two.value is not None
    with one.value, two.value:
        assert one.value.getsockname() != two.value.getsockname()


def test_types_do_not_depend_on_the_machine():
    assert type_of("a.js") == "text/javascript; charset=utf-8"
    assert type_of("a/B.SVG") == "image/svg+xml"
    assert type_of("x.unknown-thing") == "application/octet-stream"
    assert type_of("Makefile") == "application/octet-stream"
