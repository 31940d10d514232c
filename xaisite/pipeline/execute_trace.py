"""Traces of cells and inline values: made from a session's answer, checked against a state, read back as results.

Does not run anything. Invariant: a trace is used only when all that its cell saw is as it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from xaisite.core.digest import digest_json, digest_text
from xaisite.core.record import record
from xaisite.engine.code import CodeForm, read_code
from xaisite.engine.forms import FormCache
from xaisite.engine.inputs import Dependency, View, check_dependency, observe_dependency
from xaisite.engine.state import (
    State,
    apply_changes,
    changed_names,
    digest_visible,
    make_changes,
    reachable_names,
    sharers_outside,
    shifted_names,
    visible_names,
    visible_packages,
)
from xaisite.engine.where import Place, distributions_of, versions_hold
from xaisite.session.generatorwords import GENERATORS

KEY_VERSION = "2"
Trace = dict[str, Any]
Environ = Mapping[str, str | None]
"""Declared variables: value, or None while unset."""
_ALWAYS_SEEN = ("cwd", "env", "path", "warnings", "limits", "process", "options", "marks", "outside")


@record
class Step:
    """One thing to evaluate: a cell, or an inline expression."""

    kind: str
    code: str
    """As it runs, injected parameters included."""
    form: CodeForm
    options: Mapping[str, object]
    label: str
    depends: tuple[str, ...] = ()
    """Patterns of paths relative to the site's root."""
    also: tuple[str, ...] = ()
    """Names that its options use, beside its code."""

    def key(self, state: State, view: View) -> str:
        """Return the key of this step in a state; the files it is said to depend on are part of it."""
        return digest_json(
            [
                KEY_VERSION,
                self.kind,
                self.form.digest,
                dict(self.options),
                [[pattern, digest] for pattern, digest in self.depended(view).items()],
                digest_visible(state, self.visible(state)),
            ]
        )

    def depended(self, view: View) -> dict[str, str]:
        """Return the digests of the files that it is said to depend on, by pattern."""
        return {pattern: view.matches(pattern) for pattern in self.depends}

    def visible(self, state: State) -> frozenset[str]:
        """Return the names that this step can see."""
        return visible_names(state, (*self.form.names, *self.also))

    def touched(self, state: State) -> frozenset[str]:
        """Return the names that this step may change, or bind to something else, without our seeing it."""
        return reachable_names(state, self.visible(state)) | frozenset(self.form.stored)


def make_step(
    kind: str, code: str, options: Mapping[str, object], label: str, *, forms: FormCache, depends: tuple[str, ...] = ()
) -> Step:
    """Return a step; its form is read once, and remembered."""
    text = code.strip() if kind == "inline" else code
    known = forms.find(text)
    if known is not None:
        return Step(kind, code, known, options, label, depends)
    form = read_code(text)
    forms.add(text, form)
    return Step(kind, code, form, options, label, depends)


def why_not(
    trace: Trace, step: Step, state: State, *, view: View, environ: Environ, codes: list[str], place: Place | None
) -> str:
    """Return why a trace under this step's key does not hold (empty: it holds). ``place`` None: any environment."""
    body = trace["body"]
    if place is not None:
        if trace["where"]["place"] != place.digest:
            return _place_change(trace["where"].get("parts", {}), place.parts)
        if not versions_hold(trace["where"]["versions"]):
            return _version_change(trace["where"]["versions"])
    changed = _state_change(body, step, state)
    if changed:
        return changed
    if body["source"] and _digest_source(body["source"][0], codes) != body["source"][1]:
        return "the text of the code changed"
    for need in body["needs"]:
        if not check_dependency(tuple(need), view, environ):
            return f"variable {need[1]} changed" if need[0] == "env" else f"{_plain_name(need[1])} changed"
    return ""


def _state_change(body: Mapping[str, Any], step: Step, state: State) -> str:
    for name, digest in body["ambient"].items():
        if state.ambient.get(name, "") != digest:
            return f"state changed: {name}"
    for name, digest in body["same"].items():
        if _digest_of(state, name) != digest:
            return f"state changed: {name}"
    visible = step.visible(state)
    for name, digest in body["sharers"].items():
        if sharers_outside(state, name, visible) != digest:
            return f"state changed: what {name} shares"
    return "state changed" if body["all"] and _digest_all(state) != body["all"] else ""


