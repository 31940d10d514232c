"""Figures of several pictures (`::: {#fig-x layout-ncol=2}`), and widgets with what is shown where no script runs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.model.columns import column_classes
from xaisite.model.nodes import Attributes
from xaisite.model.result import Figure
from xaisite.render.body.pictures import caption_html, find_media, image_tag
from xaisite.render.body.writer import Rule, Writer, attribute


def _columns(attributes: Attributes, count: int) -> int:
    values = attributes.values
    if values.get("layout-ncol", "").isdigit():
        return max(1, int(values["layout-ncol"]))
    if values.get("layout-nrow", "").isdigit():
        return -(-count // max(1, int(values["layout-nrow"])))
    rows = values.get("layout", "").strip("[] ").split("],")
    return max((row.count(",") + 1 for row in rows if row.strip()), default=1) if values.get("layout") else 1


def _group_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    w.grouped += 1
    token = tokens[i]
    attributes: Attributes = token.meta["attributes"]
    count = sum(t.type in ("figure", "cell") or (t.type == "image") for t in _inside(tokens, i))
    classes = [c for c in column_classes(attributes.classes) if c.startswith("column-")] or ["column-body"]
    name = attribute("id", token.meta["label"])
    return (
        f'<figure class="{escape(" ".join(["figure", *classes]))}"{name}>'
        f'<div class="figure-grid" data-columns="{_columns(attributes, count)}">\n'
    )


def _inside(tokens: Sequence[Token], i: int) -> Sequence[Token]:
    end = next((k for k in range(i + 1, len(tokens)) if tokens[k].type == "figure_group_close"), len(tokens))
    return tokens[i + 1 : end]


def _group_close(w: Writer, tokens: Sequence[Token], i: int) -> str:
    w.grouped -= 1
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
    """Return the picture of the cell that a widget names."""
    cell = next((c for c in w.outline.cells if c.label == label), None) if label else None
    results = w.context.results
    if cell is None or results is None or cell.index >= len(results.cells):
        return ""
    figure = next((o for o in results.cells[cell.index].outputs if isinstance(o, Figure) and o.light), None)
    if figure is None:
        return ""
    media = figure.light[0]
    alt = cell.show.fig_alts[0] if cell.show.fig_alts else figure.alt
    return image_tag(w.context.media_href(media), alt, (media.width_px, media.height_px)) + "\n"


def _widget_close(_w: Writer, _tokens: Sequence[Token], _i: int) -> str:
    return "</div></div>\n"


RULES: dict[str, Rule] = {
    "figure_group_open": _group_open,
    "figure_group_close": _group_close,
    "widget_open": _widget_open,
    "widget_close": _widget_close,
}
