r"""Formulas: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and bare `\begin{align}`.

"$20,000 and $30,000" is text: an opening `$` stands before a non-space, a closing one after a non-space and not before
a digit. `$$` alone on its lines is display; with text on its line it is inline, as kramdown has it. Does not look at
TeX.
"""

from __future__ import annotations

import re

from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from xaisite.core.definitions import only_defines
from xaisite.core.source import Span
from xaisite.parse.attributes import read_attributes
from xaisite.parse.dispatch import InlineState
from xaisite.parse.equations import add_equation
from xaisite.parse.found import Found, found
from xaisite.parse.machine import Machine
from xaisite.parse.place import AnyPlace
from xaisite.parse.values import fill_formula

_WORD = re.compile(r"\w")
_DOLLAR = re.compile(r"\\(?:text[a-z]*|[mh]box)[ \t]*\{|\\.|`+|[${}]", re.DOTALL)
_LONGEST_TEXT = 1000  # characters of `\text{…}` with dollars in it: keeps hostile text linear
_BACKTICKS = re.compile(r"`+")
_DOUBLE = re.compile(r"\\.|\$\$", re.DOTALL)
_ENVIRONMENT = re.compile(
    r"\\begin\{((?:align|alignat|aligned|alignedat|cases|darray|CD|equation|eqnarray|flalign|gather|gathered|math|multline"
    r"|displaymath|split|array|matrix|[pbBvV]matrix|subarray|dcases|rcases)\*?)\}"
)
_DEFINES = re.compile(r"\\(?:(?:re|provide)?newcommand|[gx]?def)(?![A-Za-z])")
_TAIL = re.compile(r"[ \t]*(?:\{#|\((eq[-:][\w:.-]+)\)[ \t]*\Z)")


def math_plugin(md: Machine) -> None:
    """Register the rules."""
    md.inline.ruler.before("escape", "math_dollar", _dollar)
    md.inline.on("math_dollar", "$")
    md.inline.ruler.before("escape", "math_paren", _paren)
    md.inline.on("math_paren", "\\")
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "math_block", _block, ends)
    md.block.on("math_block", "$")
    md.block.ruler.before("fence", "math_bracket", _bracket_block, ends)
    md.block.on("math_bracket", "\\")


# Inline -------------------------------------------------------------------------------------------------------------


def _dollar(state: StateInline, silent: bool) -> bool:
    src, start = state.src, state.pos
    if not found(state.env).front.math:
        return False
    if src.startswith("$$", start):
        return _double(state, silent)
    if start + 1 >= state.posMax or src[start + 1].isspace():
        return False
    close = _close(state, start + 1)
    if close < 0 or src[close - 1].isspace() or close == start + 1:
        return False
    if close + 1 < len(src) and src[close + 1].isdigit():
        return False
    if not silent:
        _push(state, start + 1, close, display=False, markup="$")
    state.pos = close + 1
    return True


def _double(state: StateInline, silent: bool) -> bool:
    start = state.pos
    close = -1
    for match in _DOUBLE.finditer(state.src, start + 2, state.posMax):
        if match[0] == "$$":
            close = match.start()
            break
    if close < 0 or not state.src[start + 2 : close].strip():
        if not silent:
            if close < 0:
                _report_unclosed(state, start)
            state.append_pending("$$")
        state.pos = start + 2
        return True
    if not silent:
        display = found(state.env).config.double_dollar == "display"
        _push(state, start + 2, close, display=display, markup="$$")
    state.pos = close + 2
    return True


def _report_unclosed(state: StateInline, start: int) -> None:
    place: AnyPlace = state.place  # type: ignore[attr-defined]
    found(state.env).error(
        "md-math-unclosed", "this “$$” opens a formula that is never closed", place.span(start, start + 2),
        help="close it with “$$” on a line of its own, or write \\$\\$ for two dollar signs",
    )  # fmt: skip


def _close(state: StateInline, start: int) -> int:
    r"""Return the index of the next unescaped `$`, or -1.

    One inside a code span that begins here closes nothing; within braces, though, backticks are TeX's quotation marks.
    Nor does one within the braces of text (`\text{if $x$}`), as long as another follows them.
    """
    depth = code_end = text_depth = text_start = 0
    within = -1
    for match in _DOLLAR.finditer(state.src, start, state.posMax):
        mark, at = match[0], match.start()
        if text_depth and at - text_start > _LONGEST_TEXT:
            break
        if mark == "$" and at >= code_end:
            if not text_depth:
                return at
            within = at if within < 0 else within
        elif mark[-1] == "{" and mark != "\\{":
            depth += 1
            if len(mark) > 1 and not text_depth:
                text_depth, text_start = depth, at
        elif mark == "}":
            depth -= 1
            if depth < text_depth:
                text_depth = 0
        elif mark[0] == "`" and at >= code_end and depth <= 0:
            code_end = _code_end(state, match.end(), len(mark))
    return within


