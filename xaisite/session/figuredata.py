"""The numbers a figure draws, as CSV for downloading.

Does not guess what they mean beyond labels. Invariant: the values are those drawn, in full precision.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from xaisite.session.alttext import bar_names

_MOST_ROWS = 20_000


def figure_csv(figure: Any) -> str:
    """Return rows ``panel, kind, series, x, y[, value]`` of a figure (empty when too much or nothing is drawn)."""
    rows = []
    for panel, axes in enumerate(figure.get_axes(), 1):
        for row in _rows(axes):
            rows.append([str(panel), *row])
            if len(rows) > _MOST_ROWS:
                return ""
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["panel", "kind", "series", "x", "y", "value"])
    writer.writerows(rows)
    return out.getvalue()


def _rows(axes: Any) -> Iterator[list[str]]:
    from matplotlib.collections import PathCollection
    from matplotlib.container import BarContainer

    for container in axes.containers:
        if isinstance(container, BarContainer):
            yield from _bar_rows(axes, container)
    for line in axes.lines:
        name = _series(line)
        for x, y in zip(line.get_xdata(orig=False), line.get_ydata(orig=False), strict=False):
            yield ["line", name, _number(x), _number(y), ""]
    clouds: list[Any] = [c for c in axes.collections if isinstance(c, PathCollection)]
    for cloud in clouds:
        if len(cloud.get_offsets()):
            values = cloud.get_array()
            for i, (x, y) in enumerate(cloud.get_offsets()):
                value = _number(values[i]) if values is not None and i < len(values) else ""
                yield ["point", _series(cloud), _number(x), _number(y), value]
    for image in axes.images:
        yield from _image_rows(image)


def _bar_rows(axes: Any, bars: Any) -> Iterator[list[str]]:
    horizontal = getattr(bars, "orientation", "vertical") == "horizontal"
    names = bar_names(axes, bars, horizontal=horizontal)
    for patch, name in zip(bars, names, strict=True):
        if horizontal:
            yield [
                "bar",
                name or _series(bars),
                _number(patch.get_width()),
                _number(patch.get_y() + patch.get_height() / 2),
                "",
            ]
        else:
            yield [
                "bar",
                name or _series(bars),
                _number(patch.get_x() + patch.get_width() / 2),
                _number(patch.get_height()),
                "",
            ]


def _image_rows(image: Any) -> Iterator[list[str]]:
    data = image.get_array()
    if data.ndim != 2 or data.size > _MOST_ROWS:
        return
    for i in range(data.shape[0]):
        for j in range(data.shape[1]):
            yield ["cell", "", str(j), str(i), _number(data[i, j])]


def _series(artist: Any) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") else label


def _number(value: Any) -> str:
    try:
        return repr(float(value))
    except (TypeError, ValueError):
        return str(value)
