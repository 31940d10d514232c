"""How each library's interactive results are read, and drawn still.

Does not import any of them: a value of theirs means that they are loaded. Each reader returns None for what it does not
know.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from xaisite.session.interactive import Interactive

_FEW_POINTS = 20  # below, Plotly marks the points of a line


def _read_plotly(value: Any) -> Interactive | None:
    module = sys.modules.get("plotly.basedatatypes")
    if module is None or not isinstance(value, module.BaseFigure):
        return None
    place = os.path.dirname(os.path.abspath(str(sys.modules["plotly"].__file__)))
    kinds = ", ".join(dict.fromkeys(str(trace.type) for trace in value.data))
    title = _text(getattr(value.layout.title, "text", None))
    words = f"{title}: " if title else ""
    return Interactive(
        kind="plotly",
        spec=json.loads(value.to_json()),
        words=f"{words}interactive chart ({kinds or 'empty'}).",
        library=os.path.join(place, "package_data", "plotly.min.js"),
        draw=lambda: _draw_plotly(value, title),
        columns=("series", "x", "y"),
        rows=tuple(_plotly_rows(value)),
    )


def _plotly_rows(figure: Any) -> Iterator[tuple[Any, ...]]:
    for k, trace in enumerate(figure.data, 1):
        name = _text(trace.name) or f"{trace.type} {k}"
        if trace.type == "pie":
            pairs = zip(_list(trace.labels), _list(trace.values), strict=False)
        else:
            x, y = _list(getattr(trace, "x", None)), _list(getattr(trace, "y", None))
            length = max(len(x), len(y))
            pairs = zip(x or range(length), y or [None] * length, strict=False)
        yield from ((name, a, b) for a, b in pairs if not isinstance(b, (list, tuple)))


def _draw_plotly(value: Any, title: str) -> Any:
    """Draw with matplotlib what Plotly would show: lines, points, bars, histograms, boxes, heat maps, shares."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5))
    axes = figure.add_subplot()
    bars = [trace for trace in value.data if trace.type == "bar"]
    unknown = [str(t.type) for t in value.data if not _draw_trace(axes, t, bars, str(value.layout.barmode or "group"))]
    axes.set_title(title)
    for side in ("x", "y"):
        axis = getattr(value.layout, f"{side}axis", None)
        getattr(axes, f"set_{side}label")(_text(getattr(getattr(axis, "title", None), "text", None)))
    if any(_text(trace.name) for trace in value.data) and len(value.data) > 1:
        axes.legend()
    if unknown:
        axes.text(0.5, 0.5, f"{', '.join(unknown)}: interactive only", ha="center", transform=axes.transAxes)
    return figure


def _draw_trace(axes: Any, trace: Any, bars: list[Any], barmode: str) -> bool:
    if trace.type == "bar":
        at = next(k for k, other in enumerate(bars) if other is trace)
        _draw_bar(axes, trace, at, len(bars) if barmode == "group" else 1, bars[:at] if barmode == "stack" else [])
        return True
    draw = _TRACES.get(str(trace.type))
    if draw is None:
        return False
    draw(axes, trace)
    return True


def _draw_scatter(axes: Any, trace: Any) -> None:
    y = _list(trace.y)
    x = _list(trace.x) or list(range(len(y)))
    mode = str(trace.mode or ("lines+markers" if len(x) < _FEW_POINTS else "lines"))
    style = ("-" if "lines" in mode else "") + ("o" if "markers" in mode else "")
    axes.plot(x, y, style or "-", label=_text(trace.name) or None, markersize=4)


def _draw_bar(axes: Any, trace: Any, at: int, count: int, below: list[Any]) -> None:
    """Draw bars beside the others of their group, or on those ``below``."""
    is_flat = trace.orientation == "h"
    places, lengths = _list(trace.y if is_flat else trace.x), _list(trace.x if is_flat else trace.y)
    places = places or list(range(len(lengths)))
    known = all(isinstance(place, int | float) for place in places)
    centres = places if known else list(range(len(places)))
    thick = 0.8 / count
    shifted = [centre + (at - (count - 1) / 2) * thick for centre in centres]
    starts = [sum((_list(b.x if is_flat else b.y)[k] for b in below), 0) for k in range(len(lengths))]
    label = _text(trace.name) or None
    if is_flat:
        axes.barh(shifted, lengths, thick, left=starts, label=label)
    else:
        axes.bar(shifted, lengths, thick, bottom=starts, label=label)
    if not known:
        (axes.set_yticks if is_flat else axes.set_xticks)(centres, [str(place) for place in places])


def _draw_box(axes: Any, trace: Any) -> None:
    axes.boxplot(_list(trace.y) or _list(trace.x), tick_labels=[_text(trace.name)])


