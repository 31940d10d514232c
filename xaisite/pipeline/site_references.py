"""What the whole site cites: each work once, by authors, with the posts that cite it."""

from __future__ import annotations

from collections.abc import Mapping

from xaisite.cite.references import Style, format_reference, sort_key
from xaisite.core.digest import digest_text
from xaisite.core.record import record
from xaisite.core.source import Span
from xaisite.engine.page_state import StateStore
from xaisite.link.bibliographies import find_bibliographies, find_bibliography
from xaisite.math.typeset import Typesetter
from xaisite.model.bib import Entry
from xaisite.model.math import Formula
from xaisite.model.site import Card
from xaisite.pipeline.citing import find_entry
from xaisite.pipeline.context import BuildContext
from xaisite.plan.facts import Recorder

_NOWHERE = Span("", 0, 0)


@record
class CitedEntry:
    """An entry of the site's bibliography page."""

    key: str
    html: str
    cited_in: tuple[Card, ...]


def site_references(
    build: BuildContext, recorder: Recorder, state: StateStore, typesetter: Typesetter
) -> list[CitedEntry]:
    """Return what the whole site cites, in the site's style without letters, by authors."""
    recorder.needs("bibliographies:")
    entries: dict[str, Entry] = {}
    cited_in: dict[str, list[Card]] = {}
    for card, entry in _cited_entries(build, recorder):
        entries.setdefault(entry.digest, entry)
        if card not in cited_in.setdefault(entry.digest, []):
            cited_in[entry.digest].append(card)
    made = _format_entries(entries, build, state, typesetter)
    ordered = sorted(entries.values(), key=lambda entry: (made[entry.digest][1], entry.key))
    return [CitedEntry(entry.key, made[entry.digest][0], tuple(cited_in[entry.digest])) for entry in ordered]


def _cited_entries(build: BuildContext, recorder: Recorder) -> list[tuple[Card, Entry]]:
    cited: tuple[tuple[Card, tuple[tuple[str, str], ...]], ...] = recorder.ask("cited", "")  # type: ignore[assignment]
    found: list[tuple[Card, Entry]] = []
    for card, keys in cited:
        outline = build.site.outlines[card.path]
        paths = find_bibliographies(outline, build.bibliographies, build.config).value
        for key, name in keys:
            own = find_bibliography(name, outline, build.bibliographies, build.config, _NOWHERE).value if name else ""
            entry = find_entry(build.bibliographies, own or "" if name else "\n".join(paths), key)
            if entry is not None:
                found.append((card, entry))
    return found


_Made = Mapping[str, tuple[str, tuple[str, ...]]]


def _format_entries(
    entries: Mapping[str, Entry], build: BuildContext, state: StateStore, typesetter: Typesetter
) -> _Made:
    """Return (html, place in the list) of each entry by its digest; each entry is formatted once per site."""
    style: Style = build.config.citations.style
    macros = build.config.math.macros
    kind = f"reference {build.parser.tool[:12]} {style} {digest_text(repr(sorted(macros.items())))[:8]}"

    def typeset(tex: str) -> str:
        return typesetter.typeset([Formula(tex)], macros)[0].html

    made: dict[str, tuple[str, tuple[str, ...]]] = dict(state.get_many(kind, entries))
    fresh = {
        digest: (format_reference(entry, style, math=typeset)[0], sort_key(entry))
        for digest, entry in entries.items()
        if digest not in made
    }
    state.put_many(kind, fresh)
    return {**made, **fresh}
