"""Empty figures in the house style, and the marks used by several displays.

What it does: makes figures without pyplot, with colours set on every artist. It deliberately reads no rcParams
of the caller. Invariant: the caller's matplotlib state is the same afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from xaisite.explain.palette import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")


def house_style(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a drawing function under matplotlib's own defaults, whatever the author has set."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        import matplotlib as mpl

        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update({"font.size": 9.5, "axes.titlesize": 9.5, "svg.hashsalt": "xaisite"})
            return draw(*args, **kwargs)

    return drawn


def make_figure(theme: Theme, width: float, height: float, **grid: Any) -> tuple[Figure, Any]:
    """Return a figure of ``width`` × ``height`` inches and its axes (as ``subplots`` gives them)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor=theme.background)
    axes = figure.subplots(**grid)
    for one in np.atleast_1d(axes).ravel():
        paint(one, theme)
    return figure, axes


def paint(axes: Axes, theme: Theme) -> None:
    """Give axes the theme's colours."""
    axes.set_facecolor(theme.background)
    for side, spine in axes.spines.items():
        spine.set_color(theme.muted)
        spine.set_visible(side in ("left", "bottom"))
    axes.tick_params(colors=theme.text, which="both")
    for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
        text.set_color(theme.text)


def clear(axes: Axes) -> None:
    """No ticks, no frame: for pictures."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def draw_bars(
    axes: Axes, theme: Theme, names: Sequence[str], values: Any, *, errors: Any = None, signed: bool = True
) -> None:
    """Horizontal bars, first name on top; signed bars have two colours and a line at zero."""
    places = np.arange(len(names))[::-1]
    numbers = np.asarray(values, dtype=float)
    colours = [theme.positive if number >= 0 else theme.negative for number in numbers] if signed else theme.plain
    axes.barh(places, numbers, color=colours, height=0.68)
    if errors is not None:
        axes.errorbar(numbers, places, xerr=np.asarray(errors), fmt="none", ecolor=theme.text, elinewidth=1, capsize=2)
    axes.set_yticks(places, [shorten(name) for name in names])
    axes.axvline(0, color=theme.text, linewidth=0.8)
    axes.grid(axis="x", color=theme.grid, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.margins(y=0.02)


def shorten(name: str, limit: int = 32) -> str:
    """Return a label that fits beside a plot."""
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


def draw_legend(axes: Axes, theme: Theme, **options: Any) -> None:
    """Draw a legend without a box."""
    legend = axes.legend(frameon=False, **options)
    for text in legend.get_texts():
        text.set_color(theme.text)


def show_picture(axes: Axes, picture: Any, *, faded: bool = False) -> None:
    """Draw an image of shape (C, H, W) or (H, W), scaled to its own range unless it is within 0 and 1."""
    shown = as_displayable(picture)
    if shown.ndim == 2:
        axes.imshow(shown, cmap="gray", vmin=0, vmax=1, interpolation="nearest", alpha=0.45 if faded else 1.0)
    else:
        axes.imshow(shown, interpolation="nearest", alpha=0.45 if faded else 1.0)
    clear(axes)


def as_displayable(picture: Any) -> Any:
    """(H, W) or (H, W, 3) within 0 and 1."""
    array = np.asarray(picture, dtype=float)
    if array.ndim == 3:
        array = array[0] if array.shape[0] == 1 else np.moveaxis(array[:3], 0, -1)
        if array.ndim == 3 and array.shape[2] == 2:
            array = array.mean(axis=2)
    low, high = float(array.min()), float(array.max())
    if low >= 0 and high <= 1:
        return array
    if low >= 0 and high <= 255 and high > 1.5:
        return array / (255 if high > 16 else high)
    return (array - low) / max(high - low, 1e-12)
