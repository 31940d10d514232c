"""What a fenced div means: callout, tabset, theorem, figure of several, widget, answer… Decided while walking.

Headings that are titles (of a callout, a tab) are not headings of the post. Does not render.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.core.nearest import did_you_mean
from xaisite.model.nodes import Attributes, CrossRefItem, LabelKind
from xaisite.parse.directives import report_directive
from xaisite.parse.div_parts import (
    Div,
    add_div_id,
    attribute_title,
    first_heading,
    make_token,
    plain_div,
    read_div,
    title_place,
    wrap,
)
from xaisite.parse.inline_html import inline_text
from xaisite.parse.myst_kinds import MYST_KINDS, PROOFS, THEOREM_NAMES, proof
from xaisite.parse.tabsets import tabset_div

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk

CALLOUTS = ("note", "tip", "warning", "important", "caution")
MYST_CALLOUTS = {
    "note": "note", "tip": "tip", "hint": "tip", "warning": "warning", "attention": "warning", "important": "important",
    "caution": "caution", "danger": "caution", "error": "caution", "info": "note",
    "seealso": "note", "admonition": "note",
}  # fmt: skip
OTHER_CALLOUTS = {
    "abstract": "note", "summary": "note", "tldr": "note", "todo": "note", "example": "note", "question": "note",
    "help": "note", "faq": "note", "quote": "note", "cite": "note", "success": "tip", "check": "tip", "done": "tip",
    "failure": "caution", "fail": "caution", "missing": "caution", "bug": "caution",
}  # fmt: skip
"""Kinds that Obsidian has besides."""
THEOREMS: dict[str, LabelKind] = {kind: kind for kind, _ in THEOREM_NAMES.values() if kind not in ("axm", "asm")}
"""What ids of theorems begin with, as in Quarto; axioms and assumptions are MyST's alone."""


