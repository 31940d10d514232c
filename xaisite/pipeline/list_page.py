"""Pages that no source file makes: home, lists, tags, series, bibliography, glossary, search, 404."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from xaisite.core.digest import digest_bytes
from xaisite.core.paths import normal_name, tag_url
from xaisite.engine.page_state import StateStore
from xaisite.link.addresses import date_text, output_address
from xaisite.math.typeset import Typesetter
from xaisite.model.made import MadePage
from xaisite.model.output import Blob
from xaisite.model.site import Card
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.shell import Shell
from xaisite.pipeline.site_references import site_references
from xaisite.plan.facts import Recorder
from xaisite.plan.pages import POSTS_PER_PAGE, PageJob, posts_url
from xaisite.render.variables import PageParts, card_variables


def make_list_page(job: PageJob, build: BuildContext, shell: Shell, typesetter: Typesetter) -> MadePage:
    """Make one generated page."""
    recorder = Recorder(build.table)
    recorder.needs("config:")
    if job.kind == "bibliography":
        title, variables = _bibliography(job, build, recorder, typesetter)
    else:
        title, variables = _KINDS[job.kind](job, build, recorder)
    template = f"{job.kind}.html" if f"{job.kind}.html" in build.templates else "posts.html"
    parts = PageParts(
        kind=job.kind if job.kind in {"home", "404"} else "list", layout=job.kind, url=job.url, title=title
    )
    html = shell.fill(template, parts, recorder, **{**_EMPTY, **variables})
    data = html.encode("utf-8")
    return MadePage(job.name, ((output_address(job.url), Blob(digest_bytes(data), data)),), recorder.used)


_EMPTY: dict[str, Any] = {"items": [], "groups": [], "pager": None, "tag": "", "entries": [], "terms": [], "tags": [],
                          "series": ""}  # fmt: skip

_Made = tuple[str, dict[str, Any]]


def list_variables(build: BuildContext, recorder: Recorder, page_url: str) -> dict[str, Any]:
    """Return what the home's template may show, also when the author wrote the home's text."""
    posts = recorder.cards("posts", "")
    return {**_EMPTY, "items": _show(posts, build, page_url), "groups": _group(posts, build, page_url)}


def _home(job: PageJob, build: BuildContext, recorder: Recorder) -> _Made:
    return build.config.site.title, list_variables(build, recorder, job.url)


def _posts(job: PageJob, build: BuildContext, recorder: Recorder) -> _Made:
    posts = recorder.cards("posts", "")
    number = int(job.arg)
    pages = max(1, -(-len(posts) // POSTS_PER_PAGE))
    shown = posts[(number - 1) * POSTS_PER_PAGE : number * POSTS_PER_PAGE]
    base, to = posts_url(build.site), build.link_style(job.url).to
    pager = {
        "page": number,
        "pages": pages,
        "previous_href": to(base if number == 2 else f"{base}page/{number - 1}/") if number > 1 else "",
        "next_href": to(f"{base}page/{number + 1}/") if number < pages else "",
    }
    return "All posts", {"items": _show(shown, build, job.url), "pager": pager}


def _tags(job: PageJob, build: BuildContext, recorder: Recorder) -> _Made:
    counted: tuple[tuple[str, int], ...] = recorder.ask("tags", "")  # type: ignore[assignment]
    to = build.link_style(job.url).to
    return "Tags", {"tags": [{"name": tag, "count": count, "href": to(tag_url(tag))} for tag, count in counted]}


def _tag(job: PageJob, build: BuildContext, recorder: Recorder) -> _Made:
    cards = recorder.cards("tag", job.arg)
    return f"Tagged “{job.arg}”", {"tag": job.arg, "items": _show(cards, build, job.url)}


def _series(job: PageJob, build: BuildContext, recorder: Recorder) -> _Made:
    cards = recorder.cards("series", job.arg)
    return job.arg, {"series": job.arg, "items": _show(cards, build, job.url)}


def _bibliography(job: PageJob, build: BuildContext, recorder: Recorder, typesetter: Typesetter) -> _Made:
    with StateStore(build.state_folder / "pages.sqlite3") as state:
        references = site_references(build, recorder, state, typesetter)
    entries = [
        {
            "id": f"ref-{'-'.join(e.key.split())}",
            "key": e.key,
            "html": Markup(e.html),  # noqa: S704 - escaped
            "cited_in": _show(e.cited_in, build, job.url),
        }
        for e in references
    ]
    return "Bibliography", {"entries": entries}


def _glossary(job: PageJob, build: BuildContext, recorder: Recorder) -> _Made:
    terms: Sequence[tuple[str, tuple[str, str]]] = recorder.ask("terms", "")  # type: ignore[assignment]
    to = build.link_style(job.url).to
    shown = [
        {"id": f"term-{normal_name(term)}", "term": term, "definition": definition, "href": to(url)}
        for term, (definition, url) in terms
    ]
    return "Glossary", {"terms": shown}


def _search(_job: PageJob, _build: BuildContext, _recorder: Recorder) -> _Made:
    return "Search", {}


def _not_found(_job: PageJob, _build: BuildContext, _recorder: Recorder) -> _Made:
    return "Page not found", {}


_KINDS: dict[str, Callable[[PageJob, BuildContext, Recorder], _Made]] = {
    "home": _home,
    "posts": _posts,
    "tags": _tags,
    "tag": _tag,
    "series": _series,
    "glossary": _glossary,
    "search": _search,
    "404": _not_found,
}


def _show(cards: Sequence[Card], build: BuildContext, page_url: str) -> list[dict[str, Any]]:
    to = build.link_style(page_url).to
    return [card_variables(card, to, date_text) for card in cards]


def _group(cards: Sequence[Card], build: BuildContext, page_url: str) -> list[dict[str, Any]]:
    """Return the posts by part, in reading order; without parts one nameless group, newest first."""
    if not any(card.part for card in cards):
        return [{"title": "", "items": _show(cards, build, page_url)}]
    ordered = sorted(cards, key=lambda c: (c.order if c.order is not None else float("inf"), c.date, c.url))
    titles = list(dict.fromkeys(card.part for card in ordered))
    return [
        {"title": title, "items": _show([c for c in ordered if c.part == title], build, page_url)} for title in titles
    ]
