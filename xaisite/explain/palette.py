"""Colours and type of every figure.

What it does: one colour, one meaning, in a light and a dark theme. Categories after Okabe and Ito (2008),
signed values on a blue-orange map that is centred at zero and neutral there.
It deliberately draws nothing. Invariant: text keeps a contrast of at least 4.5 to its background.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.colors import LinearSegmentedColormap

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours of one theme. ``positive`` raises the output, ``negative`` lowers it, ``plain`` has no sign."""

    name: ThemeName
    background: str
    text: str
    muted: str
    grid: str
    positive: str
    negative: str
    neutral: str
    plain: str
    second: str
    series: tuple[str, ...]


LIGHT = Theme(
    name="light",
    background="#ffffff",
    text="#1b1b1b",
    muted="#5a5a5a",
    grid="#dddddd",
    positive="#c04a00",
    negative="#0b6aa8",
    neutral="#f4f4f4",
    plain="#00755c",
    second="#8a8a8a",
    series=("#0b6aa8", "#c04a00", "#00755c", "#a84f86", "#8a6d00", "#3f3f3f"),
)
DARK = Theme(
    name="dark",
    background="#16181d",
    text="#ececec",
    muted="#a8adb5",
    grid="#3a3e46",
    positive="#f5893d",
    negative="#62b8f2",
    neutral="#24272e",
    plain="#2fc29b",
    second="#8f959e",
    series=("#62b8f2", "#f5893d", "#2fc29b", "#e29bc6", "#e6cf4a", "#cfcfcf"),
)


def find_theme(name: str) -> Theme:
    """Return the theme of that name; anything but ``"dark"`` is light."""
    return DARK if name == "dark" else LIGHT


def make_signed_map(theme: Theme) -> LinearSegmentedColormap:
    """Negative to neutral to positive; use it with limits that are symmetric about zero."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(f"signed-{theme.name}", [theme.negative, theme.neutral, theme.positive])


def make_plain_map(theme: Theme) -> LinearSegmentedColormap:
    """From the background to the colour of unsigned size."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(f"plain-{theme.name}", [theme.neutral, theme.plain])
