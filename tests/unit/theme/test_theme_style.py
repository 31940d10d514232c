"""The style sheet's promises that need no browser: contrast of every pair of tokens, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xaisite.theme import theme_folder

STATIC = Path(str(theme_folder())) / "static"
CSS = re.sub(r"/\*.*?\*/", "", (STATIC / "guide.css").read_text("utf-8"), flags=re.DOTALL)
TOKENS = dict(re.findall(r"--([a-z-]+):\s*light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", CSS))

GROUNDS = {
    "background": ["text", "strong", "muted", "accent", "mark", "good", "important", "danger"],
    "panel": ["text", "strong", "muted", "accent", "code-keyword", "code-string", "code-number", "code-name", "code-builtin",
              "code-comment", "code-error"],
    "raised": ["text", "strong", "muted", "accent", "mark", "code-keyword", "code-string", "code-number", "code-name",
               "code-builtin", "code-comment"],
    "accent-soft": ["text", "strong", "accent", "muted"],
    "good-soft": ["text", "strong", "accent", "good", "muted"],
    "mark-soft": ["text", "strong", "accent", "mark", "muted"],
    "important-soft": ["text", "strong", "accent", "important", "muted"],
    "danger-soft": ["text", "strong", "accent", "danger", "muted"],
    "selection": ["text", "strong"],
}  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the known near miss of AA


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_has_contrast_on_every_ground(ground: str, theme: int) -> None:
    under = TOKENS[ground].split(", ")[theme]
    poor = {ink: round(contrast(TOKENS[ink].split(", ")[theme], under), 2) for ink in GROUNDS[ground]}
    assert {ink: ratio for ink, ratio in poor.items() if ratio < 4.5} == {}


def test_every_token_that_is_used_is_defined() -> None:
    used = set(re.findall(r"var\(--([a-z-]+)\)", CSS))
    defined = set(re.findall(r"--([a-z-]+)\s*:", CSS))
    on_elements = {"tracks", "span"}  # of figure grids, in their `style`
    assert used - defined == on_elements


def test_nothing_comes_from_elsewhere() -> None:
    for file in STATIC.rglob("*.*"):
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://(?!\))", re.sub(r"/\^?https\?:", "", text)), file.name
        assert "@import" not in text
        assert "eval(" not in text
        assert "new Function" not in text
    assert "url(" not in CSS


def test_braces_balance() -> None:
    assert CSS.count("{") == CSS.count("}")


def test_dark_ground_is_the_figures_own() -> None:
    """A figure re-coloured for dark pages has no visible edge."""
    from xaisite.session.recolor import FACE

    assert TOKENS["background"] == f"#ffffff, {FACE}"