def _plain_name(name: str) -> str:
    return name.removeprefix("site/")


def _place_change(recorded: Mapping[str, str], now: Mapping[str, str]) -> str:
    changed = [name for name, part in recorded.items() if now.get(name) != part]
    said = [f"{n} {recorded[n]} → {now.get(n)}" if n in ("python", "system") else f"{n} changed" for n in changed]
    return ", ".join(said) or "the environment changed"


def _version_change(recorded: Mapping[str, str]) -> str:
    from xaisite.engine.where import installed_versions

    now = installed_versions()
    return ", ".join(f"{n} {v} → {now.get(n, 'absent')}" for n, v in recorded.items() if now.get(n, "") != v)


def _digest_all(state: State) -> str:
    return digest_json(state.to_json())


def _digest_source(numbers: Iterable[int], codes: list[str]) -> str:
    return digest_json([[n, codes[n - 1] if 0 < n <= len(codes) else ""] for n in numbers])


def state_after(before: State, answer: Mapping[str, Any], key: str, touched: frozenset[str]) -> State:
    """Return the state that a session's answer describes; what cannot be compared is named by the key.

    ``touched``: the names that the cell may have changed, or bound to something else, without our seeing it.

    ``key`` stands for all that the cell depended on: its own key, and what it read.
    """
    raw = answer["state"]
    files = answer["files"]
    if "failed" in raw:
        return State(before.names, before.shares, {**before.ambient, "outside": digest_json(["lost", key])}, files)
    names = {}
    for name, (digest, refs, packages) in raw["names"].items():
        names[name] = (
            _resolved(digest, before.names.get(name, ("",))[0], f"{key} {name}", name in touched or "*" in touched),
            tuple(refs),
            tuple(packages),
        )
    ambient = {n: _resolved(d, before.ambient.get(n, ""), f"{key} {n}", True) for n, d in raw["ambient"].items()}
    ambient["seed"] = before.ambient.get("seed", "")
    if raw["outside"]:
        ambient["outside"] = digest_json([before.ambient.get("outside", ""), key])
    elif "outside" in before.ambient:
        ambient["outside"] = before.ambient["outside"]
    return State(names, raw["shares"], ambient, files)


def _resolved(digest: str, before: str, key: str, was_visible: bool) -> str:
    """Name an opaque value by what it looks like from outside and by the cell that last could change it."""
    if not digest.startswith("?"):
        return digest
    if not was_visible and before.startswith(digest + ":"):
        return before
    return f"{digest}:{digest_text(key)[:16]}"


def make_body(
    step: Step,
    before: State,
    after: State,
    answer: Mapping[str, Any],
    *,
    needs: list[list[Any]],
    codes: list[str],
    number: int,
) -> dict[str, Any]:
    """Return the content of a trace: outputs, changes and all that was seen (``needs``: see `find_needs`)."""
    seen = answer["observed"]
    visible = step.visible(before)
    bound = () if answer.get("raised") else step.form.bound
    changes = make_changes(before, after, bound)
    unsure = set(step.form.stored) - set(bound) - visible
    moved = (shifted_names(changes) & visible) & set(before.names)
    # a name outside the visible ones changed though it shares nothing with them: the cell saw more than we can tell
    known = {n for pair in before.shares for n in pair.split("\t") if visible & set(pair.split("\t"))} | visible
    wild = {n for n in changed_names(changes) if n in before.names and n not in known and not _rebinds(step, n)}
    return {
        "outputs": answer.get("outputs", []),
        **({"repeats": answer["repeats"]} if answer.get("repeats") else {}),
        "raised": answer.get("raised"),
        "files": dict(sorted(answer.get("media", {}).items())),
        "addressed": answer.get("addressed", []),
        "changes": changes,
        "produced": answer.get("produced"),
        "needs": needs,
        "ambient": _ambient_reads(seen, before, after, visible),
        "same": {n: _digest_of(before, n) for n in sorted(unsure) if before.names.get(n) == after.names.get(n)},
        "sharers": {n: sharers_outside(before, n, visible) for n in sorted(moved)},
        "all": _digest_all(before) if wild else "",
        "source": _source_read(answer, codes, number),
    }


def find_needs(
    step: Step, answer: Mapping[str, Any], *, view: View, environ: Environ, names: SitePaths
) -> list[list[Any]]:
    """Return what the cell read, with digests."""
    return [[*need] for need in _needs(step, answer["observed"], view, environ, names)]


