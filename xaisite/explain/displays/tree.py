"""Small decision trees: boxes for nodes, lines for answers.

Invariant: the left branch is "yes"; every box says how many rows reach it and what it answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xaisite.explain.displays.canvas import clear, house_style, make_figure, shorten
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation


def _place(nodes: list[dict[str, Any]]) -> dict[int, tuple[float, int]]:
    """Leaves side by side, parents above the middle of their children."""
    places: dict[int, tuple[float, int]] = {}
    taken = 0

    def visit(index: int, depth: int) -> float:
        nonlocal taken
        node = nodes[index]
        if node["left"] < 0:
            across, taken = float(taken), taken + 1
        else:
            across = (visit(node["left"], depth + 1) + visit(node["right"], depth + 1)) / 2
        places[index] = (across, depth)
        return across

    visit(0, 0)
    return places


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Draw the tree, root on top."""
    colours, nodes = find_theme(theme), e.extra["nodes"]
    places = _place(nodes)
    leaves = sum(node["left"] < 0 for node in nodes)
    depth = max(level for _, level in places.values())
    figure, axes = make_figure(colours, max(5.5, 1.55 * leaves), 1.0 + 1.1 * (depth + 1))
    for index, node in enumerate(nodes):
        across, level = places[index]
        for child, answer in ((node["left"], "yes"), (node["right"], "no")):
            if child >= 0:
                to, below = places[child]
                axes.plot(
                    [across, to],
                    [-level, -below],
                    color=colours.muted,
                    linewidth=0.6 + 4 * nodes[child]["share"],
                    solid_capstyle="round",
                    zorder=1,
                )
                axes.text(
                    (across + to) / 2,
                    -(level + below) / 2,
                    answer,
                    color=colours.muted,
                    fontsize=8,
                    ha="center",
                    va="center",
                    backgroundcolor=colours.background,
                    zorder=2,
                )
        leaf = node["left"] < 0
        text = (
            f"{node['answer']}\n{node['share']:.0%} of rows"
            if leaf
            else f"{shorten(node['test'], 26)}\n{node['share']:.0%}"
        )
        axes.text(
            across,
            -level,
            text,
            ha="center",
            va="center",
            fontsize=8.5,
            color=colours.text,
            zorder=3,
            bbox={
                "boxstyle": "round,pad=0.35",
                "facecolor": colours.neutral,
                "edgecolor": colours.plain if leaf else colours.muted,
                "linewidth": 1.6 if leaf else 0.8,
            },
        )
    axes.set_xlim(-0.6, max(leaves - 0.4, 0.6))
    axes.set_ylim(-depth - 0.5, 0.5)
    clear(axes)
    return figure


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
