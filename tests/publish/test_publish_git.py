"""Publishing to branches of real bare repositories."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from xaisite.model.config import PublishTarget
from xaisite.publish import git as publish_module
from xaisite.publish.target import publish_site


def git(folder: Path, *arguments: str, stdin: str = "") -> str:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@example.org",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.org",
        "GIT_AUTHOR_DATE": "@1700000000 +0000",
        "GIT_COMMITTER_DATE": "@1700000000 +0000",
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=env, input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def _quiet_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nonexistent/left/by/a/hook")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    folder = tmp_path / "pages.git"
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    return folder


@pytest.fixture
def repository(root: Path, bare: Path) -> Path:
    """The site in a repository of its own, pushed to `origin`."""
    git(root, "init", "--quiet", "--initial-branch=main")
    (root / "site.toml").write_text("")
    (root / ".gitignore").write_text("build\n.build.xaisite\n")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "source")
    git(root, "remote", "add", "origin", "../pages.git")
    git(root, "push", "--quiet", "origin", "main")
    return root


def publish(output: str, root: Path, **options: object):
    done = publish_site(output, PublishTarget("pages", "git", {"branch": "gh-pages", **options}), str(root))
    assert not done.has_errors, done.diagnostics
    assert done.value is not None
    return done.value


def codes(output: str, root: Path, **options: object) -> list[str]:
    done = publish_site(output, PublishTarget("pages", "git", {"branch": "gh-pages", **options}), str(root))
    assert done.value is None
    return [d.code for d in done.diagnostics]


def names(bare: Path, ref: str = "gh-pages") -> list[str]:
    return git(bare, "ls-tree", "-r", "-z", "--name-only", ref).rstrip("\0").split("\0")


def count(bare: Path, ref: str = "gh-pages") -> int:
    return int(git(bare, "rev-list", "--count", ref))


def push_as_ann(tmp_path: Path, bare: Path, name: str, text: str) -> str:
    work = tmp_path / f"ann-{name}"
    git(tmp_path, "clone", "--quiet", "--branch", "gh-pages", str(bare), str(work))
    (work / name).write_text(text)
    git(work, "add", ".")
    git(work, "commit", "--quiet", "-m", name)
    git(work, "push", "--quiet", "origin", "gh-pages")
    return git(work, "rev-parse", "HEAD")


def test_the_branch_holds_the_site_byte_for_byte(build, repository, bare):
    (repository / ".gitattributes").write_text("* text=auto eol=lf\n")
    git(repository, "config", "core.autocrlf", "input")
    status = git(repository, "status", "--porcelain")
    done = publish(build(), repository)
    assert done.status == "published"
    assert names(bare) == sorted(
        [".nojekyll", "_x/style.css", "a/index.html", "empty.txt", "index.html", 'odd "name" é.txt']
    )
    raw = subprocess.run(["git", "show", "gh-pages:a/index.html"], cwd=bare, capture_output=True, check=True).stdout
    assert raw == b"a\r\n"
    assert git(bare, "rev-parse", "gh-pages") == done.release
    assert git(repository, "status", "--porcelain") == status
    assert git(repository, "for-each-ref", "--format=%(refname)") == (
        "refs/heads/main\nrefs/remotes/origin/gh-pages\nrefs/remotes/origin/main"
    )
    assert not (repository / ".git" / "FETCH_HEAD").exists()


def test_nothing_changed_no_commit(build, repository, bare):
    first = publish(build(), repository)
    again = publish(build(), repository)
    assert (again.status, again.release) == ("unchanged", first.release)
    assert count(bare) == 1


def test_a_change_is_one_commit_and_deletes_what_is_gone(build, repository, bare):
    publish(build(extra=b"x"), repository)
    publish(build(index=b"2"), repository)
    assert count(bare) == 2
    assert "extra" not in names(bare)


def test_the_same_site_from_the_same_source_is_the_same_commit(build, repository, bare, tmp_path):
    output = build()
    first = publish(output, repository, name="Bot", email="bot@example.org")
    git(bare, "update-ref", "-d", "refs/heads/gh-pages")
    again = publish(output, repository, name="Bot", email="bot@example.org")
    assert again.release == first.release
    shown = git(bare, "show", "--no-patch", "--format=%an %ae %ct%n%B", "gh-pages")
    assert shown == f"Bot bot@example.org 1700000000\nPublish site\n\nSource: {git(repository, 'rev-parse', 'HEAD')}"


def test_cname_is_kept_and_can_be_set(build, repository, bare, tmp_path):
    publish(build(), repository)
    push_as_ann(tmp_path, bare, "CNAME", "xai.example.org\n")
    publish(build(index=b"2"), repository)
    assert git(bare, "show", "gh-pages:CNAME") == "xai.example.org"
    assert publish(build(index=b"2"), repository).status == "unchanged"
    publish(build(index=b"2"), repository, cname="other.example.org")
    assert git(bare, "show", "gh-pages:CNAME") == "other.example.org"
    publish(build(index=b"2", CNAME=b"built.example.org"), repository)
    assert git(bare, "show", "gh-pages:CNAME") == "built.example.org"


def test_a_commit_of_somebody_else_stays_in_the_history(build, repository, bare, tmp_path):
    publish(build(), repository)
    theirs = push_as_ann(tmp_path, bare, "notes.txt", "mine")
    publish(build(index=b"2"), repository)
    assert git(bare, "merge-base", "--is-ancestor", theirs, "gh-pages") == ""
    assert count(bare) == 3


@pytest.mark.parametrize("exists", [True, False])
def test_a_commit_that_arrives_meanwhile_is_never_overwritten(build, repository, bare, tmp_path, monkeypatch, exists):
    if exists:
        publish(build(), repository)
    real, theirs = publish_module._commit, []

    def meanwhile(*arguments):
        if exists:
            theirs.append(push_as_ann(tmp_path, bare, "late.txt", "x"))
        else:
            git(repository, "push", "--quiet", "origin", "main:gh-pages")
            theirs.append(git(repository, "rev-parse", "main"))
        return real(*arguments)

    monkeypatch.setattr(publish_module, "_commit", meanwhile)
    assert codes(build(index=b"2"), repository) == ["publish-diverged"]
    assert git(bare, "rev-parse", "gh-pages") == theirs[0]


def test_the_branch_of_the_sources_is_refused(build, repository, bare):
    before = git(bare, "rev-parse", "main")
    assert codes(build(), repository, branch="main") == ["publish-not-ours"]
    assert git(bare, "rev-parse", "main") == before


def test_a_site_in_no_repository_publishes_to_an_address(build, root, bare):
    assert publish(build(), root, remote="../pages.git").status == "published"
    assert publish(build(), root, remote=str(bare)).status == "unchanged"
    assert publish(build(index=b"2"), root, remote=f"file://{bare}").status == "published"
    assert count(bare) == 2
    assert codes(build(), root) == ["publish-refused"]


def test_what_git_refuses_is_told_in_its_words(build, repository, bare):
    done = publish_site(
        build(), PublishTarget("p", "git", {"branch": "b", "remote": "../nowhere.git"}), str(repository)
    )
    assert [d.code for d in done.diagnostics] == ["publish-refused"]
    assert "nowhere.git" in done.diagnostics[0].message
    hook = bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'no pages today' >&2\nexit 1\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    assert codes(build(), repository) == ["publish-refused"]
    assert codes(build(), repository, branch="bad..name") == ["publish-refused"]
    Path(repository, "build", "a\nb").write_text("x")
    assert codes(str(repository / "build"), repository) == ["publish-refused"]


@pytest.mark.parametrize(
    "options", [{"branch": ""}, {"branch": "--mirror"}, {"remote": "--upload-pack=x"}, {"brnach": "x"}]
)
def test_git_options_are_checked(build, root, options):
    assert codes(build(), root, **options)[0] == "publish-option"


def test_a_branch_cannot_be_rolled_back(root):
    done = publish_site("", PublishTarget("p", "git", {"branch": "x"}), str(root), rollback=True)
    assert [d.code for d in done.diagnostics] == ["publish-no-release"]
