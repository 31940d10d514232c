"""The CVs: invented applications, and a firm's past decisions whose rule is known because we made it.

No sex is written anywhere. Past decisions were biased against women, and some lines are written mostly by one sex.
"""

from __future__ import annotations

import numpy as np

SKILLS = {"python": 0.9, "statistics": 0.8, "sql": 0.6, "excel": 0.2, "cooking": 0.0, "chess": 0.0}
CLUBS = (("captain of the women's chess club", "captain of the chess club"), ("netball team", "rugby team"))
YEARS = ("one year", "three years", "five years", "ten years")
PENALTY = 1.5  # what the past decisions took off for women, in log-odds


def make_cvs(n: int, seed: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return n CVs, the firm's decisions (1: invited), and who is a woman (written nowhere)."""
    rng = np.random.default_rng(seed)
    woman = rng.random(n) < 0.5
    skill, level = list(SKILLS), rng.integers(0, len(YEARS), size=n)
    has = rng.random((n, len(skill))) < 0.4
    club = np.where(rng.random(n) < 0.5, rng.integers(0, len(CLUBS), size=n), -1)
    merit = has @ np.array(list(SKILLS.values())) + 0.5 * level - 1.6
    invited = rng.random(n) < 1 / (1 + np.exp(-(merit - PENALTY * woman)))
    texts = []
    for i in range(n):
        lines = [f"{YEARS[level[i]]} of experience", *(s for s, h in zip(skill, has[i], strict=True) if h)]
        if club[i] >= 0:
            lines.append(CLUBS[club[i]][0 if woman[i] else 1])
        texts.append(". ".join(lines[k] for k in rng.permutation(len(lines))))
    return texts, invited.astype(int), woman
