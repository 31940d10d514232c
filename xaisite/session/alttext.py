"""A first draft of a figure's alt text, read off its axes.

Does not interpret. Invariant: every number in it is in the figure; the same figure gives the same words.
"""

from __future__ import annotations

import math
from typing import Any

_MOST_AXES = 4


def draft_alt(figure: Any) -> str:
    """Describe a figure: its kind, labels, ranges and extremes (empty when there is nothing to say)."""
    title = figure.get_suptitle() if hasattr(figure, "get_suptitle") else ""
    axes = [a for a in figure.get_axes() if a.get_visible() and not _is_colorbar(a)]
    said = [sentence for sentence in (_describe_axes(a) for a in axes[:_MOST_AXES]) if sentence]
    if len(axes) > _MOST_AXES:
        said.append(f"And {len(axes) - _MOST_AXES} more panels.")
    if len(axes) > 1 and said:
        said.insert(0, f"{len(axes)} panels.")
    return " ".join([_plain(title) + ".", *said] if title else said)


def _is_colorbar(axes: Any) -> bool:
    return hasattr(axes, "_colorbar") or axes.get_label() == "<colorbar>"


def _describe_axes(axes: Any) -> str:
    kind = _bars(axes) or _lines(axes) or _points(axes) or _image(axes)
    if not kind:
        return ""
    title = _plain(axes.get_title())
    labels = [_plain(label) for label in (axes.get_xlabel(), axes.get_ylabel())]
    about = f": {title}" if title else ""
    over = ""
    if labels[0] and labels[1]:
        over = f" Horizontal axis: {labels[0]}; vertical axis: {labels[1]}."
    elif labels[0]:
        over = f" Horizontal axis: {labels[0]}."
    elif labels[1]:
        over = f" Vertical axis: {labels[1]}."
    head, _, rest = kind.partition(". ")
    return f"{head}{about}.{over}" + (f" {rest}" if rest else "")


def _bars(axes: Any) -> str:
    from matplotlib.container import BarContainer

    groups = [c for c in axes.containers if isinstance(c, BarContainer) and len(c)]
    if not groups:
        return ""
    bars = groups[0]
    horizontal = getattr(bars, "orientation", "vertical") == "horizontal"
    values = [patch.get_width() if horizontal else patch.get_height() for patch in bars]
    names = bar_names(axes, bars, horizontal=horizontal)
    finite = [i for i, value in enumerate(values) if math.isfinite(value)]
    if not finite:
        return f"Bar chart with {len(values)} bars"
    top, low = max(finite, key=values.__getitem__), min(finite, key=values.__getitem__)
    count = f"{len(values)} bars" if len(groups) == 1 else f"{len(groups)} groups of {len(values)} bars"
    said = f"Bar chart with {count}. Largest: {_named(names, top, values)}"
    return said + ("." if top == low else f"; smallest: {_named(names, low, values)}.")


def bar_names(axes: Any, bars: Any, *, horizontal: bool) -> list[str]:
    """Return the tick label under each bar (empty where there is none)."""
    axis = axes.yaxis if horizontal else axes.xaxis
    ticks = {
        round(float(at), 6): label.get_text()
        for at, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
    }
    centers = [p.get_y() + p.get_height() / 2 if horizontal else p.get_x() + p.get_width() / 2 for p in bars]
    return [_plain(ticks.get(round(float(center), 6), "")) for center in centers]


def _named(names: list[str], at: int, values: list[Any]) -> str:
    value = short_number(values[at])
    return f"{names[at]} ({value})" if names[at] else value


def _lines(axes: Any) -> str:
    lines = [line for line in axes.lines if len(line.get_xdata(orig=False)) > 2]
    if not lines:
        return ""
    names = [str(line.get_label()) for line in lines if not str(line.get_label()).startswith("_")]
    count = "one line" if len(lines) == 1 else f"{len(lines)} lines"
    said = f"Line chart with {count}" + (f" ({', '.join(map(_plain, names[:6]))})" if names else "")
    ranges = (
        _range([line.get_xdata(orig=False) for line in lines]),
        _range([line.get_ydata(orig=False) for line in lines]),
    )
    if all(ranges):
        said += f". From {ranges[0]} horizontally and {ranges[1]} vertically."
    return said


def _points(axes: Any) -> str:
    from matplotlib.collections import PathCollection

    clouds: list[Any] = [c for c in axes.collections if isinstance(c, PathCollection)]
    clouds = [c for c in clouds if len(c.get_offsets())]
    if not clouds:
        return ""
    total = sum(len(c.get_offsets()) for c in clouds)
    return f"Scatter plot of {total} points" + (f" in {len(clouds)} groups" if len(clouds) > 1 else "")


def _image(axes: Any) -> str:
    if not axes.images:
        return ""
    shape = axes.images[0].get_array().shape
    if len(axes.images) == 1 and len(shape) == 2:
        low, high = (
            _range([axes.images[0].get_array()]).split(" to ") if _range([axes.images[0].get_array()]) else ("", "")
        )
        span = f". Values from {low} to {high}." if low else ""
        return f"Heat map of {shape[0]} by {shape[1]} cells{span}"
    return f"Image of {shape[1]} by {shape[0]} pixels"


def _range(arrays: list[Any]) -> str:
    import numpy as np

    try:
        flat = np.concatenate([np.ma.filled(np.ma.asarray(a, dtype=float), np.nan).ravel() for a in arrays])
    except (TypeError, ValueError):
        return ""
    flat = flat[np.isfinite(flat)]
    return f"{short_number(flat.min())} to {short_number(flat.max())}" if len(flat) else ""


def short_number(value: Any) -> str:
    """Write a number with three significant digits."""
    number = float(value)
    return f"{number:.3g}" if number == 0 or 1e-3 <= abs(number) < 1e6 else f"{number:.2e}"


def _plain(text: str) -> str:
    return " ".join(str(text).replace("$", "").split())
