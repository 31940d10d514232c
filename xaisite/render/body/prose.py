"""Text, headings, links and inline values."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.model.nodes import Attributes
from xaisite.render.body.blocks import attributes_html
from xaisite.render.body.math import closing_after
from xaisite.render.body.writer import Rule, Writer, attribute, make_fragment


def _text(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    shown = closing_after(tokens, i - 1) if i and tokens[i - 1].type == "math_inline" else ""
    return escape(tokens[i].content[len(shown) :], quote=False)


def _page_title(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    return escape(w.context.link_titles.get(token.meta["ordinal"], token.content), quote=False)


def _code_inline(w: Writer, tokens: Sequence[Token], i: int) -> str:
    code = tokens[i].content
    attributes: Attributes | None = tokens[i].meta.get("attributes")
    shown = escape(code, quote=False)
    if attributes is None:
        return f"<code>{shown}</code>"
    inner = next((html for c in attributes.classes if (html := w.highlight(code, c)) != shown), shown)
    return f"<code{attributes_html(attributes)}>{inner}</code>"


def _marked_open(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    return f"<{tokens[i].tag}{attributes_html(tokens[i].meta.get('attributes'))}>"


def _word(w: Writer, tokens: Sequence[Token], i: int) -> str:
    return escape(w.word(tokens[i].content), quote=False)


def _softbreak(_w: Writer, _tokens: Sequence[Token], _i: int) -> str:
    return "\n"


def _hardbreak(_w: Writer, _tokens: Sequence[Token], _i: int) -> str:
    return "<br>\n"


def _inline_value(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    text = escape(token.content, quote=False)
    return text if token.meta.get("has_value") else f'<code class="not-run">{text}</code>'


def _inline_group(w: Writer, tokens: Sequence[Token], i: int) -> str:
    return w.render(tokens[i].children or ())


def _heading_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    name = token.meta.get("id", "")
    classes = " ".join(c for c in token.meta.get("classes", ()) if c != "unnumbered")
    number = w.context.heading_numbers.get(name, "")
    before = f'<span class="heading-number">{escape(number)}</span> ' if number else ""
    return f"<{token.tag}{attribute('id', name)}{attribute('class', classes)}>{before}"


def _heading_close(w: Writer, tokens: Sequence[Token], i: int) -> str:
    opening = tokens[i - 2]
    name = opening.meta.get("id", "")
    says = escape(w.word("Link to this section"))
    anchor = f' <a class="anchor" href="{escape(make_fragment(name))}" aria-label="{says}">#</a>' if name else ""
    return f"{anchor}</{tokens[i].tag}>\n"


def _link_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    written = str(token.attrs.get("href", ""))
    ordinal = token.meta.get("ordinal", -1)
    href = w.link(ordinal, written) if ordinal >= 0 else written
    attributes = token.meta.get("attributes")
    extra = attribute("title", str(token.attrs.get("title", "")))
    if attributes:
        extra += attribute("id", attributes.id) + attribute("class", " ".join(attributes.classes))
        extra += "".join(
            attribute(k, v) for k, v in attributes.values.items() if k in ("rel", "hreflang", "download", "lang")
        )
    return f'<a href="{escape(href)}"{extra}>'


RULES: dict[str, Rule] = {
    "text": _text,
    "page_title": _page_title,
    "code_inline": _code_inline,
    "em_open": _marked_open,
    "strong_open": _marked_open,
    "s_open": _marked_open,
    "word": _word,
    "softbreak": _softbreak,
    "hardbreak": _hardbreak,
    "inline_value": _inline_value,
    "inline_group": _inline_group,
    "heading_open": _heading_open,
    "heading_close": _heading_close,
    "link_open": _link_open,
}
