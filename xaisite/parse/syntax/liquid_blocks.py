"""`{% highlight %}`, `{% details %}`, `{% raw %}` and diagrams; kramdown's `{: .class #id}` below a block."""

from __future__ import annotations

import re

from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from xaisite.model.nodes import Attributes
from xaisite.parse.attributes import read_attributes
from xaisite.parse.found import found
from xaisite.parse.machine import Machine

DIAGRAMS = ("mermaid", "graphviz", "plantuml", "vegalite", "vega", "nomnoml", "blockdiag", "wavedrom", "tikz")
"""Tags of Jekyll's plugins that draw what is in them."""
_TAG = re.compile(
    rf"\{{%-?\s*(?P<name>highlight|details|raw|{'|'.join(DIAGRAMS)})\b(?P<args>(?:[^%]|%(?!\}}))*?)-?%\}}[ \t]*\Z"
)
_ONE_LINE = re.compile(r"\{%-?\s*highlight\b(?P<args>[^%]*)-?%\}(?P<code>.*)\{%-?\s*endhighlight\s*-?%\}[ \t]*\Z")
_LANGUAGE = re.compile(r"[\w+#.-]+")
_IAL = re.compile(r"\{:[ \t]*([^{}]*)\}[ \t]*\Z")


def liquid_blocks_plugin(md: Machine) -> None:
    """Register the rules."""
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "liquid_block", _block, ends)
    md.block.on("liquid_block", "{")
    md.block.ruler.before("fence", "attribute_line", _attribute_line, ends)
    md.block.on("attribute_line", "{")


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("{%", first) or found(state.env).is_raw:
        return False
    line = state.src[first : state.eMarks[start]]
    one = _ONE_LINE.match(line)
    if one is not None:
        if not silent:
            _push_listing(state, one["args"], one["code"].strip() + "\n", start, start)
            state.line = start + 1
        return True
    match = _TAG.match(line)
    if match is None:
        return False
    name = match["name"]
    close = _find_end(state, name, start, end)
    if close < 0:
        return False
    if not silent:
        _push(state, name, match["args"].strip(), start, close)
        state.line = close + 1
    return True


def _find_end(state: StateBlock, name: str, start: int, end: int) -> int:
    """Return the line that closes the tag of line ``start``; details within details are closed first."""
    closing = re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}")
    opening = re.compile(r"\{%-?\s*details\b")
    if found(state.env).seen_pattern(closing) < state.bMarks[start]:
        return -1
    depth = 1
    for line in range(start + 1, end):
        at = state.bMarks[line] + state.tShift[line]
        if not state.src.startswith("{%", at):
            continue
        if closing.match(state.src, at):
            depth -= 1
            if not depth:
                return line
        elif name == "details" and opening.match(state.src, at):
            depth += 1
    return -1


def _push_listing(state: StateBlock, args: str, code: str, start: int, close: int) -> None:
    language = _LANGUAGE.search(args.replace("linenos", ""))
    token = state.push("fence", "code", 0)
    token.content = code
    token.map = [start, close + 1]
    values = {"code-line-numbers": "true"} if "linenos" in args else {}
    token.meta = {"lang": language[0] if language else "", "attributes": Attributes("", (), values)}


def _push(state: StateBlock, name: str, args: str, start: int, close: int) -> None:
    if name == "highlight" or name in DIAGRAMS:
        code = state.getLines(start + 1, close, state.blkIndent, True).strip("\n") + "\n"
        _push_listing(state, args if name == "highlight" else name, code, start, close)
        return
    opening = state.push(f"liquid_{name}_open", "", 1)
    opening.meta = {"args": args}
    opening.map = [start, close + 1]
    here = found(state.env)
    line_max, parent, here.is_raw = state.lineMax, state.parentType, name == "raw"
    state.lineMax, state.parentType = close, "div"
    state.md.block.tokenize(state, start + 1, close)
    state.lineMax, state.parentType, here.is_raw = line_max, parent, False
    state.push(f"liquid_{name}_close", "", -1)


def _attribute_line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    if (
        state.is_code_block(start)
        or not state.src.startswith("{:", first)
        or state.src.startswith(("{::", "{:/"), first)
    ):
        return False
    text = state.src[first : state.eMarks[start]]
    match = _IAL.match(text)
    if match is None:
        return False
    if not silent:
        token = state.push("attribute_line", "", 0)
        token.map = [start, start + 1]
        read = read_attributes(text, 0)
        token.meta = {"attributes": read[0] if read else None, "text": match[1].strip()}
        state.line = start + 1
    return True
