"""One `.bib` file → a bibliography.

Cuts (`scan`), renames (`biblatex`), resolves `crossref` and `xdata`, reads names, and locates every problem. Does not
format, and does not judge entries that are never cited: that is `check`'s. Invariants: never raises; nothing is lost
without a diagnostic; first definition wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from xaisite.cite.biblatex import FIELDS, inherit, inherit_all, map_entry
from xaisite.cite.names import PERSON_FIELDS, read_names
from xaisite.cite.scan import RawEntry, scan_bib
from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, Note, warning
from xaisite.core.digest import digest_parts, digest_text
from xaisite.core.nearest import did_you_mean
from xaisite.core.source import Source, Span
from xaisite.model.bib import BibFile, Bibliography, Borrowed, Entry, Person

_Names = tuple[tuple[Person, ...], tuple[str, ...]]


@dataclass(slots=True)
class _Draft:
    """An entry while its parents are being found."""

    raw: RawEntry
    type: str
    fields: dict[str, str]
    is_resolved: bool = False
    is_open: bool = False


def read_bibliography(source: Source) -> Checked[Bibliography]:
    """Return the entries of a `.bib` file that stands alone, and everything that is wrong with it."""
    read = read_bib_file(source, Borrowed())
    return Checked(read.value.bibliography, read.diagnostics)


def read_bib_file(source: Source, borrowed: Borrowed) -> Checked[BibFile]:
    """Return the entries of a `.bib` file and everything that is wrong with it."""
    scanned = scan_bib(source, borrowed.strings)
    diagnostics = list(scanned.diagnostics)
    drafts: dict[str, _Draft] = {}
    for raw in scanned.entries:
        if raw.key in drafts:
            diagnostics.append(_duplicate(source, raw, drafts[raw.key].raw))
        else:
            drafts[raw.key] = _draft(source, raw, diagnostics)
    lacks = dict.fromkeys(k for d in drafts.values() for _, k in _parents(d) if k not in drafts)
    family = {**{key: _parent_draft(entry) for key, entry in borrowed.parents.items()}, **drafts}
    inherit_here = partial(_inherit, source=source, drafts=family, diagnostics=diagnostics)
    for draft in drafts.values():
        _resolve(draft, family, inherit_here)
    names: dict[str, _Names] = {}
    entries: dict[str, Entry] = {}
    for key, draft in drafts.items():
        entries[key] = _entry(source, draft, names, diagnostics)
    for entry in list(entries.values()):
        for alias in entry.ids:
            entries.setdefault(alias, entry)
    made = Bibliography(entries, (source.path,), digest_parts([digest_text(source.text), borrowed.digest]))
    return Checked(BibFile(made, scanned.strings, (*scanned.undefined, *lacks)), tuple(diagnostics))


def _parent_draft(entry: Entry) -> _Draft:
    """Return an entry of another file as one that others inherit from."""
    raw = RawEntry(entry.type, entry.key, 0, 0, (), is_broken=entry.has_errors)
    return _Draft(raw, entry.type, dict(entry.fields), is_resolved=True)


def _duplicate(source: Source, raw: RawEntry, first: RawEntry) -> Diagnostic:
    return warning(
        "bib-duplicate-key",
        f"the key “{raw.key}” is defined twice; the first entry is used",
        source.span(raw.start, raw.end),
        notes=(Note("first defined here", source.span(first.start, first.end)),),
        help="remove one, or give it a key of its own",
    )


def _draft(source: Source, raw: RawEntry, diagnostics: list[Diagnostic]) -> _Draft:
    fields: dict[str, str] = {}
    places: dict[str, tuple[int, int]] = {}
    for f in raw.fields:
        if f.name in fields:
            note = Note("first given here", source.span(*places[f.name]))
            message = f"“{raw.key}” has two fields “{f.name}”; the first is used"
            diagnostics.append(warning("bib-duplicate-field", message, source.span(f.start, f.end), notes=(note,)))
        elif f.value:
            fields[f.name] = f.value
            places[f.name] = (f.start, f.end)
    type = map_entry(raw.type, fields)
    return _Draft(raw, type, fields)


def _resolve(draft: _Draft, drafts: dict[str, _Draft], inherit_here: Callable[[_Draft, str, str], None]) -> None:
    """Resolve `crossref` and `xdata`, parents first, without recursion (chains can be long)."""
    stack = [draft]
    while stack:
        top = stack[-1]
        if top.is_resolved:
            stack.pop()
            continue
        parents = list(_parents(top))
        waiting = [drafts[k] for _, k in parents if k in drafts and not drafts[k].is_resolved and not drafts[k].is_open]
        if waiting and not top.is_open:
            top.is_open = True
            stack.extend(waiting)
            continue
        for name, key in parents:
            inherit_here(top, name, key)
        top.is_resolved, top.is_open = True, False
        stack.pop()


def _parents(draft: _Draft) -> Iterable[tuple[str, str]]:
    for name in ("xdata", "crossref"):
        for key in draft.fields.get(name, "").split(","):
            if key.strip():
                yield name, key.strip()


def _inherit(
    draft: _Draft, name: str, key: str, *, source: Source, drafts: dict[str, _Draft], diagnostics: list[Diagnostic]
) -> None:
    parent = drafts.get(key)
    if parent is None or not parent.is_resolved:
        what = "is in no .bib file of the site" if parent is None else "leads back to this entry"
        help = did_you_mean(key, drafts) if parent is None else ""
        where = next(((f.start, f.end) for f in draft.raw.fields if f.name == name), (draft.raw.start, draft.raw.end))
        message = f"the {name} “{key}” of “{draft.raw.key}” {what}"
        diagnostics.append(warning("bib-crossref", message, source.span(*where), help=help))
    elif name == "xdata":
        inherit_all(draft.fields, parent.fields)
    else:
        inherit(draft.type, draft.fields, parent.fields)


def _entry(source: Source, draft: _Draft, names: dict[str, _Names], diagnostics: list[Diagnostic]) -> Entry:
    raw, fields = draft.raw, draft.fields
    places = {f.name: (f.start, f.end) for f in reversed(raw.fields)}
    persons: dict[str, tuple[Person, ...]] = {}
    for role in PERSON_FIELDS:
        if role in fields:
            text = fields[role]
            if text not in names:
                names[text] = read_names(text)
            persons[role], odd = names[text]
            where = source.span(*places.get(role, (raw.start, raw.end)))
            diagnostics.extend(warning("bib-name", message, where) for message in odd)
    ids = tuple(k.strip() for k in fields.get("ids", "").split(",") if k.strip())
    span = Span(source.path, raw.start, raw.end)
    return Entry(raw.key, draft.type, fields, persons, span, _digest(draft), raw.is_broken, _places(places), ids)


def _places(places: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    for alias, name in FIELDS.items():
        if alias in places:
            places.setdefault(name, places[alias])
    if "date" in places:
        places.setdefault("year", places["date"])
    return places


def _digest(draft: _Draft) -> str:
    # Names are made of the fields alone, so the fields stand for them.
    flat = [part for name in sorted(draft.fields) for part in (name, draft.fields[name])]
    return digest_parts([draft.raw.key, draft.type, "broken" if draft.raw.is_broken else "", *flat])
