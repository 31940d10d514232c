"""kramdown's `<div markdown="1">` on a line of its own: what stands before its end is Markdown, in raw HTML or not.

An element within it that does not ask for Markdown is raw HTML to its own end, empty lines or not. What is indented as
deep as its neighbours is no code. Pairs are found in one pass over the text, so that hostile text takes linear time.
"""

from __future__ import annotations

import re
from collections import Counter

from markdown_it.rules_block import StateBlock

from xaisite.parse.found import Found, found
from xaisite.parse.machine import Machine

_OPENS = re.compile(
    r"[ \t>]*<[A-Za-z][\w-]*(?=[^<>]*\smarkdown=[\"']?(?:1|block|span)\b)(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>[ \t]*\Z",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][\w-]*)\b")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_HTML = re.compile(
    r"</?(?:address|article|aside|blockquote|center|details|dialog|dd|div|dl|dt|fieldset|figcaption|figure|footer|form"
    r"|h[1-6]|header|hr|li|main|menu|nav|ol|p|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)\b",
    re.IGNORECASE,
)


def markdown_html_plugin(md: Machine) -> None:
    """Register the rule."""
    md.block.ruler.before("html_block", "markdown_html", _rule, {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.on("markdown_html", "<")


def _rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    here = found(state.env)
    if here.seen_end("markdown=") < 0 or state.is_code_block(start) or not here.config.raw_html:
        return False
    pairs = _pairs(here, state.src)
    if not pairs:
        return False
    if pairs.get(start, (end, False))[0] < end and pairs[start][1]:
        if not silent:
            state.line = _push(state, start, pairs[start][0])
        return True
    first = state.bMarks[start] + state.tShift[start]
    if _HTML.match(state.src, first) is None:
        return False
    last = pairs[start][0] if here.markdown_depth and start in pairs else -1
    after = last + 1 if start <= last < end else _next_empty(state, start, end)
    if not any(line in pairs and pairs[line][1] and pairs[line][0] < end for line in range(start, after)):
        if last < 0 or silent:
            return last >= 0
        _push_raw(state, start, after)
        state.line = after
        return True
    if not silent:
        state.line = _push_mixed(state, start, end, last)
    return True


def _next_empty(state: StateBlock, start: int, end: int) -> int:
    return next((k for k in range(start, end) if state.isEmpty(k)), end)


def _push_mixed(state: StateBlock, start: int, end: int, last: int) -> int:
    """Push raw HTML with elements in it that ask for Markdown; return the line after it."""
    pairs = _pairs(found(state.env), state.src)
    line = begin = start
    while line < end and (line <= last or not state.isEmpty(line)):
        close, asks = pairs.get(line, (end, False))
        if asks and close < end:
            _push_raw(state, begin, line)
            begin = line = _push(state, line, close)
        else:
            line += 1
    _push_raw(state, begin, line)
    return line


def _push_raw(state: StateBlock, start: int, end: int) -> None:
    if end > start:
        token = state.push("html_block", "", 0)
        token.map = [start, end]
        token.content = state.getLines(start, end, state.blkIndent, True)


def _push(state: StateBlock, start: int, close: int) -> int:
    """Push an element whose content, between its lines, is Markdown; return the line after it."""
    here = found(state.env)
    _push_raw(state, start, start + 1)
    saved = (state.blkIndent, state.lineMax, state.parentType)
    filled = [state.sCount[line] for line in range(start + 1, close) if not state.isEmpty(line)]
    state.blkIndent, state.lineMax, state.parentType = min(filled, default=state.blkIndent), close, "html"
    here.markdown_depth += 1
    state.level += 1
    state.md.block.tokenize(state, start + 1, close)
    state.level -= 1
    here.markdown_depth -= 1
    state.blkIndent, state.lineMax, state.parentType = saved
    _push_raw(state, close, close + 1)
    return close + 1


def _pairs(here: Found, src: str) -> dict[int, tuple[int, bool]]:
    """Return, for each line that begins an element, the line that ends it and whether it asks for Markdown."""
    known = here.html_pairs.get(len(src))
    if known is None:
        known = _find_pairs(src)
        here.html_pairs = {len(src): known}
    return known


def _find_pairs(src: str) -> dict[int, tuple[int, bool]]:
    pairs: dict[int, tuple[int, bool]] = {}
    stack: list[tuple[str, int, bool]] = []
    opened: Counter[str] = Counter()
    fence = ""
    for number, line in enumerate(src.split("\n")):
        code = _FENCE.match(line)
        if fence or code:
            if not fence and code:
                fence = code[1]
            elif code and code[1].startswith(fence) and not line[code.end() :].strip(" `~"):
                fence = ""
            continue
        opens = _OPENS.match(line) if "markdown=" in line else None
        for tag in _TAG.finditer(line) if "<" in line else ():
            name = tag["name"].lower()
            if not tag["close"]:
                is_first = not line[: tag.start()].strip(" \t>")
                stack.append((name, number if is_first else -1, opens is not None))
                opened[name] += 1
            elif opened[name]:
                first, asks = _close(stack, opened, name)
                is_alone = not line[: tag.start()].strip(" \t>") and line[tag.end() :].strip() == ">"
                if first >= 0 and first < number and (is_alone or not asks):
                    pairs.setdefault(first, (number, asks))
    return pairs if any(asks for _, asks in pairs.values()) else {}


def _close(stack: list[tuple[str, int, bool]], opened: Counter[str], name: str) -> tuple[int, bool]:
    """Take the last open element called ``name``, and what was left open in it; return its line and its wish."""
    while True:
        top, line, asks = stack.pop()
        opened[top] -= 1
        if top == name:
            return line, asks
