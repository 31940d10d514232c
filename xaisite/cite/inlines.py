"""Short formatted text, as titles and reference entries are made of.

Does not read LaTeX (`latex`) or know styles. Invariants: everything is escaped here and nowhere else; a link has an
http(s) or mailto address or is no link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import quote

from xaisite.core.record import record

_SAFE_HREF = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s@]+@)", re.IGNORECASE)
_CLOSERS = "”’\"'»"


@record
class Text:
    """Plain characters."""

    text: str


@record
class Styled:
    """Children in an HTML element: em, strong, code, sup, sub, or `sc` for small capitals."""

    tag: str
    children: Inlines


@record
class Formula:
    """TeX between dollars."""

    tex: str


@record
class Link:
    """Children that lead to an address; an unsafe address is dropped when rendered."""

    href: str
    children: Inlines


Inline = Text | Styled | Formula | Link
Inlines = tuple[Inline, ...]
MathRenderer = Callable[[str], str]


def safe_href(address: str) -> str:
    """Return an http(s) or mailto address fit for an attribute (still to be escaped), or an empty string."""
    address = address.strip()
    if not _SAFE_HREF.match(address):
        return ""
    return quote(address, safe="!#$%&'()*+,/:;=?@[]~")


def show_tex(tex: str) -> str:
    """Return a formula as escaped source, for where no typesetter is at hand."""
    return f'<span class="math">{escape(tex, quote=False)}</span>'


def render_html(inlines: Inlines, math: MathRenderer = show_tex) -> str:
    """Return safe HTML."""
    return "".join(_html(node, math) for node in inlines)


def render_text(inlines: Inlines) -> str:
    """Return plain text; formulas keep their dollars."""
    return "".join(_text(node) for node in inlines)


def _html(node: Inline, math: MathRenderer) -> str:
    match node:
        case Text(text):
            return escape(text, quote=False)
        case Formula(tex):
            return math(tex)
        case Link(href, children):
            safe, inner = safe_href(href), render_html(children, math)
            return f'<a href="{escape(safe)}">{inner}</a>' if safe else inner
        case Styled("sc", children):
            return f'<span class="small-caps">{render_html(children, math)}</span>'
        case Styled(tag, children):
            return f"<{tag}>{render_html(children, math)}</{tag}>"


def _text(node: Inline) -> str:
    match node:
        case Text(text):
            return text
        case Formula(tex):
            return f"${tex}$"
        case Link(_, children) | Styled(_, children):
            return render_text(children)


def plain(text: str) -> Inlines:
    """Return ``text`` as it is."""
    return (Text(text),) if text else ()


def emph(inlines: Inlines) -> Inlines:
    """Return them in italics (nothing stays nothing)."""
    return (Styled("em", inlines),) if inlines else ()


def quoted(inlines: Inlines, mark: str = "") -> Inlines:
    """Return them in quotation marks, with ``mark`` inside unless they end in a mark of their own."""
    if not inlines:
        return ()
    return (Text("“"), *_single(inlines), *plain("" if last_char(inlines) in ".?!," else mark), Text("”"))


def _single(inlines: Inlines) -> Inlines:
    """Return them with double quotation marks made single, as they must be inside others."""
    out: list[Inline] = []
    for node in inlines:
        match node:
            case Text(text):
                out.append(Text(text.replace("“", "‘").replace("”", "’")))
            case Styled(tag, children):
                out.append(Styled(tag, _single(children)))
            case _:
                out.append(node)
    return tuple(out)


def seq(*parts: Inlines | str) -> Inlines:
    """Return the parts in a row."""
    out: list[Inline] = []
    for part in parts:
        out.extend(plain(part) if isinstance(part, str) else part)
    return tuple(out)


def around(before: str, inlines: Inlines, after: str = "") -> Inlines:
    """Return them with text before and after; nothing when there is nothing to surround."""
    return seq(before, inlines, after) if inlines else ()


def last_char(inlines: Inlines) -> str:
    """Return the last character that counts as punctuation's neighbour: closing quotes are looked through."""
    text = render_text(inlines).rstrip()
    return text.rstrip(_CLOSERS)[-1:] or text[-1:]


def join(parts: Iterable[Inlines], separator: str) -> Inlines:
    """Return the parts that are there, joined; a separator's mark is left out after one of the same rank."""
    out: Inlines = ()
    for part in parts:
        if part and out:
            out = seq(out, _fit(separator, last_char(out)), part)
        elif part:
            out = part
    return out


def stop(inlines: Inlines) -> Inlines:
    """Return them ended by a full stop, unless they end in one, or in ? or !."""
    return seq(inlines, "" if last_char(inlines) in ".?!" else ".") if inlines else ()


def _fit(separator: str, last: str) -> str:
    mark = separator[:1]
    if (mark == "." and last in ".?!") or (mark in ",:;" and last in "?!,:;"):
        return separator[1:]
    return separator
