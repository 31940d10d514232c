r"""Pandoc's citations and Quarto's cross references: `[see @doe99, pp. 33-35; @fig-x]`, `@smith04 [p. 33]`, `@{key}`.

An `@` inside a word, an address or a link's text is no citation; `\@` escapes. Whether keys exist is the
bibliography's business, whether labels do is `link`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.rules_inline import StateInline

from xaisite.core.locator import read_locator
from xaisite.core.record import record, replace
from xaisite.model.nodes import CiteItem, CrossRefItem
from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import found
from xaisite.parse.inline_html import inline_html
from xaisite.parse.machine import Machine

_KEY = r"(?:\{(?P<braced>[^{}\s]{1,300})\}|(?P<key>[^\W]\w*(?:[:.#$%&\-+?<>~/]\w+)*))"
_ITEM = re.compile(rf"(?P<minus>-?)@{_KEY}")
_XREF = re.compile(r"(?P<capital>[A-Z])?(?:fig|tbl|sec|eq|lst|thm|lem|cor|prp|cnj|def|exm|exr|rem|alg)-", re.IGNORECASE)
_JOINT = re.compile(r"[\s,]*(?P<words>(?:\b(?:and|or|but|see|also|cf\.?|und|oder|sowie|et|ou|y|o)\s+)*)\Z")
"""The words between two keys of one piece that belong to the second."""
_BEFORE = "([{\"'“‘«„‚—–*_~|>,;:!?…-\u00a0"
"""What may stand directly before a narrative citation, besides white space."""
_SPECIAL = re.compile(r"\\.|`+|[\[\]{};@]", re.DOTALL)


@record
class _Piece:
    """One item between semicolons, as indices into the text."""

    start: int
    at: int
    """Of `-@` or `@`."""
    key: str
    key_start: int
    key_end: int
    after: int
    end: int
    minus: bool


def citations_plugin(md: Machine) -> None:
    """Register the rules."""
    md.inline.ruler.before("link", "cite_bracket", _bracket)
    md.inline.on("cite_bracket", "[")
    md.inline.ruler.before("link", "cite_narrative", _narrative)
    md.inline.on("cite_narrative", "@")


def is_cross_reference(key: str) -> bool:
    """Whether ``@key`` means a label rather than a bibliography's entry."""
    return _XREF.match(key) is not None


def _bracket(state: StateInline, silent: bool) -> bool:
    if (
        not isinstance(state, InlineState)
        or state.linkLevel
        or state.last("@") < state.pos
        or state.last("]") < state.pos
    ):
        return False
    read = _read_bracket(state, state.pos)
    if read is None:
        return False
    pieces, end = read
    following = state.src[end + 1 : end + 2]
    if following in ("(", "{") or (following == "[" and not _is_citation_at(state, end + 1)):
        return False
    if not silent:
        _push_bracket(state, pieces, end)
    state.pos = end + 1
    return True


def _is_citation_at(state: InlineState, start: int) -> bool:
    return _read_bracket(state, start) is not None


def _read_bracket(state: InlineState, start: int) -> tuple[list[_Piece], int] | None:
    """Return the items of the citation that begins at ``start`` and the index of its `]`."""
    known = state.memo.get(("bracket", start))
    if known is None:
        known = _scan_bracket(state.src, start, min(state.posMax, start + 4000))
        state.memo["bracket", start] = known
    return known or None


def _scan_bracket(src: str, start: int, limit: int) -> tuple[list[_Piece], int] | tuple[()]:
    cuts = [start + 1]
    depth = 0
    braces = 0
    end = -1
    at = start + 1
    while (match := _SPECIAL.search(src, at, limit)) is not None:
        mark, at = match[0], match.end()
        if mark[0] == "`":
            close = src.find(mark, at, limit)
            at = close + len(mark) if close >= 0 else at
        elif mark == "[":
            depth += 1
        elif mark == "]" and depth == 0:
            end = match.start()
            break
        elif mark == "]":
            depth -= 1
        elif mark == "{":
            braces += 1
        elif mark == "}":
            braces = max(0, braces - 1)
        elif mark == ";" and depth == 0 and braces == 0:
            cuts.append(match.end())
    if end < 0:
        return ()
    ends = [c - 1 for c in cuts[1:]] + [end]
    pieces = [_read_piece(src, a, b) for a, b in zip(cuts, ends, strict=True)]
    good = [p for p in pieces if p is not None]
    return ([part for p in good for part in _parts(src, p)], end) if len(good) == len(pieces) else ()


