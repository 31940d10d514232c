"""`{% highlight %}`, `{% details %}` and `{% raw %}` around blocks; kramdown's `{: .class #id}` below a block."""

from __future__ import annotations

import re

from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from xaisite.parse.attributes import read_attributes
from xaisite.parse.found import found
from xaisite.parse.machine import Machine

_TAG = re.compile(r"\{%-?\s*(?P<name>highlight|details|raw)\b(?P<args>[^%]*)-?%\}[ \t]*\Z")
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
    if state.is_code_block(start) or not state.src.startswith("{%", first):
        return False
    match = _TAG.match(state.src[first : state.eMarks[start]])
    if match is None:
        return False
    name = match["name"]
    closing = re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}")
    if found(state.env).seen_pattern(closing) < first:
        return False
    close = next((k for k in range(start + 1, end) if closing.match(state.src, state.bMarks[k] + state.tShift[k])), -1)
    if close < 0:
        return False
    if not silent:
        _push(state, name, match["args"].strip(), start, close)
        state.line = close + 1
    return True


def _push(state: StateBlock, name: str, args: str, start: int, close: int) -> None:
    if name == "highlight":
        token = state.push("fence", "code", 0)
        words = args.split()
        token.content = state.getLines(start + 1, close, state.blkIndent, True)
        token.map = [start, close + 1]
        token.meta = {"lang": words[0] if words else "", "attributes": None, "numbers": "linenos" in args}
        return
    opening = state.push(f"liquid_{name}_open", "", 1)
    opening.meta = {"args": args}
    opening.map = [start, close + 1]
    line_max, parent = state.lineMax, state.parentType
    state.lineMax, state.parentType = close, "div"
    state.md.block.tokenize(state, start + 1, close)
    state.lineMax, state.parentType = line_max, parent
    state.push(f"liquid_{name}_close", "", -1)


def _attribute_line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("{:", first):
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
