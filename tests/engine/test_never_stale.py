"""What a reader sees is what a clean run would give: random posts through random edits, against an independent oracle."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.engine.pieces import PIECES
from tests.engine.pieces_of_models import PIECES_OF_MODELS, beginning
from tests.engine.running_posts import Site, shown
from xaisite.run.keeper import Keeper

ORACLE = Path(__file__).with_name("oracle.py")
ENVIRON = {
    "PATH": os.environ["PATH"],
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "COLUMNS": "80",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": os.path.join(tempfile.gettempdir(), "xaisite-oracle-matplotlib"),
}


COMMON = {
    "import",
    "print",
    "if",
    "for",
    "in",
    "def",
    "return",
    "class",
    "self",
    "from",
    "with",
    "as",
    "not",
    "exist_ok",
    "open",
    "os",
    "k",
    "i",
    "x",
    "n",
    "raise",
    "try",
    "except",
}


def relatives(piece: str, pieces: Sequence[str]) -> list[str]:
    """Return the pieces that share a word with this one, so that random posts hang together."""
    words = set(re.findall(r"[A-Za-z_]\w*", piece)) - COMMON
    return [other for other in pieces if words & set(re.findall(r"[A-Za-z_]\w*", other))]


EDITS = (
    *("replace", "replace", "insert", "delete", "swap", "number", "number"),
    *("data", "module", "seed", "noop", "back", "lose"),
)


REMEMBER = "def remember():\n    import mimetypes\n    mimetypes.add_type(f'made/h{FACTOR}', '.mine')\n"


class World:
    """A random post and the files around it."""

    def __init__(self, root: Path, number: int, pieces: Sequence[str] = PIECES, first: Sequence[str] = ()) -> None:
        self.pieces = pieces
        self.random = random.Random(number)
        self.site = Site(root)
        self.folder = root / "content"
        self.seed = 0
        self.pool = [piece for _ in range(3) for piece in relatives(self.random.choice(pieces), pieces)]
        self.cells = [piece.format(k=self.random.randint(1, 4)) for piece in first]
        self.cells += [self.piece() for _ in range(self.random.randint(4, 9))]
        self.files = {
            "data.csv": "1,2\n3,4\n",
            "helper.py": "STATE = []\nFACTOR = 2\ndef value(): return FACTOR * 3\n" + REMEMBER,
            "deep.py": "import helper\ndef value(): return helper.value() + 1\n",
        }
        self.log: list[str] = []
        self.past: list[tuple[list[str], dict[str, str], int]] = []

    def piece(self) -> str:
        pool = self.pool if self.random.random() < 0.85 else self.pieces
        return self.random.choice(pool).format(k=self.random.randint(1, 4))

    def edit(self) -> None:
        kind = self.random.choice(EDITS)
        self.past.append((list(self.cells), dict(self.files), self.seed))
        at = self.random.randrange(len(self.cells))
        if kind == "replace":
            self.cells[at] = self.piece()
        elif kind == "insert" or (kind == "delete" and len(self.cells) < 3):
            self.cells.insert(at, self.piece())
        elif kind == "delete":
            del self.cells[at]
        elif kind == "swap":
            other = self.random.randrange(len(self.cells))
            self.cells[at], self.cells[other] = self.cells[other], self.cells[at]
        elif kind == "number":
            self.cells[at] = re.sub(r"\d", lambda m: str(self.random.randint(1, 4)), self.cells[at], count=1)
        elif kind == "data":
            self.files["data.csv"] = f"{self.random.randint(1, 4)},2\n"
        elif kind == "module":
            name = self.random.choice(["helper.py", "deep.py"])
            self.files[name] = re.sub(r"\d", lambda m: str(self.random.randint(1, 4)), self.files[name], count=1)
        elif kind == "seed":
            self.seed = self.random.randint(0, 3)
        elif kind == "back":
            cells, files, self.seed = self.random.choice(self.past)
            self.cells, self.files = list(cells), dict(files)
        elif kind == "lose":
            self.lose()
        self.log.append(kind)

    def lose(self) -> None:
        """Take away a stored result, or what is saved of a session."""
        state = self.site.root / ".xaisite"
        found = [*(state / "results").rglob("*"), *(state / "checkpoints").glob("*")]
        files = sorted(path for path in found if path.is_file())
        if files:
            self.random.choice(files).unlink()

    def check(self) -> int:
        for name, text in self.files.items():
            path = self.folder / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
        self.site.put("post.md", [(code, {"exec": {"error": True}}) for code in self.cells], seed=self.seed)
        done = self.site.execute()
        assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
        results = done.value["content/post.md"]
        given = [clean(cell) for cell in shown(results)]
        expected = [clean(cell) for cell in self.oracle()]
        assert given == expected, "\n".join(
            [
                f"edits {self.log}",
                *(
                    f"[{cell.index + 1}] {cell.status} {cell.reason}\n{code}\n   given    {g}\n   expected {e}"
                    for cell, code, g, e in zip(results.cells, self.cells, given, expected, strict=True)
                ),
            ]
        )
        return sum(cell.status == "ran" for cell in results.cells)

    def oracle(self) -> list[list[str]]:
        copy = self.site.root.parent / "clean"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.folder, copy / "content")
        job = copy / "job.json"
        job.write_text(
            json.dumps(
                {
                    "cells": self.cells,
                    "seed": self.seed,
                    "cwd": str(copy / "content"),
                    "root": str(copy),
                    "tool": str(ORACLE.parent),
                }
            )
        )
        done = subprocess.run(
            [sys.executable, str(ORACLE), str(job)],
            cwd=copy / "content",
            env=ENVIRON,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])


def clean(cell: list[str]) -> list[str]:
    """Drop what the two differ in by design: addresses, the place of a warning, the order of the two streams."""
    cell = [text for text in cell if not text.startswith("figure: ")]
    texts = [re.sub(r"0x[0-9a-fA-F]+|0x…", "0x", re.sub(r"<cell \d+>:\d+: ", "", text)) for text in cell]
    joined: dict[str, str] = {}
    for text in texts:
        name, _, rest = text.partition(": ")
        joined[name] = joined.get(name, "") + rest
    return sorted(f"{name}: {rest}" for name, rest in joined.items())


def campaign(
    tmp_path: Path,
    number: int,
    edits: int,
    keeper: Keeper | None = None,
    *,
    saves: bool = True,
    kind: int | None = None,
) -> tuple[int, int]:
    """Let a random post go through edits; ``kind``: one that trains models. Return how many cells ran, and of how many."""
    pieces, first = (PIECES, ()) if kind is None else (PIECES_OF_MODELS[kind], beginning(kind))
    world = World(tmp_path / "site", number, pieces, first)
    world.site.keeper = keeper
    ran = total = 0
    for _ in range(edits):
        if not saves:
            shutil.rmtree(world.site.root / ".xaisite/checkpoints", ignore_errors=True)
        ran += world.check()
        total += len(world.cells)
        world.edit()
    return ran, total


@pytest.mark.parametrize("number", range(6))
def test_random_edits_give_what_a_clean_run_gives(tmp_path: Path, number: int) -> None:
    ran, total = campaign(tmp_path, number, 7)
    assert ran < total, "nothing was ever reused: the test shows nothing"


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    """Sessions that outlive the builds, as in a preview."""
    made = Keeper()
    yield made
    made.close()


@pytest.mark.parametrize("number", [50, 51, 52, 53, 54])
def test_going_on_from_snapshots_gives_what_a_clean_run_gives(tmp_path: Path, number: int, keeper: Keeper) -> None:
    campaign(tmp_path, number, 7, keeper)
    assert any(session.snapshots for session in keeper._sessions.values()), "nothing was kept: the test shows nothing"


@pytest.mark.slow
@pytest.mark.parametrize("number", range(100, 140))
def test_long_campaigns(tmp_path: Path, number: int) -> None:
    campaign(tmp_path, number, 25)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(300, 310))
def test_long_campaigns_without_saved_states(tmp_path: Path, number: int) -> None:
    campaign(tmp_path, number, 25, saves=False)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(200, 230))
def test_long_campaigns_from_snapshots(tmp_path: Path, number: int, keeper: Keeper) -> None:
    campaign(tmp_path, number, 25, keeper)


@pytest.mark.parametrize("number", [70, 71, 72])
def test_models_and_tables_are_what_a_clean_run_gives(tmp_path: Path, number: int) -> None:
    campaign(tmp_path, number, 4, kind=number % 3)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(500, 512))
def test_long_campaigns_with_models(tmp_path: Path, number: int) -> None:
    campaign(tmp_path, number, 15, kind=number % 3)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(520, 526))
def test_long_campaigns_with_models_from_snapshots(tmp_path: Path, number: int, keeper: Keeper) -> None:
    campaign(tmp_path, number, 15, keeper, kind=number % 3)
