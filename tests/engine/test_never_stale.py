"""What a reader sees is what a clean run would give: random posts through random edits, against an independent oracle."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.engine.clean_run import clean, clean_run
from tests.engine.pieces import PIECES
from tests.engine.pieces_of_figures import PIECES_OF_FIGURES
from tests.engine.pieces_of_models import PIECES_OF_MODELS, beginning
from tests.engine.running_posts import Site, shown
from xaisite.model.result import PostResults
from xaisite.run.keeper import Keeper

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

    def write_files(self) -> None:
        for name, text in self.files.items():
            path = self.folder / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)

    def execute_in(self, site: Site) -> PostResults:
        site.put("post.md", [(code, {"exec": {"error": True}}) for code in self.cells], seed=self.seed)
        done = site.execute()
        assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
        return done.value["content/post.md"]

    def check(self) -> int:
        self.write_files()
        results = self.execute_in(self.site)
        given = [clean(cell) for cell in shown(results)]
        expected = [clean(cell) for cell in clean_run(self.folder, self.cells, self.seed)]
        self.compare(results, given, expected)
        return sum(cell.status == "ran" for cell in results.cells)

    def check_with_figures(self) -> None:
        """Compare with a site that has kept nothing: it draws with the same code."""
        self.write_files()
        results = self.execute_in(self.site)
        empty = self.site.root.parent / "empty"
        shutil.rmtree(empty, ignore_errors=True)
        shutil.copytree(self.folder, empty / "content")
        self.compare(results, shown(results), shown(self.execute_in(Site(empty))))

    def compare(self, results: PostResults, given: list[list[str]], expected: list[list[str]]) -> None:
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
@pytest.mark.parametrize("number", range(500, 508))
def test_long_campaigns_with_models(tmp_path: Path, number: int) -> None:
    campaign(tmp_path, number, 12, kind=number % 3)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(520, 524))
def test_long_campaigns_with_models_from_snapshots(tmp_path: Path, number: int, keeper: Keeper) -> None:
    campaign(tmp_path, number, 12, keeper, kind=number % 3)


def campaign_of_figures(tmp_path: Path, number: int, edits: int, keeper: Keeper | None = None) -> None:
    world = World(tmp_path / "site", number, PIECES_OF_FIGURES, PIECES_OF_FIGURES[:3])
    world.site.keeper = keeper
    for _ in range(edits):
        world.check_with_figures()
        world.edit()


@pytest.mark.parametrize("number", [600, 601])
def test_figures_are_what_an_empty_site_draws(tmp_path: Path, number: int) -> None:
    campaign_of_figures(tmp_path, number, 6)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(610, 615))
def test_long_campaigns_of_figures(tmp_path: Path, number: int) -> None:
    campaign_of_figures(tmp_path, number, 12)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(620, 623))
def test_long_campaigns_of_figures_from_snapshots(tmp_path: Path, number: int, keeper: Keeper) -> None:
    campaign_of_figures(tmp_path, number, 12, keeper)
