"""The options of a target, checked and typed.

`load` has checked site.toml already; targets may also come from Python, so nothing is taken on trust here.
"""

from __future__ import annotations

from collections.abc import Mapping

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.nearest import did_you_mean
from xaisite.core.record import record
from xaisite.model.config import PublishTarget

_KNOWN: Mapping[str, Mapping[str, type]] = {
    "directory": {"path": str, "keep": int},
    "git": {"remote": str, "branch": str, "cname": str, "message": str, "name": str, "email": str},
}
_NEEDED = {"directory": "path", "git": "branch"}
_KEPT_RELEASES = 5


@record
class DirectoryOptions:
    """`kind = "directory"`."""

    path: str
    keep: int = _KEPT_RELEASES
    """How many releases stay, the current one included."""


@record
class GitOptions:
    """`kind = "git"`."""

    branch: str
    remote: str = "origin"
    cname: str = ""
    message: str = "Publish site"
    name: str = ""
    email: str = ""


def read_directory_options(target: PublishTarget) -> Checked[DirectoryOptions]:
    """Return the options of a folder."""
    found = [*_check(target, "directory")]
    options: dict[str, object] = dict(target.options)
    keep = options.get("keep", _KEPT_RELEASES)
    if isinstance(keep, int) and keep < 1:
        found.append(_wrong(target, "`keep` must be at least 1, since the current release is one"))
    if found:
        return Checked(DirectoryOptions(""), tuple(found))
    return Checked(DirectoryOptions(str(options["path"]), int(str(keep))))


def read_git_options(target: PublishTarget) -> Checked[GitOptions]:
    """Return the options of a branch."""
    found = [*_check(target, "git")]
    texts = {name: str(value) for name, value in target.options.items()}
    if not found:
        found += [
            _wrong(target, f"`{name}` must not begin with “-”")
            for name in ("remote", "branch")
            if texts.get(name, "x")[:1] in ("-", "")
        ]
    return Checked(GitOptions("") if found else GitOptions(**texts), tuple(found))


def _check(target: PublishTarget, kind: str) -> list[Diagnostic]:
    known = _KNOWN[kind]
    found = []
    if target.kind != kind:
        found.append(_wrong(target, f"its kind is {target.kind}, not {kind}"))
    for name, value in target.options.items():
        if name not in known:
            found.append(_wrong(target, f"`{name}` is not known", help=did_you_mean(name, known)))
        elif not isinstance(value, known[name]) or isinstance(value, bool):
            words = {int: "a whole number", str: "text"}[known[name]]
            found.append(_wrong(target, f"`{name}` must be {words}"))
    if not target.options.get(_NEEDED[kind]):
        found.append(_wrong(target, f"`{_NEEDED[kind]}` is missing"))
    return found


def _wrong(target: PublishTarget, what: str, *, help: str = "") -> Diagnostic:
    return error("publish-option", f"publish target “{target.name}”: {what}", target.span, help=help)
