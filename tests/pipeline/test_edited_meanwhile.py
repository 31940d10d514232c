"""A post edited while it is being built: the page is that of the new text, and nothing of the old one is kept under it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site_files import read_tree, write_site
from xaisite import build_site
from xaisite.core.errors import SourceChangedError
from xaisite.pipeline.running import RunOutcome, SiteExecution

OLD = "---\ntitle: T\n---\n\nBefore.\n\n```{python}\nprint('first', 1 + 1)\n```\n"
NEW = OLD.replace("Before.", "After.\n\n```{python}\nprint('another', 2 + 3)\n```")


def edit_during_runs(monkeypatch: pytest.MonkeyPatch, path: Path, texts: list[str]) -> None:
    """Save the next of ``texts`` each time the cells have run."""
    run = SiteExecution.complete

    def run_and_edit(execution: SiteExecution) -> RunOutcome:
        outcome = run(execution)
        if texts:
            path.write_text(texts.pop(0), encoding="utf-8")
        return outcome

    monkeypatch.setattr(SiteExecution, "complete", run_and_edit)


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_is_of_the_text_that_was_saved_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    others = {f"content/posts/p{i}.md": f"---\ntitle: P{i}\n---\nText.\n" for i in range(count)}
    clean = write_site(tmp_path / "clean", {**others, "content/posts/t.md": NEW})
    assert build_site(clean).ok
    root = write_site(tmp_path / "site", {**others, "content/posts/t.md": OLD})
    edit_during_runs(monkeypatch, root / "content/posts/t.md", [NEW])
    assert build_site(root).ok
    assert read_tree(root / "build") == read_tree(clean / "build")
    (root / "content/posts/t.md").write_text(OLD, encoding="utf-8")
    (clean / "content/posts/t.md").write_text(OLD, encoding="utf-8")
    assert build_site(root).ok
    assert build_site(clean).ok
    assert read_tree(root / "build") == read_tree(clean / "build")
    assert "Before." in (root / "build/posts/t/index.html").read_text(encoding="utf-8")


def test_a_file_that_never_rests_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_site(tmp_path, {"content/posts/t.md": OLD})
    edit_during_runs(monkeypatch, root / "content/posts/t.md", [OLD + f"\n{i}\n" for i in range(20)])
    with pytest.raises(SourceChangedError, match=r"t\.md changed while the site was being built"):
        build_site(root)
    assert not (root / "build").exists()
