"""Attributions of one or several rows: bars for one row, a bar of mean sizes with the spread for several.

Invariant: colour is the sign of the contribution; bars start at zero; the largest contribution is on top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import (
    bars_height,
    draw_bars,
    draw_legend,
    fold_names,
    fold_with_value,
    house_style,
    make_figure,
)
from xaisite.explain.displays.lettering import fold
from xaisite.explain.displays.wording import enumerate_words, ranked
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

MOST = 12


def rank_features(e: Explanation) -> list[int]:
    """Feature indices, largest mean absolute value first; ties in the order of the data."""
    sizes = np.abs(e.values).mean(axis=0)
    return sorted(range(len(e.names)), key=lambda index: (-float(sizes[index]), index))


def label(e: Explanation, index: int) -> str:
    """Return a feature with its value, where one row is shown."""
    shown_rows = e.extra.get("shown")
    return f"{e.names[index]} = {shown_rows[0][index]}" if shown_rows and len(shown_rows) == 1 else e.names[index]


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Bars for one row, points for several."""
    colours, order = find_theme(theme), rank_features(e)[:MOST]
    one = len(e.values) == 1
    shown_rows = e.extra.get("shown") if one else None
    names = (
        [fold_with_value(e.names[index], f"=\u00a0{shown_rows[0][index]}") for index in order]
        if shown_rows
        else fold_names([e.names[index] for index in order])
    )
    widths = e.extra.get("widths", ()) if one else ()
    figure, axes = make_figure(colours, 0.85 + bars_height(names) + 0.2 * len(widths))
    if one:
        errors = None if e.errors is None else e.errors[0][order]
        draw_bars(axes, colours, names, e.values[0][order], errors=errors)
        marks = []
        for mark, weights in zip("o^sD", e.extra.get("width_weights", ()), strict=False):
            marks += axes.plot(
                np.asarray(weights)[order],
                np.arange(len(order))[::-1],
                mark,
                color=colours.text,
                fillstyle="none",
                markersize=6,
            )
        if marks:
            draw_legend(figure, colours, marks, [f"kernel width {shown(float(width))}" for width in widths])
    else:
        _draw_rows(e, axes, order, theme)
    unit = "" if e.target.endswith(e.scale) or e.scale == "model output" else f" ({e.scale})"
    said = (
        f"contribution to {e.target}{unit}"
        if e.method != "lime"
        else f"weight for {e.target} ({e.scale} per {e.extra.get('unit', 'unit')})"
    )
    axes.set_xlabel(fold(said, 3.3))
    return figure


def _draw_rows(e: Explanation, axes: Any, order: list[int], theme: ThemeName) -> None:
    """One point per row and feature, spread in height by rank so that equal values stay visible."""
    colours = find_theme(theme)
    for place, index in enumerate(reversed(order)):
        column = e.values[:, index]
        ranks = np.argsort(np.argsort(column, kind="stable"), kind="stable")
        offset = ((ranks * 0.618034) % 1 - 0.5) * 0.6
        paint = np.where(column >= 0, colours.positive, colours.negative)
        axes.scatter(column, place + offset, s=12, c=paint, linewidths=0, alpha=0.75)
    axes.set_yticks(range(len(order)), fold_names([e.names[index] for index in reversed(order)]))
    axes.set_ylim(-0.55, len(order) - 0.45)
    axes.axvline(0, color=colours.text, linewidth=0.8)
    axes.grid(axis="x", color=colours.grid, linewidth=0.6)
    axes.set_axisbelow(True)


def render_alt(e: Explanation) -> str:
    """Largest contributions in each direction, or mean sizes."""
    order = rank_features(e)
    if len(e.values) > 1:
        sizes = np.abs(e.values).mean(axis=0)
        most = ranked([e.names[i] for i in order], [sizes[i] for i in order], with_sign=False)
        what = "weights for" if e.method == "lime" else "contributions to"
        return f"Points for {len(e.values)} rows: {what} {e.target}. Largest on average: {most}."
    values = e.values[0]
    up = [i for i in order if values[i] > 0]
    down = [i for i in order if values[i] < 0]
    said = []
    if up:
        said.append(f"raised most by {ranked([label(e, i) for i in up], [values[i] for i in up])}")
    if down:
        said.append(f"lowered most by {ranked([label(e, i) for i in down], [values[i] for i in down])}")
    whole = f"Bars: the output for {e.target}"
    if e.prediction is not None and e.base_value is not None:
        whole += f" is {shown(float(e.prediction[0]))}, from a base of {shown(e.base_value)}"
    hidden = len(order) - MOST
    rest = f" {hidden} smaller contributions are not drawn." if hidden > 0 else ""
    return f"{whole}; {enumerate_words(said) if said else 'no feature contributes'}.{rest}"


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per feature; several rows give mean absolute, mean, smallest and largest."""
    pandas, order = load_library("pandas"), rank_features(e)
    if len(e.values) > 1:
        columns = {
            "feature": [e.names[i] for i in order],
            "mean |value|": np.abs(e.values).mean(axis=0)[order],
            "mean": e.values.mean(axis=0)[order],
            "smallest": e.values.min(axis=0)[order],
            "largest": e.values.max(axis=0)[order],
        }
    else:
        shown_rows = e.extra.get("shown")
        columns = {"feature": [e.names[i] for i in order]}
        if shown_rows:
            columns["input"] = [shown_rows[0][i] for i in order]
        columns["weight" if e.method == "lime" else "contribution"] = e.values[0][order]
        if e.errors is not None:
            columns["standard error"] = e.errors[0][order]
        for width, weights in zip(e.extra.get("widths", ()), e.extra.get("width_weights", ()), strict=True):
            columns[f"at kernel width {shown(float(width))}"] = np.asarray(weights)[order]
    frame: pd.DataFrame = pandas.DataFrame(columns)
    return frame
