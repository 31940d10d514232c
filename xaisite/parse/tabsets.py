"""Tabsets: `::: {.panel-tabset}`, whose headings begin the tabs, and MyST's `{tab-set}` of `{tab-item}`s."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.parse.div_parts import Div, add_div_id, make_token, named_heading, plain_div, read_div, title_place, wrap

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk


def tabset_div(walk: Walk, div: Div) -> list[Token]:
    """Every heading of the first one's level begins a panel."""
    add_div_id(walk, div)
    depth = next((t.tag for t in div.inner if t.type == "heading_open" and t.level == div.inner[0].level), "")
    if not depth and any("tab-item" in item.attributes.classes for item in _items(walk, div.inner)):
        return _tab_items(walk, div)
    if not depth:
        walk.here.warn("div-tabset-empty", "a tabset needs headings: each begins a tab", div.span,
                       help="begin each tab with a heading, such as “## Python”")  # fmt: skip
        return plain_div(walk, div)
    out = [make_token("tabset_open", "div", 1, id=div.attributes.id, group=div.attributes.values.get("group", ""))]
    is_open = False
    at = 0
    while at < len(div.inner):
        token = div.inner[at]
        if token.type == "heading_open" and token.tag == depth and token.level == div.inner[0].level:
            if is_open:
                out.append(make_token("tabset_panel_close", "div", -1))
            title, name, _ = named_heading(walk, div.inner[at : at + 3])
            out.append(make_token("tabset_panel_open", "div", 1, title=title, id=name or walk.here.own_id("tab")))
            is_open = True
            at += 3
            continue
        stop = _next_panel(div.inner, at, depth)
        out += walk.blocks(div.inner[at:stop])
        at = stop
    return [
        *out,
        *([make_token("tabset_panel_close", "div", -1)] if is_open else []),
        make_token("tabset_close", "div", -1),
    ]


def _tab_items(walk: Walk, div: Div) -> list[Token]:
    """MyST's `{tab-set}`: every `{tab-item}` in it is a panel."""
    out = [make_token("tabset_open", "div", 1, id=div.attributes.id, group="")]
    for item in _items(walk, div.inner):
        title = walk.inline(item.title, title_place(walk, item, item.title))
        name = item.attributes.id or walk.here.own_id("tab")
        out += wrap("tabset_panel", "div", walk.blocks(item.inner), title=title, id=name)
    return [*out, make_token("tabset_close", "div", -1)]


def _items(walk: Walk, inner: list[Token]) -> Iterator[Div]:
    """Yield the divs that stand directly in a block."""
    at = 0
    while at < len(inner):
        end = at + 1
        if inner[at].type == "div_open":
            div, end = read_div(walk, inner, at)
            yield div
        at = end


def _next_panel(inner: list[Token], at: int, depth: str) -> int:
    level = inner[0].level
    return next((k for k in range(at, len(inner)) if inner[k].type == "heading_open" and inner[k].tag == depth
                 and inner[k].level == level), len(inner))  # fmt: skip
