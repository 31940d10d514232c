"""The terms of an explainable boosting machine: how much each counts, and the curves of the strongest features.

Invariant: curves share one scale, so that a weak feature looks weak; the bands are the machine's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.bundle import assemble
from xaisite.explain.displays.canvas import (
    bars_height,
    draw_bars,
    draw_legend,
    fold_names,
    house_style,
    make_figure,
    paint,
)
from xaisite.explain.displays.importance import render_alt
from xaisite.explain.displays.lettering import fold
from xaisite.explain.explanation import Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import Theme, ThemeName, find_theme
from xaisite.explain.plain import to_json
from xaisite.explain.verdict import shown

BARS = 10
CURVES = 4
LABELS = 5


def make_shapes_bundle(whole: Any, parts: list[dict[str, Any]], *, cites: tuple[str, ...]) -> dict[str, Any]:
    """Return the bundle of all terms: importances, and curves of the strongest single features."""
    sizes = np.asarray(whole["scores"], dtype=np.float64)
    names = tuple(map(str, whole["names"]))
    order = sorted(range(len(names)), key=lambda at: (-float(sizes[at]), at))
    drawn = [at for at in order if parts[at]["type"] == "univariate"][:CURVES]
    curves = [_read_curve(names[at], parts[at]) for at in drawn]
    explanation = Explanation(
        method="ebm",
        kind="importance",
        values=sizes,
        names=names,
        target="the model",
        scale="mean absolute score",
        extra={"unit": "mean absolute score", "curves": curves},
    )
    table = {
        "term": [names[at] for at in order],
        "mean absolute score": sizes[order],
        "lowest score": [float(np.min(parts[at]["scores"])) for at in order],
        "highest score": [float(np.max(parts[at]["scores"])) for at in order],
    }
    return assemble(
        figure=lambda theme="light": _draw(explanation, curves, order[:BARS], theme),
        alt=" ".join([render_alt(explanation).replace(" features.", " terms."), *map(_say_curve, curves)]),
        caption="Terms of an explainable boosting machine: mean absolute score on the training rows, and the score "
        f"over the values of the strongest {'feature' if len(curves) == 1 else f'{len(curves)} features'}, with the "
        "spread over its bags. The model is the sum of its terms: nothing is approximated.",
        table=load_library("pandas").DataFrame(table),
        data_json=to_json(explanation, checked=False),
        cites=cites,
    )


def _read_curve(name: str, part: dict[str, Any]) -> dict[str, Any]:
    """Edges of bins, or categories, with scores (values, or values × classes) and bounds."""
    scores = np.asarray(part["scores"], dtype=np.float64)
    places = list(part["names"])
    return {
        "name": name,
        "places": np.asarray(places, dtype=np.float64) if len(places) == len(scores) + 1 else list(map(str, places)),
        "scores": scores,
        "lower": np.asarray(part["lower_bounds"], dtype=np.float64),
        "upper": np.asarray(part["upper_bounds"], dtype=np.float64),
        "classes": [str(label) for label in (part.get("meta") or {}).get("label_names", ())],
    }


def _say_curve(curve: dict[str, Any]) -> str:
    """Where a curve is highest and lowest."""
    name, places, scores = curve["name"], curve["places"], curve["scores"]
    if scores.ndim > 1:
        top, at = np.unravel_index(int(scores.argmax()), scores.shape)
        return f"{name}: highest for class {curve['classes'][at]} {_say_place(places, int(top))}."
    low, high = int(scores.argmin()), int(scores.argmax())
    return (
        f"{name}: lowest {_say_place(places, low)} ({shown(float(scores[low]))}), "
        f"highest {_say_place(places, high)} ({shown(float(scores[high]))})."
    )


def _say_place(places: Any, at: int) -> str:
    if isinstance(places, list):
        return f"for {places[at]}"
    return f"between {shown(float(places[at]))} and {shown(float(places[at + 1]))}"


@house_style
def _draw(e: Explanation, curves: list[dict[str, Any]], order: list[int], theme: ThemeName = "light") -> Any:
    """Bars on top, below them the curves, two beside one another."""
    colours, labels = find_theme(theme), fold_names([e.names[at] for at in order])
    lines, top = (len(curves) + 1) // 2, 0.85 + bars_height(labels)
    classes = curves[0]["classes"] if curves and curves[0]["scores"].ndim > 1 else []
    height = top + 1.9 * lines + (0.35 if classes else 0)
    figure, grid = make_figure(colours, height, nrows=1 + lines, ncols=2, height_ratios=[top] + [1.9] * lines)
    cells = np.atleast_2d(grid)
    places = cells[0, 0].get_gridspec()
    for axes in (*cells[0], *cells[1:].ravel()[len(curves) :]):
        axes.remove()
    bars = figure.add_subplot(places[0, :])
    paint(bars, colours)
    draw_bars(bars, colours, labels, e.values[order], signed=False)
    bars.set_xlabel(fold(e.scale, 3.3))
    below = list(cells[1:].ravel()[: len(curves)])
    for place, (axes, curve) in enumerate(zip(below, curves, strict=True)):
        _draw_curve(axes, colours, curve)
        axes.set_ylabel("score" if place % 2 == 0 else "")
        axes.set_ylim(_find_limits(curves))
    if classes:
        from matplotlib.lines import Line2D

        inks = [Line2D([], [], color=ink, linewidth=1.8) for ink, _ in zip(colours.series, classes, strict=False)]
        draw_legend(figure, colours, inks, classes[: len(inks)])
    return figure


def _find_limits(curves: list[dict[str, Any]]) -> tuple[float, float]:
    low = min(float(curve["lower"].min()) for curve in curves)
    high = max(float(curve["upper"].max()) for curve in curves)
    edge = 0.05 * max(high - low, 1e-9)
    return low - edge, high + edge


def _draw_curve(axes: Any, colours: Theme, curve: dict[str, Any]) -> None:
    """One panel: steps over numbers, points over categories; a colour for each class."""
    places, scores = curve["places"], curve["scores"]
    several = scores.ndim > 1
    inks = colours.series if several else (colours.plain,)
    for at, ink in zip(range(scores.shape[1] if several else 1), inks, strict=False):
        mean, low, high = (one[:, at] if several else one for one in (scores, curve["lower"], curve["upper"]))
        if isinstance(places, list):
            axes.errorbar(range(len(mean)), mean, yerr=(mean - low, high - mean), fmt="o", color=ink, capsize=2)
        else:
            axes.stairs(high, places, baseline=low, fill=True, color=ink, alpha=0.2)
            axes.plot(places, np.append(mean, mean[-1]), drawstyle="steps-post", color=ink, linewidth=1.8)
    axes.axhline(0, color=colours.text, linewidth=0.8, zorder=0)
    axes.set_xlabel(fold(curve["name"], 2.0))
    if isinstance(places, list):
        named = places if len(places) <= LABELS else []
        axes.set_xticks(range(len(named)), [fold(one, 1.5 / max(len(named), 1)) for one in named])
        axes.set_xlim(-0.5, len(places) - 0.5)
