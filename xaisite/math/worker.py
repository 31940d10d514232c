"""The process in which KaTeX runs. Started by path, it imports nothing of xaisite.

One batch a line on standard input (`{"macros", "wants_macros", "formulas": [[tex, display], …]}`), one reply a line for
each formula, sent at once, so that when the process dies the parent knows of which formula. Limits are the kernel's: a
timer ends the process when V8 does not return. It ends by `os._exit`, because V8's threads can hang an ordinary
exit.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys

TIME_LIMIT_S = 5.0
"""Processor time for one formula."""
WALL_LIMIT_S = 60.0
"""For one formula on a machine that is busy otherwise."""
HEAP_LIMIT_BYTES = 384 << 20
DATA_LIMIT_BYTES = 2 << 30
ORPHAN_CHECK_S = 2.0
EXIT_MEMORY = 41


def main(scripts: list[str]) -> None:
    """Load ``scripts`` into V8 and answer requests until standard input ends."""
    for name in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(name, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_LIMIT_BYTES, DATA_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    set_timers(TIME_LIMIT_S * 4, WALL_LIMIT_S)
    from py_mini_racer import JSOOMException, MiniRacer

    engine = MiniRacer()
    engine.set_hard_memory_limit(HEAP_LIMIT_BYTES)
    for path in scripts:
        with open(path, encoding="utf-8") as file:
            engine.eval(file.read())
    set_timers(0, 0)
    parent = os.getppid()
    while line := read_request(parent):
        batch = json.loads(line)
        for tex, display in batch.pop("formulas"):
            set_timers(TIME_LIMIT_S, WALL_LIMIT_S)
            try:
                reply = engine.eval(call_text({**batch, "tex": tex, "display": display}))
            except JSOOMException:
                os._exit(EXIT_MEMORY)
            set_timers(0, 0)
            sys.stdout.buffer.write(str(reply).encode("utf-8", "surrogatepass") + b"\n")
            sys.stdout.buffer.flush()
    os._exit(0)


def call_text(request: dict[str, object]) -> str:
    """Return the JavaScript that typesets one formula (the request as a JSON text in a JavaScript string)."""
    return f"xaisiteTypeset({json.dumps(json.dumps(request))})"


def read_request(parent: int) -> bytes:
    """Return the next batch; nothing when the parent closed the pipe or is gone.

    Forked children of the parent may hold the pipe open for longer than it lives, so its end alone is not enough.
    """
    stdin = sys.stdin.buffer
    while not select.select([stdin], [], [], ORPHAN_CHECK_S)[0]:
        if os.getppid() != parent:
            return b""
    return stdin.readline()  # never more than one batch is under way, so nothing waits in the buffer


def set_timers(processor_s: float, wall_s: float) -> None:
    """Let the kernel end this process after so much time; 0 stops the timers."""
    signal.setitimer(signal.ITIMER_PROF, processor_s)
    signal.setitimer(signal.ITIMER_REAL, wall_s)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BrokenPipeError:
        os._exit(0)
