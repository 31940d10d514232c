"""Code enters a key in a form of our own: another version of Python must read the same out of it (`--frozen` in CI)."""

from __future__ import annotations

import glob
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
READ = """
import json, sys
sys.path.insert(0, sys.argv[1])
from xaisite.engine.code import read_code
codes = json.load(sys.stdin)
forms = map(read_code, codes)
print(json.dumps([[f.digest, list(f.names), sorted(f.identifiers), list(f.bound), list(f.may_bind)] for f in forms]))
"""
TRICKY = [
    "[x for x in xs if x > y]",
    "total = sum(x * y for x, y in zip(xs, ys)); {k: v for k, v in d.items()}",
    "class A:\n    n: int = size\n    def f(self): return super().f() + self.n + other\n",
    "f'{a!r:>{width}} {b:.2f} {c + 1=} {\"{}\"}'",
    "f'''{x:{'a' if y else 'b'}}{{}}'''",
    "match shape:\n    case {'n': n, **rest}: print(n)\n    case [a, *b] if a: pass\n    case str() | None: pass\n",
    "try:\n    f()\nexcept* ValueError as e:\n    print(e)\n",
    "with open(p) as f, g() as (a, b):\n    pass\nasync def h():\n    async for i in j: yield i\n",
    "def f(a, /, b=d1, *c, d=d2, **e) -> r: global q; q = (w := a); return lambda: w + z\n",
    "x: list[int] = []; del y; import a.b as c; from m import n as o; print(__name__, __file__)",
    "a = b = c[d]; a += e; *f, g = h; i[j].k = l; (m := n)\nfor o in p: q = o\nelse: r\n",
    "def outer():\n    def inner(): return free\n    return inner\n",
    "1_000; 0xff; 1e3; b'x'; ...; None; True; -1; 'a' 'b'; '''c'''",
]


def guide_cells() -> list[str]:
    texts = [
        path.read_text("utf-8") for folder in ("content", "docs") for path in sorted((ROOT / folder).rglob("*.md"))
    ]
    return [
        match[1] for text in texts for match in re.finditer(r"^```\{python[^\n]*\n(.*?)^```", text, re.DOTALL | re.M)
    ]


@cache
def other_pythons() -> tuple[tuple[str, str], ...]:
    """Return (version, program) of every other Python from 3.11 on that this machine has."""
    homes = [
        os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"),
        os.path.expanduser("~/.local/share/uv/python"),
    ]
    candidates = [shutil.which(f"python3.{minor}") for minor in range(11, 20)]
    candidates += [
        p
        for home in homes
        for pattern in ("versions/3.*/bin/python", "cpython-3*/bin/python")
        for p in sorted(glob.glob(f"{home}/{pattern}"))
    ]
    found: dict[str, str] = {}
    for program in filter(None, candidates):
        ask = "import sys; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([program, "-S", "-c", ask], capture_output=True, text=True, timeout=30, check=False)
        version = done.stdout.strip()
        if (
            done.returncode == 0
            and version != "{}.{}".format(*sys.version_info[:2])
            and int(version.split(".")[1]) >= 11
        ):
            found.setdefault(version, program)
    return tuple(found.items())


def test_other_versions_of_python_read_the_same_out_of_code() -> None:
    if not other_pythons():
        print("\nno other Python from 3.11 on was found", file=sys.__stderr__)
        pytest.skip("no other Python from 3.11 on was found")
    codes = [*TRICKY, *guide_cells()]

    def read(program: str) -> list[list[object]]:
        command = [program, "-S", "-c", READ, str(ROOT)]
        done = subprocess.run(
            command, input=json.dumps(codes), capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    ours = read(sys.executable)
    for version, program in other_pythons():
        for code, mine, other in zip(codes, ours, read(program), strict=True):
            assert mine == other, (version, code)
