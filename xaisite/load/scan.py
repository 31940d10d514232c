"""The files a site is made of, from one walk over each of its folders.

Does not read files; their stat results are kept for the stat cache. Invariant: what is listed lies inside the root.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, Note, error, warning
from xaisite.core.paths import POST_SUFFIXES, normal_name
from xaisite.core.record import record
from xaisite.core.source import Span
from xaisite.load.names import BIB_SUFFIX, is_never_published
from xaisite.load.walk import Walk
from xaisite.model.config import BIBLIOGRAPHY_FOLDERS, SiteConfig
from xaisite.model.files import SiteFiles

TEMPLATES = "templates"


@record
class SiteScan:
    """The files of a site, and what `stat` says of each."""

    files: SiteFiles
    stats: Mapping[str, os.stat_result]


def scan_site(root: Path, config: SiteConfig) -> Checked[SiteScan]:
    """Return the files of the site at ``root``, sorted, paths relative to it."""
    walk = Walk(os.path.realpath(root))
    content = list(walk.files(config.content.folder))
    posts, pages, others, bibs = _sort_content(content, config)
    static = [path for folder in dict.fromkeys(config.content.static) for path in walk.files(folder)]
    templates = list(walk.files(TEMPLATES))
    bibs += _root_bibs(walk)
    bibs += [
        p
        for folder in (*config.citations.folders, *BIBLIOGRAPHY_FOLDERS)
        for p in walk.files(folder)
        if p.endswith(BIB_SUFFIX)
    ]
    files = SiteFiles(
        posts=tuple(sorted(posts)),
        pages=tuple(sorted(pages)),
        static=tuple(sorted(set(static))),
        content_files=tuple(sorted(others)),
        bibliographies=tuple(sorted(set(bibs))),
        templates=tuple(sorted(templates)),
    )
    problems = (*walk.found, *_check_content(walk, config), *_check_collisions((*content, *static)))
    return Checked(SiteScan(files, walk.stats), problems)


def _sort_content(paths: list[str], config: SiteConfig) -> tuple[list[str], list[str], list[str], list[str]]:
    above = "" if config.content.folder in ("", ".") else config.content.folder + "/"
    posts_folder = f"{above}{config.content.posts}/" if config.content.posts else above
    posts: list[str] = []
    pages: list[str] = []
    others: list[str] = []
    bibs: list[str] = []
    for path in paths:
        if path.endswith(POST_SUFFIXES) and not path.rpartition("/")[2].startswith("_"):  # a piece for `include`
            (posts if path.startswith(posts_folder) else pages).append(path)
        else:
            others.append(path)
            if path.endswith(BIB_SUFFIX):
                bibs.append(path)
    return posts, pages, others, bibs


def _root_bibs(walk: Walk) -> list[str]:
    """Return the `.bib` files beside site.toml (links out of the site left out)."""
    found: list[str] = []
    with os.scandir(walk.root) as listing:
        for entry in listing:
            if not entry.name.endswith(BIB_SUFFIX) or is_never_published(entry.name) or not entry.is_file():
                continue
            if os.path.realpath(entry.path).startswith(walk.root + os.sep):
                walk.stats[entry.name] = entry.stat()
                found.append(entry.name)
    return found


def _check_content(walk: Walk, config: SiteConfig) -> Iterable[Diagnostic]:
    folder = config.content.folder
    if not os.path.isdir(os.path.join(walk.root, folder)):
        span = config.spans.get("content.folder", Span("site.toml", 0, 0))
        yield error(
            "load-no-content", f"there is no folder {folder}/", span, help="make it, or name another in `[content]`"
        )


def _check_collisions(paths: Iterable[str]) -> Iterable[Diagnostic]:
    """Warn of names that are one file on some disks (macOS, Windows) and one address on the web."""
    first: dict[str, str] = {}
    for path in sorted(set(paths)):
        same = path if path.isascii() and path == path.lower() and " " not in path else _normal_path(path)
        earlier = first.setdefault(same, path)
        if earlier != path:
            note = Note(f"the other is {earlier}", Span(earlier, 0, 0))
            message = f"{path} and {earlier} differ only in case or accents' encoding"
            yield warning("load-name-collision", message, Span(path, 0, 0), notes=(note,), help="rename one of them")


def _normal_path(path: str) -> str:
    return "/".join(normal_name(part) for part in path.split("/"))
