"""Listings: fenced and indented code, with captions and line numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.model.nodes import Attributes
from xaisite.render.body.annotated import add_marks
from xaisite.render.body.highlight import split_lines
from xaisite.render.body.pictures import caption_html
from xaisite.render.body.writer import Rule, Writer, attribute


def listing_html(
    w: Writer, code: str, lang: str, *, numbers: bool = False, first: int = 1, annotated: Token | None = None
) -> str:
    """Return a listing; ``annotated`` is the token of code with marks."""
    marks = annotated.meta.get("marks") if annotated is not None else None
    if annotated is not None and marks:
        code = annotated.meta["shown_code"]
    inner = w.highlight(code, lang) if lang else escape(code, quote=False)
    if annotated is not None and marks:
        inner = add_marks(inner, marks, annotated.meta["annotated"])
    if numbers:
        lines = split_lines(inner.removesuffix("\n"))
        inner = (
            "\n".join(f'<span class="line" data-line="{n}">{line}</span>' for n, line in enumerate(lines, first)) + "\n"
        )
    css = f' class="language-{escape(lang)}"' if lang else ""
    return (
        f'<div class="listing"{attribute("data-lang", lang)}><pre tabindex="0"><code{css}>{inner}</code></pre></div>\n'
    )


def captioned(w: Writer, listing: str, label: str, caption: str) -> str:
    """Return a listing with a caption and a number."""
    if not label and not caption:
        return listing
    return (
        f'<figure class="listing-figure"{attribute("id", label)}>{listing}{caption_html(w, label, caption)}</figure>\n'
    )


def _fence(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    meta = token.meta
    attributes: Attributes = meta.get("attributes") or Attributes()
    lang = str(meta.get("lang", ""))
    code = token.content
    if meta.get("shown"):
        return listing_html(w, f"```{meta['shown']}\n{code}```\n", "")
    values = attributes.values
    numbers = any(c in attributes.classes for c in ("numberLines", "number-lines", "line-numbers")) or (
        values.get("code-line-numbers") == "true"
    )
    start = values.get("startFrom", "1")
    first = int(start) if start.isdigit() else 1
    html = listing_html(w, code, lang, numbers=numbers, first=first, annotated=token)
    if values.get("filename"):
        html = f'<div class="listing-file">{escape(values["filename"], quote=False)}</div>\n{html}'
    return captioned(w, html, attributes.id, w.render(meta.get("caption") or ()))


def _code_block(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    code = escape(tokens[i].content, quote=False)
    return f'<div class="listing"><pre tabindex="0"><code>{code}</code></pre></div>\n'


RULES: dict[str, Rule] = {"fence": _fence, "code_block": _code_block}
