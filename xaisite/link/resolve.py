"""What one post refers to, resolved against the site: links, pictures, cross references, terms.

Citations are resolved by `cite`, formulas by `math`; the pipeline puts all of it into one `BodyContext`.
Invariant: everything that cannot be resolved has a diagnostic with the place where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error, warning
from xaisite.core.nearest import did_you_mean
from xaisite.core.paths import POST_SUFFIXES, join_path, relative_url
from xaisite.core.record import record
from xaisite.core.source import Span
from xaisite.link.addresses import media_address
from xaisite.link.numbers import KIND_NAMES, number_labels
from xaisite.link.schemes import check_scheme
from xaisite.model.body import ResolvedLabel, ResolvedMedia
from xaisite.model.facts import FileFact, SiteFacts
from xaisite.model.nodes import CrossRefItem, LinkUse, MediaUse
from xaisite.model.post import Outline
from xaisite.model.result import PostResults

_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")
_GENERATED_ANCHORS = ("ref-", "fn-", "fnref-", "cite-", "cell-", "references", "notes")


@record
class LinkStyle:
    """How addresses are written into pages."""

    page_url: str
    as_files: bool = False
    """`[site] links = "file"`: `…/index.html` instead of `…/`."""

    prefix: str = ""
    """Path of the site on its server, for a page that is shown at any address (404); else links are relative."""

    def to(self, target: str) -> str:
        """Return the link from this page to the site-absolute ``target``."""
        if self.prefix:
            return self.prefix + target.lstrip("/")
        if not self.as_files:
            return relative_url(self.page_url, target)
        path, mark, fragment = target.partition("#")
        if path in ("", self.page_url) and mark:
            return mark + fragment
        full = path + "index.html" if path.endswith("/") else path
        here = self.page_url + "index.html" if self.page_url.endswith("/") else self.page_url
        return relative_url(here, full) + mark + fragment


@record
class ResolvedUses:
    """The resolved uses of one post, by ordinal, and the files that must be published for it."""

    links: tuple[str, ...]
    link_titles: Mapping[int, str]
    media: tuple[ResolvedMedia, ...]
    cross_refs: tuple[tuple[ResolvedLabel | None, ...], ...]
    terms: tuple[tuple[str, str], ...]
    files: tuple[FileFact, ...]


def resolve_uses(
    outline: Outline, facts: SiteFacts, style: LinkStyle, results: PostResults | None
) -> Checked[ResolvedUses]:
    """Resolve everything that ``outline`` refers to.

    Without results, pictures that its cells may write are waited for.
    """
    resolver = _Resolver(outline, facts, style, results)
    uses = ResolvedUses(
        links=tuple(resolver.link(use) for use in outline.links),
        link_titles=resolver.titles,
        media=tuple(resolver.media(use) for use in outline.media),
        cross_refs=tuple(tuple(resolver.item(item) for item in ref.items) for ref in outline.cross_refs),
        terms=tuple(resolver.term(use.term, use.span) for use in outline.terms),
        files=tuple(dict.fromkeys(resolver.files)),
    )
    return Checked(uses, tuple(resolver.problems))


class _Resolver:
    """One pass over one post; collects problems and files on the way."""

    def __init__(self, outline: Outline, facts: SiteFacts, style: LinkStyle, results: PostResults | None) -> None:
        self.outline = outline
        self.facts = facts
        self.style = style
        self.results = results
        self.folder = outline.path.rpartition("/")[0]
        self.problems: list[Diagnostic] = []
        self.files: list[FileFact] = []
        self.titles: dict[int, str] = {}
        self.numbers = number_labels(outline)
        self.own = {label.name: label for label in outline.labels}

    def link(self, use: LinkUse) -> str:
        href = use.href
        if not href or href.startswith("//"):
            return href
        if _SCHEME.match(href):
            problem = check_scheme(href, use.span)
            self.problems += [problem] if problem else []
            return href
        path, query, fragment = _split(href)
        if not path:
            self._check_anchor(self.outline.path, fragment, use.span)
            return href
        if path.endswith(POST_SUFFIXES):
            return self._source_link(use, path, fragment) or href
        target = self._page_or_file(path)
        if target is None:
            self.problems.append(
                error(
                    "link-broken",
                    f"nothing is published at “{path}”",
                    use.span,
                    help=self.facts.near_pages(path)
                    or self.facts.near_files(path)
                    or "addresses are seen from this page or file; those with `/`, from the root",
                )
            )
            return href
        url, source = target
        if fragment and source:
            self._check_anchor(source, fragment, use.span)
        return self.style.to(url) + query + (f"#{fragment}" if fragment else "")

    def _source_link(self, use: LinkUse, path: str, fragment: str) -> str:
        full = join_path("" if path.startswith("/") else self.folder, unquote(path))
        url = self.facts.page_url(full) if full else None
        if full and url is None and path.startswith("/"):
            full = join_path("content", full)
            url = self.facts.page_url(full) if full else None
        if full and url:
            self._check_anchor(full, fragment, use.span)
            card = self.facts.card(full) if use.is_titled else None
            if card is not None:
                self.titles[use.ordinal] = card.title
            return self.style.to(url + (f"#{fragment}" if fragment else ""))
        if full and self.facts.is_draft(full):
            self.problems.append(
                error("link-to-draft", f"“{path}” is a draft, readers will not find it", use.span,
                      help="publish it, or remove the link")
            )  # fmt: skip
        else:
            self.problems.append(
                error(
                    "link-broken",
                    f"there is no post “{path}”",
                    use.span,
                    help=self.facts.near_pages(path) or "paths are seen from this file; those with `/`, from the root",
                )
            )
        return ""

    def _page_or_file(self, path: str) -> tuple[str, str] | None:
        """Return (address, source path or empty) of what ``path`` means, seen from the file or from the page."""
        plain = unquote(path)
        if not plain.startswith("/"):
            full = join_path(self.folder, plain)
            found = self.facts.file(full) if full else None
            if found:
                self.files.append(found)
                return found.address, ""
        from_page = join_path(self.style.page_url.strip("/"), plain) if not plain.startswith("/") else plain.strip("/")
        if from_page is None:
            return None
        for url in (f"/{from_page}/" if from_page else "/", f"/{from_page}", _without_index(from_page)):
            source = self.facts.page_path(url)
            if source:
                return url, source
            if self.facts.is_generated(url):
                return url, ""
        address = f"/{from_page}"
        found = self.facts.file_at(address)
        if found:
            return address, ""
        return (address, "") if self.facts.cell_file(address) else None

    def _check_anchor(self, path: str, fragment: str, span: Span) -> None:
        if not fragment or fragment.startswith(_GENERATED_ANCHORS):
            return
        own = path == self.outline.path
        known = self.outline.ids if own else self.facts.anchors(path)
        if unquote(fragment) not in known and fragment not in known and not self._may_come(path, fragment):
            where = "this page" if own else path
            self.problems.append(
                error(
                    "link-anchor-missing",
                    f"{where} has no anchor “#{fragment}”",
                    span,
                    help=_nearest_anchor(fragment, known) or f"name the heading: ## Title {{#{fragment}}}",
                )
            )

    def _may_come(self, path: str, fragment: str) -> bool:
        """Whether a cell that has not run yet may make an anchor: its code says the name."""
        if path == self.outline.path:
            return self.results is None and any(fragment in cell.code for cell in self.outline.cells)
        return self.facts.may_make(path, fragment)

    def media(self, use: MediaUse) -> ResolvedMedia:
        src = use.src
        if src.startswith("data:"):
            return ResolvedMedia(src)
        if src.startswith("attachment:"):
            self.problems.append(
                error("media-missing", f"“{src}” is kept inside the notebook: it is not published", use.span,
                      help="save the picture as a file beside the notebook and refer to that")
            )  # fmt: skip
            return ResolvedMedia(src)
        if src.startswith("//") or _SCHEME.match(src):
            self.problems.append(
                error(
                    "media-foreign",
                    f"“{src}” is on another server: a page asks nothing of any other server",
                    use.span,
                    help="save the file beside the post and refer to it there",
                )
            )
            return ResolvedMedia(src)
        if use.other_figure[0]:
            return self._other_figure(use, *use.other_figure)
        path, query, _fragment = _split(src)
        return self._local_media(use, unquote(path), query)

    def _local_media(self, use: MediaUse, path: str, query: str) -> ResolvedMedia:
        full = join_path(self.folder, path) if not path.startswith("/") else None
        found = self.facts.file(full) if full else self.facts.file_at(path)
        if found is None and path.startswith("/"):
            found = self.facts.file(path.lstrip("/"))
        if found:
            self.files.append(found)
            return ResolvedMedia(self.style.to(found.address) + query, found.width_px, found.height_px)
        address = path if path.startswith("/") else "/" + (join_path(self.style.page_url.strip("/"), path) or "")
        made = self.facts.cell_file(address)
        if made is not None:
            size = (made.media.width_px, made.media.height_px) if made.media else (0, 0)
            return ResolvedMedia(self.style.to(address), *size)
        return self._written_by_cell(use, path)

    def _other_figure(self, use: MediaUse, path: str, label: str) -> ResolvedMedia:
        """Return the figure of another post, with credit."""
        full = join_path("" if path.startswith("/") else self.folder, unquote(path)) or ""
        if self.facts.page_url(full) is None:
            self._source_link(LinkUse(use.ordinal, use.src, use.span), path, "")
            return ResolvedMedia(use.src)
        figure = self.facts.figure(full, label)
        if figure is None:
            help = _nearest_anchor(label, self.facts.anchors(full))
            self.problems.append(error("media-missing", f"{path} has no figure “{label}”", use.span, help=help))
            return ResolvedMedia(use.src)
        if not figure.address:
            return ResolvedMedia(use.src)
        card = self.facts.card(full)
        title = card.title if card else path
        credit = (self.style.to(figure.target.url), f"{KIND_NAMES['fig']} {figure.target.number}", title)
        dark = self.style.to(figure.dark_address) if figure.dark_address else ""
        return ResolvedMedia(self.style.to(figure.address), figure.width_px, figure.height_px, dark,
                             figure.alt, figure.target.title, credit)  # fmt: skip

    def _written_by_cell(self, use: MediaUse, path: str) -> ResolvedMedia:
        for cell in self.results.cells if self.results else ():
            for name, media in cell.files:
                if name == path.removeprefix("./"):
                    stem = name.rpartition("/")[2].rpartition(".")[0]
                    href = self.style.to(media_address(media, stem))
                    return ResolvedMedia(href, media.width_px, media.height_px)
        name = path.rpartition("/")[2]
        known = {cell.index for cell in self.results.cells if cell.status != "not-run"} if self.results else frozenset()
        if any(name in cell.code and cell.index not in known for cell in self.outline.cells):
            return ResolvedMedia(path)  # a cell that has not run may write it
        what = {"image": "picture"}.get(use.kind, "file")
        self.problems.append(
            error(
                "media-missing",
                f"the {what} “{use.src}” does not exist",
                use.span,
                help=self.facts.near_files(path) or "add the file, or let a cell make it with `#| file:`",
            )
        )
        return ResolvedMedia(path)

    def item(self, item: CrossRefItem) -> ResolvedLabel | None:
        own = self.own.get(item.label)
        if own is not None:
            return self._own_label(item, own.kind, own.title, own.anchor)
        targets = self.facts.label(item.label)
        heading = next((h for h in self.outline.headings if h.id == item.label), None) if not targets else None
        if heading is not None:
            return ResolvedLabel(item.label, KIND_NAMES["sec"], "", f"#{heading.id}", heading.text)
        if not targets:
            self.problems.append(
                error(
                    "xref-unknown",
                    f"there is no label “{item.label}”",
                    item.span,
                    help=_nearest_anchor(item.label, frozenset(self.own))
                    or self.facts.near_labels(item.label)
                    or f"name what it means with {{#{item.label}}}",
                )
            )
            return None
        if len(targets) > 1:
            self.problems.append(
                warning(
                    "xref-ambiguous",
                    f"several pages have the label “{item.label}”: " + ", ".join(t.path for t in targets),
                    item.span,
                    help="rename the labels so that each is unique, or link with [text](post.md#label)",
                )
            )
        target = targets[0]
        href = self.style.to(target.url)
        card = self.facts.card(target.path)
        return ResolvedLabel(
            item.label,
            KIND_NAMES[target.kind],
            target.number,
            href,
            target.title,
            is_local=False,
            page_title=card.title if card else "",
        )

    def _own_label(self, item: CrossRefItem, kind: str, title: str, anchor: str) -> ResolvedLabel:
        number = self.numbers.get(item.label, "")
        return ResolvedLabel(item.label, KIND_NAMES[kind], number, f"#{anchor}", title)

    def term(self, name: str, span: Span) -> tuple[str, str]:
        found = self.facts.term(name.casefold())
        if found is None:
            self.problems.append(
                error("term-unknown", f"no page defines the term “{name}”", span,
                      help="add it to the `glossary` of a page's front matter")
            )  # fmt: skip
            return "", ""
        definition, url = found
        return definition, self.style.to(url)


def own_labels(outline: Outline) -> dict[str, ResolvedLabel]:
    """Return the page's own labels, for its captions and headings."""
    numbers = number_labels(outline)
    return {
        label.name: ResolvedLabel(
            label.name, KIND_NAMES[label.kind], numbers.get(label.name, ""), f"#{label.anchor}", label.title
        )
        for label in outline.labels
    }


def _split(href: str) -> tuple[str, str, str]:
    path, _, fragment = href.partition("#")
    path, mark, query = path.partition("?")
    return path, mark + query, fragment


def _without_index(path: str) -> str:
    return "/" + path.removesuffix("index.html")


def _nearest_anchor(name: str, known: frozenset[str]) -> str:
    return did_you_mean(name, known)
