"""Publishing to a branch for pages hosting, with git's plumbing in a temporary index.

Does not touch the working tree, the index or the branches of the site's own repository. Invariants: the new commit
follows the one that stands on the branch, so nothing of others is lost; no commit when the tree is the same; same site
and same source commit, same commit (no clock is read).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import error
from xaisite.model.config import PublishTarget
from xaisite.publish.files import find_files
from xaisite.publish.git_command import Git, GitError, find_repository
from xaisite.publish.options import GitOptions, read_git_options
from xaisite.publish.published import Published

_KEPT = ("CNAME",)
"""Files of the branch that stay although no build makes them."""
_EMPTY = ".nojekyll"
"""Tells GitHub to publish `_x/` and the like as they are."""


class _RefusedError(Exception):
    """Publishing would be wrong; the code and the message say why."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


def publish_git(output_dir: str, target: PublishTarget, root: str) -> Checked[Published | None]:
    """Commit the built site in ``output_dir`` to the branch of ``target`` and push it."""
    options, files = read_git_options(target), find_files(output_dir)
    found = (*options.diagnostics, *files.diagnostics)
    if options.has_errors or files.has_errors:
        return Checked(None, found)
    try:
        with tempfile.TemporaryDirectory(prefix="xaisite-") as scratch:
            git = _open(root, scratch, options.value)
            return Checked(_publish(git, os.path.abspath(output_dir), files.value, target.name, options.value), found)
    except _RefusedError as refused:
        problem = error(
            refused.code, f"publish target “{target.name}”: {refused.message}", target.span, help=refused.help
        )
    except GitError as failed:
        problem = error("publish-refused", f"publish target “{target.name}”: {failed}", target.span)
    return Checked(None, (*found, problem))


def _open(root: str, scratch: str, options: GitOptions) -> Git:
    """Return git in the repository that ``root`` lies in (its settings and keys count), or in an empty one."""
    index = os.path.join(scratch, "index")
    folder = find_repository(root)
    if folder:
        return Git(root, folder, index)
    if "/" not in options.remote and ":" not in options.remote:
        what = f"the site is in no git repository, so it has no remote “{options.remote}”"
        raise _RefusedError("publish-refused", what, "give the address of the repository as `remote`")
    bare = os.path.join(scratch, "repository.git")
    git = Git(root, bare, index)
    git.run("init", "--quiet", "--bare", bare)
    return git


def _publish(git: Git, output_dir: str, files: Sequence[str], name: str, options: GitOptions) -> Published:
    ref = f"refs/heads/{options.branch}"
    git.run("check-ref-format", ref)
    tip = _find_tip(git, options.remote, ref)
    tree = _make_tree(git, output_dir, files, tip, options)
    if tip and git.run("rev-parse", f"{tip}^{{tree}}") == tree:
        return Published(name, "unchanged", tip, len(files), f"{options.remote} {options.branch}")
    commit = _commit(git, tree, tip, options)
    _push(git, commit, tip, ref, options)
    return Published(name, "published", commit, len(files), f"{options.remote} {options.branch}")


def _find_tip(git: Git, remote: str, ref: str) -> str:
    """Return the commit on the branch, and have its objects here; empty when there is no such branch."""
    listed = (line.split() for line in git.run("ls-remote", "--", remote, ref).splitlines())
    tip = next((oid for oid, name in listed if name == ref), "")
    if not tip:
        return ""
    git.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", remote, ref)
    if git.succeeds("merge-base", "--is-ancestor", tip, "HEAD"):
        branch = ref.removeprefix("refs/heads/")
        raise _RefusedError(
            "publish-not-ours",
            f"the branch {branch} holds the sources of the site",
            "choose a branch of its own, such as gh-pages",
        )
    return tip


def _make_tree(git: Git, output_dir: str, files: Sequence[str], tip: str, options: GitOptions) -> str:
    hashes = git.run(
        "hash-object",
        "-w",
        "--no-filters",
        "--stdin-paths",
        cwd=output_dir,
        stdin="".join(f"{_plain_name(path)}\n" for path in files),
    ).split()
    entries = dict(zip(files, hashes, strict=True))
    entries.setdefault(_EMPTY, git.run("hash-object", "-w", "--stdin", stdin=""))
    if options.cname:
        entries["CNAME"] = git.run("hash-object", "-w", "--stdin", stdin=f"{options.cname}\n")
    for name in _KEPT:
        if tip and name not in entries:
            kept = git.run("ls-tree", tip, "--", name).split()
            if kept[1:2] == ["blob"]:
                entries[name] = kept[2]
    lines = "".join(f"100644 {oid}\t{path}\0" for path, oid in sorted(entries.items()))
    git.run("update-index", "-z", "--index-info", stdin=lines)
    return git.run("write-tree")


def _plain_name(path: str) -> str:
    if "\n" in path:
        raise _RefusedError("publish-refused", f"the name of the file {path!r} holds a line end")
    return f"./{path}"  # a name may begin with a quotation mark


def _commit(git: Git, tree: str, tip: str, options: GitOptions) -> str:
    source = git.find("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    message = options.message + (f"\n\nSource: {source}" if source else "")
    dates = [int(git.run("show", "--no-patch", "--format=%ct", oid)) for oid in (source, tip) if oid]
    date = f"@{max(dates, default=0)} +0000"
    return git.run(
        "commit-tree",
        tree,
        *(("-p", tip) if tip else ()),
        stdin=message + "\n",
        env=_identity(git, options) | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date},
    )


def _identity(git: Git, options: GitOptions) -> dict[str, str]:
    name = options.name or git.find("config", "user.name") or "xaisite"
    email = options.email or git.find("config", "user.email") or "xaisite@localhost"
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
    }


def _push(git: Git, commit: str, tip: str, ref: str, options: GitOptions) -> None:
    """Push, if the branch still is where it was read: anything else would take somebody's commit away."""
    try:
        git.run(
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            "--recurse-submodules=no",
            f"--force-with-lease={ref}:{tip}",
            "--",
            options.remote,
            f"{commit}:{ref}",
        )
    except GitError as failed:
        if "[rejected]" in failed.output:
            raise _RefusedError(
                "publish-diverged", f"the branch {options.branch} was changed while publishing to it", "publish again"
            ) from failed
        raise
