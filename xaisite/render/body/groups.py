"""Figures of several pictures (`::: {#fig-x layout-ncol=2}`), and widgets with what is shown where no script runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.model.columns import column_classes
from xaisite.model.nodes import Attributes
from xaisite.model.result import Figure
from xaisite.render.body.pictures import caption_html, find_media, image_tag
from xaisite.render.body.writer import Rule, Writer, attribute

_FINE = 12  # columns into which rows of different widths are divided: halves, thirds, quarters
_LONGEST = 1000
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def _columns(attributes: Attributes, count: int) -> int:
    values = attributes.values
    if values.get("layout-ncol", "").isdigit():
        return max(1, int(values["layout-ncol"]))
    if values.get("layout-nrow", "").isdigit():
        return -(-count // max(1, int(values["layout-nrow"])))
    return max(map(len, _rows(attributes)), default=1)


def _rows(attributes: Attributes) -> list[list[float]]:
    """Return the rows of relative widths of `layout="[[1, 2], [1]]"` or `layout="[70, 30]"`; empty when it has none."""
    text = attributes.values.get("layout", "")
    rows = [[float(n) for n in _NUMBER.findall(row)] for row in re.split(r"\][\s,]*\[", text[:_LONGEST])]
    return [row for row in rows if any(width > 0 for width in row)]


def _tracks(attributes: Attributes) -> str:
    """Return the style of a grid whose columns have widths of their own."""
    rows = _rows(attributes)
    if len({tuple(row) for row in rows}) != 1 or len(set(rows[0])) == 1 or min(rows[0]) <= 0:
        return ""
    return f' style="--tracks:{" ".join(f"minmax(0,{width:g}fr)" for width in rows[0])}"'


def _spans(attributes: Attributes) -> tuple[int, list[int]]:
    """Return the columns of a grid with rows of different widths, and how many of them each part takes."""
    rows = _rows(attributes)
    if len({tuple(row) for row in rows}) < 2:
        return 0, []
    return _FINE, [max(1, round(_FINE * width / sum(map(abs, row)))) for row in rows for width in row if width > 0]


def _group_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    w.grouped += 1
    token = tokens[i]
    attributes: Attributes = token.meta["attributes"]
    count = sum(t.type in ("figure", "cell") or (t.type == "image") for t in _inside(tokens, i))
    classes = [c for c in column_classes(attributes.classes) if c.startswith("column-")] or ["column-body"]
    name = attribute("id", token.meta["label"])
    columns, spans = _spans(attributes)
    w.spans = list(spans)
    style = f' style="--tracks:repeat({columns},minmax(0,1fr))"' if columns else _tracks(attributes)
    return (
        f'<figure class="{escape(" ".join(["figure", *classes]))}"{name}>'
        f'<div class="figure-grid" data-columns="{columns or _columns(attributes, count)}"{style}>\n'
    )


def _inside(tokens: Sequence[Token], i: int) -> Sequence[Token]:
    end = next((k for k in range(i + 1, len(tokens)) if tokens[k].type == "figure_group_close"), len(tokens))
    return tokens[i + 1 : end]


def _group_close(w: Writer, tokens: Sequence[Token], i: int) -> str:
    w.grouped -= 1
    w.spans.clear()
    meta = tokens[i].meta
    return f"</div>{caption_html(w, meta['label'], w.render(meta['caption']))}</figure>\n"


def _widget_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    ordinals = meta["ordinals"]
    shown = attribute("id", meta["id"])
    for name, target in (("src", "data-widget"), ("data", "data-data")):
        if name in ordinals:
            written = w.outline.media[ordinals[name]].src
            shown += f' {target}="{escape(find_media(w, ordinals[name], written).href)}"'
    return f'<div class="widget"{shown}><div class="widget-fallback">\n{_fallback(w, meta["fallback"])}'


def _fallback(w: Writer, label: str) -> str:
    """Return the picture, of the text or of a cell, that a widget names."""
    use = next((use for use in w.outline.media if label and use.label == label), None)
    if use is not None:
        found = find_media(w, use.ordinal, use.src)
        return image_tag(found.href, use.alt or "", (found.width_px, found.height_px)) + "\n"
    cell = next((c for c in w.outline.cells if c.label == label), None) if label else None
    results = w.context.results
    if cell is None or results is None or cell.index >= len(results.cells):
        return ""
    figure = next((figure for figure in results.cells[cell.index].figures if figure.light), None)
    if figure is None:
        return ""
    alt = cell.show.fig_alts[0] if cell.show.fig_alts else figure.alt
    return two_pictures(w, figure, alt) + "\n"


def two_pictures(w: Writer, figure: Figure, alt: str) -> str:
    """Return a figure that a cell drew, for light pages and, where there is one, for dark pages."""
    light = figure.light[0]
    size = (light.width_px, light.height_px)
    if not figure.dark:
        return image_tag(w.context.media_href(light), alt, size)
    dark = image_tag(w.context.media_href(figure.dark[0]), alt, size, classes="only-dark")
    return image_tag(w.context.media_href(light), alt, size, classes="only-light") + dark


def _widget_close(_w: Writer, _tokens: Sequence[Token], _i: int) -> str:
    return "</div></div>\n"


RULES: dict[str, Rule] = {
    "figure_group_open": _group_open,
    "figure_group_close": _group_close,
    "widget_open": _widget_open,
    "widget_close": _widget_close,
}