def _rebinds(step: Step, name: str) -> bool:
    return name in step.form.identifiers or name in step.form.stored


def _digest_of(state: State, name: str) -> str:
    return state.names[name][0] if name in state.names else ""


def _ambient_reads(seen: Mapping[str, Any], before: State, after: State, visible: frozenset[str]) -> dict[str, str]:
    read = set(_ALWAYS_SEEN)
    for name in {*before.ambient, *after.ambient, "rc"}:
        if before.ambient.get(name) != after.ambient.get(name):
            read.add(name)
        if name == "rc" and "rc" in seen["flags"]:
            read.add(name)
        if name.startswith("mod:"):
            top = name[4:].partition(".")[0]
            if top in seen["local"] or top in visible_packages(before, visible) or "*" in visible:
                read.add(name)
    if visible & {GENERATORS, "*"}:
        read |= {f"rng:{name}" for name in ("random", "numpy", "torch")}
    read |= {f"rng:{name}" for name in seen.get("generators", ())}
    read |= {"seed"} if "seeds" in seen["flags"] or any(name.startswith("rng:") for name in read) else set()
    return {name: before.ambient.get(name, "") for name in sorted(read)}


def _source_read(answer: Mapping[str, Any], codes: list[str], number: int) -> list[Any]:
    """Cells whose very text shows: in tracebacks and warnings, or because the code asked for its source."""
    import re

    text = str(answer.get("outputs", "")) + str((answer.get("raised") or {}).get("traceback", ""))
    numbers = {int(n) for n in re.findall(r"<cell (\d+)>", text)}
    for flag in answer["observed"]["flags"]:
        if flag.startswith("source:"):
            numbers.add(int(flag[7:]))
    if not numbers:
        return []
    ordered = sorted(numbers | {number})
    return [ordered, _digest_source(ordered, codes)]


@record
class SitePaths:
    """How absolute paths of a session are called in dependencies."""

    root: str
    folders: Mapping[str, str]
    post_folder: str
    """Relative to the root."""
    artifacts: str
    """Folder of the values that posts give to others."""

    def name(self, path: str) -> str | None:
        """Return `site/…`, `tmp/…`, `home/…`, an absolute path, or None for what is the tool's own."""
        for place, folder in self.folders.items():
            if path == folder or path.startswith(folder + "/"):
                return place + path[len(folder) :] if place in ("site", "tmp", "home") else None
        if path.startswith(self.artifacts + "/"):
            return "artifact" + path[len(self.artifacts) :]
        if path == self.root or path.startswith(self.root + "/"):
            return "site" + path[len(self.root) :]
        return path


def _needs(step: Step, seen: Mapping[str, Any], view: View, environ: Environ, names: SitePaths) -> list[Dependency]:
    subjects: set[Dependency] = set()
    for kind, group in (("file", "reads"), ("stat", "stats"), ("list", "lists")):
        subjects |= {(kind, name) for path in seen[group] if (name := names.name(path)) is not None}
    for files in seen["local"].values():
        subjects |= {
            ("file", name)
            for path in files
            if (name := names.name(os.path.realpath(path) if names.name(path) is None else path))
        }
    if seen["tops"]:
        subjects.add(("shadow", _folder_name(names.post_folder), ",".join(seen["tops"])))
        subjects.add(("shadow", "site", ",".join(seen["tops"])))
    if "process" in seen["flags"] and not step.depends:
        subjects.add(("tree", _folder_name(names.post_folder)))
    variables = set(environ) if {"*"} & set(seen["variables"]) or "process" in seen["flags"] else set(seen["variables"])
    subjects |= {("env", name) for name in variables if name in environ}
    return [(*subject, observe_dependency(subject, view, environ)) for subject in sorted(subjects)]


def _folder_name(folder: str) -> str:
    return f"site/{folder}" if folder else "site"


def versions_used(seen: Mapping[str, Any], before: State, visible: frozenset[str]) -> dict[str, str]:
    """Return the distributions behind what a cell imported and what its values come from."""
    return distributions_of({*seen["packages"], *visible_packages(before, visible)})


def replay(trace: Trace, state: State) -> State:
    """Return the state after a stored cell."""
    return apply_changes(state, trace["body"]["changes"])
