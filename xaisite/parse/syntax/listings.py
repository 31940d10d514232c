"""Fenced blocks: listings, cells (```` ```{python} ````), and shown cells (```` ```{{python}} ````).

A cell's options and captions are read when the text around it is walked (`cells.py`); here only its index is fixed, for
prose wants to know which cells stand above it.
"""

from __future__ import annotations

import re

from markdown_it.common.utils import unescapeAll
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.fence import fence
from markdown_it.token import Token

from xaisite.model.nodes import Attributes
from xaisite.parse.attributes import read_attributes
from xaisite.parse.found import found
from xaisite.parse.machine import Machine
from xaisite.parse.syntax.divs import is_leaf, push_myst
from xaisite.parse.syntax.inline_attributes import HTML, RAW

CELL = re.compile(r"\{\s*(?P<lang>[A-Za-z][\w+#-]*)\s*(?P<rest>[^{}]*)\}\s*\Z")
_SHOWN = re.compile(r"\{\{\s*(?P<lang>[A-Za-z][\w+#-]*)\s*(?P<rest>[^{}]*)\}\}\s*\Z")
_MYST = re.compile(r"\{code-cell\}\s*(?P<lang>[A-Za-z][\w+#-]*)?\s*\Z")
_DIRECTIVE = re.compile(r"\{(?P<name>[a-z][A-Za-z\d_:-]*)\}(?P<title>.*)\Z")
BLOCK_DIRECTIVES = frozenset({
    "note", "tip", "hint", "warning", "attention", "important", "caution", "danger", "error", "seealso", "admonition",
    "dropdown", "margin", "sidebar", "aside", "table", "tab-set", "tab-item", "list-table", "glossary", "exercise",
    "solution",
    "epigraph", "pull-quote", "highlights", "only", "card", "grid", "grid-item", "grid-item-card", "topic", "todo",
    "prf:proof", "prf:theorem", "prf:lemma", "prf:corollary", "prf:proposition", "prf:conjecture", "prf:definition",
    "prf:example", "prf:remark", "prf:algorithm", "prf:axiom", "prf:assumption", "prf:criterion", "prf:observation",
    "prf:property", "prf:notation",
})  # fmt: skip
"""MyST's directives that hold blocks: read as `:::{name}` is."""
_OTHERS = frozenset({
    "contents", "embed", "iframe", "include", "index", "literalinclude", "output", "raw", "rubric", "toctree", "video",
    "youtube",
})  # fmt: skip
"""MyST's directives that are shown as typed, and are not taken for languages of cells."""
_MARKED_LINES = re.compile(r"(?<=[\w+#])(?:/-?[\d,-]+|\{[\d,\s-]+\})(?=\s|\Z)")
"""Lines to be marked, as Eleventy (`js/2-3`) and others (`js{1,3}`) write them: they are not."""
RUNNABLE = frozenset({"python", "python3", "ipython", "ipython3"})


def listings_plugin(md: Machine) -> None:
    """Register the rule."""
    md.block.ruler.at("fence", _fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not fence(state, start, end, silent):
        return False
    if silent:
        return True
    token = state.tokens[-1]
    here = found(state.env)
    info = token.info.strip()
    myst = _MYST.match(info)
    cell = None if myst or here.fixed else CELL.match(info)
    lang = (myst["lang"] or "python") if myst else cell["lang"] if cell else ""
    if lang.lower() in RUNNABLE and not here.fixed:
        token.type = "cell"
        token.meta = {"index": len(here.cell_starts), "form": "myst" if myst else "chunk"}
        here.cell_starts.append(here.line_offset(start))
        return True
    raw = RAW.fullmatch(info)
    if raw is not None:
        _as_raw(state, token, raw["format"])
        return True
    directive = None if here.fixed else _DIRECTIVE.match(info)
    if directive and directive["name"] == "raw" and directive["title"].strip():
        _as_raw(state, token, directive["title"].strip())
        return True
    is_group = directive is not None and directive["name"] == "figure" and not directive["title"].strip()
    if directive and (is_group or directive["name"].lower() in BLOCK_DIRECTIVES):
        _open_blocks(state, token, directive)
        return True
    if directive and is_leaf(directive["name"], directive["title"].strip()):
        token.type = "directive"
        token.meta = {"name": directive["name"], "title": directive["title"].strip()}
        return True
    if directive and (
        directive["title"].strip() or {"-", ":"} & set(directive["name"]) or directive["name"] in _OTHERS
    ):
        token.meta = {"lang": "", "directive": directive["name"], "attributes": None}
        return True
    token.meta = _describe(token.info)
    if cell and "." not in cell["lang"]:
        token.meta = {"lang": lang, "foreign": True, "attributes": None}
    return True


def _open_blocks(state: StateBlock, token: Token, directive: re.Match[str]) -> None:
    """Replace a fence by the div it means, its lines parsed as blocks."""
    state.tokens.pop()
    after = state.line
    start, end = token.map or (after, after)
    title = directive["title"].strip()
    at = state.src.find(title, state.bMarks[start]) if title else state.eMarks[start]
    is_closed = token.content.count("\n") < end - start - 1
    push_myst(state, directive["name"], (title, at), (start, end - 1 if is_closed else end))
    state.line = after


def _as_raw(state: StateBlock, token: Token, format: str) -> None:
    """```` ```{=html} ````: raw HTML; what is for another format is left out, as in Pandoc."""
    if format not in HTML:
        state.tokens.pop()
        return
    token.type, token.info = "html_block", ""
    if token.map:
        token.map = [token.map[0] + 1, token.map[1]]


def _describe(raw: str) -> dict[str, object]:
    """Return the language and the attributes of a listing's info string."""
    info = unescapeAll(raw.strip())
    shown = _SHOWN.match(info)
    if shown:
        return {
            "lang": shown["lang"],
            "attributes": None,
            "shown": f"{{{shown['lang']}{' ' + shown['rest'] if shown['rest'] else ''}}}",
        }
    brace = info.find("{")
    attributes: Attributes | None = None
    if brace >= 0:
        read = read_attributes(info, brace, bare=True)
        if read and not info[read[1] :].strip():
            attributes = read[0]
            info = info[:brace].strip()
    info = _MARKED_LINES.sub("", info, count=1)
    lang = info.split(None, 1)[0] if info else ""
    if not lang and attributes and attributes.classes:
        lang = attributes.classes[0]
    return {"lang": lang, "attributes": attributes}