def _code_end(state: StateInline, at: int, length: int) -> int:
    """Return the index after the run of backticks that ends a code span, or 0 (then it is none)."""
    if not isinstance(state, InlineState) or state.last("`" * length) < at:
        return 0
    marks = (m for m in _BACKTICKS.finditer(state.src, at, state.posMax) if len(m[0]) == length)
    return next((m.end() for m in marks), 0)


def _paren(state: StateInline, silent: bool) -> bool:
    src, start = state.src, state.pos
    slashes = "\\\\" if src.startswith("\\\\", start) else "\\"  # two, where kramdown takes one away
    first = start + len(slashes) + 1
    opening = src[first - 1 : first]
    if opening not in ("(", "[") or not isinstance(state, InlineState) or not found(state.env).front.math:
        return False
    close_mark = slashes + (")" if opening == "(" else "]")
    if state.last(close_mark) < first:
        return False
    close = src.find(close_mark, first, state.posMax)
    if close < 0 or not _WORD.search(src, first, close) or src.find(slashes + opening, first, close) >= 0:
        return False
    if not silent:
        _push(state, first, close, display=opening == "[", markup="\\" + opening)
    state.pos = close + len(close_mark)
    return True


def _push(state: StateInline, start: int, end: int, *, display: bool, markup: str) -> None:
    here = found(state.env)
    place: AnyPlace = state.place  # type: ignore[attr-defined]
    tex = state.src[start:end]
    offsets = [place.offset(start)]
    offsets.extend(place.offset(start + k + 1) for k, c in enumerate(tex) if c == "\n")
    tex = fill_formula(here, state.env, tex, place.inner(start).span)
    token = state.push("math_inline", "math", 0)
    token.content = tex
    token.markup = markup
    span = place.span(start, end)
    if display:
        token.meta = {**add_equation(here, tex, span, tuple(offsets), is_inline=True), "display": True}
    else:
        token.meta = {"ordinal": here.add_formula(tex, span, display=False, offsets=tuple(offsets))}


# Blocks -------------------------------------------------------------------------------------------------------------


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start) or not found(state.env).front.math:
        return False
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("$$", first):
        return False
    line = state.src[first : state.eMarks[start]].rstrip()
    if line == "$$":
        return _opened_alone(state, start, end, silent)
    close = _find_double(line, 2)
    if close >= 0:
        tail = _tail(found(state.env), first + close + 2, line[close + 2 :])
        if tail is None or not line[2:close].strip():
            return False
        if not silent:
            push_formula(state, start, start + 1, (first + 2, first + close), tail)
        return True
    return _opened_with_text(state, start, end, silent, first)


def _opened_alone(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    here = found(state.env)
    for line in range(start + 1, end):
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            break
        begin = state.bMarks[line] + state.tShift[line]
        text = state.src[begin : state.eMarks[line]].rstrip()
        close = (
            0 if text.startswith("$$") else len(text) - 2 if text.endswith("$$") and not text.endswith("\\$$") else -1
        )
        if close < 0 and "$$" in text:
            close = _find_double(text, 0)
        if close < 0:
            continue
        tail = _tail(here, begin + close + 2, text[close + 2 :])
        if tail is None:
            continue
        if not silent:
            content_end = begin + close if close else max(state.eMarks[line - 1], state.eMarks[start])
            push_formula(state, start, line + 1, (state.eMarks[start] + 1, content_end), tail)
        return True
    return False


def _opened_with_text(state: StateBlock, start: int, end: int, silent: bool, first: int) -> bool:
    r"""`$$\begin{aligned}` … `\end{aligned}$$`: closed at the end of a later line, no empty line between."""
    for line in range(start + 1, end):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return False
        begin = state.bMarks[line] + state.tShift[line]
        text = state.src[begin : state.eMarks[line]].rstrip()
        close = _find_double(text, 0)
        if close < 0:
            continue
        tail = _tail(found(state.env), begin + close + 2, text[close + 2 :])
        if tail is None:
            return False
        if not silent:
            push_formula(state, start, line + 1, (first + 2, begin + close), tail)
        return True
    return False


def _bracket_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start) or not found(state.env).front.math:
        return False
    first = state.bMarks[start] + state.tShift[start]
    if state.src.startswith("\\[", first):
        return _delimited(state, (start, end), first + 2, "\\]", silent=silent)
    if state.src.startswith("\\\\[", first):
        return _delimited(state, (start, end), first + 3, "\\\\]", silent=silent)
    if _DEFINES.match(state.src, first):
        return not silent and _definitions(state, start, end)
    match = _ENVIRONMENT.match(state.src, first)
    if match is None:
        return False
    return _delimited(state, (start, end), first, f"\\end{{{match[1]}}}", silent=silent)


