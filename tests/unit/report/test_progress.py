"""Progress on a real pseudo-terminal, in a log, and for programs."""

from __future__ import annotations

import io
import os
import pty
import re
import threading
import time

import pytest

from xaisite.report.elapsed import format_elapsed
from xaisite.report.progress import make_progress
from xaisite.report.progress_kinds import LiveProgress, PlainProgress, SilentProgress, fit
from xaisite.report.style import text_width


class Screen:
    """What a terminal shows after some output: enough of one for the sequences that progress uses."""

    def __init__(self) -> None:
        self.lines: list[str] = [""]
        self.row = 0

    def feed(self, data: str) -> None:
        for token in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", data):
            if token == "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append("")
            elif token.endswith("A") and token[0] == "\x1b":
                self.row = max(0, self.row - int(token[2:-1]))
            elif token == "\x1b[J":
                self.lines[self.row :] = [""]
            elif token[0] not in "\x1b\r":
                self.lines[self.row] += token

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip("\n")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO) -> str:
    screen = Screen()
    screen.feed(stream.getvalue())
    return screen.text


def test_the_live_region_is_one_and_is_wiped():
    stream, now = Terminal(), [0.0]
    progress = LiveProgress(stream, color=False, clock=lambda: now[0])
    progress.phase("running")
    progress.posts(1, 4)
    progress.cell_ended("b:1", "reused")
    progress.cell_started("a:fig-shap")
    now[0] = 2.5
    progress.say("warning: something")
    assert shown(stream) == "warning: something\nrunning · 1/4 posts · cells: 1 reused · 2.5 s\n  a:fig-shap  2.5 s"
    progress.cell_ended("a:fig-shap", "ran", 2.5)
    assert shown(stream) == "warning: something\nrunning · 1/4 posts · cells: 1 ran, 1 reused · 2.5 s"
    progress.close()
    assert shown(stream) == "warning: something"


def tickers() -> int:
    """Count the threads that progress started: others of this process may end at any time."""
    return sum(thread.name == "xaisite-progress" for thread in threading.enumerate())


def test_no_thread_lives_unless_a_cell_runs():
    stream = Terminal()
    with LiveProgress(stream, color=True) as progress:
        progress.phase("running")
        assert tickers() == 0
        for n in range(12):
            progress.cell_started(f"p:{n}")
        assert tickers() == 1
        written = len(stream.getvalue())
        time.sleep(0.35)
        assert len(stream.getvalue()) > written  # the time goes on by itself
        assert "and 4 more" in shown(stream)
        for n in range(12):
            progress.cell_ended(f"p:{n}", "ran", 0.1)
        assert tickers() == 0


def test_an_exception_still_wipes_the_region():
    stream = Terminal()

    def fail() -> None:
        with LiveProgress(stream, color=False) as progress:
            progress.phase("running")
            progress.cell_started("a")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert shown(stream) == ""


def test_plain_lines_in_a_log():
    stream = io.StringIO()
    with PlainProgress(stream) as progress:
        progress.phase("running")
        progress.cell_ended("a:1", "reused")
        progress.cell_started("a:2\x1b[2J")
        progress.cell_ended("a:2\x1b[2J", "ran", 61)
        progress.say("built")
    assert stream.getvalue() == "ran a:2\ufffd[2J 1 min 01 s\nbuilt\ncells: 1 ran, 1 reused\n"


def test_the_kind_follows_stream_and_environment():
    def kind(stream: io.StringIO, **env: str) -> type:
        return type(make_progress(stream, env))

    assert kind(Terminal(), TERM="xterm") is LiveProgress
    assert kind(Terminal(), TERM="xterm", CI="true") is PlainProgress
    assert kind(Terminal(), TERM="dumb") is PlainProgress
    assert kind(io.StringIO(), TERM="xterm") is PlainProgress
    assert type(make_progress(Terminal(), {"TERM": "xterm"}, quiet=True)) is SilentProgress


def test_a_real_terminal_never_wraps():
    leader, follower = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    with os.fdopen(follower, "w", encoding="utf-8") as stream:
        progress = make_progress(stream, {"TERM": "xterm", "NO_COLOR": "1"})
        assert isinstance(progress, LiveProgress)
        progress.phase("running")
        progress.cell_started("深" * 60)
        data = os.read(leader, 65536).decode()
        progress.close()
    os.close(leader)
    visible = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", data)
    assert max(text_width(line) for line in visible.splitlines()) < 40


def test_a_closed_stream_never_stops_a_build():
    stream = Terminal()
    progress = LiveProgress(stream, color=False)
    stream.close()
    progress.phase("x")
    progress.say("y")
    progress.close()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (12.34, "12.3 s"), (59.97, "1 min 00 s"), (245, "4 min 05 s"), (3725, "1 h 02 min")],
)
def test_elapsed(seconds, text):
    assert format_elapsed(seconds) == text


def test_fit_counts_columns():
    assert fit("abc", 10) == "abc"
    assert fit("深深深深深深", 8) == "深深深…"
