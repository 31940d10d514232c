"""Displayed values: the best representation that a page can show, the static one where the rich one needs scripts."""

from __future__ import annotations

import re
from html import escape

from markdown_it.token import Token

from xaisite.model.cell import Cell
from xaisite.model.result import Rich
from xaisite.render.body.pictures import image_tag
from xaisite.render.body.sanitise import sanitise
from xaisite.render.body.tables import table_box
from xaisite.render.body.writer import Writer, text_of

_TABLE = re.compile(r"<table\b[^>]*>")
_MATH = re.compile(r"\A\s*(\$\$|\$|\\\[|\\\()(?P<tex>.*?)(?:\$\$|\$|\\\]|\\\))\s*\Z", re.DOTALL)


def rich_html(w: Writer, token: Token, cell: Cell, output: Rich) -> str:
    """Return a displayed value."""
    if output.figure is not None:
        return _static_figure(w, cell, output)
    for mime, text in output.text.items():
        shown = _text(w, token, cell, mime, text)
        if shown:
            return shown
    pictures = "".join(
        image_tag(w.context.media_href(m), _alt(token), (m.width_px, m.height_px))
        for m in output.media[:1]
        if m.mime.startswith("image/")
    )
    return f'<div class="cell-output display">{pictures}</div>\n' if pictures else ""


def _static_figure(w: Writer, cell: Cell, output: Rich) -> str:
    figure = output.figure
    if figure is None or not figure.light:
        return ""
    media = figure.light[0]
    html = image_tag(
        w.context.media_href(media), figure.alt or cell.label or "Output", (media.width_px, media.height_px)
    )
    return f'<div class="cell-output display">{html}</div>\n'


def _alt(token: Token) -> str:
    alts: list[str] = token.meta.get("alts") or []
    captions = token.meta.get("captions") or []
    return alts[0] if alts else text_of(captions[0]) if captions else ""


def _text(w: Writer, token: Token, cell: Cell, mime: str, text: str) -> str:
    if mime in ("text/html", "image/svg+xml"):
        html = sanitise(text)
        if not html.strip():
            return ""
        return (
            _table(w, token, cell, html) if _TABLE.search(html) else f'<div class="cell-output display">{html}</div>\n'
        )
    if mime == "text/latex":
        match = _MATH.match(text)
        tex = match["tex"] if match else text
        return (
            '<div class="math display" tabindex="0" role="group" aria-label="Formula"><div class="math-body">'
            f"{w.context.typeset(tex, True)}</div></div>\n"
        )
    if mime == "text/plain" and text.strip():
        return f'<div class="cell-output display"><pre tabindex="0">{escape(text, quote=False)}\n</pre></div>\n'
    return ""


def _table(w: Writer, token: Token, cell: Cell, html: str) -> str:
    captions = token.meta.get("table_captions") or []
    children: list[Token] = captions[0] if captions else []
    label = cell.label if cell.label.startswith("tbl-") else ""
    opening, caption, closing = table_box(w, label, w.render(children), text_of(children))
    html = re.sub(r"<table\b[^>]*>", lambda m: _plain_table(m[0]) + caption, html, count=1)
    return f'<div class="cell-output display">{opening}{html}{closing}</div>\n'


def _plain_table(tag: str) -> str:
    """Drop `border="1"`, which pandas writes and HTML no longer knows."""
    return re.sub(r'\s(?:border|cellspacing|cellpadding)="[^"]*"', "", tag)
