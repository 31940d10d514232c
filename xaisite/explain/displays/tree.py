"""Small decision trees, written like an outline: answers stand below their question, further in.

Invariant: the first branch is "yes"; every line says how many rows reach it, and leaves what they answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xaisite.explain.displays.canvas import WIDTH, house_style, make_page
from xaisite.explain.displays.lettering import fold, measure
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import Theme, ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

EDGE = 0.14
PITCH = 0.29


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A node where it stands: its depth, the answer that leads there, and the line of its parent."""

    node: dict[str, Any]
    depth: int
    word: str
    parent: int | None


def _outline(nodes: list[dict[str, Any]]) -> list[_Line]:
    """Nodes from top to bottom: a question, everything below its yes, everything below its no."""
    lines: list[_Line] = []

    def visit(index: int, depth: int, word: str, parent: int | None) -> None:
        here = len(lines)
        lines.append(_Line(node=nodes[index], depth=depth, word=word, parent=parent))
        if nodes[index]["left"] >= 0:
            visit(nodes[index]["left"], depth + 1, "yes", here)
            visit(nodes[index]["right"], depth + 1, "no", here)

    visit(0, 0, "", None)
    return lines


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Draw the tree, root on top."""
    colours, lines = find_theme(theme), _outline(e.extra["nodes"])
    figure, axes = make_page(colours, PITCH * len(lines) + 0.1)
    # Deep trees step in by less, so that the last question still has room.
    step = min(0.42, 1.7 / max(line.depth for line in lines)) if len(lines) > 1 else 0.0
    for place in range(len(lines)):
        _draw_line(axes, colours, lines, place, step)
    return figure


def _draw_line(axes: Axes, colours: Theme, lines: list[_Line], place: int, step: float) -> None:
    """Draw one node, and the branch that leads to it."""
    line = lines[place]
    across, down = EDGE + step * line.depth, 0.05 + PITCH * (place + 0.5)
    if line.parent is not None:
        left, top = across - step + 0.06, 0.05 + PITCH * (line.parent + 0.5) + 0.12
        width = 0.8 + 4 * line.node["share"]
        axes.plot([left, left, across - 0.04], [top, down, down], color=colours.second, linewidth=width)
        axes.text(across, down, line.word, color=colours.muted, va="center")
        across += measure("yes ") + 0.02
    share = f"{line.node['share']:.0%}" + (" of rows" if place == 0 else "")
    leaf = line.node["left"] < 0
    asked = f"→ {line.node['answer']}" if leaf else f"{line.node['test']}?"
    said = fold(asked, WIDTH - EDGE - across - measure(share) - 0.1, 1)
    drawn = axes.text(across, down, said, color=colours.plain if leaf else colours.text, va="center")
    # Where the text ends depends on the resolution: few pixels, and its letters are set wider.
    axes.annotate(
        share, (1, down), (8, 0), xycoords=(drawn, "data"), textcoords="offset points", color=colours.muted, va="center"
    )


def render_alt(e: Explanation) -> str:
    """Size, root test and leaves."""
    nodes = e.extra["nodes"]
    leaves = [node for node in nodes if node["left"] < 0]
    biggest = max(leaves, key=lambda node: node["share"])
    root = f"first asks “{nodes[0]['test']}”" if nodes[0]["left"] >= 0 else "asks nothing"
    return (
        f"Decision tree with {len(leaves)} leaves: {root}; the largest leaf answers "
        f"{biggest['answer']} for {biggest['share']:.0%} of the rows. "
        f"It agrees with the model on held-out rows with {e.evidence['measure']} {shown(e.evidence['held_out'])}."
    )


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per leaf: its path as a rule."""
    rows = []

    def visit(index: int, path: tuple[str, ...]) -> None:
        node = e.extra["nodes"][index]
        if node["left"] < 0:
            rows.append((" and ".join(path) or "always", node["answer"], float(node["share"])))
            return
        visit(node["left"], (*path, node["test"]))
        visit(node["right"], (*path, f"not {node['test']}"))

    visit(0, ())
    frame: pd.DataFrame = load_library("pandas").DataFrame(rows, columns=["if", "then", "share of rows"])
    return frame
