"""A real site built by the command in new processes, whose cells count their own runs behind the recorder's back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.site_files import write_site

REPOSITORY = Path(__file__).parent.parent.parent
COMMAND = """
import sys
from xaisite.run.pool import ProcessPool
ProcessPool.writable = (sys.argv[1],)
from xaisite.cli.main import main
sys.exit(main(sys.argv[2:]))
"""
COUNTER = """
def ran(name):
    import ctypes, time
    c = ctypes.CDLL(None)
    c.close(c.creat(f"{marks}/{{time.time_ns()}}-{{name}}".encode(), 384))
"""


class CountedSite:
    """A site; each `ran("name")` in a cell or an expression leaves a mark outside it."""

    def __init__(self, folder: Path, files: Mapping[str, str | bytes], python: str = sys.executable) -> None:
        self.root = folder / "site"
        self.marks = folder / "marks"
        self.marks.mkdir(parents=True)
        self.python = python
        self.files = dict(files)
        write_site(self.root, {"ran.py": COUNTER.format(marks=self.marks), **files})

    def build(self, *options: str, **environ: str) -> str:
        """Build in a new process; return the names of what ran, one after the other."""
        command = [
            self.python,
            "-c",
            COMMAND,
            str(self.marks),
            "build",
            str(self.root),
            "--format",
            "concise",
            *options,
        ]
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environ},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        names = [path.name.partition("-")[2] for path in sorted(self.marks.iterdir())]
        for path in self.marks.iterdir():
            path.unlink()
        return "".join(names)

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        """Replace texts in a file; each must be there."""
        path = self.root / name
        text = path.read_bytes().decode()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path.write_bytes(text.encode())

    def restore(self) -> None:
        """Bring the sources back as they were at first."""
        shutil.rmtree(self.root / "content")
        write_site(self.root, self.files)
