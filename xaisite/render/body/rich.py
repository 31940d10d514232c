"""Displayed values: the best representation that a page can show, the static one where the rich one needs scripts."""

from __future__ import annotations

import re
from html import escape

from markdown_it.token import Token

from xaisite.model.cell import Cell
from xaisite.model.result import Rich
from xaisite.render.body.grids import grid_html, has_layout, part_mark
from xaisite.render.body.pictures import caption_html, image_tag
from xaisite.render.body.sanitise import sanitise
from xaisite.render.body.tables import table_box
from xaisite.render.body.writer import Writer, attribute, text_of

_TABLE = re.compile(r"<table\b[^>]*>")
_MATH = re.compile(r"\A\s*(\$\$|\$|\\\[|\\\()(?P<tex>.*?)(?:\$\$|\$|\\\]|\\\))\s*\Z", re.DOTALL)


def rich_html(w: Writer, token: Token, output: Rich) -> str:
    """Return a displayed value."""
    for mime, text in output.text.items():
        shown = _text(w, mime, text)
        if shown:
            return shown
    pictures = "".join(
        image_tag(w.context.media_href(m), _alt(token), (m.width_px, m.height_px))
        for m in output.media[:1]
        if m.mime.startswith("image/")
    )
    return f'<div class="cell-output display">{pictures}</div>\n' if pictures else ""


def _alt(token: Token) -> str:
    alts: list[str] = token.meta.get("alts") or []
    captions = token.meta.get("captions") or []
    return alts[0] if alts else text_of(captions[0]) if captions else ""


def _text(w: Writer, mime: str, text: str) -> str:
    if mime in ("text/html", "image/svg+xml"):
        html = sanitise(text)
        if not html.strip():
            return ""
        return f'<div class="cell-output display">{html}</div>\n'
    if mime == "text/latex":
        match = _MATH.match(text)
        tex = match["tex"] if match else text
        return (
            '<div class="math display" tabindex="0" role="group" aria-label="'
            + w.word("Formula")
            + '"><div class="math-body">'
            f"{w.context.typeset(tex, True)}</div></div>\n"
        )
    if mime == "text/plain" and text.strip():
        return f'<div class="cell-output display"><pre tabindex="0">{escape(text, quote=False)}\n</pre></div>\n'
    return ""


def table_of(output: Rich) -> str:
    """Return the HTML of a value that is shown as a table (empty: it is shown otherwise)."""
    html = output.text.get("text/html", "") if output.figure is None else ""
    return sanitise(html) if _TABLE.search(html) else ""


def tables_html(w: Writer, token: Token, cell: Cell, tables: list[str]) -> str:
    """Return consecutive tables of a cell: one by one, or as the parts of one numbered table."""
    subcaptions: list[list[Token]] = token.meta.get("table_subcaptions") or []
    if len(tables) == 1 or not (subcaptions or has_layout(cell.show)):
        return "".join(_table(w, token, cell, html, k) for k, html in enumerate(tables))
    label = cell.label if cell.label.startswith("tbl-") else ""
    parts: list[str] = []
    for k, html in enumerate(tables):
        children = subcaptions[k] if k < len(subcaptions) else []
        shown = (part_mark(k) + w.render(children)) if subcaptions else ""
        box = _boxed(table_box(w, "", shown, text_of(children)), html)
        parts.append(f'<figure class="subfigure"{attribute("id", f"{label}-{k + 1}" if label else "")}>{box}</figure>')
    captions = token.meta.get("table_captions") or []
    below = caption_html(w, label, w.render(captions[0]) if captions else "")
    name = attribute("id", label)
    return f'<figure class="cell-output display tables"{name}>{grid_html(cell.show, parts)}{below}</figure>\n'


def _table(w: Writer, token: Token, cell: Cell, html: str, k: int) -> str:
    captions = token.meta.get("table_captions") or []
    children: list[Token] = captions[k] if k < len(captions) else []
    label = cell.label if cell.label.startswith("tbl-") and k == 0 else ""
    box = table_box(w, label, w.render(children), text_of(children))
    return f'<div class="cell-output display">{_boxed(box, html)}</div>\n'


def _boxed(box: tuple[str, str, str], html: str) -> str:
    opening, caption, closing = box
    html = re.sub(r"<table\b[^>]*>", lambda m: _plain_table(m[0]) + caption, html, count=1)
    return f"{opening}{html}{closing}"


def _plain_table(tag: str) -> str:
    """Drop `border="1"`, which pandas writes and HTML no longer knows."""
    return re.sub(r'\s(?:border|cellspacing|cellpadding)="[^"]*"', "", tag)
