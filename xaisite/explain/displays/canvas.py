"""Empty figures in the house style, and the marks used by several displays.

What it does: makes figures without pyplot, with colours set on every artist. It deliberately reads no rcParams of the
caller, and has one width and one size of text: on a telephone, where a figure is 328 px wide, no letter is smaller
than 9 px. Figures grow downwards; labels are folded, never shrunk.
Invariant: the caller's matplotlib state is the same afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from xaisite.explain.displays.lettering import LINE, TEXT, count_lines, fold, measure
from xaisite.explain.palette import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")

WIDTH = 5.3
NAMES = 1.5


def house_style(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a drawing function under matplotlib's own defaults, whatever the author has set."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        import matplotlib as mpl

        with mpl.rc_context():
            mpl.rcdefaults()
            sizes = dict.fromkeys(("font.size", "axes.titlesize", "figure.titlesize"), TEXT)
            # Names are the author's: a dollar is a dollar.
            mpl.rcParams.update({**sizes, "text.parse_math": False, "axes.formatter.limits": (-3, 5)})
            mpl.rcParams["svg.hashsalt"] = "xaisite"
            return draw(*args, **kwargs)

    return drawn


def make_figure(theme: Theme, height: float, **grid: Any) -> tuple[Figure, Any]:
    """Return a figure of the one width and ``height`` inches, and its axes (as ``subplots`` gives them)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained", facecolor=theme.background)
    axes = figure.subplots(**grid)
    for one in np.atleast_1d(axes).ravel():
        paint(one, theme)
    return figure, axes


def make_page(theme: Theme, height: float) -> tuple[Figure, Axes]:
    """Return a figure to write on: its axes are measured in inches, from the top left."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), facecolor=theme.background)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    paint(axes, theme)
    clear(axes)
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    return figure, axes


def paint(axes: Axes, theme: Theme) -> None:
    """Give axes the theme's colours, and few enough ticks for the size of text."""
    from matplotlib.ticker import MaxNLocator

    axes.set_facecolor(theme.background)
    for side, spine in axes.spines.items():
        spine.set_color(theme.muted)
        spine.set_visible(side in ("left", "bottom"))
    axes.tick_params(colors=theme.text, which="both")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5 if axis is axes.xaxis else 6, steps=[1, 2, 2.5, 5, 10]))
        axis.get_offset_text().set_color(theme.text)
    for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
        text.set_color(theme.text)


def clear(axes: Axes) -> None:
    """No ticks, no frame: for pictures."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def fold_names(names: Sequence[str]) -> list[str]:
    """Names to stand beside bars."""
    return [fold(name, NAMES) for name in names]


def fold_with_value(name: str, value: str) -> str:
    """Return a name and what follows it, to stand beside a bar; if too long, the name is cut and not the value."""
    whole = fold(f"{name} {value}", NAMES, 3)
    return f"{fold(name, NAMES)}\n{fold(value, NAMES, 1)}" if whole.endswith("…") else whole


def bars_height(labels: Sequence[str]) -> float:
    """Return the inches that bars with these folded labels need."""
    return sum(0.14 + LINE * count_lines(label) for label in labels)


def draw_bars(
    axes: Axes, theme: Theme, labels: Sequence[str], values: Any, *, errors: Any = None, signed: bool = True
) -> None:
    """Horizontal bars with folded labels, the first on top; signed bars have two colours and a line at zero."""
    places = np.arange(len(labels))[::-1]
    numbers = np.asarray(values, dtype=float)
    colours = [theme.positive if number >= 0 else theme.negative for number in numbers] if signed else theme.plain
    axes.barh(places, numbers, color=colours, height=0.68)
    if errors is not None:
        axes.errorbar(numbers, places, xerr=np.asarray(errors), fmt="none", ecolor=theme.text, elinewidth=1, capsize=2)
    axes.set_yticks(places, labels)
    axes.axvline(0, color=theme.text, linewidth=0.8)
    axes.grid(axis="x", color=theme.grid, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_ylim(-0.55, len(labels) - 0.45)


def draw_legend(figure: Any, theme: Theme, handles: Sequence[Any], labels: Sequence[str]) -> None:
    """Draw a legend without a box, below everything."""
    said = [fold(label, WIDTH - 0.9) for label in labels]
    widest = max(max(measure(line) for line in label.split("\n")) for label in said)
    columns = max(1, min(len(said), int((WIDTH - 0.2) / (widest + 0.75))))
    figure.legend(
        handles, said, loc="outside lower center", ncols=columns, frameon=False, labelcolor=theme.text, handlelength=2.4
    )


def draw_colour_bar(figure: Any, image: Any, axes: Any, theme: Theme, label: str) -> None:
    """Draw the scale of a coloured map, below it."""
    from matplotlib.ticker import MaxNLocator

    both = image.norm.vmin == -image.norm.vmax
    ticks = MaxNLocator(nbins=4 if both else 5, symmetric=both, steps=[1, 2, 2.5, 5, 10])
    bar = figure.colorbar(image, ax=axes, location="bottom", shrink=0.8, aspect=32, pad=0.03, ticks=ticks)
    bar.ax.tick_params(colors=theme.text)
    bar.outline.set_visible(False)
    bar.set_label(fold(label, 4.4), color=theme.text)


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
