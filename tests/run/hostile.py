"""Cells that misbehave, and the codes of the errors that they must end with.

As a program, it runs one site with a post for each, beside a good one: python -m tests.run.hostile ROOT NAME …
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from tests.engine.running_posts import Site, shown

MARK = os.environ.get("XAISITE_TEST_DAEMONS", str(os.getpid()))
"""The daemons of the cells here sleep so many seconds, and a digit: another test's are others."""
DAEMON = """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv('/bin/sleep', ['sleep', '{seconds}'])
    os._exit(0)
os.wait()
"""

HOSTILE = {
    "endless loop": ("while True: pass", "cell-timeout"),
    "sleep": ("import time; time.sleep(99)", "cell-timeout"),
    "ignoring SIGTERM": (
        "import signal, time\nfor s in (15, 2, 1): signal.signal(s, signal.SIG_IGN)\ntime.sleep(99)",
        "cell-timeout",
    ),
    "stopping itself": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "cell-timeout"),
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", "cell-died"),
    "leaving at once": ("import os; os._exit(0)", "cell-died"),
    "sys.exit": ("import sys; sys.exit(0)", "cell-error"),
    "keyboard interrupt": ("raise KeyboardInterrupt", "cell-error"),
    "closing what is open": ("import os; os.closerange(0, 64); print('x')", "cell-died"),
    "deep recursion": ("def f(): return f()\nf()", "cell-error"),
    "deep recursion in C": (
        "import sys; sys.setrecursionlimit(10**9)\ndef f(): return [f()]\nf()",
        "cell-died cell-memory cell-timeout",
    ),
    "killing its parent": (
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL); time.sleep(99)",
        "cell-timeout",
    ),
    "endless printing": ("while True: print('x' * 1000)", "cell-output-limit"),
    "printing below Python": ("import os\nb = b'x' * (1 << 20)\nwhile True: os.write(1, b)", "cell-output-limit"),
    "daemon": (DAEMON.format(seconds=f"{MARK}1") + "while True: pass", "cell-timeout"),
    "daemon of a cell that fails": (DAEMON.format(seconds=f"{MARK}2") + "1 / 0", "cell-error"),
    "daemon of a cell that dies": (DAEMON.format(seconds=f"{MARK}3") + "os._exit(3)", "cell-died"),
    "writing in place": ("open('source.txt', 'w').write('lost')", "cell-error"),
    "writing through C": (
        "import ctypes, os\np = os.path.realpath('source.txt').encode()\nassert ctypes.CDLL(None, use_errno=True).open(p, 1) >= 0, 'refused'",
        "cell-error",
    ),
    "writing outside": ("import os; os.mkdir('/var/tmp/xaisite-was-here')", "cell-error"),
    "removing a source": ("import os; os.remove(os.path.realpath('source.txt'))", "cell-error"),
    "network": ("import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)", "cell-error"),
    "killing everything": (
        "import os, signal, time\ntry: os.kill(-1, signal.SIGKILL)\nexcept OSError: pass\ntime.sleep(99)",
        "cell-timeout",
    ),
    "memory": ("x = []\nwhile True: x.append(bytearray(16 << 20))", "cell-memory"),
    "memory at once": ("x = bytearray(1 << 50)", "cell-memory"),
    "memory of many": (
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        x = b'x' * (100 << 20); time.sleep(99)\ntime.sleep(99)",
        "cell-memory",
    ),
    "fork bomb": ("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", "cell-processes"),
    "one big file": ("import os\nos.truncate(os.open('big', os.O_RDWR | os.O_CREAT), 1 << 50)", "cell-disk"),
    "nesting without end": ("import os\nwhile True: os.mkdir('d'); os.chdir('d')", "cell-timeout"),
    "what nobody may remove": (
        "import os\nfor n in range(9):\n    os.makedirs(f'a{n}/b/c'); os.chmod(f'a{n}/b', 0); os.chmod(f'a{n}', 0)\n1 / 0",
        "cell-error",
    ),
    "a text without end": (
        "class A:\n    def __repr__(self):\n        while True: pass\nA()",
        "cell-timeout",
    ),
    "a pickle without end": (
        "class A:\n    def __reduce__(self):\n        while True: pass\na = A()\nassert False, 'seen'",
        "cell-error",
    ),
}
SLOW = frozenset({"memory", "memory of many", "fork bomb", "printing below Python", "endless printing"})
"""Cells that end at another limit than time: on a busy machine they need longer to reach it."""
MEMORY_BYTES = 300 << 20


def put_hostile(site: Site, name: str, *, timeout_s: float) -> str:
    """Add a post with a hostile cell between two others; return its path."""
    file = f"{name.replace(' ', '-')}.md"
    limit = 60.0 if name in SLOW else timeout_s
    site.put(file, ["x = 1", (HOSTILE[name][0], {"observed": {"timeout_s": limit}}), "print('never')"])
    return f"content/{file}"


def main(root: str, names: list[str]) -> dict[str, Any]:
    """Run the posts side by side; return what became of each, and what is left."""
    from xaisite.session.processes import find_descendants

    site = Site(Path(root) / "site", memory_bytes=MEMORY_BYTES)
    (site.root / "content/source.txt").write_text("precious")
    for name in names:
        put_hostile(site, name, timeout_s=2.0)
    site.put("good.md", ["print('unharmed')"])
    done = site.execute(jobs=3)
    time.sleep(0.2)
    return {
        "good": shown(done.value["content/good.md"]),
        "posts": {
            path: [cell.status for cell in results.cells]
            for path, results in done.value.items()
            if path != "content/good.md"
        },
        "codes": [[d.span.path, d.code] for d in done.diagnostics if d.span is not None],
        "problems": len(done.diagnostics),
        "left": [p for p in find_descendants(os.getpid()) if p != os.getpid()],
        "source": (site.root / "content/source.txt").read_text(),
        "scratch": [p.name for p in (site.root / ".xaisite/scratch").glob("*")],
        "uid": os.getuid(),
        "missing": next((e.detail for e in site.events if e.kind == "walls"), ""),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2:])))
