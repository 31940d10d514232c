"""What a fenced div means: callout, tabset, theorem, figure of several, widget, answer… Decided while walking.

Headings that are titles (of a callout, a tab) are not headings of the post. Does not render.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.core.source import Span
from xaisite.model.nodes import Attributes, CrossRefItem, LabelKind
from xaisite.parse.attributes import trailing_attributes
from xaisite.parse.inline_html import inline_text
from xaisite.parse.place import AnyPlace, FixedPlace, Place

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk

CALLOUTS = ("note", "tip", "warning", "important", "caution")
MYST_CALLOUTS = {
    "note": "note", "tip": "tip", "hint": "tip", "warning": "warning", "attention": "warning", "important": "important",
    "caution": "caution", "danger": "caution", "error": "caution", "seealso": "note", "admonition": "note",
}  # fmt: skip
THEOREMS: dict[str, LabelKind] = {
    "thm": "thm", "lem": "lem", "cor": "cor", "prp": "prp", "cnj": "cnj", "def": "def", "exm": "exm", "exr": "exr",
}  # fmt: skip
_SECTIONS = {"remember": "section", "fails": "section", "column-margin": "aside", "aside": "aside"}


@dataclass(frozen=True, slots=True)
class Div:
    """One div: what its opening line says, and the tokens inside, not yet walked."""

    attributes: Attributes
    title: str
    title_at: int
    """Index of the title in the Markdown."""
    is_myst: bool
    inner: list[Token]
    span: Span
    map: list[int] | None


def walk_div(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    """Append the div at ``at``, and return the index after it."""
    opening = tokens[at]
    end = next(
        k for k in range(at + 1, len(tokens)) if tokens[k].type == "div_close" and tokens[k].level == opening.level
    )
    meta = opening.meta
    span = meta["attributes"].span or walk.here.whole
    div = Div(
        meta["attributes"], meta["title"], meta["title_at"], meta["myst"], tokens[at + 1 : end], span, opening.map
    )
    out.extend(_kind(div)(walk, div))
    return end + 1


Kind = Callable[["Walk", Div], list[Token]]


def _kind(div: Div) -> Kind:
    classes = set(div.attributes.classes)
    name = div.attributes.id
    if any(c.startswith("callout-") and c[8:] in CALLOUTS for c in classes) or "callout" in classes:
        return _callout
    if div.is_myst and div.attributes.classes and div.attributes.classes[0] in MYST_CALLOUTS:
        return _callout
    if div.is_myst and div.attributes.classes and div.attributes.classes[0] in ("margin", "sidebar"):
        return _margin
    for wanted, kind in _BY_CLASS.items():
        if wanted in classes:
            return kind
    prefix = name.partition("-")[0]
    if prefix in THEOREMS and "-" in name:
        return _theorem
    if name.startswith("fig-") or any(k.startswith("layout") for k in div.attributes.values):
        return _figures
    return _table if name.startswith("tbl-") else _plain


def _token(type: str, tag: str, nesting: int, /, **meta: object) -> Token:
    return Token(type, tag, nesting, block=True, meta=meta)  # type: ignore[arg-type]


def _wrap(type: str, tag: str, inner: list[Token], /, **meta: object) -> list[Token]:
    return [_token(f"{type}_open", tag, 1, **meta), *inner, _token(f"{type}_close", tag, -1, **meta)]


def _add_id(walk: Walk, div: Div) -> None:
    if div.attributes.id:
        walk.here.add_id(div.attributes.id, div.span)


def _title_place(walk: Walk, div: Div, text: str) -> AnyPlace:
    here = walk.here
    if here.fixed is not None:
        return here.fixed
    start = here.text.find(text, div.title_at) if text else -1
    if start < 0 or start > div.title_at + 1000:
        return FixedPlace(div.span)
    return Place(here.source.path, lambda: ([0], [here.base + start]))


def _attribute_title(walk: Walk, div: Div, name: str) -> list[Token]:
    """Return the inline tokens of an attribute's text (`title="…"`)."""
    text = div.attributes.values.get(name, "")
    if not text:
        return []
    here = walk.here
    start = here.source.text.find(text, div.span.start, div.span.end) if here.fixed is None else -1
    place: AnyPlace = Place(here.source.path, lambda: ([0], [start])) if start >= 0 else FixedPlace(div.span)
    return walk.inline(text, place)


