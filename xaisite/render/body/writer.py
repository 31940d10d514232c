"""From tokens to HTML: the loop, and the state of rendering one body. One file beside this one per construct.

Does not look anything up: what nodes resolve to is in the `BodyContext`. Invariant: no text reaches the output
unescaped but raw HTML of the post itself (read by `parse.raw_html`) and HTML made by us.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from xaisite.core.gaps import join_around_gaps
from xaisite.model.body import BodyContext
from xaisite.model.post import Outline
from xaisite.model.words import word

if TYPE_CHECKING:
    from markdown_it.token import Token

Highlight = Callable[[str, str], str]
"""(code, language) → HTML of the code with Pygments' short classes."""
Rule = Callable[["Writer", "Sequence[Token]", int], str]


@dataclass
class Writer:
    """Renders one body."""

    outline: Outline
    context: BodyContext
    highlight: Highlight
    rules: Mapping[str, Rule]
    cite_anchors: dict[str, list[str]] = field(default_factory=dict)
    """Key → ids of the places where it is cited, in order."""
    grouped: int = 0
    """How many figure groups are open."""
    spans: list[int] = field(default_factory=list)
    """Columns that the next parts of the open group take."""

    def render(self, tokens: Sequence[Token]) -> str:
        """Return the HTML of block or inline tokens."""
        out: list[str] = []
        rules = self.rules
        for i, token in enumerate(tokens):
            rule = rules.get(token.type)
            if rule is not None:
                out.append(rule(self, tokens, i))
            elif token.type == "inline":
                out.append(self.render(token.children or ()))
            else:
                out.append(render_tag(tokens, i))
        return "".join(out)

    def word(self, english: str) -> str:
        """Return a word of the interface in the page's language."""
        return word(self.context.language, english)

    def anchor(self, key: str) -> str:
        """Return the id of a new place that cites ``key``."""
        places = self.cite_anchors.setdefault(key, [])
        places.append(f"cite-{make_id(key)}-{len(places) + 1}")
        return places[-1]

    def formula(self, ordinal: int, tex: str, *, display: bool) -> str:
        """Return a formula typeset (as TeX when `link` has not seen it)."""
        if ordinal < len(self.context.formulas):
            return self.context.formulas[ordinal]
        return self.context.typeset(tex, display)

    def link(self, ordinal: int, written: str) -> str:
        """Return the address of a link from this page."""
        return (self.context.links[ordinal] if ordinal < len(self.context.links) else "") or written


def make_id(name: str) -> str:
    """Return ``name`` as an id: without white space."""
    return "-".join(name.split())


def make_fragment(name: str) -> str:
    """Return ``#name`` for a link to the id ``name``."""
    from urllib.parse import quote

    return "#" + quote(make_id(name), safe="-._~:!$&()*+,;=@/?")


def text_of(tokens: Sequence[Token]) -> str:
    """Return inline tokens as plain text (formulas as TeX)."""
    return join_around_gaps(_text(token) for token in tokens)


def _text(token: Token) -> str | None:
    if token.type in ("citation", "note_reference"):
        return None
    if token.type in ("text", "code_inline", "inline_value", "math_inline"):
        return token.content
    return " " if token.type in ("softbreak", "hardbreak") else text_of(token.children or ())


def attribute(name: str, value: str) -> str:
    """Return ``name="value"`` with a blank before it, or nothing when there is no value."""
    return f' {name}="{escape(value)}"' if value else ""


def render_tag(tokens: Sequence[Token], i: int) -> str:
    """Return the tag of a token that has no rule of its own (the library's line breaks)."""
    token = tokens[i]
    if token.hidden:
        return ""
    before = "\n" if token.block and token.nesting != -1 and i and tokens[i - 1].hidden else ""
    if token.nesting == -1:
        return f"{before}</{token.tag}>" + ("\n" if token.block else "")
    attributes = "".join(f' {escape(k)}="{escape(str(v))}"' for k, v in token.attrs.items())
    return f"{before}<{token.tag}{attributes}>" + ("\n" if token.block and _breaks_after(tokens, i) else "")


def _breaks_after(tokens: Sequence[Token], i: int) -> bool:
    if tokens[i].nesting != 1 or i + 1 >= len(tokens):
        return True
    following = tokens[i + 1]
    if following.type == "inline" or following.hidden:
        return False
    return not (following.nesting == -1 and following.tag == tokens[i].tag)
