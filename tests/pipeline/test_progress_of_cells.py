"""What a build says while cells run: which run now, how they ended, how many were reused."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from xaisite.pipeline.build import build
from xaisite.pipeline.options import BuildOptions
from xaisite.report.progress_kinds import SilentProgress

POST = "---\ntitle: {t}\ndescription: D.\n---\n\n```{{python}}\n#| label: first\nx = '{t}'\n```\n\n```{{python}}\nprint(x, {n})\n```\n"


class Heard(SilentProgress):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[tuple[object, ...]] = []

    def posts(self, done: int, total: int) -> None:
        self.said.append(("posts", done, total))

    def cell_started(self, cell: str) -> None:
        self.said.append(("started", cell))

    def cell_ended(self, cell: str, status: str, seconds: float = 0.0) -> None:  # type: ignore[override]
        assert seconds >= 0
        self.said.append((status, cell))


def heard(root: Path) -> list[tuple[object, ...]]:
    progress = Heard()
    build(root, BuildOptions(jobs=1), progress)
    return progress.said


def test_each_cell_is_told_when_it_begins_and_how_it_ended(make_site) -> None:  # type: ignore[no-untyped-def]
    root = make_site({"content/posts/a.md": POST.format(t="A", n=1), "content/posts/b.md": POST.format(t="B", n=1)})
    a, b = "content/posts/a.md", "content/posts/b.md"
    assert heard(root) == [
        ("started", f"{a}:first"), ("ran", f"{a}:first"), ("started", f"{a}:2"), ("ran", f"{a}:2"), ("posts", 1, 2),
        ("started", f"{b}:first"), ("ran", f"{b}:first"), ("started", f"{b}:2"), ("ran", f"{b}:2"), ("posts", 2, 2),
    ]  # fmt: skip
    (root / b).write_text(POST.format(t="B", n=2))
    assert heard(root) == [
        ("reused", f"{a}:first"), ("reused", f"{a}:2"), ("posts", 1, 2),
        ("started", f"{b}:2"), ("ran", f"{b}:2"), ("reused", f"{b}:first"), ("posts", 2, 2),
    ]  # fmt: skip
    (root / b).write_text(POST.format(t="B", n="y"))
    assert ("failed", f"{b}:2") in heard(root)


def test_a_log_has_a_line_for_each_cell_that_ran_and_the_counts(make_site) -> None:  # type: ignore[no-untyped-def]
    root = make_site({"content/posts/a.md": POST.format(t="A", n=1)})
    done = subprocess.run(
        [sys.executable, "-m", "xaisite", "build", str(root)], capture_output=True, text=True, check=True
    )
    assert re.findall(r"^ran (\S+) ", done.stderr, re.M) == ["content/posts/a.md:first", "content/posts/a.md:2"]
    assert "cells: 2 ran" in done.stderr
