"""Which target, and what serves it."""

from __future__ import annotations

from collections.abc import Sequence

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.nearest import did_you_mean
from xaisite.model.config import PublishTarget
from xaisite.publish.directory import publish_directory, rollback_directory
from xaisite.publish.git import publish_git
from xaisite.publish.published import Published


def find_target(targets: Sequence[PublishTarget], name: str = "") -> Checked[PublishTarget | None]:
    """Return the target called ``name``; without a name, the only one there is."""
    names = [target.name for target in targets]
    if not name and len(targets) == 1:
        return Checked(targets[0])
    if name in names:
        return Checked(targets[names.index(name)])
    if not targets:
        what, hint = "site.toml describes no publish target", "add a `[publish.NAME]` table"
    elif not name:
        what, hint = "there are several publish targets", f"name one of {', '.join(names)}"
    else:
        what, hint = f"there is no publish target “{name}”", did_you_mean(name, names) or f"known: {', '.join(names)}"
    return Checked(None, (error("publish-unknown-target", what, help=hint),))


def publish_site(
    output_dir: str, target: PublishTarget, root: str, *, rollback: bool = False
) -> Checked[Published | None]:
    """Publish the built site in ``output_dir`` to ``target`` (its paths are relative to ``root``), or undo the last."""
    if target.kind == "directory":
        return rollback_directory(target, root) if rollback else publish_directory(output_dir, target, root)
    if rollback:
        return Checked(None, (_no_rollback(target),))
    return publish_git(output_dir, target, root)


def _no_rollback(target: PublishTarget) -> Diagnostic:
    return error(
        "publish-no-release",
        f"“{target.name}” is a branch",
        target.span,
        help="revert the last commit of the branch instead",
    )
