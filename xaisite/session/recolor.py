"""A figure's dark rendering, made by re-colouring what still has the light default.

Does not touch data: a mark keeps its colour. Invariant: whatever an author coloured on purpose (differing from the
light default) stays as it is.
"""

from __future__ import annotations

from typing import Any

INK = "#e8e8ea"
FACE = "#16181d"
GRID = "#4a4d55"
_LIGHT_INK = {"black", "#000000", "k"}
_LIGHT_FACE = {"white", "#ffffff", "w"}


def recolor_figure(figure: Any) -> None:
    """Re-colour faces, text, spines, ticks, grid and legends of a figure and its sub-figures."""
    from matplotlib.text import Text

    _face(figure.patch)
    for sub in getattr(figure, "subfigs", []):
        _face(sub.patch)
    for axes in figure.get_axes():
        _recolor_axes(axes)
    for legend in [*figure.legends, *(a.get_legend() for a in figure.get_axes())]:
        if legend is not None:
            _face(legend.get_frame())
            _edge(legend.get_frame(), GRID, extra=("0.8",))
    for text in figure.findobj(Text):
        if _is(text.get_color(), _LIGHT_INK):
            text.set_color(INK)
        box = text.get_bbox_patch()
        if box is not None:
            _face(box)
            _edge(box, INK)


def _recolor_axes(axes: Any) -> None:
    import matplotlib as mpl

    _face(axes.patch)
    for spine in axes.spines.values():
        _edge(spine, INK)
    grid = mpl.rcParams["grid.color"]
    for axis in (getattr(axes, name, None) for name in ("xaxis", "yaxis", "zaxis")):
        if axis is None:
            continue
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            for line in (tick.tick1line, tick.tick2line):
                _line(line, _LIGHT_INK, INK)
            _line(tick.gridline, {grid}, GRID)
        offset = axis.get_offset_text()
        if _is(offset.get_color(), _LIGHT_INK):
            offset.set_color(INK)
    _plain_ink(axes)


def _plain_ink(axes: Any) -> None:
    """Lines and edges in default black (`axhline(color="k")`, quivers, error bars) would vanish on a dark face."""
    for line in axes.lines:
        _line(line, _LIGHT_INK, INK)
    for patch in axes.patches:
        if _is(patch.get_edgecolor(), _LIGHT_INK):
            patch.set_edgecolor(INK)


def _line(line: Any, light: set[str], dark: str) -> None:
    if _is(line.get_color(), light):
        line.set_color(dark)
    for get, put in (
        (line.get_markeredgecolor, line.set_markeredgecolor),
        (line.get_markerfacecolor, line.set_markerfacecolor),
    ):
        if _is(get(), light):
            put(dark)


def _face(patch: Any) -> None:
    face = patch.get_facecolor()
    if face[3] > 0 and _is(face[:3], _LIGHT_FACE):
        patch.set_facecolor((*_rgb(FACE), face[3]))


def _edge(patch: Any, dark: str, extra: tuple[str, ...] = ()) -> None:
    edge = patch.get_edgecolor()
    if len(edge) == 4 and edge[3] > 0 and _is(edge[:3], _LIGHT_INK | set(extra)):
        patch.set_edgecolor((*_rgb(dark), edge[3]))


def _rgb(color: str) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    rgb = to_rgb(color)
    return rgb[0], rgb[1], rgb[2]


def _is(color: Any, names: set[str]) -> bool:
    from matplotlib.colors import to_hex

    try:
        return to_hex(color) in {to_hex(name) for name in names}
    except (ValueError, TypeError):
        return False
