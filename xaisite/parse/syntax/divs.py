"""Fenced divs: `::: {.class #id key=value}` … `:::`, `::: name`, and MyST's `:::{note} Title`. They nest.

What a div means (callout, tabset, theorem…) is decided when the text is walked (`parse.div_kinds`).
"""

from __future__ import annotations

import re
from typing import Any

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from xaisite.model.nodes import Attributes
from xaisite.parse.attributes import read_attributes
from xaisite.parse.found import Found, found
from xaisite.parse.machine import Machine

_BOXES = ("note", "tip", "info", "warning", "important", "caution", "danger", "details")
"""Names that VitePress, Docusaurus and markdown-it's containers give their boxes, `::: tip Title`: callouts."""
_OPENING = re.compile(
    rf":{{3,}}[ \t]*(?P<rest>\{{.*\}}.*|[A-Za-z][\w-]*|(?:{'|'.join(_BOXES)})[ \t]+[^:{{}}\s][^:{{}}]*)[ \t]*:*[ \t]*\Z"
)
_CLOSING = re.compile(r":{3,}[ \t]*\Z")
_MYST = re.compile(r"\{(?P<name>[A-Za-z][\w:-]*)\}[ \t]*(?P<title>.*)\Z")
_OPTION = re.compile(r":(?P<name>[\w-]+):[ \t]*(?P<value>.*)\Z")
DIRECTIVES = frozenset({
    "figure", "image", "math", "code-block", "code", "csv-table", "bibliography", "tableofcontents",
})  # fmt: skip
"""MyST's directives that hold no blocks (`parse.directives`)."""
_MALFORMED = re.compile(r":{3,}[ \t]*[A-Za-z{.#][^:]*\Z")
"""What looks like an opening line and is none."""
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")


def is_leaf(name: str, title: str) -> bool:
    """Whether a directive holds no blocks; a figure without a file holds those of several pictures."""
    return name in DIRECTIVES and (name != "figure" or bool(title))


def divs_plugin(md: Machine) -> None:
    """Register the rule."""
    md.block.ruler.before("fence", "div", _div, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.block.on("div", ":")


def _div(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(":::", first):
        return False
    here = found(state.env)
    text = state.src[first : state.eMarks[start]].rstrip()
    if _CLOSING.match(text):
        return _stray(state, here, start, silent, text)
    match = _OPENING.match(text)
    if match is None:
        if not silent and _MALFORMED.match(text):
            here.warn("div-opening", "this opens no block: it is shown as typed",
                      here.index_span(first, first + len(text)),
                      help='write ::: name, or ::: {.class #id key="value"}')  # fmt: skip
        return False
    if silent:
        return True
    _push(state, here, (start, end), first + match.start("rest"), match["rest"])
    return True


def _stray(state: StateBlock, here: Found, line: int, silent: bool, text: str) -> bool:
    """Report a closing line that closes nothing; it is left out."""
    if silent:
        return True
    first = state.bMarks[line] + state.tShift[line]
    here.warn("div-stray", "this closes no block", here.index_span(first, first + len(text)),
              help="remove it, or open a block above with “::: {.class}”")  # fmt: skip
    state.line = line + 1
    return True


def _push(state: StateBlock, here: Found, lines: tuple[int, int], at: int, rest: str) -> None:
    start, end = lines
    close = _matches(here, state.src).get(start, -1)
    if close < 0 or close >= end:
        first = state.bMarks[start] + state.tShift[start]
        here.error("div-unclosed", "this block is never closed", here.index_span(first, state.eMarks[start]),
                   help="add a line “:::” after it")  # fmt: skip
        close = end
    meta = _describe(here, at, rest, state.eMarks[start])
    if meta["myst"] and is_leaf(name := meta["attributes"].classes[0], meta["title"]):
        token = state.push("directive", "", 0)
        token.map = [start, min(close + 1, end)]
        token.content = state.getLines(start + 1, close, state.blkIndent, False)
        token.meta = {"name": name, "title": meta["title"]}
        state.line = min(close + 1, end)
        return
    opening = state.push("div_open", "div", 1)
    opening.meta = meta
    first = start + 1
    if meta["myst"]:
        first = _read_options(state, opening, first, close)
    _tokenize(state, first, close)
    state.push("div_close", "div", -1)
    state.line = min(close + 1, end)
    opening.map = [start, state.line]


def push_myst(state: StateBlock, name: str, title: tuple[str, int], lines: tuple[int, int]) -> None:
    """Push the div that a fenced MyST directive means; ``lines`` are its first and the one that closes it."""
    start, close = lines
    opening = state.push("div_open", "div", 1)
    opening.map = [start, close + 1]
    span = found(state.env).lines_span(start, start + 1)
    opening.meta = {
        "attributes": Attributes("", (name,), {}, span), "title": title[0], "title_at": title[1], "myst": True,
    }  # fmt: skip
    first = _read_options(state, opening, start + 1, close)
    _tokenize(state, first, close)
    state.push("div_close", "div", -1)


def _tokenize(state: StateBlock, first: int, close: int) -> None:
    parent, line_max = state.parentType, state.lineMax
    state.parentType = "div"
    state.lineMax = close
    state.md.block.tokenize(state, first, close)
    state.parentType, state.lineMax = parent, line_max


def _read_options(state: StateBlock, opening: Token, line: int, close: int) -> int:
    """Read `:class: tip` lines at the top of a MyST block; return the first line after them."""
    attributes: Attributes = opening.meta["attributes"]
    name, classes, values = attributes.id, attributes.classes, dict(attributes.values)
    while line < close:
        match = _OPTION.match(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]])
        if match is None:
            break
        if match["name"] == "class":
            classes = (*classes, *match["value"].split())
        elif match["name"] in ("name", "label"):
            name = match["value"].strip()
        else:
            values[match["name"]] = match["value"].strip()
        line += 1
    opening.meta["attributes"] = Attributes(name, classes, values, attributes.span)
    return line


