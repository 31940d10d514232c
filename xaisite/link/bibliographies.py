"""Which `.bib` files a page reads."""

from __future__ import annotations

from collections.abc import Iterable

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.nearest import find_nearest
from xaisite.core.paths import join_path
from xaisite.core.source import Span
from xaisite.model.config import BIBLIOGRAPHY_FOLDERS, SiteConfig
from xaisite.model.post import Outline

SITE_BIBLIOGRAPHY = "references.bib"


def find_bibliographies(outline: Outline, known: Iterable[str], config: SiteConfig) -> Checked[tuple[str, ...]]:
    """Return the paths that the `bibliography` field names: beside the post, at the root, in the site's folders."""
    there = frozenset(known)
    names = outline.front.bibliography
    if names is None:
        places = ["", *config.citations.folders, *BIBLIOGRAPHY_FOLDERS]
        paths = (join_path(folder, SITE_BIBLIOGRAPHY) for folder in places)
        return Checked(next(((path,) for path in paths if path in there), ()))
    found: list[str] = []
    problems: list[Diagnostic] = []
    for name in names:
        path = _find(name, outline, there, config)
        if path is None:
            spans = outline.front.spans
            problems.append(_missing(name, spans.get(f"bibliography:{name}") or spans.get("bibliography"), there))
            near = _nearest(name, there)
            found += [near] if near else []  # what is cited is looked up in the file that is meant
        else:
            found.append(path)
    return Checked(tuple(dict.fromkeys(found)), tuple(problems))


def find_bibliography(
    name: str, outline: Outline, known: Iterable[str], config: SiteConfig, span: Span
) -> Checked[str | None]:
    """Return the path of the one file that a citation names (jekyll-scholar's `--file`)."""
    there = frozenset(known)
    path = _find(name, outline, there, config)
    return Checked(path, () if path else (_missing(name, span, there),))


def _find(name: str, outline: Outline, there: frozenset[str], config: SiteConfig) -> str | None:
    names = (name,) if name.endswith(".bib") else (name, name + ".bib")
    folders = (outline.path.rpartition("/")[0], "", *config.citations.folders, *BIBLIOGRAPHY_FOLDERS)
    for folder in folders:
        for candidate in names:
            path = join_path(folder, candidate)
            if path in there:
                return path
    return None


def _nearest(name: str, there: frozenset[str]) -> str:
    """Return the path of the file whose name is most like ``name``, or nothing."""
    by_name = {path.rpartition("/")[2]: path for path in sorted(there)}
    near = find_nearest(name.rpartition("/")[2], by_name)
    return by_name[near] if near else ""


def _missing(name: str, place: Span | None, there: frozenset[str]) -> Diagnostic:
    near = _nearest(name, there).rpartition("/")[2]
    hint = f"did you mean “{near}”?" if near else ""
    return error(
        "bib-missing",
        f"there is no bibliography “{name}”",
        place,
        help=hint or "put the file beside the post or at the root of the site",
    )
