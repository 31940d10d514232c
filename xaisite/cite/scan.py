"""A `.bib` file, cut into entries and fields with the place of each.

The grammar is BibTeX's, checked against pybtex in the tests; where BibTeX would drop what follows a mistake, this keeps
it and says so. Does not know what types and fields mean. Invariants: never raises; time is linear in the text whatever
it holds; a mistake never reaches beyond the entry it stands in, because an entry ends where the next begins a line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from xaisite.cite.months import MONTHS, STANDARD_STRINGS
from xaisite.core.diagnostic import Diagnostic, notice, warning
from xaisite.core.record import record
from xaisite.core.source import Source

_START = re.compile(
    r"^[ \t]*+@[ \t]*+(?:(?:string|preamble|comment)[ \t]*+[{(]|[A-Za-z]\w*+[ \t]*+[{(]\s*+[^\s,{}()\"=#]++[ \t]*+,)",
    re.MULTILINE | re.IGNORECASE,
)
_COMMAND = re.compile(r"\s*+([^\s{}(),=\"#%@']++)\s*+([{(])")
_GAP = re.compile(r"(?:\s++|%[^\n]*+)*+")
_KEY = re.compile(r"\s*+([^\s,{}=\"]*+)\s*+")
_LOOSE_KEY = re.compile(r"[^,={}\"\n]++")
_FIELD = re.compile(r"([^\s\"#%'(),={}@]++)\s*+=")
_NEXT_FIELD = re.compile(r"[,\n\"}][ \t]*+\n?[ \t]*+(?=[^\s\"#%'(),={}@]++[ \t]*+=)")
_NAME = re.compile(r"[^\s\"#%'(),={}]++")
_BARE = re.compile(r"[^,\n{}\"]++")
_NUMBER = re.compile(r"\d++(?=\s*+[,#})]|\s*+\Z|\s*+\n)")
_BRACED = re.compile(r"\{((?:[^{}]++|\{(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+\})*+)\}")
_QUOTED = re.compile(r'"([^"{}]*+)"')
_BRACE = re.compile(r"[{}]")
_BRACE_OR_QUOTE = re.compile(r"[{}\"]")
_MOST_PROBLEMS = 500
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_STRAY_FIELD = re.compile(r"[\s,}]*+[A-Za-z][\w-]*+\s*+=\s*+[\"{\w]")
_COMMENTED = re.compile(r"^[ \t]*+%[^\n@]*+@[ \t]*+[A-Za-z]++[ \t]*+[{(]", re.MULTILINE)


@record
class RawField:
    """`name = value`, strings put in, white space collapsed."""

    name: str
    value: str
    start: int
    end: int
    """Of the value as written."""


@record
class RawEntry:
    """An entry as written."""

    type: str
    key: str
    start: int
    end: int
    """Of the key."""
    fields: tuple[RawField, ...]
    is_broken: bool


@dataclass(slots=True)
class _Scanner:
    source: Source
    text: str
    starts: list[int]
    strings: dict[str, str]
    entries: list[RawEntry] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    pos: int = 0
    limit: int = 0
    is_broken: bool = False
    comments_balance: bool = True
    defined: dict[str, None] = field(default_factory=dict)
    undefined: dict[str, None] = field(default_factory=dict)

    def problem(
        self, message: str, start: int, end: int | None = None, *, help: str = "", code: str = "bib-syntax"
    ) -> None:
        """Note what is wrong, and that the entry being read is no longer whole."""
        self.is_broken = True
        self.diagnostics.append(warning(code, message, self.source.span(start, end), help=help))


@record
class Scanned:
    """A `.bib` file, cut."""

    entries: tuple[RawEntry, ...]
    strings: Mapping[str, str]
    """Those that the file itself defines, by lower-case name."""
    undefined: tuple[str, ...]
    """Lower-case names of strings that nothing defines."""
    diagnostics: tuple[Diagnostic, ...]


def scan_bib(source: Source, strings: Mapping[str, str] | None = None) -> Scanned:
    """Return the entries of a `.bib` file in order, and what is wrong; ``strings`` are those of other files."""
    text = source.text
    known = {**MONTHS, **STANDARD_STRINGS, **(strings or {})}
    s = _Scanner(source, text, [m.start() for m in _START.finditer(text)], known)
    while (at := text.find("@", s.pos)) >= 0:
        s.pos = at + 1
        if not _is_commented_out(s, at):
            _read_command(s, at)
    own = {name: s.strings[name] for name in s.defined}
    return Scanned(tuple(s.entries), own, tuple(s.undefined), (*_first_problems(s), *_commented_notice(source)))


def _first_problems(s: _Scanner) -> list[Diagnostic]:
    """Return what was found, or its beginning: a file that is no `.bib` at all would report every line."""
    more = len(s.diagnostics) - _MOST_PROBLEMS
    if more <= 0:
        return s.diagnostics
    last = s.diagnostics[_MOST_PROBLEMS].span
    rest = warning("bib-syntax", f"{more} more problems follow in this file", last, help="is it a .bib file?")
    return [*s.diagnostics[:_MOST_PROBLEMS], rest]


def _is_commented_out(s: _Scanner, at: int) -> bool:
    line_start = s.text.rfind("\n", max(0, at - 2000), at) + 1
    return s.text[line_start:at].lstrip(" \t").startswith("%") if line_start or at < 2000 else False


def _commented_notice(source: Source) -> list[Diagnostic]:
    found = list(_COMMENTED.finditer(source.text)) if "%" in source.text else []
    if not found:
        return []
    count = f"{len(found)} entries are" if len(found) > 1 else "1 entry is"
    place = source.span(found[0].start(), found[0].end())
    help = "remove the % to use them; other tools read such entries all the same"
    return [notice("bib-commented-entry", f"{count} commented out with %", place, help=help)]


def _read_command(s: _Scanner, at: int) -> None:
    m = _COMMAND.match(s.text, s.pos)
    if not m:
        if s.starts and _begins_line(s.text, at) and re.match(r"@[A-Za-z]+\s+\w+\s*,", s.text[at : at + 80]):
            s.problem("an entry needs { after its type", at, at + 1)
        return
    name, opening = m.group(1).lower(), m.group(2)
    s.pos, s.is_broken = m.end(), False
    following = bisect_right(s.starts, at)
    s.limit = s.starts[following] if following < len(s.starts) else len(s.text)
    close = "}" if opening == "{" else ")"
    if name == "comment":
        _skip_comment(s, m.end() - 1)
    elif name == "string":
        _read_string(s, close)
    elif name == "preamble":
        _read_value(s)
        _finish(s, close, at)
    else:
        _read_entry(s, name, close, at)


def _begins_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"


def _skip_comment(s: _Scanner, at: int) -> None:
    if not s.comments_balance or s.text[at] != "{":
        return
    end = _closing_brace(s.text, at, len(s.text))
    if end < 0:
        s.comments_balance = False  # one scan to the end is enough: never quadratic
    else:
        s.pos = end


def _closing_brace(text: str, at: int, limit: int) -> int:
    depth = 0
    for m in _BRACE.finditer(text, at, limit):
        depth += 1 if m.group() == "{" else -1
        if depth == 0:
            return m.end()
    return -1


def _skip_gap(s: _Scanner) -> str:
    m = _GAP.match(s.text, s.pos, s.limit)
    s.pos = m.end() if m else s.pos
    return s.text[s.pos] if s.pos < s.limit else ""


def _finish(s: _Scanner, close: str, at: int) -> None:
    if _skip_gap(s) == close:
        s.pos += 1
    else:
        s.problem(f"this is never closed: {close} expected", at, at + 1)


def _read_string(s: _Scanner, close: str) -> None:
    at = s.pos
    _skip_gap(s)
    m = _FIELD.match(s.text, s.pos, s.limit)
    if not m:
        s.problem("@string needs a name and a value", at)
        return
    s.pos = m.end()
    name = m.group(1).lower()
    s.strings[name] = _read_value(s)
    s.defined[name] = None
    _finish(s, close, at)


def _read_entry(s: _Scanner, type: str, close: str, at: int) -> None:
    key, start, end = _read_key(s, type, at)
    first_problem = len(s.diagnostics)
    fields = _read_fields(s, close, at)
    if _STRAY_FIELD.match(s.text, s.pos, min(s.limit, s.pos + 400)) and s.text[s.pos - 1 : s.pos] == close:
        s.problem("the entry ends here, but more fields follow", s.pos - 1, s.pos, help=f"remove one {close} too many")
    if key:
        s.entries.append(RawEntry(type, key, start, end, fields, s.is_broken))
    elif first_problem == len(s.diagnostics) and not fields:
        s.is_broken = False


def _read_key(s: _Scanner, type: str, at: int) -> tuple[str, int, int]:
    m = _KEY.match(s.text, s.pos, s.limit)
    assert m is not None
    key, start, end = m.group(1), m.start(1), m.end(1)
    after = s.text[m.end() : m.end() + 1] if m.end() < s.limit else ""
    if key and after in (",", "}", ")"):
        s.pos = m.end()
        return key, start, end
    if after == "=" or not key:
        s.problem(f"this @{type} has no key", at, at + 1 + len(type), help="write a key and a comma after the brace")
        s.pos = start
        return "", start, start
    loose = _LOOSE_KEY.match(s.text, start, s.limit)
    if loose and s.text[loose.end() : loose.end() + 1] == ",":
        key, end = loose.group().strip(), loose.start() + len(loose.group().rstrip())
        s.problem(f"the key “{key}” has a blank in it", start, end, help="keys are written without blanks")
        s.pos = loose.end()
        return key, start, end
    s.problem(f"a comma must follow the key “{key}”", end, end + 1)
    s.pos = m.end()
    return key, start, end


def _read_fields(s: _Scanner, close: str, at: int) -> tuple[RawField, ...]:
    fields: list[RawField] = []
    needs_comma = False
    while True:
        char = _skip_gap(s)
        if not char:
            help = "count the braces of its fields"
            s.problem(f"this entry is never closed: {close} expected", at, at + 1, help=help)
            return tuple(fields)
        if char == close:
            s.pos += 1
            return tuple(fields)
        if char == ",":
            s.pos += 1
            needs_comma = False
            continue
        m = _FIELD.match(s.text, s.pos, s.limit)
        if not m:
            _recover(s)
            continue
        if needs_comma:
            help = "put one after the value before"
            s.problem("a comma is missing before this field", m.start(1), m.end(1), help=help)
        s.pos = m.end()
        fields.append(_read_field(s, m.group(1)))
        needs_comma = True


def _recover(s: _Scanner) -> None:
    m = _NEXT_FIELD.search(s.text, s.pos, s.limit)
    start = s.pos
    if m:
        s.pos = max(m.end(), start + 1)
    else:
        closing = s.text.find("}", start + 1, s.limit)
        s.pos = closing if closing >= 0 else s.limit
    shown = _SPACE.sub(" ", s.text[start : min(s.pos, start + 40)]).strip()
    s.problem(f"a field `name = {{value}}` is expected here, not “{shown}”", start, min(s.pos, start + 40))


def _read_field(s: _Scanner, name: str) -> RawField:
    _skip_gap(s)
    start = s.pos
    value = _read_value(s)
    return RawField(name.lower(), value, start, max(start, s.pos))


def _read_value(s: _Scanner) -> str:
    parts: list[str] = []
    while True:
        char = _skip_gap(s)
        if char in ("", ",", "}", ")"):
            s.problem("a value is expected here", s.pos, s.pos + 1)
            break
        if char == "#":
            s.problem("# joins two values; one is missing here", s.pos, s.pos + 1)
            s.pos += 1
            continue
        parts.append(_read_part(s, char))
        end = s.pos
        if _skip_gap(s) != "#":
            s.pos = end
            break
        s.pos += 1
    return _SPACE.sub(" ", "".join(parts)).strip(" ")


def _read_part(s: _Scanner, char: str) -> str:
    if char == "{":
        return _read_delimited(s, _BRACED, _closing_brace)
    if char == '"':
        return _read_delimited(s, _QUOTED, _closing_quote)
    number = _NUMBER.match(s.text, s.pos, s.limit)
    if number:
        s.pos = number.end()
        return number.group()
    name = _NAME.match(s.text, s.pos, s.limit)
    if name and not name.group()[0].isdigit() and _ends_value(s, name.end()):
        s.pos = name.end()
        return _substitute(s, name.group(), name.start())
    bare = _BARE.match(s.text, s.pos, s.limit)
    start = s.pos
    s.pos = bare.end() if bare else start + 1
    value = s.text[start : s.pos].rstrip()
    s.problem(f"the value “{value}” needs braces", start, start + len(value), help=f"write {{{value}}}")
    return value


def _ends_value(s: _Scanner, at: int) -> bool:
    m = _GAP.match(s.text, at, s.limit)
    end = m.end() if m else at
    return end >= s.limit or s.text[end] in ",#})" or "\n" in s.text[at:end]


def _read_delimited(s: _Scanner, quick: re.Pattern[str], slow: Callable[[str, int, int], int]) -> str:
    m = quick.match(s.text, s.pos, s.limit)
    start = s.pos
    if m:
        s.pos = m.end()
        return m.group(1)
    end = slow(s.text, start, s.limit)
    if end > 0:
        s.pos = end
        return s.text[start + 1 : end - 1]
    opening = s.text[start]
    s.problem(f"this {opening} is never closed", start, start + 1, help="the entry's end was taken for the value's")
    line_end = s.text.find("\n", start, s.limit)
    s.pos = line_end if line_end >= 0 else s.limit
    return s.text[start + 1 : s.pos].strip().rstrip(",").rstrip()


def _closing_quote(text: str, at: int, limit: int) -> int:
    depth = 0
    for m in _BRACE_OR_QUOTE.finditer(text, at + 1, limit):
        if m.group() == '"':
            if depth == 0:
                return m.end()
        else:
            depth += 1 if m.group() == "{" else -1
            if depth < 0:
                return -1
    return -1


def _substitute(s: _Scanner, name: str, at: int) -> str:
    value = s.strings.get(name.lower())
    if value is None:
        s.undefined[name.lower()] = None
        message = f"the string “{name}” is not defined"
        help = f"put it in braces, {{{name}}}, or define it: @string{{{name} = {{…}}}}"
        s.problem(message, at, at + len(name), help=help, code="bib-undefined-string")
        return name
    return value