def _first_heading(walk: Walk, inner: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return the content of a heading that begins a block, as its title, and the rest."""
    title, _, rest = _named_heading(walk, inner)
    return title, rest


def _named_heading(walk: Walk, inner: list[Token]) -> tuple[list[Token], str, list[Token]]:
    """Return the content of a heading that begins a block, the id that it gives the block, and the rest."""
    if not inner or inner[0].type != "heading_open":
        return [], "", inner
    content = inner[1]
    place = walk.here.block_place(content, content.content)
    text, attributes = trailing_attributes(content.content, place)
    name = attributes.id if attributes else ""
    if name:
        walk.here.add_id(name, (attributes.span if attributes else None) or walk.here.whole)
    return walk.inline(text, place), name, inner[3:]


def _callout(walk: Walk, div: Div) -> list[Token]:
    first = next((c.removeprefix("callout-") for c in div.attributes.classes if c.startswith("callout-")), "")
    named = [MYST_CALLOUTS[c] for c in div.attributes.classes if c in MYST_CALLOUTS]
    kind = first or (named[-1] if named else "note")
    _add_id(walk, div)
    inner = div.inner
    if div.title:
        title = walk.inline(div.title, _title_place(walk, div, div.title))
    else:
        title = _attribute_title(walk, div, "title")
    if not title:
        title, inner = _first_heading(walk, inner)
    collapse = div.attributes.values.get("collapse", "true" if "dropdown" in div.attributes.classes else "")
    return _wrap("callout", "aside", walk.blocks(inner), kind=kind if kind in CALLOUTS else "note", title=title,
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
    kind = _alert(inner)
    if kind:
        out.extend(_wrap("callout", "aside", walk.blocks(_without_mark(inner)), kind=kind, title=[], collapse="", id="",
                         title_id=walk.here.own_id("callout")))  # fmt: skip
    else:
        out += [opening, *walk.blocks(inner), tokens[end]]
    return end + 1


def _alert(inner: list[Token]) -> str:
    if len(inner) < 3 or inner[0].type != "paragraph_open":
        return ""
    first, _, _ = inner[1].content.partition("\n")
    word = first.strip()
    return word[2:-1].lower() if word.startswith("[!") and word.endswith("]") and word[2:-1].lower() in CALLOUTS else ""


def _without_mark(inner: list[Token]) -> list[Token]:
    content = inner[1]
    _, newline, rest = content.content.partition("\n")
    if not newline or not rest.strip():
        return inner[3:]
    content.content = rest
    if content.map:
        content.map = [content.map[0] + 1, content.map[1]]
    return inner


def _tabset(walk: Walk, div: Div) -> list[Token]:
    """Every heading of the first one's level begins a panel."""
    _add_id(walk, div)
    depth = next((t.tag for t in div.inner if t.type == "heading_open" and t.level == div.inner[0].level), "")
    if not depth:
        walk.here.warn("div-tabset-empty", "a tabset needs headings: each begins a tab", div.span,
                       help="begin each tab with a heading, such as “## Python”")  # fmt: skip
        return _plain(walk, div)
    out = [_token("tabset_open", "div", 1, id=div.attributes.id, group=div.attributes.values.get("group", ""))]
    is_open = False
    at = 0
    while at < len(div.inner):
        token = div.inner[at]
        if token.type == "heading_open" and token.tag == depth and token.level == div.inner[0].level:
            if is_open:
                out.append(_token("tabset_panel_close", "div", -1))
            title, name, _ = _named_heading(walk, div.inner[at : at + 3])
            out.append(_token("tabset_panel_open", "div", 1, title=title, id=name or walk.here.own_id("tab")))
            is_open = True
            at += 3
            continue
        stop = _next_panel(div.inner, at, depth)
        out += walk.blocks(div.inner[at:stop])
        at = stop
    return [*out, *([_token("tabset_panel_close", "div", -1)] if is_open else []), _token("tabset_close", "div", -1)]


def _next_panel(inner: list[Token], at: int, depth: str) -> int:
    level = inner[0].level
    return next((k for k in range(at, len(inner)) if inner[k].type == "heading_open" and inner[k].tag == depth
                 and inner[k].level == level), len(inner))  # fmt: skip


def _theorem(walk: Walk, div: Div) -> list[Token]:
    label = div.attributes.id
    title = _attribute_title(walk, div, "name")
    inner = div.inner
    if not title:
        title, inner = _first_heading(walk, inner)
    kind = THEOREMS[label.partition("-")[0]]
    text = inline_text(title)
    walk.here.add_label(label, kind, div.span, title=text, preview=text)
    return _wrap("theorem", "div", walk.blocks(inner), kind=kind, label=label, title=title)


def _caption(walk: Walk, div: Div, attribute: str) -> tuple[list[Token], list[Token]]:
    """Return the caption of a figure or table block (its attribute, else its last paragraph) and what is inside."""
    title = _attribute_title(walk, div, attribute)
    inner = div.inner
    is_last_paragraph = len(inner) >= 3 and inner[-3].type == "paragraph_open" and inner[-3].level == inner[0].level
    if title or not is_last_paragraph or _is_picture(inner[-2].content):
        return title, inner
    content = inner[-2]
    return walk.inline(content.content, walk.here.block_place(content, content.content)), inner[:-3]


def _is_picture(content: str) -> bool:
    return content.startswith(("![", "<img"))


def _figures(walk: Walk, div: Div) -> list[Token]:
    label = div.attributes.id
    named = label.startswith("fig-")
    caption, inner = _caption(walk, div, "fig-cap") if named else ([], div.inner)
    if named:
        walk.here.add_label(label, "fig", div.span, title=inline_text(caption))
        walk.here.parents.append(label)
    elif label:
        _add_id(walk, div)
    content = walk.blocks(inner)
    if named:
        walk.here.parents.pop()
    return _wrap("figure_group", "figure", content, label=label, caption=caption, attributes=div.attributes)


def _table(walk: Walk, div: Div) -> list[Token]:
    label = div.attributes.id
    caption, inner = _caption(walk, div, "tbl-cap")
    walk.here.add_label(label, "tbl", div.span, title=inline_text(caption))
    return _wrap("figure_group", "figure", walk.blocks(inner), label=label, caption=caption, attributes=div.attributes)


def _visible(walk: Walk, div: Div) -> list[Token]:
    """`.content-visible when-format="html"`: what is for another format is left out."""
    values = div.attributes.values
    formats = (values.get("when-format", "html"), values.get("unless-format", ""))
    shown = formats[0] in ("html", "html5", "html:js") and formats[1] not in ("html", "html5", "html:js")
    if "content-hidden" in div.attributes.classes:
        shown = not shown if values else False
    return walk.blocks(div.inner) if shown else []


def _answer(walk: Walk, div: Div) -> list[Token]:
    _add_id(walk, div)
    summary = _attribute_title(walk, div, "summary") or _attribute_title(walk, div, "title") or [
        Token("word", "", 0, content="Answer")
    ]  # fmt: skip
    return _folded(walk, div, div.inner, summary, "answer")


def _guess(walk: Walk, div: Div) -> list[Token]:
    _add_id(walk, div)
    prompt = _attribute_title(walk, div, "prompt")
    colon = [Token("text", "", 0, content=": ")] if prompt else []
    summary = [Token("word", "", 0, content="Guess first"), *colon, *prompt]
    return _folded(walk, div, div.inner, summary, "guess")


def _details(walk: Walk, div: Div) -> list[Token]:
    _add_id(walk, div)
    summary = _attribute_title(walk, div, "summary")
    inner = div.inner
    if not summary and div.title:
        summary = walk.inline(div.title, _title_place(walk, div, div.title))
    if not summary:
        summary, inner = _first_heading(walk, inner)
    summary = summary or [Token("word", "", 0, content="Details")]
    return _folded(walk, div, inner, summary, "")


def _folded(walk: Walk, div: Div, inner: list[Token], summary: list[Token], css: str) -> list[Token]:
    opened = "open" in div.attributes.values and not css
    return _wrap("details", "details", walk.blocks(inner), summary=summary, classes=(css,) if css else (),
                 id=div.attributes.id, is_open=opened)  # fmt: skip


def _widget(walk: Walk, div: Div) -> list[Token]:
    here = walk.here
    _add_id(walk, div)
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
    return _wrap("widget", "div", content, ordinals=ordinals, fallback=fallback, id=div.attributes.id)


def _negative(walk: Walk, div: Div) -> list[Token]:
    _add_id(walk, div)
    return _wrap("negative_result", "section", walk.blocks(div.inner), attributes=div.attributes)


def _margin(walk: Walk, div: Div) -> list[Token]:
    _add_id(walk, div)
    attributes = Attributes(div.attributes.id, ("column-margin",), {}, div.attributes.span)
    return _wrap("div", "aside", walk.blocks(div.inner), attributes=attributes)


def _plain(walk: Walk, div: Div) -> list[Token]:
    _add_id(walk, div)
    tag = next((_SECTIONS[c] for c in div.attributes.classes if c in _SECTIONS), "div")
    return _wrap("div", tag, walk.blocks(div.inner), attributes=div.attributes)


_BY_CLASS: dict[str, Kind] = {
    "panel-tabset": _tabset,
    "tab-set": _tabset,
    "content-visible": _visible,
    "content-hidden": _visible,
    "widget": _widget,
    "answer": _answer,
    "guess": _guess,
    "details": _details,
    "dropdown": _details,
    "negative-result": _negative,
}
