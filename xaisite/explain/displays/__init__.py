"""How each kind of explanation shows itself: figure, alternative text, table.

What it does: finds the display of a kind. It deliberately knows nothing of methods.
Invariant: every kind has a module with ``render_figure``, ``render_alt`` and ``render_table``.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation
    from xaisite.explain.palette import ThemeName


def _find_display(explanation: Explanation) -> ModuleType:
    return import_module(f"xaisite.explain.displays.{explanation.kind}")


def render_figure(explanation: Explanation, theme: ThemeName) -> Figure:
    """Draw a new figure of the explanation."""
    figure: Figure = _find_display(explanation).render_figure(explanation, theme)
    return figure


def render_alt(explanation: Explanation) -> str:
    """One or two sentences about what the figure shows."""
    return str(_find_display(explanation).render_alt(explanation))


def render_table(explanation: Explanation) -> pd.DataFrame:
    """Give the figure's numbers."""
    table: pd.DataFrame = _find_display(explanation).render_table(explanation)
    return table