def _parts(src: str, piece: _Piece) -> Iterator[_Piece]:
    """Yield a piece, cut before every further key in it: `[@a and @b]` cites two, as does `[@a; and @b]`."""
    while (match := _next_key(src, piece)) is not None:
        between = src[piece.after : match.start()]
        joint = _JOINT.search(between)
        cut = piece.after + (joint.start() if joint else len(between))
        yield replace(piece, end=cut)
        group = "braced" if match["braced"] else "key"
        piece = _Piece(
            cut + (joint.start("words") - joint.start() if joint else 0), match.start(), match[group],
            match.start(group), match.end(group), match.end(), piece.end, bool(match["minus"]),
        )  # fmt: skip
    yield piece


def _next_key(src: str, piece: _Piece) -> re.Match[str] | None:
    """Return the next key in a piece that stands behind a blank, and in no brackets, braces or code."""
    for match in _ITEM.finditer(src, piece.after, piece.end):
        before = src[piece.after : match.start()]
        if (
            before[-1:].isspace()
            and not before.count("`") % 2
            and all(before.count(a) == before.count(b) for a, b in ("[]", "{}", "()"))
        ):
            return match
    return None


def _read_piece(src: str, start: int, end: int) -> _Piece | None:
    at = start
    while (match := _ITEM.search(src, at, end)) is not None:
        before = src[match.start() - 1]
        if match.start() == start or not (before.isalnum() or before in "\\_"):
            key = match["braced"] or match["key"]
            group = "braced" if match["braced"] else "key"
            return _Piece(
                start, match.start(), key, match.start(group), match.end(group), match.end(), end, bool(match["minus"])
            )
        at = match.end()
    return None


def _push_bracket(state: InlineState, pieces: list[_Piece], end: int) -> None:
    here = found(state.env)
    references = [p for p in pieces if is_cross_reference(p.key)]
    span = state.place.span(state.pos, end + 1)
    if references and len(references) < len(pieces):
        here.error(
            "xref-mixed", "a pair of brackets holds either citations or cross references, not both", span,
            help="give each its own brackets",
        )  # fmt: skip
    if references:
        token = state.push("cross_reference", "", 0)
        items = [_xref_item(state, p) for p in references]
        token.meta = {"ordinal": here.add_cross_ref(items, span)}
    wanted = [p for p in pieces if not is_cross_reference(p.key)]
    if wanted:
        add_citation(state, [_cite_item(state, p) for p in wanted], state.pos, end + 1)


def add_citation(
    state: InlineState, items: list[CiteItem], start: int, end: int, *, glued: bool = False, file: str = ""
) -> None:
    """Push a citation, or join it to the one it stands directly beside."""
    here = found(state.env)
    span = state.place.span(start, end)
    if not state.pending and state.tokens and state.tokens[-1].type == "citation":
        ordinal = state.tokens[-1].meta["ordinal"]
        group = here.cites[ordinal]
        if not group.narrative and group.bibliography == file:
            here.merge_cite(ordinal, items, span.end)
            return
    token = state.push("citation", "", 0)
    token.meta = {"ordinal": here.add_cite(items, span, glued=glued, bibliography=file)}


def _xref_item(state: InlineState, piece: _Piece) -> CrossRefItem:
    label = piece.key[0].lower() + piece.key[1:]
    prefix = _inline(state, piece.start, piece.at).strip()
    suffix = _inline(state, piece.after, piece.end).rstrip()
    capital = piece.key[0].isupper()
    return CrossRefItem(label, state.place.span(piece.key_start, piece.key_end), prefix, piece.minus, capital, suffix)


