"""Blocks around other blocks: divs, callouts, tabsets, theorems, details, negative results."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.model.columns import column_classes
from xaisite.model.nodes import Attributes
from xaisite.render.body.writer import Rule, Writer, attribute, make_fragment, make_id

_NAMES = {"note": "Note", "tip": "Tip", "warning": "Warning", "important": "Important", "caution": "Caution"}
_PASSED = ("lang", "dir", "role", "title", "hidden", "tabindex")


def attributes_html(attributes: Attributes | None) -> str:
    """Return the attributes of a div or span that a page may have (`data-…` and a few others)."""
    if attributes is None:
        return ""
    shown = attribute("id", attributes.id) + attribute("class", " ".join(column_classes(attributes.classes)))
    for name, value in attributes.values.items():
        if name in _PASSED or name.startswith(("data-", "aria-")):
            shown += f' {name}="{escape(value)}"'
        elif name == "width":
            shown += f' data-width="{escape(value)}"'
    return shown


def _div_open(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    return f"<{token.tag}{attributes_html(token.meta.get('attributes'))}>\n"


def _close(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    return f"</{tokens[i].tag}>\n"


def _callout_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    kind = meta["kind"]
    title = w.render(meta["title"]) or w.word(_NAMES[kind])
    name = attribute("id", meta["id"])
    if meta["collapse"]:
        opened = " open" if meta["collapse"] == "false" else ""
        return (
            f'<details class="callout callout-{kind}"{name}{opened}><summary class="callout-title">{title}</summary>'
            '<div class="callout-body">\n'
        )
    title_id = meta["title_id"]
    return (
        f'<aside class="callout callout-{kind}"{name} role="note" aria-labelledby="{title_id}">'
        f'<p class="callout-title" id="{title_id}">{title}</p><div class="callout-body">\n'
    )


def _callout_close(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    return "</div></details>\n" if tokens[i].meta["collapse"] else "</div></aside>\n"


def _tabset_open(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    return f'<div class="tabset"{attribute("id", meta["id"])}{attribute("data-group", meta["group"])}>\n'


def _panel_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    return (
        f'<div class="tabset-panel" id="{escape(meta["id"])}"><h3 class="tabset-title">{w.render(meta["title"])}</h3>\n'
    )


def _theorem_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    label = meta["label"]
    resolved = w.context.labels.get(label)
    name = f"{w.word(resolved.kind_name)} {resolved.number}".strip() if resolved else label or w.word(meta["name"])
    title = f" ({w.render(meta['title'])})" if meta["title"] else ""
    if not label:
        shown = f'<p class="theorem-title">{escape(name, quote=False)}{title}</p>'
        name_of = attribute("id", make_id(meta.get("id", "")))
        return f'<div class="theorem theorem-{meta["kind"]}"{name_of}>{shown}\n'
    return (
        f'<div class="theorem theorem-{meta["kind"]}" id="{escape(make_id(label))}"><p class="theorem-title">'
        f'<a href="{escape(make_fragment(label))}">{escape(name, quote=False)}</a>{title}</p>\n'
    )


def _details_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    classes = attribute("class", " ".join(meta["classes"]))
    opened = " open" if meta["is_open"] else ""
    return f"<details{classes}{attribute('id', meta['id'])}{opened}><summary>{w.render(meta['summary'])}</summary>\n"


def _negative_open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    attributes: Attributes = tokens[i].meta["attributes"]
    names = (("tried", "Tried"), ("n", "n"), ("seed", "Seed"))
    rows = "".join(
        f"<div><dt>{w.word(shown)}</dt><dd>{escape(attributes.values[name], quote=False)}</dd></div>"
        for name, shown in names
        if attributes.values.get(name)
    )
    facts = f'<dl class="negative-result-facts">{rows}</dl>' if rows else ""
    name = attribute("id", attributes.id)
    title = w.word("A negative result")
    return f'<section class="negative-result"{name}><p class="negative-result-title">{title}</p>{facts}\n'


RULES: dict[str, Rule] = {
    "div_open": _div_open,
    "div_close": _close,
    "callout_open": _callout_open,
    "callout_close": _callout_close,
    "tabset_open": _tabset_open,
    "tabset_close": _close,
    "tabset_panel_open": _panel_open,
    "tabset_panel_close": _close,
    "theorem_open": _theorem_open,
    "theorem_close": _close,
    "details_open": _details_open,
    "details_close": _close,
    "negative_result_open": _negative_open,
    "negative_result_close": _close,
}
