"""Site facts by name, with the digest of each answer.

A page is rendered through a `Recorder`; what it asked is kept in its trace; the page stands while every question still
has the same answer. Invariant: an answer depends on the site only, and every answer has a stable `repr`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property

from xaisite.core.digest import digest_text
from xaisite.core.nearest import did_you_mean, find_nearest
from xaisite.core.paths import POST_SUFFIXES
from xaisite.core.record import field, record
from xaisite.model.bib import Entry
from xaisite.model.facts import CellFile, FileFact, ShownFigure
from xaisite.model.post import Outline
from xaisite.model.site import Card, LabelTarget, Site


@record
class FactInputs:
    """All that answers are made from."""

    site: Site
    drafts: frozenset[str]
    """Paths of drafts that this build leaves out."""
    generated: frozenset[str]
    """Addresses of pages without a source."""
    files: Mapping[str, FileFact]
    """Publishable files by path."""
    cell_files: Mapping[str, CellFile] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    """Digest of each named input that is not asked as a question (sources, results, templates, config)."""
    figures: Callable[[str, str], ShownFigure | None] = lambda _path, _label: None
    """(path of a post, label) → its picture."""
    entries: Callable[[str, str], Entry | None] = lambda _paths, _key: None
    """(bibliography paths joined by newlines, key) → entry."""


PER_POST = ("source:", "results:", "figure:")
"""Questions about one post's own text and results."""


def cited_keys(outline: Outline) -> tuple[tuple[str, str], ...]:
    """Return what a post cites, each once: (key, the one file it is looked up in, or empty)."""
    keys = [(item.key, group.bibliography) for group in outline.cites for item in group.items]
    return tuple(dict.fromkeys([*keys, *((key, "") for key in outline.front.nocite)]))


class FactTable:
    """Answers and their digests, each computed once per build."""

    def __init__(self, inputs: FactInputs) -> None:
        self.inputs = inputs
        self._by_address = {fact.address: fact for fact in inputs.files.values()}
        self._values: dict[tuple[str, str], object] = {}
        self._digests: dict[str, str] = {}
        self._rows: dict[str, tuple[str, ...]] = {}
        self._places: dict[str, dict[str, int]] = {}

    def row(self, series: str) -> tuple[str, ...]:
        """Return the posts of a series in reading order; without a series, all posts from the oldest on."""
        if series not in self._rows:
            site = self.inputs.site
            self._rows[series] = site.series.get(series, ()) if series else tuple(reversed(site.posts))
        return self._rows[series]

    def places(self, series: str) -> Mapping[str, int]:
        """Return path → place in `row`."""
        if series not in self._places:
            self._places[series] = {path: at for at, path in enumerate(self.row(series))}
        return self._places[series]

    @cached_property
    def surface(self) -> str:
        """Digest of everything that answers are made from, but the texts and results of single posts.

        While it is what it was, every question but `source:` and `results:` has the answer it had.
        """
        made = self.inputs
        site = made.site
        own = {name: d for name, d in made.digests.items() if not name.startswith(PER_POST)}
        anchors = [sorted(outline.ids) for outline in site.outlines.values()]
        shown = (site.cards, site.posts, site.pages, site.labels, site.tags, site.series, site.glossary)
        rest = (site.prerequisites, sorted(made.drafts), sorted(made.generated), made.files, made.cell_files, own)
        cites = [(path, cited_keys(outline)) for path, outline in site.outlines.items()]
        return digest_text(repr((shown, rest, anchors, cites)))

    def value(self, kind: str, arg: str) -> object:
        """Return the answer to one question."""
        key = (kind, arg)
        if key not in self._values:
            self._values[key] = _QUESTIONS[kind](self, arg)
        return self._values[key]

    def digest(self, name: str) -> str:
        """Return the digest of the answer to ``kind:argument``."""
        found = self._digests.get(name)
        if found is None:
            kind, _, arg = name.partition(":")
            found = self.inputs.digests.get(name) if kind not in _QUESTIONS else None
            if found is None:
                found = digest_text(repr(self.value(kind, arg))) if kind in _QUESTIONS else ""
            self._digests[name] = found
        return found

    def file_at(self, address: str) -> FileFact | None:
        """Return the file published at ``address``."""
        return self._by_address.get(address)


