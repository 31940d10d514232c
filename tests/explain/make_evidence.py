"""Write docs/explain/evidence.md: every truth, its tolerance, what was measured, and the mutants it killed.

Run it with the repository's root on the path. Measured numbers differ between CPUs; a test compares the rest.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import explain_truths_deep
from explain_truths import TRUTHS
from test_mutants import DEEP_MUTANTS, MUTANTS

assert explain_truths_deep
PAGE = Path(__file__).parents[2] / "docs" / "explain" / "evidence.md"
HEAD = """---
title: "What the explanations were tested against"
---

Each row is a test. A *truth* is a slow replica written from the paper, a closed form or a published value; the
deviation is relative to the largest number unless the truth says otherwise. A *mutant* is a deliberate mistake in the
implementation; it is killed if the truth then fails, or if the library refuses the result. The list is a test itself.

| method | backend | held against | tolerance | measured | mutants killed |
|---|---|---|---|---|---|
"""


def render_rows() -> list[tuple[str, str]]:
    """The row of each truth, before and after its measured number."""
    rows = []
    for name, held in TRUTHS.items():
        killed = "; ".join(m.name for m in [*MUTANTS, *DEEP_MUTANTS] if m.truth == name)
        rows.append((f"| {held.method} | {held.backend} | {held.against} | {held.tolerance:g} |", f"| {killed} |"))
    return rows


def main() -> None:
    numbers = {name: held.measure() for name, held in TRUTHS.items()}
    rows = [f"{left} {numbers[name]:.1e} {right}" for name, (left, right) in zip(TRUTHS, render_rows(), strict=True)]
    mutants = len(MUTANTS) + len(DEEP_MUTANTS)
    PAGE.write_text(HEAD + "\n".join(rows) + f"\n\n{len(TRUTHS)} truths, {mutants} mutants.\n", encoding="utf-8")


if __name__ == "__main__":
    main()
