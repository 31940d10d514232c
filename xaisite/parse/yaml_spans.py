"""YAML to a tree with places, for front matter and cell options.

The events of libyaml (of PyYAML's own parser where there is no libyaml) are composed here, since PyYAML's composer
resolves aliases, merges keys, lets duplicates pass and types values before anyone knows what they should be. Does not
type values: `core.fields` does. Invariants: never raises; every offset lies in the source; after a mistake the reading
goes on, so that one run tells them all: behind what is refused at once, behind wrong syntax at the next key that begins
its line.

Refused, each at its place: aliases and anchors (a bomb of them is 1 GB in 1 kB), merge keys, tags, keys that are not
plain text, several documents, more than 64 kB or 20 levels. A value that is refused is read as none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from xaisite.core.record import record
from xaisite.core.tree import Branch, Leaf, Listing, Node, Pair
from xaisite.parse.yaml_tex import restore_backslashes, shield_backslashes

try:
    from yaml._yaml import CParser
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    CParser = yaml.SafeLoader  # type: ignore[misc,assignment]

MAX_CHARS = 64 * 1024
MAX_DEPTH = 20
MAX_TOLD = 20
"""How many mistakes of one kind are told."""

_KEY_LINE = re.compile(r"^[A-Za-z_][\w.-]*[ \t]*:(?=[ \t\n]|\Z)", re.MULTILINE)
_MARK = re.compile(r"([&!][^\s,\]}]*)[ \t\n]*")
_WORD = re.compile(r"[^\s,\]}:]+")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|[\ud800-\udfff\ufeff]|[\ufffe\uffff]")
"""What YAML forbids; as one wide set it would compile slowly."""


class YamlProblem(NamedTuple):
    """What is wrong with the YAML itself; offsets are those of the source."""

    kind: str
    """`syntax`, `unsupported-yaml`, `duplicate` or `too-large`: the end of the diagnostic's code."""
    message: str
    start: int
    end: int
    help: str = ""
    first: tuple[int, int] | None = None
    """Place of the first of two duplicates."""


@record
class YamlTree:
    """The top-level mapping (empty when there is none) and what was wrong."""

    branch: Branch
    problems: tuple[YamlProblem, ...] = ()
    refused: tuple[tuple[int, int], ...] = ()
    """Places of values that were read as none: what else is said of them says nothing new."""


class _Stop(Exception):  # noqa: N818 - it ends a walk, it reports nothing
    """Ends composing; the problem is already noted."""


def read_yaml_branch(text: str, lines: tuple[tuple[int, int], ...] | int) -> YamlTree:
    """Return the mapping that ``text`` holds.

    ``lines`` says where ``text`` is in its source: an offset, or for pieces put together, ``(start in text, offset in
    source)`` of each piece in order.
    """
    place = _placing(lines, len(text))
    if len(text) > MAX_CHARS:
        problem = YamlProblem(
            "too-large", f"this has {len(text):,} characters; the limit is {MAX_CHARS:,}", place(0), place(1)
        )
        return YamlTree(Branch(place(0), place(0), ()), (problem,))
    composer = _Composer(text, place)
    return YamlTree(composer.read(), tuple(composer.problems), tuple(composer.refused))


def _placing(lines: tuple[tuple[int, int], ...] | int, size: int) -> Callable[[int], int]:
    if isinstance(lines, int):
        base = lines
        return lambda index: base + min(index, size)
    starts = [start for start, _ in lines]
    offsets = [offset for _, offset in lines]

    def place(index: int) -> int:
        piece = max(0, bisect_right(starts, min(index, size)) - 1)
        return offsets[piece] + min(index, size) - starts[piece]

    return place