class Recorder:
    """`SiteFacts`, remembering what was asked."""

    def __init__(self, table: FactTable) -> None:
        self.table = table
        self.used: dict[str, str] = {}

    def needs(self, *names: str) -> None:
        """Record inputs that are not asked as questions."""
        for name in names:
            self.used[name] = self.table.digest(name)

    def ask(self, kind: str, arg: str) -> object:
        """Return the answer to a question and remember it."""
        name = f"{kind}:{arg}"
        if name not in self.used:
            self.used[name] = self.table.digest(name)
        return self.table.value(kind, arg)

    def page_url(self, path: str) -> str | None:
        """See `SiteFacts`."""
        return self.ask("url", path)  # type: ignore[return-value]

    def page_path(self, url: str) -> str | None:
        """See `SiteFacts`."""
        return self.ask("path", url)  # type: ignore[return-value]

    def is_draft(self, path: str) -> bool:
        """See `SiteFacts`."""
        return bool(self.ask("draft", path))

    def is_generated(self, url: str) -> bool:
        """See `SiteFacts`."""
        return bool(self.ask("generated", url))

    def anchors(self, path: str) -> frozenset[str]:
        """See `SiteFacts`."""
        answer: tuple[str, ...] = self.ask("anchors", path)  # type: ignore[assignment]
        return frozenset(answer)

    def may_make(self, path: str, anchor: str) -> bool:
        """See `SiteFacts`."""
        return bool(self.ask("may_make", f"{path}\n{anchor}"))

    def label(self, name: str) -> tuple[LabelTarget, ...]:
        """See `SiteFacts`."""
        return self.ask("label", name)  # type: ignore[return-value]

    def file(self, path: str) -> FileFact | None:
        """See `SiteFacts`."""
        return self.ask("file", path)  # type: ignore[return-value]

    def file_at(self, address: str) -> FileFact | None:
        """See `SiteFacts`."""
        return self.ask("file_at", address)  # type: ignore[return-value]

    def cell_file(self, address: str) -> CellFile | None:
        """See `SiteFacts`."""
        return self.ask("cell_file", address)  # type: ignore[return-value]

    def figure(self, path: str, label: str) -> ShownFigure | None:
        """See `SiteFacts`."""
        return self.ask("figure", f"{path}\n{label}")  # type: ignore[return-value]

    def term(self, name: str) -> tuple[str, str] | None:
        """See `SiteFacts`."""
        return self.ask("term", name)  # type: ignore[return-value]

    def card(self, path: str) -> Card | None:
        """See `SiteFacts`."""
        return self.ask("card", path)  # type: ignore[return-value]

    def cards(self, kind: str, arg: str) -> tuple[Card, ...]:
        """Return the cards of a group: `neighbours`, `related`, `series`, `tag`, `prerequisites`, `posts`."""
        return self.ask(kind, arg)  # type: ignore[return-value]

    def near_pages(self, name: str) -> str:
        """See `SiteFacts`."""
        return _near_pages(self.table, name)

    def near_labels(self, name: str) -> str:
        """See `SiteFacts`."""
        return did_you_mean(name, self.table.inputs.site.labels)

    def near_files(self, name: str) -> str:
        """See `SiteFacts`."""
        return _near_files(self.table, name)


def _near_pages(table: FactTable, name: str) -> str:
    site = table.inputs.site
    by_name = {path.rpartition("/")[2]: path for path in site.urls}
    if name.endswith(POST_SUFFIXES):
        undated = {_DATE.sub("", known): known for known in by_name}
        near = find_nearest(_DATE.sub("", name.rpartition("/")[2]), undated)
        return f"did you mean “{undated[near]}”?" if near else ""
    return did_you_mean(name, [*site.paths, *table.inputs.generated])


def _near_files(table: FactTable, name: str) -> str:
    wanted = name.rpartition("/")[2]
    by_name = {fact.address.rpartition("/")[2]: fact.address for fact in table.inputs.files.values()}
    by_name |= {address.rpartition("/")[2]: address for address in table.inputs.cell_files}
    near = find_nearest(wanted, by_name)
    return f"did you mean “{by_name[near]}”?" if near else ""


