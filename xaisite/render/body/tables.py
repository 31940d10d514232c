"""Tables, each in a box of its own that scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.model.nodes import Attributes
from xaisite.render.body.writer import Rule, Writer, attribute, make_fragment, text_of


def table_box(w: Writer, label: str, caption: str, caption_text: str) -> tuple[str, str, str]:
    """Return what opens the box, the `<caption>` and what closes the box."""
    resolved = w.context.labels.get(label) if label else None
    number = f"{w.word(resolved.kind_name)} {resolved.number}" if resolved is not None and resolved.number else ""
    if number and w.grouped and resolved is not None and (letter := resolved.number.lstrip("0123456789.")):
        number = f"({letter})"
    name = number or caption_text
    role = "region" if name else "group"  # landmarks must have names of their own
    said = escape(name or w.word("Table"))
    opening = f'<div class="table-scroll"{attribute("id", label)} tabindex="0" role="{role}" aria-label="{said}">'
    shown = (
        f'<a class="figure-number" href="{escape(make_fragment(label))}">{escape(number, quote=False)}</a> '
        if number
        else ""
    )
    full = f"<caption>{shown}{caption}</caption>" if shown or caption else ""
    return opening, full, "</div>\n"


def _table_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    children = meta.get("caption") or []
    attributes: Attributes | None = meta.get("attributes")
    name = meta.get("label", "") or (attributes.id if attributes else "")
    opening, caption, _ = table_box(w, name, w.render(children), text_of(children))
    return f"{opening}<table{attribute('class', ' '.join(attributes.classes) if attributes else '')}>{caption}\n"


def _table_close(_w: Writer, _tokens: Sequence[Token], _i: int) -> str:
    return "</table></div>\n"


def _cell_open(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    align = token.meta.get("align", "")
    scope = f' scope="{token.meta.get("scope", "col")}"' if token.tag == "th" else ""
    return f"<{token.tag}{attribute('class', f'align-{align}' if align else '')}{scope}>"


RULES: dict[str, Rule] = {
    "table_open": _table_open,
    "table_close": _table_close,
    "th_open": _cell_open,
    "td_open": _cell_open,
}