class _Composer:
    """One reading of one text."""

    def __init__(self, text: str, place: Callable[[int], int]) -> None:
        self.text = text
        self.place = place
        self.problems: list[YamlProblem] = []
        self.refused: list[tuple[int, int]] = []
        self.pairs: list[Pair] = []
        self.seen: dict[str, Pair] = {}
        self.mark = ""
        self.next: Callable[[], Any]

    def read(self) -> Branch:
        end = len(self.text)
        clean, self.mark = shield_backslashes(self._printable(self.text))
        start: int | None = 0
        for _ in range(MAX_TOLD):
            if start is None:
                break
            # Empty lines in place of what was read keep the places of the rest.
            start = self._read_from("\n" * start + clean[start:])
        return Branch(self.place(0), self.place(end), tuple(self.pairs))

    def _read_from(self, text: str) -> int | None:
        """Compose ``text``; return where to go on behind wrong syntax, if anywhere."""
        try:
            self.next = CParser(text).get_event
            self._document()
        except _Stop:
            pass
        except yaml.MarkedYAMLError as e:
            return self._syntax(e)
        except (yaml.YAMLError, ValueError, RecursionError) as e:  # what libyaml says without a place
            self._note("syntax", f"this is not YAML: {_first_line(e)}", 0, len(self.text))
        return None

    def _printable(self, text: str) -> str:
        if _UNPRINTABLE.search(text) is None:
            return text
        for match in islice(_UNPRINTABLE.finditer(text), MAX_TOLD):
            name = f"U+{ord(match.group()):04X}"
            self._note(
                "syntax",
                f"the invisible character {name} is not allowed here",
                match.start(),
                match.end(),
                help="delete it (it often comes with text pasted from elsewhere)",
            )
        return _UNPRINTABLE.sub(" ", text)

    def _document(self) -> None:
        self.next()  # the stream's start
        if not isinstance(self.next(), DocumentStartEvent):
            return
        event: Any = self.next()
        if isinstance(event, MappingStartEvent):
            self._refuse_marks(event)
            self._mapping(self.pairs, 1, self.seen)
        elif not (isinstance(event, ScalarEvent) and event.value == ""):
            start = _start(event)
            self._note("syntax", "expected lines of the form `key: value`", start, self._line_end(start))
            return
        self.next()  # the document's end
        again: Any = self.next()
        if isinstance(again, DocumentStartEvent):
            start = getattr(again.start_mark, "index", 0)
            self._note(
                "syntax",
                "a second YAML document begins here",
                start,
                start + 3,
                help="keep one, between two lines of `---`",
            )

    def _mapping(self, pairs: list[Pair], depth: int, seen: dict[str, Pair]) -> int:
        """Compose pairs until the mapping ends; return the index of its end. ``pairs`` grows, so a stop keeps them."""
        while not isinstance(event := self.next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self._odd_key(event, depth)
                continue
            key = self._leaf(event)
            if key.text == "<<" and key.style == "plain":
                self._unsupported(event, "YAML's merge keys (`<<`) are not supported", "write the values out")
                self._skip(self.next(), depth)
                continue
            pair = Pair(key.text, key.start, key.end, self._node(self.next(), depth))
            first = seen.setdefault(key.text, pair)
            if first is pair:
                pairs.append(pair)
                continue
            place = (first.start, first.end)
            message = f"`{key.text}` is given twice"
            self.problems.append(YamlProblem("duplicate", message, key.start, key.end, "keep one of them", place))
        return _end(event)

    def _odd_key(self, event: Any, depth: int) -> None:
        """Refuse a key that is an alias, a list or a mapping, and go past its value."""
        self._unsupported(event, "a key must be plain text", "put it in quotes")
        self._skip(event, depth)
        self._skip(self.next(), depth)

    def _skip(self, event: Any, depth: int) -> None:
        """Compose what is of no use: what it holds is not told of, as it goes with what was refused."""
        known = len(self.problems), len(self.refused)
        self._node(event, depth)
        del self.problems[known[0] :], self.refused[known[1] :]

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, ScalarEvent):
            return self._leaf(event)
        start = _start(event)
        if isinstance(event, AliasEvent):
            help = "write the value out, or quote the text"
            self._unsupported(event, "YAML aliases (`*name`) are not supported", help)
            place = (self.place(start), self._place_end(start, _end(event)))
            self.refused.append(place)
            return Leaf(*place, "")
        self._refuse_marks(event)
        if depth >= MAX_DEPTH:
            self._note("too-large", f"this is nested more than {MAX_DEPTH} levels deep", start, start + 1)
            raise _Stop
        if isinstance(event, MappingStartEvent):
            pairs: list[Pair] = []
            end = self._mapping(pairs, depth + 1, {})
            return Branch(self.place(start), self._place_end(start, end), tuple(pairs))
        items: list[Node] = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Listing(self.place(start), self._place_end(start, _end(event)), tuple(items))

    def _leaf(self, event: Any) -> Leaf:
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event)
        start, end = _start(event), _end(event)
        value = event.value
        if self.mark and self.mark in value:
            value = restore_backslashes(value, self.mark)
        if event.implicit[0]:
            return Leaf(self.place(start), self._place_end(start, end), value)
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        return Leaf(self.place(start), self._place_end(start, end), value, "text")

    def _place_end(self, start: int, end: int) -> int:
        """Return where a value ends: just after its last character, which may be on an earlier piece than ``end``."""
        end = start + len(self.text[start:end].rstrip())
        return self.place(end - 1) + 1 if end > start else self.place(start)

    def _refuse_marks(self, event: Any) -> None:
        at = _start(event)
        for _ in range(2):  # an anchor and a tag, in either order
            mark = _MARK.match(self.text, at)
            if mark is None:
                return
            if mark[1][0] == "&":
                message, help = "YAML anchors (`&name`) are not supported", "write the value out, or quote the text"
            else:
                message, help = f"YAML tags (`{event.tag}`) are not supported", "remove the tag, or quote the text"
            self._refuse(message, at, mark.end(1), help)
            if mark[1][0] == "!":  # what it would make of the value, nobody knows
                self.refused.append((self.place(at), self._place_end(at, mark.end(1))))
            at = mark.end()

    def _unsupported(self, event: Any, message: str, help: str = "") -> None:
        start = _start(event)
        size = _WORD.match(self.text, start)
        self._refuse(message, start, size.end() if size else start + 1, help)

    def _refuse(self, message: str, start: int, end: int, help: str) -> None:
        if sum(problem.kind == "unsupported-yaml" for problem in self.problems) < MAX_TOLD:
            self._note("unsupported-yaml", message, start, end, help=help)

    def _syntax(self, e: yaml.MarkedYAMLError) -> int | None:
        """Note what is wrong; return where the next key begins its line."""
        mark = e.problem_mark or e.context_mark
        at = mark.index if mark else 0
        message, help, at = explain_syntax(
            str(e.problem or e.context), self.text, at, e.context_mark.index if e.context_mark else at
        )
        # What stands on the broken line is not to be trusted, nor to be complained of twice.
        first = self.text.rfind("\n", 0, at) + 1
        self.pairs = [pair for pair in self.pairs if pair.start < self.place(first)]
        self.seen = {pair.key: pair for pair in self.pairs}
        self._note("syntax", message, at, at + 1, help=help)
        following = _KEY_LINE.search(self.text, self._line_end(at))
        return following.start() if following else None

    def _line_end(self, start: int) -> int:
        end = self.text.find("\n", start)
        return len(self.text) if end < 0 else end

    def _note(self, kind: str, message: str, start: int, end: int, *, help: str = "") -> None:
        last = len(self.text)
        start = max(0, min(start, last))
        end = max(start, min(end, last))
        first = self.place(start)
        self.problems.append(
            YamlProblem(kind, message, first, max(first, self.place(end - 1) + 1 if end > start else first), help)
        )


