"""What a cell read, as dependencies that can be checked again: files, absences, listings, variables, state.

Looks at files through the session's eyes: what cells wrote hides the site's own. Invariant: a dependency's digest is
made the same way when it is recorded and when it is checked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from xaisite.core.digest import digest_bytes, digest_json, digest_text
from xaisite.core.paths import POST_SUFFIXES
from xaisite.core.record import record
from xaisite.engine.filecache import FileCache

Dependency = tuple[str, ...]
"""Kind, subject…, and last the digest it had."""


@record
class View:
    """The files that a cell sees: the site's sources under a layer of written files."""

    root: str
    layer: Mapping[str, str | None]
    cache: FileCache
    is_hidden: Callable[[str], bool]
    """Whether a path relative to the root is left out of the scratch tree (`.git`, `build`…)."""
    artifacts: str = ""
    """Folder of the values that posts give to others."""

    def content(self, name: str) -> str:
        """Return the digest of a file's content (`absent`, `dir`)."""
        found = self._written(name)
        if found is not None:
            return found
        path = self._source(name)
        return self.cache.digest(path) if path else "absent"

    def about(self, name: str) -> str:
        """Return what `stat` tells that can be repeated: kind, and size of a file."""
        content = self.content(name)
        return content if content in ("absent", "dir") else f"file {content}"

    def listing(self, name: str) -> str:
        """Return the digest of a folder's names and their kinds."""
        kinds: dict[str, str] = {}
        path = self._source(name)
        if path:
            try:
                for entry in os.scandir(path):
                    if not self._is_out(f"{name}/{entry.name}"):
                        kinds[entry.name] = "dir" if entry.is_dir() else "file"
            except NotADirectoryError:
                return "file"
            except OSError:
                if self._written(name) is None:
                    return "absent"
        prefix = name.rstrip("/") + "/"
        for written, digest in self.layer.items():
            if written.startswith(prefix):
                child, _, deeper = written[len(prefix) :].partition("/")
                if deeper:
                    kinds.setdefault(child, "dir")
                elif digest is None:
                    kinds.pop(child, None)
                else:
                    kinds[child] = "dir" if digest == "dir" else "file"
        return digest_json(kinds)

    def tree(self, name: str, *, posts: bool = True) -> str:
        """Return the digest of everything below a folder (or of all but the sources of posts)."""
        found: dict[str, str] = {}
        path = self._source(name)
        for folder, folders, files in os.walk(path or os.devnull):
            relative = os.path.relpath(folder, path)
            base = name if relative == "." else f"{name}/{relative}"
            folders[:] = sorted(d for d in folders if not self._is_out(f"{base}/{d}"))
            for file in files:
                if (posts or not file.endswith(POST_SUFFIXES)) and not self._is_out(f"{base}/{file}"):
                    found[f"{base}/{file}"] = self.content(f"{base}/{file}")
        prefix = name.rstrip("/") + "/"
        found |= {n: d or "absent" for n, d in self.layer.items() if n.startswith(prefix)}
        return digest_json(found)

    def matches(self, pattern: str) -> str:
        """Return the digest of all files that a pattern names, relative to the root."""
        import glob

        found = glob.glob(pattern, root_dir=self.root, recursive=True)
        return digest_json(
            {
                name: self.tree(f"site/{name}")
                if self.content(f"site/{name}") == "dir"
                else self.content(f"site/{name}")
                for name in sorted(found)
            }
        )

    def shadows(self, name: str, tops: str) -> str:
        """Return which of the modules ``tops`` a folder could shadow."""
        wanted = set(tops.split(","))
        path = self._source(name)
        try:
            present = set(os.listdir(path)) if path else set()
        except OSError:
            present = set()
        prefix = name.rstrip("/") + "/"
        present |= {n[len(prefix) :].partition("/")[0] for n, d in self.layer.items() if n.startswith(prefix) and d}
        return ",".join(sorted(p for p in present if p.partition(".")[0] in wanted and not p.endswith(POST_SUFFIXES)))

    def _is_out(self, name: str) -> bool:
        return name.startswith("site/") and self.is_hidden(name[5:])

    def _written(self, name: str) -> str | None:
        if name in self.layer:
            return self.layer[name] or "absent"
        at = name
        while "/" in at:
            at = at.rpartition("/")[0]
            if self.layer.get(at, "") is None:
                return "absent"
        prefix = name.rstrip("/") + "/"
        return (
            "dir" if any(n.startswith(prefix) and d for n, d in self.layer.items()) and not self._source(name) else None
        )

    def _source(self, name: str) -> str:
        """Return the path of a source (empty for scratch folders that have none)."""
        if name.startswith("/"):
            return name
        place, _, rest = name.partition("/")
        if place == "artifact":
            return os.path.join(self.artifacts, rest)
        if place != "site" or self._is_out(name):
            return ""
        return os.path.join(self.root, rest) if rest else self.root


def check_dependency(dependency: Dependency, view: View, environ: Mapping[str, str | None]) -> bool:
    """Whether a dependency on the outside is as it was."""
    return observe_dependency(dependency[:-1], view, environ) == dependency[-1]


def observe_dependency(subject: Dependency, view: View, environ: Mapping[str, str | None]) -> str:
    """Return the digest that a dependency has now."""
    kind, *names = subject
    if kind == "file":
        return view.content(names[0])
    if kind == "stat":
        return view.about(names[0])
    if kind == "list":
        return view.listing(names[0])
    if kind == "tree":
        return view.tree(names[0], posts=False)
    if kind == "shadow":
        return view.shadows(names[0], names[1])
    if kind == "env":
        value = environ.get(names[0])
        return "unset" if value is None else digest_text(value)
    raise ValueError(f"unknown kind of dependency: {kind}")


def digest_file(path: str) -> str:
    """Return the digest of a file's bytes."""
    with open(path, "rb") as file:
        return digest_bytes(file.read())
