"""The LaTeX of bibliographies → formatted text.

A decoder for what `.bib` fields hold: accents (NFC), letters, emphasis, links, quotes, dashes; `$…$` is kept for the
typesetter; `%` is a per cent sign. Not TeX: a command it does not know keeps its argument and is reported.
Invariants: never raises, linear time, the letters of unknown commands' arguments are never lost, case is kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from xaisite.cite.inlines import Formula, Inline, Inlines, Link, Styled, Text, render_text
from xaisite.cite.symbols import (
    ACCENTS,
    CHARACTERS,
    DECLARATIONS,
    DROPPED,
    QUOTES,
    SPACING,
    STYLES,
    SYMBOLS,
    TRANSPARENT,
)
from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, warning
from xaisite.core.source import Span

_SPECIAL = re.compile(r"[\\{}$~`'?!-]")
_PLAIN = re.compile(r"[^\\{}$~`'?!-]++")
_COMMAND = re.compile(r"\\([A-Za-z]++)\*?[ \t\n]*+")
_VERBATIM_ESCAPE = re.compile(r"\\([%#&_{}~^$ ])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_NOT_PLAIN = re.compile(r"[^ -~]|[\\{}$~`'?!-]")
_DEEPEST = 40  # groups below this are read flat: recursion must not follow the text
_VERBATIM = frozenset(("url", "path", "nolinkurl", "verb"))
_TILDES = (
    "{\\textasciitilde}", "\\textasciitilde{}", "\\textasciitilde ", "\\textasciitilde", "{$\\sim$}", "$\\sim$", "\\~{}"
)  # fmt: skip
_LIGATURES = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("?`", "¿"), ("!`", "¡"), ("`", "‘"), ("'", "’"))


@dataclass(slots=True)
class _Reader:
    text: str
    pos: int = 0
    unknown: list[tuple[int, int, str]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


def decode_latex(text: str, place: Span | None = None) -> Checked[Inlines]:
    """Return ``text`` as formatted text; ``place`` is where it stands in its file, for the warnings."""
    text = _CONTROL.sub("", text)
    if not _SPECIAL.search(text):
        return Checked(_merged([Text(text)]))
    reader = _Reader(text)
    nodes: list[Inline] = []
    while reader.pos < len(text):
        nodes.extend(_group(reader, 0))
        reader.pos += 1  # a closing brace that nothing opened
    return Checked(_merged(nodes), tuple(_unknown(command, place) for _, _, command in reader.unknown))


def decode_text(text: str) -> str:
    """Return LaTeX as plain text."""
    if text.isascii() and not _NOT_PLAIN.search(text):
        return text
    return render_text(decode_latex(text).value)


def read_verbatim(text: str) -> str:
    r"""Return an address or identifier as typed: escapes undone, a `\url{}` around it and blanks taken away."""
    text = _CONTROL.sub("", text.strip())
    wrapped = re.fullmatch(r"\\(?:url|nolinkurl|path)\s*\{(.*)\}", text, re.DOTALL)
    text = wrapped.group(1) if wrapped else text
    for tilde in _TILDES:
        text = text.replace(tilde, "~")
    text = text.replace("{\\_}", "_").replace("\\textunderscore{}", "_")
    text = _VERBATIM_ESCAPE.sub(r"\1", text)
    return "".join(text.replace("{", "").replace("}", "").split()) if "{" in text else "".join(text.split())


def _unknown(command: str, place: Span | None) -> Diagnostic:
    message = f"the command \\{command} is not understood; its argument is shown as it is"
    return warning("bib-unknown-command", message, place, help="write the character itself, or use $…$ for mathematics")


def _group(r: _Reader, depth: int) -> list[Inline]:
    """Read up to the brace that closes this group; ``pos`` is left on it."""
    nodes: list[Inline] = []
    while r.pos < len(r.text):
        char = r.text[r.pos]
        if char == "}":
            return nodes
        if char == "{":
            nodes.extend(_braced(r, depth))
        elif char == "\\":
            tag = _declaration(r)
            if tag is not None:
                rest = _group(r, depth + 1) if depth < _DEEPEST else []
                return [*nodes, *([Styled(tag, _merged(rest))] if tag and rest else rest)]
            nodes.extend(_command(r, depth))
        elif char == "$":
            nodes.extend(_formula(r))
        else:
            nodes.append(Text(_characters(r)))
    return nodes


def _braced(r: _Reader, depth: int) -> list[Inline]:
    r.pos += 1
    if depth >= _DEEPEST:
        return []
    nodes = _group(r, depth + 1)
    r.pos += 1
    return nodes


def _characters(r: _Reader) -> str:
    m = _PLAIN.match(r.text, r.pos)
    if m:
        r.pos = m.end()
        return m.group()
    for written, meant in _LIGATURES:
        if r.text.startswith(written, r.pos):
            r.pos += len(written)
            return meant
    r.pos += 1
    return "\u00a0" if r.text[r.pos - 1] == "~" else r.text[r.pos - 1]


def _formula(r: _Reader) -> list[Inline]:
    delimiter = "$$" if r.text.startswith("$$", r.pos) else "$"
    start = r.pos + len(delimiter)
    end = start
    while (end := r.text.find(delimiter, end)) >= 0 and r.text[end - 1] == "\\":
        end += 1
    if end < 0 or not r.text[start:end].strip():
        r.pos = start if end < 0 else end + len(delimiter)
        return [Text(delimiter)] if end < 0 else []
    r.pos = end + len(delimiter)
    return [Formula(r.text[start:end].strip())]


def _declaration(r: _Reader) -> str | None:
    m = _COMMAND.match(r.text, r.pos)
    if not m or m.group(1) not in DECLARATIONS:
        return None
    r.pos = m.end()
    return DECLARATIONS[m.group(1)]


def _command(r: _Reader, depth: int) -> list[Inline]:
    m = _COMMAND.match(r.text, r.pos)
    if not m:
        return _sign(r, depth)
    name, start = m.group(1), r.pos
    after = r.text[m.end() : m.end() + 1]
    if name in ACCENTS and (len(name) > 1 or after):
        r.pos = m.end()
        return [Text(_accented(r, name, depth))]
    r.pos = m.end()
    if name in SYMBOLS:
        if r.text.startswith("{}", r.pos):
            r.pos += 2
        return [Text(SYMBOLS[name])]
    if name in _VERBATIM:
        address = read_verbatim(_raw_argument(r))
        return [Link(address, (Text(address),))] if name == "url" else [Text(address)]
    return _with_argument(r, name, start, depth)


def _with_argument(r: _Reader, name: str, start: int, depth: int) -> list[Inline]:
    if name in STYLES:
        children = _argument(r, depth)
        return [Styled(STYLES[name], children)] if children else []
    if name == "href":
        address = read_verbatim(_raw_argument(r))
        return [Link(address, _argument(r, depth))]
    if name == "ensuremath":
        return [Formula(_raw_argument(r))]
    if name in DROPPED:
        _raw_argument(r)
        return []
    if name in QUOTES:
        before, after = QUOTES[name]
        return [Text(before), *_argument(r, depth), Text(after)]
    if name not in TRANSPARENT:
        r.unknown.append((start, r.pos, name))
    return []  # an argument, if there is one, is read next as a group


def _sign(r: _Reader, depth: int) -> list[Inline]:
    sign = r.text[r.pos + 1 : r.pos + 2]
    r.pos += 2
    if sign in ("(", "["):
        closing = "\\)" if sign == "(" else "\\]"
        end = -1 if closing in r.missing else r.text.find(closing, r.pos)
        if end < 0:
            r.missing.add(closing)  # looked for once: never quadratic
        tex = r.text[r.pos : end] if end >= 0 else ""
        r.pos = end + 2 if end >= 0 else r.pos
        return [Formula(tex.strip())] if tex.strip() else [Text(sign)]
    if sign in ACCENTS and sign:
        return [Text(_accented(r, sign, depth))]
    return [Text(CHARACTERS.get(sign, sign))]


def _accented(r: _Reader, accent: str, depth: int) -> str:
    letters = render_text(_argument(r, depth))
    if not letters.strip():
        return SPACING.get(accent, "") + letters
    first = {"ı": "i", "ȷ": "j"}.get(letters[0], letters[0]) if accent not in "cdbk" else letters[0]
    return unicodedata.normalize("NFC", first + ACCENTS[accent]) + letters[1:]


def _argument(r: _Reader, depth: int) -> Inlines:
    """Read what TeX takes as an argument: a group, a command or one character."""
    while r.text[r.pos : r.pos + 1].isspace():
        r.pos += 1
    char = r.text[r.pos : r.pos + 1]
    if char == "{":
        return _merged(_braced(r, depth))
    if char == "\\" and depth < _DEEPEST:
        return _merged(_command(r, depth + 1))
    if char in ("", "}"):
        return ()
    r.pos += 1
    return (Text(char),)


def _raw_argument(r: _Reader) -> str:
    if r.text[r.pos : r.pos + 1] != "{":
        return ""
    depth = 0
    for at in range(r.pos, len(r.text)):
        depth += {"{": 1, "}": -1}.get(r.text[at], 0)
        if depth == 0:
            raw, r.pos = r.text[r.pos + 1 : at], at + 1
            return raw
    raw, r.pos = r.text[r.pos + 1 :], len(r.text)
    return raw


def _merged(nodes: list[Inline]) -> Inlines:
    out: list[Inline] = []
    run: list[str] = []
    for node in [*nodes, None]:
        if isinstance(node, Text):
            run.append(node.text)
            continue
        if run:
            out.append(Text(unicodedata.normalize("NFC", "".join(run))))
            run = []
        if node is not None:
            out.append(node)
    return tuple(n for n in out if not isinstance(n, Text) or n.text)
