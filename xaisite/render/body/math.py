r"""Formulas, already typeset: inline, display, and display with a number beside it.

Numbers of single rows, and `\tag`s of the author's, are in the typeset formula; their labels are anchors before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.core.definitions import only_defines
from xaisite.render.body.writer import Rule, Writer, attribute, make_fragment, make_id

_CLOSING = re.compile(r"[.,;:!?)\]%’”…]{1,4}|-(?=\w)")


def _inline(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    if only_defines(token.content):
        return ""
    display = bool(token.meta.get("display"))
    kind = "display" if display else "inline"
    html = w.formula(token.meta["ordinal"], token.content, display=display)
    shown = f'<span class="math {kind}">{_anchors(token)}{html}</span>'
    closes = closing_after(tokens, i)
    if not closes:
        return shown
    return f'<span class="joined">{shown}<span class="closing">{escape(closes, quote=False)}</span></span>'


def closing_after(tokens: Sequence[Token], i: int) -> str:
    """Return what closes right after a formula: shown with it, for browsers may break the line beside any formula."""
    if i + 1 >= len(tokens) or tokens[i].meta.get("display") or only_defines(tokens[i].content):
        return ""
    following = tokens[i + 1]
    match = _CLOSING.match(following.content) if following.type == "text" else None
    return match[0] if match else ""


def _anchors(token: Token) -> str:
    return "".join(f'<span id="{escape(make_id(name))}"></span>' for name in token.meta.get("anchors", ()))


def _block(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    if only_defines(token.content):
        return ""
    html = w.formula(token.meta["ordinal"], token.content, display=True)
    label = token.meta.get("label", "")
    resolved = w.context.labels.get(label) if label else None
    name = f"{w.word('Equation')} {resolved.number}" if resolved and resolved.number else w.word("Formula")
    number = (
        f'<a class="eq-number" href="{escape(make_fragment(label))}">({escape(resolved.number)})</a>'
        if resolved and resolved.number
        else ""
    )
    marks = f'{attribute("id", make_id(label))} tabindex="0" role="group" aria-label="{escape(name)}"'
    return f'<div class="math display"{marks}>{_anchors(token)}<div class="math-body">{html}</div>{number}</div>\n'


RULES: dict[str, Rule] = {"math_inline": _inline, "math_block": _block}
