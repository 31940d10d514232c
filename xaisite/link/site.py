"""All outlines → one site.

Does not resolve what single posts refer to (`resolve.py`). Invariant: the order of its arguments does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from xaisite.core.checked import Checked
from xaisite.core.plain_math import plain_title
from xaisite.core.record import replace
from xaisite.link.addresses import find_date_prefix, make_url, normal_permalink
from xaisite.link.collisions import check_addresses
from xaisite.link.drafts import future_notices, is_draft
from xaisite.link.numbers import label_title, number_labels
from xaisite.link.prerequisites import resolve_prerequisites
from xaisite.model.config import Author, SiteConfig
from xaisite.model.files import SiteFiles
from xaisite.model.post import Outline
from xaisite.model.site import Card, LabelTarget, Site

_WORDS_PER_MINUTE = 230


def link_site(
    outlines: Mapping[str, Outline], config: SiteConfig, files: SiteFiles, *, drafts: bool, now: datetime
) -> Checked[Site]:
    """Return the site of ``outlines`` (drafts only when asked for), with what is wrong between its pages."""
    hidden = {path for path, outline in outlines.items() if is_draft(outline, now)}
    shown = {path: outlines[path] for path in sorted(outlines) if drafts or path not in hidden}
    urls = {path: make_url(outline, config) for path, outline in shown.items()}
    cards = {path: make_card(outline, urls[path], config, draft=path in hidden) for path, outline in shown.items()}
    posts = _order_posts([p for p, o in shown.items() if o.kind == "post"], cards)
    site = Site(
        config=config,
        outlines=shown,
        urls=urls,
        paths={url: path for path, url in reversed(urls.items())},
        cards=cards,
        posts=posts,
        pages=tuple(p for p, o in shown.items() if o.kind == "page"),
        labels=_collect_labels(shown, urls),
        tags=_group_tags(posts, cards),
        series=_group_series(shown, cards),
        glossary=_collect_terms(shown, urls),
        files=files,
        redirects={normal_permalink(a): urls[p] for p, o in shown.items() for a in o.front.aliases},
    )
    prerequisites = resolve_prerequisites(site, outlines)
    site = replace(site, prerequisites=prerequisites.value)
    waiting = () if drafts else future_notices(outlines, now)
    return Checked(site, (*check_addresses(site), *prerequisites.diagnostics, *waiting))


def make_card(outline: Outline, url: str, config: SiteConfig, *, draft: bool) -> Card:
    """Return how lists show this post."""
    front = outline.front
    date = front.date.isoformat() if front.date else find_date_prefix(outline.path)
    plain = plain_title if front.math else str
    return Card(
        path=outline.path,
        url=url,
        title=plain(front.title or outline.first_title) or _title_from_path(outline),
        subtitle=plain(front.subtitle),
        description=plain(front.description or outline.excerpt),
        date=date,
        date_modified=front.date_modified.isoformat() if front.date_modified else "",
        authors=tuple(author.name for author in resolve_authors(outline, config)),
        tags=front.tags,
        image=front.image,
        image_alt=front.image_alt,
        minutes=max(1, round(outline.words / _WORDS_PER_MINUTE)),
        series=front.series,
        order=front.order,
        part=front.part,
        level=front.level,
        lang=front.lang,
        draft=draft,
    )


def resolve_authors(outline: Outline, config: SiteConfig) -> tuple[Author, ...]:
    """Return the authors of a post; a name that is no id of `[site.authors]` stands for itself."""
    known = config.site.authors
    return tuple(
        known.get(author) or Author(name=author) if isinstance(author, str) else author
        for author in outline.front.authors
    )


def _title_from_path(outline: Outline) -> str:
    stem = outline.path.removesuffix("/index.md").rpartition("/")[2].rpartition(".")[0] or outline.path
    prefix = find_date_prefix(outline.path)
    return stem.removeprefix(prefix + "-").replace("-", " ").replace("_", " ").capitalize()


def _order_posts(paths: list[str], cards: Mapping[str, Card]) -> tuple[str, ...]:
    def newest_first(path: str) -> tuple[bool, float, str]:
        date = cards[path].date
        return (not date, -_timestamp(date), cards[path].url)

    return tuple(sorted(paths, key=newest_first))


def _timestamp(iso: str) -> float:
    if not iso:
        return 0.0
    date = datetime.fromisoformat(iso)
    return (date.replace(tzinfo=None) - datetime(1, 1, 1)).total_seconds() - (  # noqa: DTZ001 - a difference only
        offset.total_seconds() if (offset := date.utcoffset()) else 0.0
    )


def _group_tags(posts: tuple[str, ...], cards: Mapping[str, Card]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for path in posts:
        for tag in dict.fromkeys(cards[path].tags):
            groups.setdefault(tag, []).append(path)
    return {tag: tuple(groups[tag]) for tag in sorted(groups, key=lambda t: (t.casefold(), t))}


def _group_series(outlines: Mapping[str, Outline], cards: Mapping[str, Card]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for path, outline in outlines.items():
        if outline.front.series:
            groups.setdefault(outline.front.series, []).append(path)

    def reading_order(path: str) -> tuple[float, str, str]:
        card = cards[path]
        return (card.order if card.order is not None else float("inf"), card.date, card.url)

    return {name: tuple(sorted(groups[name], key=reading_order)) for name in sorted(groups)}


def _collect_labels(outlines: Mapping[str, Outline], urls: Mapping[str, str]) -> dict[str, tuple[LabelTarget, ...]]:
    found: dict[str, list[LabelTarget]] = {}
    for path, outline in outlines.items():
        if not outline.labels:
            continue
        numbers = number_labels(outline)
        for label in outline.labels:
            target = LabelTarget(
                name=label.name,
                kind=label.kind,
                number=numbers.get(label.name, ""),
                url=f"{urls[path]}#{label.anchor}",
                title=label_title(label, outline),
                path=path,
                span=label.span,
            )
            found.setdefault(label.name, []).append(target)
    return {name: tuple(targets) for name, targets in found.items()}


def _collect_terms(outlines: Mapping[str, Outline], urls: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    terms: dict[str, tuple[str, str]] = {}
    for path, outline in outlines.items():
        for term in outline.front.glossary:
            terms.setdefault(term.term.casefold(), (term.definition, urls[path]))
    return terms
