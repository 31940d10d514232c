"""Posts that should be read first: resolved, and free of circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.nearest import did_you_mean
from xaisite.core.paths import join_path
from xaisite.link.collisions import find_place
from xaisite.model.post import Outline
from xaisite.model.site import Site


def resolve_prerequisites(site: Site, outlines: Mapping[str, Outline]) -> Checked[dict[str, tuple[str, ...]]]:
    """Return path → paths to read first; an error for each that is no page, and for each circle."""
    names = prerequisite_names(site)
    found: list[Diagnostic] = []
    drafts = [outline for path, outline in outlines.items() if path not in site.outlines]
    edges: dict[str, list[str]] = {}
    for path, outline in site.outlines.items():
        for name in outline.front.prerequisites:
            target = _beside(path, name, site) or names.get(name.strip("/").casefold())
            if target is None:
                found.append(_unknown_prerequisite(name, outline, names, drafts))
            else:
                edges.setdefault(path, []).append(target)
    found.extend(_check_circles(edges, site))
    return Checked({path: tuple(targets) for path, targets in edges.items()}, tuple(found))


def _beside(path: str, name: str, site: Site) -> str | None:
    """Return the path that ``name`` means as a link from the post at ``path`` would."""
    full = join_path(path.rpartition("/")[0], name)
    return full if full in site.urls else None


def prerequisite_names(site: Site) -> dict[str, str]:
    """Return the names by which a prerequisite may be given (path, address, last part of it) → path."""
    names: dict[str, str] = {}
    for path, url in site.urls.items():
        relative = path.removeprefix(site.config.content.folder + "/")
        for name in (path, relative, relative.rpartition(".")[0], url.strip("/"), url.strip("/").rpartition("/")[2]):
            if name:
                names.setdefault(name.casefold(), path)
    return names


def _unknown_prerequisite(
    name: str, outline: Outline, names: Mapping[str, str], drafts: Sequence[Outline]
) -> Diagnostic:
    is_draft = any(name in (o.path, o.front.slug) or f"/{name}." in o.path for o in drafts)
    reason = "is a draft" if is_draft else "is no page of this site"
    return error(
        "prerequisite-unknown",
        f"the prerequisite “{name}” {reason}",
        find_place(outline, f"prerequisites:{name}", "prerequisites"),
        help=did_you_mean(name, names) or "name a post by its address or its file",
    )


def _check_circles(edges: Mapping[str, list[str]], site: Site) -> Iterator[Diagnostic]:
    graph = {path: set(targets) for path, targets in sorted(edges.items())}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as problem:
            circle = list(reversed(problem.args[1]))
            yield error(
                "prerequisite-circle",
                "prerequisites go in a circle: " + " → ".join(site.urls[path] for path in circle),
                find_place(site.outlines[circle[0]], "prerequisites"),
                help="remove one of them",
            )
            graph[circle[0]].discard(circle[1])
        else:
            return