def _describe(here: Found, at: int, rest: str, end: int) -> dict[str, Any]:
    span = here.index_span(at, end)
    if not rest.startswith("{"):
        name, _, title = rest.partition(" ")
        return {
            "attributes": Attributes("", (name,), {}, span), "title": title.strip(), "title_at": at + len(name),
            "myst": name in _BOXES,
        }  # fmt: skip
    read = read_attributes(rest, 0, bare=True)
    myst = _MYST.match(rest)
    if myst and (read is None or read[0].classes == (myst["name"],)):
        attributes = Attributes("", (myst["name"],), {}, span)
        return {
            "attributes": attributes,
            "title": myst["title"].strip(),
            "title_at": at + myst.start("title"),
            "myst": True,
        }
    if read is None:
        here.error("div-attributes", "these attributes are not understood", span,
                   help='write them as {.class #id key="value"}')  # fmt: skip
        return {"attributes": Attributes(span=span), "title": "", "title_at": at, "myst": False}
    attributes, used = read
    located = Attributes(attributes.id, attributes.classes, attributes.values, here.index_span(at, at + used))
    return {"attributes": located, "title": rest[used:].strip(" :"), "title_at": at + used, "myst": False}


def _matches(here: Found, src: str) -> dict[int, int]:
    """Return, for each line that opens a div, the line that closes it: one pass over the whole text."""
    known = here.div_matches.get(len(src))
    if known is None:
        known = _find_matches(src)
        here.div_matches = {len(src): known}
    return known


def _find_matches(src: str) -> dict[int, int]:
    matches: dict[int, int] = {}
    opened: list[int] = []
    fence = ""
    for number, line in enumerate(src.split("\n")):
        code = _FENCE.match(line)
        if fence:
            if code and code[1].startswith(fence) and not line[code.end() :].strip(" `~"):
                fence = ""
            continue
        if code:
            fence = code[1]
            continue
        text = line.strip(" \t>").rstrip()
        if not text.startswith(":::"):
            continue
        if _CLOSING.match(text):
            if opened:
                matches[opened.pop()] = number
        elif _OPENING.match(text):
            opened.append(number)
    return matches
