"""What is wrong with the citations of a page, and with the entries it cites.

A mistake in an entry that nobody cites is a warning of the file's reading; the same mistake in a cited entry is an
error here, because a reader would see it. Returns diagnostics only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xaisite.cite.latex import decode_latex
from xaisite.core.diagnostic import Diagnostic, Note, error, warning
from xaisite.core.nearest import did_you_mean
from xaisite.core.source import Span
from xaisite.model.bib import Bibliography, Entry
from xaisite.model.nodes import CiteGroup

_SHOWN = (
    "author", "editor", "title", "subtitle", "booktitle", "booksubtitle", "journal", "series", "publisher", "address",
    "school", "institution", "organization", "howpublished", "note", "type", "edition",
)  # fmt: skip
_MANY_KEYS = 5_000  # above this, finding the nearest key would take longer than the build


def check_keys(uses: Iterable[tuple[str, Span | None]], bibliography: Bibliography) -> tuple[Diagnostic, ...]:
    """Return an error for each citation of a key that is unknown, or whose entry a syntax error touches."""
    diagnostics: list[Diagnostic] = []
    for key, span in uses:
        entry = bibliography.entries.get(key)
        if entry is None:
            diagnostics.append(_unknown(key, span, bibliography))
        elif entry.has_errors:
            message = f"the entry “{key}” has a syntax error in its .bib file"
            notes = (Note("the entry is here", entry.span),)
            diagnostics.append(error("cite-broken-entry", message, span, notes=notes, help="mend the entry"))
    return tuple(diagnostics)


def check_group(group: CiteGroup, bibliography: Bibliography) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the keys of one citation; a bare `@name` that nobody has may be no citation at all."""
    first = group.items[0]
    if is_bare(group) and first.key not in bibliography.entries:
        near = did_you_mean(first.key, _near(first.key, bibliography))
        help = (
            f"{near}; if it is no citation, write \\@{first.key}"
            if near
            else f"if it is no citation, write \\@{first.key}"
        )
        message = f"no bibliography of this page has “{first.key}”: it is shown as typed"
        return (warning("cite-unknown-name", message, first.span, help=help),)
    return check_keys([(item.key, item.span) for item in group.items], bibliography)


def is_bare(group: CiteGroup) -> bool:
    """Whether a citation is `@name` in the text and nothing more."""
    first = group.items[0]
    is_plain = group.span.start + 1 == first.span.start and group.span.end == first.span.end
    return group.narrative and len(group.items) == 1 and is_plain


def _unknown(key: str, span: Span | None, bibliography: Bibliography) -> Diagnostic:
    help = did_you_mean(key, _near(key, bibliography))
    if not bibliography.paths:
        help = "this page has no bibliography: add `bibliography: file.bib` or a references.bib"
    return error("cite-unknown-key", f"no bibliography of this page has “{key}”", span, help=help)


def _near(key: str, bibliography: Bibliography) -> list[str]:
    keys = list(bibliography.entries)
    if len(keys) <= _MANY_KEYS:
        return keys
    start = key[:2].casefold()
    return [k for k in keys if k[:2].casefold() == start][:_MANY_KEYS]


def check_shown_fields(entries: Sequence[Entry]) -> tuple[Diagnostic, ...]:
    """Return a warning for each LaTeX command in a shown field that is not understood."""
    diagnostics: list[Diagnostic] = []
    for entry in entries:
        for name in _SHOWN:
            if "\\" in entry.fields.get(name, ""):
                diagnostics.extend(decode_latex(entry.fields[name], entry.place(name)).diagnostics)
    return tuple(diagnostics)
