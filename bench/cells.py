"""Executed posts, whole processes: this tool, its rivals where they are installed, and what the work itself takes.

    python bench/cells.py [--posts 10] [--runs 3] [--programs VENV/bin] [--write docs/benchmarks.md]

Scenarios: cold (nothing kept), nothing changed, one word of prose in one post, the last cell of one post. The fastest of
``--runs`` counts (and the median is beside it), so that a busy machine shows less; the load is printed. With ``--write`` the
tables go between the marks in that file.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import corpus
from peers import Peer, ResidentXaisite, make_peers
from preview import measure_preview

SCENARIOS = ("cold", "nothing changed", "one word", "last cell")
BEGIN, END = "<!-- cells -->", "<!-- end cells -->"


def timed(command: list[str], folder: Path, environ: dict[str, str]) -> tuple[float, float]:
    """Return wall and processor seconds of one process and those it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_peer(peer: Peer, runs: int) -> list[list[float]]:
    """Return the wall seconds of each run, by scenario."""
    peer.prepare()
    number = iter(range(1, 10_000))

    def last(path: Path, count: list[int] = [0]) -> None:  # noqa: B006  # counts the edits of this peer
        count[0] += 1
        corpus.edit_last_cell(path, count[0])

    before: tuple[Callable[[], object], ...] = (
        peer.clean,
        lambda: None,
        lambda: corpus.edit_prose(peer.posts[0], next(number)),
        lambda: last(peer.posts[0]),
    )
    if isinstance(peer, ResidentXaisite):
        timed(peer.command(), peer.root, peer.environ())  # starts the server
    found = []
    for scenario, prepare in zip(SCENARIOS, before, strict=True):
        walls: list[float] = []
        found.append(walls)
        if scenario != "cold" and not peer.keeps:
            continue
        for _ in range(runs if scenario == "cold" else runs + 2):
            prepare()
            walls.append(timed(peer.command(), peer.root, peer.environ())[0])
        print(f"  {peer.name}: {scenario} {min(walls):.2f} s", file=sys.stderr, flush=True)
    check_figures(peer)
    return found


def check_figures(peer: Peer) -> None:
    """Stop if there are fewer pictures than figures: a tool that fails in silence is fast."""
    pictures = sum(1 for kind in ("*.png", "*.svg") for _ in peer.outputs().rglob(kind))
    inside = sum(
        path.read_text(encoding="utf-8", errors="replace").count("data:image/png")
        for path in peer.outputs().rglob("*.html")
    )
    if pictures + inside < 2 * peer.count:
        raise SystemExit(f"{peer.name}: {pictures + inside} pictures for {2 * peer.count} figures")


def measure_floor(work: Path, count: int, runs: int) -> list[list[float]]:
    """Return the seconds of the work itself: cold, and the last cell."""
    script, out = str(Path(__file__).with_name("floor.py")), work / "floor"
    cold = [
        timed([sys.executable, script, "cold", str(out), str(count)], work, dict(os.environ))[0] for _ in range(runs)
    ]
    last = [timed([sys.executable, script, "last", str(out)], work, dict(os.environ))[0] for _ in range(runs + 2)]
    return [cold, [], [], last]


def row_of(name: str, walls: list[list[float]]) -> str:
    """Return a row: the fastest run, and the median."""
    shown = [f"{min(w):.2f} ({statistics.median(w):.2f})" if w else "" for w in walls]
    return f"| {name} | {' | '.join(shown)} |"


def describe_run(runs: int, load: tuple[float, float, float]) -> str:
    """Return when and on what this was measured."""
    names = ("numpy", "scikit-learn", "matplotlib", "shap")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    day = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    busy = os.getloadavg()[0]
    quiet = max(busy, load[0]) < (os.cpu_count() or 1) * 0.75 + 1
    state = (
        f"load {load[0]:.1f} before and {busy:.1f} after"
        + ("" if quiet else "; **the machine was busy with other work, so these are upper bounds**")
    )  # fmt: skip
    return (
        f"Measured {day}: {platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python "
        f"{platform.python_version()}, {versions}; {state}. Seconds of wall time, the fastest of {runs} (cold) or {runs + 2} "
        "runs, the median in brackets."
    )


def versions_of(programs: Path | None) -> str:
    """Return the versions of the other tools."""
    if programs is None:
        return ""
    code = (
        "import importlib.metadata as m\nfor n in ('nbconvert', 'myst-nb', 'sphinx-gallery', 'sphinx'):\n"
        "    try: print(n, m.version(n))\n    except m.PackageNotFoundError: pass"
    )
    done = subprocess.run([str(programs / "python"), "-c", code], capture_output=True, text=True, check=False)
    return ", ".join(done.stdout.split("\n")[:-1])


def find_programs(given: str) -> Path | None:
    """Return the folder of the rivals' programs: the one given, or that of a `sphinx-build` on the path."""
    if given:
        return Path(given).resolve()
    for folder in os.environ["PATH"].split(os.pathsep):
        if (Path(folder) / "sphinx-build").exists():
            return Path(folder)
    return None


def write_into(path: Path, text: str) -> None:
    """Put the tables between the marks."""
    head, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    path.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{tail}", encoding="utf-8")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--programs", default="", help="folder of the rivals' programs (a virtual environment's bin)")
    parser.add_argument("--write", type=Path, default=None, help="file whose marks the tables go between")
    parser.add_argument("--only", default="", help="only tools whose name holds this")
    options = parser.parse_args()
    programs, load = find_programs(options.programs), os.getloadavg()
    rows, absent = [], []
    with tempfile.TemporaryDirectory(prefix="xb-") as folder:
        work = Path(folder).resolve()
        (work / "run").mkdir(mode=0o700)
        for peer in make_peers(work, options.posts, programs):
            if options.only in peer.name:
                if peer.is_there():
                    rows.append(row_of(peer.name, measure_peer(peer, options.runs)))
                else:
                    absent.append(peer.name)
        if not options.only:
            rows.append(row_of("*the work itself*", measure_floor(work, options.posts, options.runs)))
        preview = measure_preview(work, options.runs)
    parts = [
        describe_run(options.runs, load),
        f"| {options.posts} posts of 4 cells | {' | '.join(SCENARIOS)} |\n|---|--:|--:|--:|--:|\n" + "\n".join(rows),
        f"Others: {versions_of(programs)}." if programs else "",
        f"Not installed, so not measured: {', '.join(absent)}." if absent else "",
        preview,
    ]
    text = "\n\n".join(part for part in parts if part)
    print(text)
    if options.write:
        write_into(options.write, text)


if __name__ == "__main__":
    main()