def _cards(table: FactTable, paths: tuple[str, ...]) -> tuple[Card, ...]:
    return tuple(table.inputs.site.cards[path] for path in paths)


def _neighbours(table: FactTable, path: str) -> tuple[Card | None, Card | None]:
    """Return (previous, next): by `order` within a series, else by date among posts."""
    site = table.inputs.site
    series = site.cards[path].series
    places = table.places(series)
    at = places.get(path)
    if at is None:
        return (None, None)
    row = table.row(series)
    before = site.cards[row[at - 1]] if at > 0 else None
    after = site.cards[row[at + 1]] if at + 1 < len(row) else None
    return (before, after)


def _related(table: FactTable, path: str) -> tuple[Card, ...]:
    """Return up to three posts that share the rarest tags with this one."""
    site = table.inputs.site
    scores: dict[str, float] = {}
    for tag in site.cards[path].tags:
        group = site.tags.get(tag, ())
        for other in group[:_MOST_RELATED]:
            if other != path:
                scores[other] = scores.get(other, 0.0) + 1.0 / len(group)
    best = sorted(scores, key=lambda p: (-scores[p], site.cards[p].url))[:3]
    return _cards(table, tuple(best))


def _may_make(table: FactTable, arg: str) -> bool:
    path, _, anchor = arg.partition("\n")
    has_run = f"results:{path}" in table.inputs.digests
    return not has_run and any(anchor in cell.code for cell in table.inputs.site.outlines[path].cells)


def _entry(table: FactTable, arg: str) -> Entry | None:
    paths, _, key = arg.rpartition("\n")
    return table.inputs.entries(paths, key)


def _cited(table: FactTable, _arg: str) -> tuple[tuple[Card, tuple[tuple[str, str], ...]], ...]:
    """Return what each post cites, for posts that cite anything."""
    site = table.inputs.site
    cited = ((site.cards[path], cited_keys(outline)) for path, outline in site.outlines.items())
    return tuple((card, keys) for card, keys in cited if keys)


FEED_POSTS = 20
"""How many of the newest posts are in the feed."""

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}-")
_MOST_RELATED = 50  # newest posts of a tag that are compared: keeps the cost of a page independent of the site

_QUESTIONS: Mapping[str, Callable[[FactTable, str], object]] = {
    "url": lambda t, path: t.inputs.site.urls.get(path),
    "path": lambda t, url: t.inputs.site.paths.get(url),
    "draft": lambda t, path: path in t.inputs.drafts,
    "generated": lambda t, url: url in t.inputs.generated,
    "anchors": lambda t, path: tuple(sorted(t.inputs.site.outlines[path].ids)),
    "may_make": _may_make,
    "figure": lambda t, arg: t.inputs.figures(*arg.split("\n")),
    "label": lambda t, name: t.inputs.site.labels.get(name, ()),
    "file": lambda t, path: t.inputs.files.get(path),
    "file_at": lambda t, address: t.file_at(address),
    "cell_file": lambda t, address: t.inputs.cell_files.get(address),
    "term": lambda t, name: t.inputs.site.glossary.get(name),
    "terms": lambda t, _: tuple(sorted(t.inputs.site.glossary.items())),
    "card": lambda t, path: t.inputs.site.cards.get(path),
    "neighbours": _neighbours,
    "related": _related,
    "series": lambda t, name: _cards(t, t.inputs.site.series.get(name, ())),
    "series_names": lambda t, _: tuple(t.inputs.site.series),
    "tag": lambda t, name: _cards(t, t.inputs.site.tags.get(name, ())),
    "tags": lambda t, _: tuple((tag, len(paths)) for tag, paths in t.inputs.site.tags.items()),
    "prerequisites": lambda t, path: _cards(t, t.inputs.site.prerequisites.get(path, ())),
    "posts": lambda t, _: _cards(t, t.inputs.site.posts),
    "pages": lambda t, _: _cards(t, t.inputs.site.pages),
    "entry": _entry,
    "cited": _cited,
    "in_feed": lambda t, path: path in t.inputs.site.posts[:FEED_POSTS],
}
