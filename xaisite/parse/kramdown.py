"""kramdown's `{: .class #id}` line: its attributes go to the block before it. `{:toc}` has no meaning here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from xaisite.core.record import replace
from xaisite.core.source import Span
from xaisite.model.nodes import Attributes
from xaisite.parse.found import Found

_BREAK = re.compile(r"\+\+\+(?:[ \t]+\{[^\n]*\})?\Z")
_LEFT_OUT = ("[[toc]]", "[toc]", "[[_toc_]]", "${toc}", "\\newpage", "\\pagebreak", "\\clearpage")
_WITH_ATTRIBUTES = ("figure", "fence", "table_open")


def apply_attribute_line(here: Found, line: Token, out: list[Token]) -> None:
    """Give the attributes of ``line`` to the last block of ``out``."""
    span = here.lines_span(*line.map) if line.map else here.whole
    attributes: Attributes | None = line.meta["attributes"]
    if line.meta["text"] == "toc":
        here.tell_once("migrant-toc", "toc", "the table of contents is made by the page: “{:toc}” is left out", span)
        opening = _find_target(out)
        if opening is not None and opening.type in ("bullet_list_open", "ordered_list_open"):
            del out[next(k for k, token in enumerate(out) if token is opening) :]
        return
    target = _find_target(out)
    if attributes is None or target is None:
        here.warn(
            "migrant-attributes", "these attributes belong to no block", span, help="write them directly below one"
        )
        return
    _apply(here, target, attributes, span)


def leave_out(here: Found, env: Mapping[str, Any], inline: Token) -> bool:
    """Whether a paragraph only asks for the table of contents (`[[toc]]`), which the page makes, or for a new page."""
    text = inline.content
    is_break = _BREAK.match(text) is not None and (len(text) > 3 or _is_jupytext(here))
    if not is_break and (len(text) > 20 or text.lower() not in _LEFT_OUT):
        return False
    if text[0] == "[" and normalizeReference(text[1:-1]) in env.get("references", {}):
        return False  # a link
    span = here.block_place(inline, text).span(0, len(text))
    if is_break:
        here.tell_once("migrant-directive", "+++", "“+++” parts cells in MyST: the line is left out", span)
        return True
    if text.startswith("\\"):
        here.tell_once("migrant-shortcode", "shortcode:pagebreak", f"“{text}” is left out: a page of the web has none",
                       span)  # fmt: skip
        return True
    here.tell_once("migrant-toc", "toc", f"the table of contents is made by the page: “{text}” is left out", span)
    return True


def _is_jupytext(here: Found) -> bool:
    """Whether the front matter is that of a notebook in MyST: then `+++` parts cells, and is no text."""
    return re.search(r"^(?:jupytext|kernelspec):", here.source.text[: here.base], re.MULTILINE) is not None


def _find_target(out: list[Token]) -> Token | None:
    if not out:
        return None
    last = out[-1]
    if last.nesting == 0:
        return last if last.type in _WITH_ATTRIBUTES else None
    kind = last.type.removesuffix("_close") + "_open"
    depth = 0
    for token in reversed(out):
        if token.type == last.type:
            depth += 1
        elif token.type == kind:
            depth -= 1
            if depth == 0:
                return token
    return None


def _name_heading(here: Found, opening: Token, name: str, span: Span) -> None:
    """Give a heading the id that its author wants, in the place of the one made of its text."""
    heading = here.headings[opening.meta["index"]]
    here.ids.pop(heading.id, None)
    is_label = name.startswith("sec-")
    here.headings[opening.meta["index"]] = replace(heading, id=name, label=name if is_label else "")
    opening.meta["id"] = name
    if is_label:
        here.add_label(name, "sec", span, title=heading.text)
    else:
        here.add_named(name, span)


def _apply(here: Found, target: Token, attributes: Attributes, span: Span) -> None:
    if target.type == "heading_open":
        target.meta["classes"] = (*target.meta.get("classes", ()), *attributes.classes)
        if {"unlisted", "no_toc"} & set(attributes.classes):
            here.headings[target.meta["index"]] = replace(here.headings[target.meta["index"]], is_listed=False)
        if attributes.id:
            _name_heading(here, target, attributes.id, span)
        return
    if attributes.id:
        here.add_id(attributes.id, span)
    if target.type in _WITH_ATTRIBUTES and target.meta.get("attributes") is None:
        target.meta["attributes"] = attributes
        if target.type == "figure":
            target.meta["label"] = target.meta.get("label") or attributes.id
        return
    if attributes.id:
        target.attrs["id"] = attributes.id
    if attributes.classes:
        target.attrs["class"] = " ".join(attributes.classes)