def _cite_item(state: InlineState, piece: _Piece) -> CiteItem:
    prefix = _inline(state, piece.start, piece.at).lstrip()
    suffix_raw = state.src[piece.after : piece.end]
    located = read_locator(suffix_raw)
    suffix = ""
    if located.suffix.strip():
        begin = piece.end - len(located.suffix) if suffix_raw.endswith(located.suffix) else piece.after
        suffix = _html(state, located.suffix, begin)
    return CiteItem(
        piece.key, state.place.span(piece.key_start, piece.key_end), prefix, suffix.rstrip(), located.term,
        located.locator, piece.minus,
    )  # fmt: skip


def _inline(state: InlineState, start: int, end: int) -> str:
    text = state.src[start:end]
    return _html(state, text, start) if text.strip() else ""


def _html(state: InlineState, text: str, start: int) -> str:
    from xaisite.parse.machine import join_text

    tokens = join_text(state.md.inline.parse_at(text, state.md, state.env, [], state.place.inner(start)))  # type: ignore[attr-defined]
    if any(token.type in ("citation", "cross_reference", "note_reference") for token in tokens):
        found(state.env).error(
            "cite-nested", "a reference within the text of a citation is left out",
            state.place.span(start, start + len(text)),
            help="part citations with `;`, write others outside the brackets",
        )  # fmt: skip
    return inline_html(tokens)


def _narrative(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or state.linkLevel:
        return False
    start = state.pos
    before = state.src[start - 1] if start else " "
    if not before.isspace() and before not in _BEFORE:
        return False
    match = _ITEM.match(state.src, start, state.posMax)
    if match is None:
        return False
    end = match.end()
    key = match["braced"] or match["key"]
    if is_cross_reference(key):
        if not silent:
            _push_reference(state, key, start, end)
        state.pos = end
        return True
    locator = _locator_bracket(state, end)
    if not silent:
        _push_narrative(state, match, key, locator)
    state.pos = locator[1] + 1 if locator else end
    return True


def _push_reference(state: InlineState, key: str, start: int, end: int) -> None:
    token = state.push("cross_reference", "", 0)
    item = CrossRefItem(key[0].lower() + key[1:], state.place.span(start + 1, end), capital=key[0].isupper())
    token.meta = {"ordinal": found(state.env).add_cross_ref([item], state.place.span(start, end))}


def _locator_bracket(state: InlineState, end: int) -> tuple[int, int] | None:
    """Return the indices of `[` and `]` of ` [p. 33]` after a narrative key; None when it is something else."""
    src = state.src
    at = end + 1 if src.startswith(" ", end) else end
    if not src.startswith("[", at) or src.startswith("[^", at):
        return None
    close = src.find("]", at, min(state.posMax, at + 1000))
    if close < 0 or "[" in src[at + 1 : close] or src[close + 1 : close + 2] in ("(", "[", ":"):
        return None
    return (at, close) if src[at + 1 : close].strip() and _ITEM.match(src, at + 1) is None else None


def _push_narrative(state: InlineState, match: re.Match[str], key: str, locator: tuple[int, int] | None) -> None:
    group = "braced" if match["braced"] else "key"
    span = state.place.span(match.start(group), match.end(group))
    items = [CiteItem(key, span)]
    end = match.end()
    if locator:
        at, close = locator
        end = close + 1
        items = list(_narrative_items(state, key, (match.start(group), match.end(group)), at, close))
    token = state.push("citation", "", 0)
    token.meta = {"ordinal": found(state.env).add_cite(items, state.place.span(match.start(), end), narrative=True)}


def _narrative_items(state: InlineState, key: str, key_at: tuple[int, int], at: int, close: int) -> Iterator[CiteItem]:
    first_end = state.src.find(";", at, close)
    first_end = close if first_end < 0 else first_end
    first = _Piece(at + 1, at + 1, key, *key_at, at + 1, first_end, minus=False)
    pieces = [first]
    if first_end < close:
        pieces += [p for part in _split(state.src, first_end + 1, close) if (p := _read_piece(state.src, *part))]
    for piece in pieces:
        for part in _parts(state.src, piece):
            yield _cite_item(state, part)


def _split(src: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while (cut := src.find(";", at, end)) >= 0:
        yield at, cut
        at = cut + 1
    yield at, end