def _draw_heatmap(axes: Any, trace: Any) -> None:
    shown = axes.imshow([_list(row) for row in _list(trace.z)], aspect="auto", origin="lower")
    axes.figure.colorbar(shown, ax=axes)


_TRACES: Mapping[str, Callable[[Any, Any], None]] = MappingProxyType(
    {
        "scatter": _draw_scatter,
        "scattergl": _draw_scatter,
        "box": _draw_box,
        "violin": _draw_box,
        "heatmap": _draw_heatmap,
        "histogram": lambda axes, t: axes.hist(_list(t.x) or _list(t.y), bins=t.nbinsx, label=_text(t.name) or None),
        "pie": lambda axes, t: axes.pie(_list(t.values), labels=[str(v) for v in _list(t.labels)]),
    }
)


def _read_altair(value: Any) -> Interactive | None:
    if not hasattr(value, "to_dict") or not hasattr(value, "mark_point"):
        return None
    spec = value.to_dict()
    data = next(iter(spec.get("datasets", {}).values()), None) or spec.get("data", {}).get("values") or []
    columns = tuple(data[0]) if data and isinstance(data[0], dict) else ()
    title = spec.get("title", "")
    mark = spec.get("mark", "")
    kind = mark.get("type", "") if isinstance(mark, dict) else str(mark)
    said = f"{title}: " if isinstance(title, str) and title else ""
    try:
        convert = importlib.import_module("vl_convert")
    except ImportError:
        convert = None
    return Interactive(
        kind="vega",
        spec=spec,
        words=f"{said}interactive chart{f' ({kind})' if kind else ''}.",
        bundle=convert.javascript_bundle("window.vegaEmbed = vegaEmbed;") if convert else "",
        svg=(lambda is_dark: str(convert.vegalite_to_svg(spec, theme="dark" if is_dark else None)))
        if convert
        else None,
        columns=columns,
        rows=tuple(tuple(row.get(name) for name in columns) for row in data) if columns else (),
    )


def _draw_vega(convert: Any, spec: Any, is_dark: bool) -> str:
    return str(convert.vegalite_to_svg(spec, theme="dark" if is_dark else None))


def _read_shap(value: Any) -> Interactive | None:
    name = type(value).__name__
    if name not in ("AdditiveForceVisualizer", "AdditiveForceArrayVisualizer"):
        return None
    force = sys.modules["shap.plots._force"]
    data = value.data
    single = name == "AdditiveForceVisualizer"
    names = [str(n) for n in data["featureNames"]]
    people = [data] if single else data["explanations"]
    rows = tuple(
        (k, names[int(at)], feature.get("value"), feature["effect"])
        for k, person in enumerate(people, 1)
        for at, feature in sorted(person["features"].items(), key=lambda item: int(item[0]))
    )
    return Interactive(
        kind="shap",
        spec={"view": name, "data": json.loads(json.dumps(data))},
        words=f"SHAP force plot, base value {data['baseValue']:.4g}, predictions: {len(people)}.",
        library=os.path.join(os.path.dirname(os.path.abspath(str(force.__file__))), "resources", "bundle.js"),
        draw=(lambda: value.matplotlib((12, 3), False, 0)) if single else (lambda: _draw_effects(names, people)),
        columns=("prediction", "feature", "value", "effect"),
        rows=rows,
    )


def _draw_effects(names: list[str], people: list[Any]) -> Any:
    """Draw the effects of all predictions as a heat map, the strongest features first."""
    from matplotlib.figure import Figure

    grid = [[_effect(person["features"], at) for person in people] for at in range(len(names))]
    order = sorted(range(len(names)), key=lambda at: -sum(abs(effect) for effect in grid[at]))[:12]
    top = max((abs(effect) for row in grid for effect in row), default=1.0) or 1.0
    figure = Figure(figsize=(7, 0.9 + 0.32 * len(order)))
    axes = figure.add_subplot()
    shown = axes.imshow([grid[at] for at in order], aspect="auto", cmap="RdBu_r", vmin=-top, vmax=top)
    axes.set_yticks(range(len(order)), [names[at] for at in order])
    axes.set_xlabel("prediction")
    figure.colorbar(shown, ax=axes, label="effect")
    return figure


def _effect(features: Mapping[Any, Any], at: int) -> float:
    feature = features.get(at) or features.get(str(at))
    return float(feature["effect"]) if feature else 0.0


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value.tolist() if hasattr(value, "tolist") else value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


READERS: Mapping[str, Callable[[Any], Interactive | None]] = MappingProxyType(
    {"plotly": _read_plotly, "altair": _read_altair, "shap": _read_shap}
)
