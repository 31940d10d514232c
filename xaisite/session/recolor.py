"""A figure's dark rendering, made by re-colouring what still has the light default.

Does not touch data: a mark keeps its colour. Invariant: whatever an author coloured on purpose (differing from the
light default) stays as it is.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

INK = "#e8e8ea"
FACE = "#16181d"
GRID = "#4a4d55"
_LIGHT_INK = {"black", "#000000", "k"}
_LIGHT_FACE = {"white", "#ffffff", "w"}
Paint = Callable[[str, str], str]
"""Chooses the colour of a part from its light and its dark one."""


def recolor_figure(figure: Any) -> None:
    """Re-colour faces, text, spines, ticks, grid and legends of a figure and its sub-figures, for dark pages."""
    _Brush(lambda _, dark: dark).paint_figure(figure)


@contextlib.contextmanager
def recolored(figure: Any, paint: Paint = lambda _, dark: dark) -> Iterator[None]:
    """Re-colour a figure, as ``paint`` says, and take it back afterwards."""
    brush = _Brush(paint)
    try:
        brush.paint_figure(figure)
        yield
    finally:
        for put, before in reversed(brush.done):
            put(before)


class Marks:
    """Colours that stand for a light and a dark one at once, so that one drawing gives both renderings.

    Each lies next to its light colour: should a drawing hold it by chance, nobody sees the difference.
    """

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], str] = {}

    def paint(self, light: str, dark: str) -> str:
        """Return the colour that stands for these two."""
        if (light, dark) not in self._marks:
            taken = set(self._marks.values())
            near = (_near(light, step) for step in range(1, 20))
            self._marks[light, dark] = next(mark for mark in near if mark not in taken)
        return self._marks[light, dark]

    def split(self, svg: bytes) -> tuple[bytes, bytes]:
        """Return the light and the dark rendering of an SVG drawn with marks."""
        return self._replaced(svg, 0), self._replaced(svg, 1)

    def _replaced(self, svg: bytes, which: int) -> bytes:
        meant = {mark.encode(): pair[which].encode() for pair, mark in self._marks.items()}
        if not meant:
            return svg
        return re.sub(b"|".join(map(re.escape, meant)), lambda found: meant[found[0]], svg)


def _near(color: str, step: int) -> str:
    parts = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    moved = (part + step * weight * (1 if part < 128 else -1) for part, weight in zip(parts, (1, 2, 3), strict=True))
    return "#" + "".join(f"{part:02x}" for part in moved)


class _Brush:
    """Re-colours parts, and remembers how they were."""

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self.done: list[tuple[Callable[[Any], Any], Any]] = []

    def paint_figure(self, figure: Any) -> None:
        from matplotlib.collections import Collection
        from matplotlib.lines import Line2D
        from matplotlib.text import Text

        self._face(figure.patch)
        for sub in getattr(figure, "subfigs", []):
            self._face(sub.patch)
        for axes in figure.get_axes():
            self._axes(axes)
        for legend in [*figure.legends, *(a.get_legend() for a in figure.get_axes())]:
            if legend is not None:
                self._face(legend.get_frame())
                self._edge(legend.get_frame(), GRID, extra=("0.8",))
                self._plain_ink(legend.findobj(Line2D), legend.get_patches(), legend.findobj(Collection))
        for text in figure.findobj(Text):
            self._color(text.get_color, text.set_color, _LIGHT_INK, INK)
            box = text.get_bbox_patch()
            if box is not None:
                self._face(box)
                self._edge(box, INK)

    def _axes(self, axes: Any) -> None:
        import matplotlib as mpl

        self._face(axes.patch)
        for spine in axes.spines.values():
            self._edge(spine, INK)
        grid = mpl.rcParams["grid.color"]
        for axis in (getattr(axes, name, None) for name in ("xaxis", "yaxis", "zaxis")):
            if axis is None:
                continue
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                for line in (tick.tick1line, tick.tick2line):
                    self._line(line, _LIGHT_INK, INK)
                self._line(tick.gridline, {grid}, GRID)
            offset = axis.get_offset_text()
            self._color(offset.get_color, offset.set_color, _LIGHT_INK, INK)
        self._plain_ink(axes.lines, axes.patches, axes.collections)

    def _plain_ink(self, lines: Iterable[Any], patches: Iterable[Any], collections: Iterable[Any]) -> None:
        """Lines and edges in default black (`axhline(color="k")`, quivers, error bars) would vanish on a dark face."""
        for line in lines:
            self._line(line, _LIGHT_INK, INK)
        for patch in patches:
            self._edge(patch, INK)  # the edge of a bar is black too, and transparent
        for group in collections:
            if group.get_array() is None:  # else its colours are data
                self._group(group.get_edgecolor(), group.set_edgecolor)
                self._group(group.get_facecolor(), group.set_facecolor)

    def _group(self, colors: Any, put: Callable[[Any], Any]) -> None:
        """Re-colour a collection whose parts are all in default black."""
        if len(colors) and all(color[3] > 0 and _is(color[:3], _LIGHT_INK) for color in colors):
            rgb = _rgb(self._paint("#000000", INK))
            self._put(put, colors.copy(), [(*rgb, color[3]) for color in colors])

    def _line(self, line: Any, light: set[str], dark: str) -> None:
        self._color(line.get_color, line.set_color, light, dark)
        self._color(line.get_markeredgecolor, line.set_markeredgecolor, light, dark)
        self._color(line.get_markerfacecolor, line.set_markerfacecolor, light, dark)

    def _color(self, get: Callable[[], Any], put: Callable[[Any], Any], light: set[str], dark: str) -> None:
        before = get()
        if _is(before, light):
            self._put(put, before, self._paint(_hex(before), dark))

    def _face(self, patch: Any) -> None:
        face = patch.get_facecolor()
        if face[3] > 0 and _is(face[:3], _LIGHT_FACE):
            self._put(patch.set_facecolor, face, (*_rgb(self._paint(_hex(face[:3]), FACE)), face[3]))

    def _edge(self, patch: Any, dark: str, extra: tuple[str, ...] = ()) -> None:
        edge = patch.get_edgecolor()
        if len(edge) == 4 and edge[3] > 0 and _is(edge[:3], _LIGHT_INK | set(extra)):
            self._put(patch.set_edgecolor, edge, (*_rgb(self._paint(_hex(edge[:3]), dark)), edge[3]))

    def _put(self, put: Callable[[Any], Any], before: Any, color: Any) -> None:
        self.done.append((put, before))
        put(color)


def _rgb(color: str) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    rgb = to_rgb(color)
    return rgb[0], rgb[1], rgb[2]


def _hex(color: Any) -> str:
    from matplotlib.colors import to_hex

    return str(to_hex(color))


def _is(color: Any, names: set[str]) -> bool:
    from matplotlib.colors import to_hex

    try:
        return to_hex(color) in {to_hex(name) for name in names}
    except (ValueError, TypeError):
        return False