def walk_div(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    """Append the div at ``at``, and return the index after it."""
    div, end = read_div(walk, tokens, at)
    out.extend(_kind(div)(walk, div))
    return end


Kind = Callable[["Walk", Div], list[Token]]


def _kind(div: Div) -> Kind:
    classes = set(div.attributes.classes)
    name = div.attributes.id
    if any(c.startswith("callout-") for c in classes) or "callout" in classes:
        return _callout
    if div.is_myst and div.attributes.classes and div.attributes.classes[0] in MYST_CALLOUTS:
        return _callout
    if div.is_myst and div.attributes.classes and div.attributes.classes[0] in _BY_DIRECTIVE:
        return _BY_DIRECTIVE[div.attributes.classes[0]]
    if div.is_myst and (kind := MYST_KINDS.get(div.attributes.classes[0].lower())) is not None:
        return kind
    for wanted, kind in _BY_CLASS.items():
        if wanted in classes:
            return kind
    prefix = name.partition("-")[0]
    if prefix in THEOREMS and "-" in name:
        return _theorem
    if name.startswith("tbl-"):
        return _table
    if name == "refs" and not div.inner:
        return _references
    if div.is_myst:
        return _unknown_directive
    is_group = name.startswith("fig-") or any(k.startswith("layout") for k in div.attributes.values)
    return _figures if is_group else plain_div


def _callout(walk: Walk, div: Div) -> list[Token]:
    first = next((c.removeprefix("callout-") for c in div.attributes.classes if c.startswith("callout-")), "")
    named = [MYST_CALLOUTS[c] for c in div.attributes.classes if c in MYST_CALLOUTS]
    kind = first or (named[-1] if named else "note")
    if kind not in CALLOUTS:
        walk.here.warn("div-callout-unknown", f"there are no “{kind}” callouts: it is shown as a note", div.span,
                       help=did_you_mean(kind, CALLOUTS) or f"one of {', '.join(CALLOUTS)}")  # fmt: skip
    add_div_id(walk, div)
    inner = div.inner
    if div.title:
        title = walk.inline(div.title, title_place(walk, div, div.title))
    else:
        title = attribute_title(walk, div, "title")
    if not title:
        title, inner = first_heading(walk, inner)
    if not title and div.attributes.classes[:1] == ("seealso",):
        title = [Token("word", "", 0, content="See also")]
    collapse = div.attributes.values.get("collapse", "true" if "dropdown" in div.attributes.classes else "")
    return wrap("callout", "aside", walk.blocks(inner), kind=kind if kind in CALLOUTS else "note", title=title,
                 collapse=collapse, id=div.attributes.id, title_id=walk.here.own_id("callout"))  # fmt: skip


def walk_quote(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    """Append a block quote, or the callout that `> [!NOTE]` makes of it."""
    opening = tokens[at]
    end = next(
        k
        for k in range(at + 1, len(tokens))
        if tokens[k].type == "blockquote_close" and tokens[k].level == opening.level
    )
    inner = tokens[at + 1 : end]
    alert = _alert(inner)
    if alert is not None:
        place = walk.here.block_place(inner[1], inner[1].content)
        title = walk.inline(alert["title"], place.inner(alert.start("title"))) if alert["title"] else []
        collapse = {"-": "true", "+": "false"}.get(alert["fold"], "")
        name = alert["kind"].lower()
        kind = name if name in CALLOUTS else OTHER_CALLOUTS.get(name) or MYST_CALLOUTS.get(name, "")
        if not kind:
            walk.here.warn("div-callout-unknown", f"there are no “{name}” callouts: it is shown as a note",
                           place.span(*alert.span("kind")),
                           help=did_you_mean(name, CALLOUTS) or f"one of {', '.join(CALLOUTS)}")  # fmt: skip
        elif kind != name and not title:
            title = [Token("text", "", 0, content=name.capitalize())]
        out.extend(wrap("callout", "aside", walk.blocks(_without_mark(inner)), kind=kind or "note", title=title,
                         collapse=collapse, id="", title_id=walk.here.own_id("callout")))  # fmt: skip
    else:
        out += [opening, *walk.blocks(inner), tokens[end]]
    return end + 1


_ALERT = re.compile(r"\[!(?P<kind>[A-Za-z][\w-]{0,30})\](?P<fold>[-+]?)(?:[ \t]+(?P<title>[^\n]*\S))?[ \t]*(?:\n|\Z)")
"""GitHub's `[!NOTE]`, and Obsidian's with a title and a sign for folding."""


def _alert(inner: list[Token]) -> re.Match[str] | None:
    return _ALERT.match(inner[1].content) if len(inner) >= 3 and inner[0].type == "paragraph_open" else None


def _without_mark(inner: list[Token]) -> list[Token]:
    content = inner[1]
    _, newline, rest = content.content.partition("\n")
    if not newline or not rest.strip():
        return inner[3:]
    content.content = rest
    if content.map:
        content.map = [content.map[0] + 1, content.map[1]]
    return inner


def _theorem(walk: Walk, div: Div) -> list[Token]:
    label = div.attributes.id
    title = attribute_title(walk, div, "name")
    inner = div.inner
    if not title:
        title, inner = first_heading(walk, inner)
    kind = THEOREMS[label.partition("-")[0]]
    text = inline_text(title)
    walk.here.add_label(label, kind, div.span, title=text, preview=text)
    return wrap("theorem", "div", walk.blocks(inner), kind=kind, label=label, title=title, name="")


def _caption(walk: Walk, div: Div, attribute: str) -> tuple[list[Token], list[Token]]:
    """Return the caption of a figure or table block (its attribute, else its last paragraph) and what is inside."""
    title = attribute_title(walk, div, attribute)
    inner = div.inner
    is_last_paragraph = len(inner) >= 3 and inner[-3].type == "paragraph_open" and inner[-3].level == inner[0].level
    if title or not is_last_paragraph or _is_picture(inner[-2].content):
        return title, inner
    content = inner[-2]
    return walk.inline(content.content, walk.here.block_place(content, content.content)), inner[:-3]


def _is_picture(content: str) -> bool:
    return content.startswith(("![", "<img"))


def _references(walk: Walk, _div: Div) -> list[Token]:
    """`::: {#refs}`: where Pandoc puts the list of references."""
    walk.here.has_bibliography_tag = True
    return [make_token("bibliography", "", 0)]


def _figures(walk: Walk, div: Div) -> list[Token]:
    label = div.attributes.id
    named = label.startswith("fig-") or (div.is_myst and bool(label))
    caption, inner = _caption(walk, div, "fig-cap") if named else ([], div.inner)
    if named:
        walk.here.add_label(label, "fig", div.span, title=inline_text(caption))
        walk.here.parents.append(label)
    elif label:
        add_div_id(walk, div)
    content = walk.blocks(inner)
    if named:
        walk.here.parents.pop()
    return wrap("figure_group", "figure", content, label=label, caption=caption, attributes=div.attributes)


def _table(walk: Walk, div: Div) -> list[Token]:
    label = div.attributes.id
    caption, inner = _caption(walk, div, "tbl-cap")
    walk.here.add_label(label, "tbl", div.span, title=inline_text(caption))
    walk.here.parents.append(label)
    content = walk.blocks(inner)
    walk.here.parents.pop()
    return wrap("figure_group", "figure", content, label=label, caption=caption, attributes=div.attributes)


def _myst_table(walk: Walk, div: Div) -> list[Token]:
    """MyST's `{table}`: its title is the caption of the table in it."""
    tokens = walk.blocks(div.inner)
    table = next((t for t in tokens if t.type == "table_open"), None)
    if table is None:
        return tokens
    caption = walk.inline(div.title, title_place(walk, div, div.title))
    table.meta = {"label": div.attributes.id, "caption": caption, "attributes": None}
    if div.attributes.id:
        walk.here.add_label(div.attributes.id, "tbl", div.span, title=inline_text(caption))
    return tokens


def _unknown_directive(walk: Walk, div: Div) -> list[Token]:
    """Show the title and the content of a directive that has no counterpart."""
    report_directive(walk.here, div.attributes.classes[0], div.span)
    is_grid = div.attributes.classes[0].startswith("grid") and div.title.replace(" ", "").isdigit()
    title = walk.inline(div.title, title_place(walk, div, div.title)) if not is_grid else []
    head = wrap("paragraph", "p", [Token("inline", "", 0, children=title)]) if title else []
    return [*head, *plain_div(walk, div)]


def _visible(walk: Walk, div: Div) -> list[Token]:
    """`.content-visible when-format="html"`: what is for another format is left out."""
    values = div.attributes.values
    formats = (values.get("when-format", "html"), values.get("unless-format", ""))
    shown = formats[0] in ("html", "html5", "html:js") and formats[1] not in ("html", "html5", "html:js")
    if "content-hidden" in div.attributes.classes:
        shown = not shown if values else False
    return walk.blocks(div.inner) if shown else []


def _answer(walk: Walk, div: Div) -> list[Token]:
    add_div_id(walk, div)
    summary = attribute_title(walk, div, "summary") or attribute_title(walk, div, "title") or [
        Token("word", "", 0, content="Answer")
    ]  # fmt: skip
    return _folded(walk, div, div.inner, summary, "answer")


def _guess(walk: Walk, div: Div) -> list[Token]:
    add_div_id(walk, div)
    prompt = attribute_title(walk, div, "prompt")
    colon = [Token("text", "", 0, content=": ")] if prompt else []
    summary = [Token("word", "", 0, content="Guess first"), *colon, *prompt]
    return _folded(walk, div, div.inner, summary, "guess")


def _details(walk: Walk, div: Div) -> list[Token]:
    add_div_id(walk, div)
    summary = attribute_title(walk, div, "summary")
    inner = div.inner
    if not summary and div.title:
        summary = walk.inline(div.title, title_place(walk, div, div.title))
    if not summary:
        summary, inner = first_heading(walk, inner)
    summary = summary or [Token("word", "", 0, content="Details")]
    return _folded(walk, div, inner, summary, "")


def _folded(walk: Walk, div: Div, inner: list[Token], summary: list[Token], css: str) -> list[Token]:
    opened = "open" in div.attributes.values and not css
    return wrap("details", "details", walk.blocks(inner), summary=summary, classes=(css,) if css else (),
                 id=div.attributes.id, is_open=opened)  # fmt: skip


def _widget(walk: Walk, div: Div) -> list[Token]:
    here = walk.here
    add_div_id(walk, div)
    values = div.attributes.values
    ordinals: dict[str, int] = {}
    for name, kind in (("src", "script"), ("data", "data")):
        text = values.get(name, "")
        if text:
            at = here.source.text.find(text, div.span.start, div.span.end) if here.fixed is None else -1
            span = here.source.span(at, at + len(text)) if at >= 0 else div.span
            ordinals[name] = here.add_media(text, span, kind)
    if "src" not in ordinals:
        here.error("div-widget-source", "a widget needs a script of its own", div.span,
                   help="name a file beside the post: ::: {.widget src=brush.js}")  # fmt: skip
    content = walk.blocks(div.inner)
    fallback = values.get("fallback", "")
    if fallback:
        at = here.source.text.find(fallback, div.span.start, div.span.end) if here.fixed is None else -1
        span = here.source.span(at, at + len(fallback)) if at >= 0 else div.span
        here.add_cross_ref([CrossRefItem(fallback, span)], span)
    if not content and not fallback:
        here.error("div-widget-fallback", "a widget needs something to show where its script does not run", div.span,
                   help="put a static figure inside it, or name one: fallback=fig-x")  # fmt: skip
    return wrap("widget", "div", content, ordinals=ordinals, fallback=fallback, id=div.attributes.id)


def _negative(walk: Walk, div: Div) -> list[Token]:
    add_div_id(walk, div)
    return wrap("negative_result", "section", walk.blocks(div.inner), attributes=div.attributes)


def _margin(walk: Walk, div: Div) -> list[Token]:
    add_div_id(walk, div)
    attributes = Attributes(div.attributes.id, ("column-margin",), {}, div.attributes.span)
    return wrap("div", "aside", walk.blocks(div.inner), attributes=attributes)


_BY_DIRECTIVE: dict[str, Kind] = {
    "margin": _margin, "sidebar": _margin, "aside": _margin, "figure": _figures, "table": _myst_table,
}  # fmt: skip
_BY_CLASS: dict[str, Kind] = {
    "panel-tabset": tabset_div,
    "tab-set": tabset_div,
    "content-visible": _visible,
    "content-hidden": _visible,
    "widget": _widget,
    "answer": _answer,
    "guess": _guess,
    "details": _details,
    "dropdown": _details,
    "negative-result": _negative,
    **dict.fromkeys(PROOFS, proof),
}