def _start(event: Any) -> int:
    return int(event.start_mark.index)


def _end(event: Any) -> int:
    return int(event.end_mark.index)


def _first_line(e: Exception) -> str:
    return (str(e).splitlines() or [type(e).__name__])[0]


def explain_syntax(problem: str, text: str, at: int, context: int) -> tuple[str, str, int]:
    """Return (message, help, offset) in an author's words for what YAML's parser says of ``text`` at ``at``."""
    at = min(at, len(text))
    char = text[at : at + 1]
    if "mapping values are not allowed" in problem:
        return "a second `: ` in one line", 'put the value in quotes: `key: "text: more text"`', at
    if "alphabetic or numeric character" in problem or "alphanumeric" in problem:  # `*emphasis*`, read as an alias
        return f"a value cannot begin with `{text[context : context + 1]}`", "put it in quotes", context
    if "cannot start any token" in problem and char == "\t":
        return "a tab in the indentation", "YAML is indented with spaces", at
    if "cannot start any token" in problem:
        return f"a value cannot begin with `{char}` here", "put it in quotes", at
    if "unexpected end of stream" in problem or "unexpected document" in problem:
        return "this quotation is never closed", f"add the closing `{text[context : context + 1]}`", context
    if "expected ',' or" in problem or ("flow" in problem and at >= len(text)):
        opening = text[context : context + 1]
        close = {"[": "]", "{": "}"}.get(opening, "]")
        if _KEY_LINE.match(text, text.rfind("\n", 0, at) + 1) and "\n" in text[context:at]:
            return f"this `{opening}` is never closed", f"add the closing `{close}`", context
        shown = text[context : context + 20].partition("\n")[0]
        return f"expected `,` or `{close}`", f"the `{opening}` that is open here begins at “{shown}”", at
    if "could not find expected ':'" in problem:
        return "expected `key: value`", "a text of several lines is indented below its key", min(context, at)
    if "expected key" in problem or "block end" in problem or "'-' indicator" in problem:
        return _after_a_value(text, at) or (
            "the indentation of this line fits no line above", "align it with its neighbours", at
        )  # fmt: skip
    if "node content" in problem:
        return "a value is missing here", "", at
    if "escape character" in problem or "hexdecimal" in problem:
        return "this escape is not known", "write the backslash twice, or use single quotes", at
    return f"this is not YAML: {problem}", "", at


def _after_a_value(text: str, at: int) -> tuple[str, str, int] | None:
    """Return what to say of text after a whole value on its line, `[1, 2] == x`; None when none stands before it."""
    before = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    if before[-1:] not in ("]", "}", '"', "'"):
        return None
    return f"the value ends at `{before[-1]}`, but text follows it", "put the whole value in quotes", at