def _definitions(state: StateBlock, start: int, end: int) -> bool:
    """Read a paragraph of definitions of macros: they hold from here on, and nothing is shown."""
    last = start
    while last < end and not state.isEmpty(last) and state.sCount[last] >= state.blkIndent:
        last += 1
    begin = state.bMarks[start] + state.tShift[start]
    if not only_defines(state.src[begin : min(state.eMarks[last - 1], begin + 20_000)]):
        return False
    tail = ("", found(state.env).index_span(begin, begin))
    push_formula(state, start, last, (begin, state.eMarks[last - 1]), tail)
    return True


def _delimited(state: StateBlock, lines: tuple[int, int], begin: int, mark: str, *, silent: bool) -> bool:
    start, end = lines
    whole = begin == state.bMarks[start] + state.tShift[start]
    last = found(state.env).seen_end(mark)
    if last < begin:
        if whole and not silent:
            found(state.env).error(
                "md-math-unclosed", f"this environment is never closed by {mark}",
                found(state.env).index_span(begin, state.eMarks[start]), help=f"add {mark}",
            )  # fmt: skip
        return False
    for line in range(start, end):
        if line > start and ((state.isEmpty(line) and not whole) or state.sCount[line] < state.blkIndent):
            return False
        low = begin if line == start else state.bMarks[line] + state.tShift[line]
        close = state.src.find(mark, low, state.eMarks[line])
        if close < 0:
            continue
        after = close + len(mark)
        tail = _tail(found(state.env), after, state.src[after : state.eMarks[line]].rstrip())
        if tail is None or not state.src[begin:close].strip():
            return False
        if not silent:
            push_formula(state, start, line + 1, (begin, after if whole else close), tail)
        return True
    return False


def _find_double(text: str, start: int) -> int:
    at = text.find("$$", start)
    while at > 0 and text[at - 1] == "\\":
        at = text.find("$$", at + 1)
    return at


def _tail(here: Found, index: int, text: str) -> tuple[str, Span] | None:
    """Return the label in what follows a formula on its line, or None if that is not a label."""
    text = text.rstrip()
    if not text.strip():
        return "", here.index_span(index, index)
    match = _TAIL.match(text)
    if match is None:
        return None
    if match[1]:
        return match[1], here.index_span(index + match.start(1), index + match.end(1))
    brace = text.index("{")
    read = read_attributes(text, brace)
    if read is None or text[read[1] :].strip() or not read[0].id:
        return None
    at = text.index("#", brace) + 1
    return read[0].id, here.index_span(index + at, index + at + len(read[0].id))


def push_formula(state: StateBlock, start: int, line: int, content: tuple[int, int], tail: tuple[str, Span]) -> None:
    """Push a formula; its ordinal is given when the text around it is walked."""
    here = found(state.env)
    begin, end = content
    pieces: list[str] = []
    offsets: list[int] = []
    for number in range(start, line):
        low = max(begin, state.bMarks[number] + min(state.tShift[number], max(0, state.blkIndent)))
        high = min(end, state.eMarks[number])
        if high < low:
            continue
        pieces.append(state.src[low:high])
        offsets.append(here.index_span(low, low).start)
    while pieces and not pieces[-1].strip():
        pieces.pop()
        offsets.pop()
    while pieces and not pieces[0].strip():
        pieces.pop(0)
        offsets.pop(0)
    token = state.push("math_block", "math", 0)
    token.block = True
    token.map = [start, line]
    tex = "\n".join(pieces)
    token.content = tex
    span = (
        here.source.span(offsets[0], offsets[-1] + len(pieces[-1]))
        if offsets and here.fixed is None
        else here.lines_span(start, line)
    )
    token.meta = {"tail": tail, "span": span, "offsets": tuple(offsets)}
    state.line = line
