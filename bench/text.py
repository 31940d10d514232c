"""Measure what text alone costs: 10,000 formulas of which 2,000 differ, and a bibliography of 50,000 entries.

    python bench/text.py [--runs 3] [--write docs/benchmarks.md]

Each run is a process of its own that times the work inside, with the start of V8, without imports: *cold* with nothing
kept, *warm* with the site's state on disk. Prints the fastest as a Markdown table, or writes it between `<!-- text -->`
and `<!-- end text -->`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from xaisite.cite.references import make_reference_list
from xaisite.core.digest import digest_bytes
from xaisite.engine.page_state import StateStore
from xaisite.math.typeset import Typesetter
from xaisite.model.math import Formula
from xaisite.pipeline.citing import load_bibliographies
from xaisite.pipeline.formulas import StateCache

PAGES, PER_PAGE, DISTINCT = 100, 100, 2_000
ENTRIES, CITED = 50_000, 40
FORMS = (
    "x_{{{i}}}",
    "\\phi_{{{i}}}(v) = \\sum_{{S \\subseteq N \\setminus \\{{{i}\\}}}} \\frac{{|S|!\\,(n - |S| - 1)!}}{{n!}}",
    "\\hat f_{{{i}}}(x) = \\frac{{1}}{{{i}}} \\sum_{{k=1}}^{{{i}}} f(x_k)",
    "\\nabla_x f_{{{i}}}(x) \\cdot (x - x')",
    "O(n^{{{i}}} \\log n)",
    "\\mathbb{{E}}_{{x \\sim p}}\\left[ \\ell(f(x), y_{{{i}}}) \\right]",
    "\\alpha_{{{i}}} + \\beta^{{{i}}}",
    "\\begin{{pmatrix}} a & {i} \\\\ c & d \\end{{pmatrix}}",
)
ENTRY = (
    '@article{{key{0}, author = {{Doe{1}, Jane and M{{\\"u}}ller, Max and Li, Ada}},\n'
    "  title = {{A {{T}}itle about $x_{{{0}}}$ and much more, number {0}}}, journal = {{Journal of Things}},\n"
    "  year = {{2020}}, volume = {{{1}}}, pages = {{1--20}}, doi = {{10.1000/{0}}}}}\n"
)


def formulas_once(root: Path) -> None:
    """Typeset the formulas of all pages, as a build does."""
    texts = [FORMS[k % len(FORMS)].format(i=k) for k in range(DISTINCT)]
    with StateStore(root / "state.sqlite3") as state, Typesetter(StateCache(state)) as typesetter:
        for page in range(PAGES):
            on_page = [Formula(texts[(page * PER_PAGE + k) % DISTINCT]) for k in range(PER_PAGE)]
            done = typesetter.typeset_page(on_page, {})
            assert all(one.is_good for one in done)


def bibliography_once(root: Path) -> None:
    """Load the bibliography, and format the references of one page."""
    name = "references.bib"
    digest = digest_bytes((root / name).read_bytes())
    with StateStore(root / "state.sqlite3") as state:
        loaded = load_bibliographies(root, {name: digest}, [name], state, "bench")
    entries = [loaded.value[name].entries[f"key{k * 997 % ENTRIES}"] for k in range(CITED)]
    shown = make_reference_list(entries, style="numeric", math=lambda tex: tex)
    assert len(shown) == CITED


WORK: dict[str, Callable[[Path], None]] = {"formulas": formulas_once, "bibliography": bibliography_once}


def timed_inside(name: str, root: Path) -> None:
    start = time.perf_counter()
    WORK[name](root)
    print(time.perf_counter() - start)


def run(name: str, root: Path) -> float:
    """Return the seconds that a process of its own needs for the work."""
    command = [sys.executable, __file__, "--inside", name, str(root)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(name: str, runs: int) -> tuple[float, float]:
    """Return (cold, warm) seconds, the fastest of ``runs``."""
    cold: list[float] = []
    warm: list[float] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            if name == "bibliography":
                text = "".join(ENTRY.format(k, k % 300) for k in range(ENTRIES))
                (root / "references.bib").write_text(text, encoding="utf-8")
            cold.append(run(name, root))
            warm += [run(name, root) for _ in range(2)]
    return min(cold), min(warm)


def table(runs: int) -> str:
    """Return the measurements as Markdown, with when and on what they were made."""
    rows = {"formulas": f"{PAGES * PER_PAGE:,} formulas, {DISTINCT:,} of them different", "bibliography":
            f"a `.bib` file of {ENTRIES:,} entries, {CITED} cited"}  # fmt: skip
    lines = []
    for name, shown in rows.items():
        cold, warm = measure(name, runs)
        lines.append(f"| {shown} | {cold:.2f} | {warm:.2f} |")
    when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    cores = len(os.sched_getaffinity(0))
    said = f"Measured {when} on {cores} cores under a load of {os.getloadavg()[0]:.1f}, the fastest of {runs} runs; seconds."
    return "\n".join([said, "", "| | cold | warm |", "|---|--:|--:|", *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--inside", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        timed_inside(options.inside[0], Path(options.inside[1]))
        return
    made = table(options.runs)
    print(made)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        before, _, rest = page.partition("<!-- text -->\n")
        _, end, after = rest.partition("<!-- end text -->")
        if not end:
            sys.exit(f"{options.write} has no place for the table")
        options.write.write_text(f"{before}<!-- text -->\n\n{made}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
