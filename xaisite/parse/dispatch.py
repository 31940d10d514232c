"""markdown-it's two tokenizers, choosing rules by the character at hand instead of asking every rule everywhere.

Same results as the library's loops, about three times as fast with forty rules. Does not know any syntax: plugins
call `InlineParser.on` and `BlockParser.on`. Invariant: rules are tried in the ruler's order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from xaisite.parse.place import AnyPlace

InlineRule = Callable[[StateInline, bool], bool]
BlockRule = Callable[[StateBlock, int, int, bool], bool]


class InlineState(StateInline):
    """An inline state that knows where its text stands, and remembers what rules found out about the text."""

    def __init__(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token], place: AnyPlace) -> None:
        super().__init__(src, md, env, tokens)
        self.place = place
        self.memo: dict[tuple[str, int], Any] = {}

    def last(self, text: str) -> int:
        """Return the index of the last occurrence of ``text`` (remembered: keeps failing rules linear)."""
        return self.html_terminator_last(text)


class InlineParser(ParserInline):
    """Inline tokenizer with rules by character."""

    def __init__(self) -> None:
        super().__init__()
        self._chars: dict[str, str] = {}
        self._table: dict[str, list[InlineRule]] = {}
        self._extra_terminators: list[str] = []

    def on(self, name: str, chars: str) -> None:
        """Say at which characters the rule ``name`` is to be tried."""
        self._chars[name] = chars

    def stop_at(self, pattern: str) -> None:
        """Make text stop also before ``pattern`` (for rules that start with a letter)."""
        self._extra_terminators.append(pattern)

    def compile(self) -> None:
        """Build the table; call once, after all plugins."""
        active = dict(zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True))
        active.pop("text", None)
        self._table = {}
        for name, rule in active.items():
            for char in self._chars[name]:
                self._table.setdefault(char, []).append(rule)
        # `]` has no rule, but ends labels: the search for them goes from token to token.
        marks = "[" + re.escape("".join(sorted({c for c in self._table if not c.isalnum()} | {"]"}))) + "]"
        self.terminator_re = re.compile("|".join([marks, *self._extra_terminators]))

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - the library's name
        """Step over one token without making any."""
        pos = state.pos
        cache = state.cache
        known = cache.get(pos)
        if known is not None:
            state.pos = known
            return
        stop = self._next(state, pos)
        if stop > pos:
            state.pos = stop
        elif state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax
        elif not self._try(state, pos, silent=True):
            state.pos = pos + 1
        cache[pos] = state.pos

    def tokenize(self, state: StateInline) -> None:
        """Generate tokens for ``state.src[state.pos:state.posMax]``."""
        end = state.posMax
        src = state.src
        while state.pos < end:
            pos = state.pos
            stop = self._next(state, pos)
            if stop > pos:
                state.append_pending(src[pos:stop])
                state.pos = stop
            elif state.level >= state.md.options["maxNesting"] or not self._try(state, pos, silent=False):
                state.append_pending(src[pos])
                state.pos = pos + 1
        if state.pending:
            state.pushPending()

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        """Parse text that stands where ``env["found"].place`` says."""
        return self.parse_at(src, md, env, tokens, env["found"].place)

    def parse_at(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token], place: AnyPlace) -> list[Token]:
        """Parse text that stands at ``place``."""
        state = InlineState(src, md, env, tokens, place)
        self.tokenize(state)
        if len(state.tokens) > 1:
            for rule in self.ruler2.getRules(""):
                rule(state)
        return state.tokens

    def _next(self, state: StateInline, pos: int) -> int:
        match = self.terminator_re.search(state.src, pos, state.posMax)
        return match.start() if match else state.posMax

    def _try(self, state: StateInline, pos: int, *, silent: bool) -> bool:
        rules = self._table.get(state.src[pos])
        if rules is None:
            return False
        if silent:
            state.level += 1
        found = False
        for rule in rules:
            if rule(state, silent):
                found = state.pos > pos
                break
        if silent:
            state.level -= 1
        return found


class BlockParser(ParserBlock):
    """Block tokenizer with rules by the first character of a line."""

    def __init__(self) -> None:
        super().__init__()
        self._chars: dict[str, str | None] = {}
        self._table: dict[str, list[BlockRule]] = {}
        self._any: list[BlockRule] = []
        self._ends: dict[str, list[BlockRule]] = {}
        self._ends_any: list[BlockRule] = []

    def on(self, name: str, chars: str | None) -> None:
        """Say at which first characters of a line the rule ``name`` is to be tried (None: at every line)."""
        self._chars[name] = chars

    def compile(self) -> None:
        """Build the tables; call once, after all plugins."""
        self._table, self._any = self._compile(self.ruler, "")
        self._ends, self._ends_any = self._compile(self.ruler, "paragraph")

    def _compile(self, ruler: Ruler[Any], chain: str) -> tuple[dict[str, list[BlockRule]], list[BlockRule]]:
        names = {id(rule.fn): rule.name for rule in ruler.__rules__}
        rules = ruler.getRules(chain)
        every = {c for rule in rules for c in self._chars[names[id(rule)]] or ""}
        table: dict[str, list[BlockRule]] = {}
        for char in every:
            wanted = [r for r in rules if (chars := self._chars[names[id(r)]]) is None or char in chars]
            table[char] = wanted
        return table, [r for r in rules if self._chars[names[id(r)]] is None]

    def ends_paragraph(self, state: StateBlock, line: int, end: int) -> bool:
        """Whether a block that may interrupt a paragraph begins at ``line``."""
        at = state.bMarks[line] + state.tShift[line]
        rules = self._ends.get(state.src[at], self._ends_any) if at < state.eMarks[line] else self._ends_any
        return any(rule(state, line, end, True) for rule in rules)

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - the library's names
        """Generate tokens for the lines given (the library's loop, but for the choice of rules)."""
        line = startLine
        has_empty = False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= state.md.options["maxNesting"]:
                state.env["found"].report_nesting(line, endLine)
                state.line = endLine
                break
            rules = self._table.get(state.src[state.bMarks[line] + state.tShift[line]], self._any)
            for rule in rules:
                if rule(state, line, endLine, False):
                    break
            state.line = max(state.line, line + 1)
            state.tight = not has_empty
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                has_empty = True
            if line < endLine and state.isEmpty(line):
                has_empty = True
                line += 1
                state.line = line
